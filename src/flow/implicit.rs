//! Mirror variables that commands read by themselves, without a `$` in sight.

use super::analysis::Analysis;
use super::clients::Reads;
use super::executed::Executed;
use super::need::Need;
use crate::model::variables::is_mirror;
use crate::source::Span;

/// A mirror variable that a command reads and does not see, though the file declares it somewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Implicit<'b> {
    pub(super) step: usize,
    pub(super) name: &'b str,
    pub(super) span: Span,
}

/// What the commands of a build read by themselves and do not see, in file order.
pub(super) fn implicit<'b>(analysis: &Analysis<'b>) -> Vec<Implicit<'b>> {
    // Options in GOFLAGS say how to build more often than where modules come from.
    let names = analysis
        .declarations()
        .names()
        .filter(|name| is_mirror(name) && *name != "GOFLAGS");
    let names: Vec<&'b str> = names.collect();
    if names.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for need in analysis.needs().iter().filter(|need| need.is_certain) {
        for &name in names.iter().filter(|name| !name.starts_with("GO")) {
            // The tool may be told another way, by an option or a variable of the same meaning.
            if lacks(&need.executed, name) && is_read(need, name) && !need.has_mirror() {
                found.push(Implicit {
                    step: need.executed.step,
                    name,
                    span: need.executed.location().span,
                });
            }
        }
    }
    for download in analysis.go_downloads() {
        for &name in names.iter().filter(|name| name.starts_with("GO")) {
            if lacks(&download.executed, name) && download.sees(name).is_none() {
                found.push(Implicit {
                    step: download.executed.step,
                    name,
                    span: download.executed.location().span,
                });
            }
        }
    }
    found.sort_by_key(|it| (it.step, it.span.start));
    found
}

/// Whether the variable is not set at all; what the shell set to nothing is mentioned there.
fn lacks(executed: &Executed<'_>, name: &str) -> bool {
    executed.sights(name).all(|sight| sight.is_none())
}

/// Whether it is a fact that the program reads the variable.
fn is_read(need: &Need<'_>, name: &str) -> bool {
    let own = need.call.client.variables.iter();
    let mut own = own.filter(|own| own.name.eq_ignore_ascii_case(name));
    need.reads(name) == Reads::Yes && own.any(|own| own.evidence.verified)
}

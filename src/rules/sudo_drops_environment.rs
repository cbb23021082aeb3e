//! `sudo-drops-environment`: sudo or su takes the proxy away from the command behind it.

use std::cell::OnceCell;

use super::{Rule, Sink};
use crate::finding::{Applicability, Edit};
use crate::flow::clients::Reads;
use crate::flow::shell::{Wrapper, WrapperKind};
use crate::flow::{Analysis, Build, Executed, Need, Sight, Workspace};
use crate::model::dockerfile::Root;
use crate::model::variables::{MIRROR_VARIABLES, PREDEFINED_PROXIES};
use crate::source::{Location, SourceFile, Span};

pub(super) struct SudoDropsEnvironment;

impl Rule for SudoDropsEnvironment {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        if workspace.is_template(build.file) || !build.has_network_settings() {
            return;
        }
        let mut told: Vec<String> = Vec::new();
        let kept = OnceCell::new();
        for need in build.needs().iter().filter(|need| need.is_certain) {
            let wrappers = need.executed.command.wrappers.iter();
            let drops = |it: &&Wrapper| it.kind == WrapperKind::Privilege && it.drops_environment;
            let Some(wrapper) = wrappers.rev().find(drops) else {
                continue;
            };
            let Some((name, sight)) = dropped(need, wrapper) else {
                continue;
            };
            // One place sets it, many commands may lose it: that is one cause.
            let kept = kept.get_or_init(|| kept_by(build, source));
            if !told.contains(&name) && !keeps(build, need, kept) {
                report(need, wrapper, &name, sight, (build, source), sink);
                told.push(name);
            }
        }
    }
}

/// A variable that the command reads, that its wrapper sees and that it does not get itself.
fn dropped<'b>(need: &Need<'b>, wrapper: &Wrapper) -> Option<(String, Sight<'b>)> {
    if need.has_own_proxy() {
        return None;
    }
    let outer = outer(&need.executed, wrapper)?;
    let proxies = PREDEFINED_PROXIES
        .iter()
        .filter(|name| **name != "no_proxy");
    let spelled = proxies.flat_map(|name| [(*name).to_owned(), name.to_ascii_uppercase()]);
    let mirrors = MIRROR_VARIABLES.iter().map(|name| (*name).to_owned());
    let mut lost = None;
    for name in spelled.chain(mirrors) {
        if need.reads(&name) != Reads::Yes {
            continue;
        }
        // A proxy that is given behind `sudo` will do.
        if need.sees(&name).is_some() {
            return None;
        }
        let sight = outer.sight(&name).filter(|sight| !sight.value.is_empty());
        lost = lost.or(sight.map(|sight| (name, sight)));
    }
    lost
}

/// The command that is the wrapper.
fn outer<'b>(inner: &Executed<'b>, wrapper: &Wrapper) -> Option<Executed<'b>> {
    // It is reached first.
    inner
        .earlier()
        .find(|it| it.command.span == wrapper.span && it.command.name() == Some(&*wrapper.name))
}

/// The steps that seem to tell sudo which variables to keep.
fn kept_by(build: &Build<'_>, source: &SourceFile) -> Vec<usize> {
    let steps = build.model.steps.iter().enumerate();
    let tell = steps.filter(|(_, step)| {
        let text = source.slice(step.instruction.span);
        text.contains("sudoers") || text.contains("env_keep")
    });
    tell.map(|(index, _)| index).collect()
}

/// Whether sudo may have been told to keep variables: by an earlier step of `kept`, or in a
/// project's own image.
fn keeps(build: &Build<'_>, need: &Need<'_>, kept: &[usize]) -> bool {
    let stage = need.executed.stage();
    let mut earlier = kept.iter().take_while(|&&step| step <= need.executed.step);
    build.model.stages[stage].root == Root::Foreign
        || earlier.any(|&step| build.builds_on(stage, build.model.steps[step].stage))
}

fn report(
    need: &Need<'_>,
    wrapper: &Wrapper,
    name: &str,
    sight: Sight<'_>,
    (build, source): (&Build<'_>, &SourceFile),
    sink: &mut Sink,
) {
    let tool = &wrapper.name;
    let client = need.call.client.name;
    let at = need.executed.locate(wrapper.span);
    let word = Location {
        file: at.file,
        span: Span::new(at.span.start as usize, at.span.start as usize + tool.len()),
    };
    let is_sudo = tool == "sudo";
    // By its path or through a variable, the word is not the name.
    let is_named = source.slice(word.span) == tool.as_str();
    let help = match is_sudo {
        // It refuses `-E` beside `-i` (`src/parse_args.c` of sudo).
        true if wrapper.logs_in => format!(
            "write `sudo -E` without `-i` (`--login`), or set `{name}` in the command behind `sudo`"
        ),
        true => format!(
            "write `sudo -E` or `sudo --preserve-env={name}`, or drop `sudo` where the step runs as root"
        ),
        false => format!(
            "leave the environment to it (`su` without `-`), or set `{name}` in the command behind `{tool}`"
        ),
    };
    let finding = sink
        .report(
            word,
            "resets the environment",
            format!("`{tool}` takes `{name}` away from {client}"),
        )
        .about(name)
        .help(help);
    if let Some(set) = sight.place(build) {
        finding.before(set, "set here");
    }
    finding.after(need.executed.location(), "goes to the network without it");
    if is_sudo && is_named && !wrapper.logs_in {
        finding.fix(
            "keep the environment",
            Applicability::Suggested,
            vec![Edit {
                file: at.file,
                span: Span::at(word.span.end as usize),
                text: " -E".to_owned(),
            }],
        );
    }
}

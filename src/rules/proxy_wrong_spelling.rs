//! `proxy-wrong-spelling`: the command that needs the proxy reads the other spelling.

use hashbrown::{HashMap, HashSet};

use super::{Rule, Sink};
use crate::finding::{Applicability, Edit, Finding};
use crate::flow::{Analysis, Build, Need, Setting, Sight, Workspace};
use crate::model::HopId;
use crate::source::{SourceFile, Span};

pub(super) struct ProxyWrongSpelling;

impl Rule for ProxyWrongSpelling {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        if workspace.is_template(build.file) || !build.has_network_settings() {
            return;
        }
        let settings: HashMap<HopId, Setting<'_>> = build
            .network_settings()
            .map(|setting| (setting.hop, setting))
            .collect();
        let mut told: HashSet<HopId> = HashSet::new();
        let declarations = build.declarations();
        for need in build.needs().iter().filter(|need| need.is_certain) {
            let Some((set, read, sight)) = wrong_spelling(need) else {
                continue;
            };
            if let Some(hop) = sight.hop
                && !told.contains(&hop)
                // The `ARG` of the other spelling waits for the caller's proxy.
                && !declarations.reaches(need.executed.stage(), need.executed.step, read)
            {
                told.insert(hop);
                let finding = report(need, &set, read, hop, build, sink);
                let twin = settings
                    .get(&hop)
                    .and_then(|setting| twin(setting, read, build, source));
                if let (Some(edit), Some(finding)) = (twin, finding) {
                    finding.fix(
                        format!("set `{read}` too"),
                        Applicability::Suggested,
                        vec![edit],
                    );
                }
            }
        }
    }
}

/// The spelling that is set and the one that the command reads, if it has no proxy for any of its
/// schemes and would have one but for the spelling.
fn wrong_spelling<'b>(need: &Need<'b>) -> Option<(String, &'static str, Sight<'b>)> {
    if !need.call.proxies_are_verified() || need.proxies().next().is_some() || need.has_own_proxy()
    {
        return None;
    }
    let proxies = need.call.proxies()?;
    let mut found = None;
    for &scheme in &need.schemes {
        let names = proxies.variables(scheme);
        // What is emptied in the right spelling is meant.
        if names.iter().any(|name| need.is_emptied(name)) {
            return None;
        }
        let twin = names.iter().find_map(|&name| {
            let twin = other_case(name);
            let sight = need.sees(&twin)?;
            Some((twin, name, sight))
        });
        found = found.or(Some(twin?));
    }
    found
}

fn other_case(name: &str) -> String {
    match name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        true => name.to_ascii_uppercase(),
        false => name.to_ascii_lowercase(),
    }
}

fn report<'s>(
    need: &Need<'_>,
    set: &str,
    read: &str,
    hop: HopId,
    build: &Build<'_>,
    sink: &'s mut Sink,
) -> Option<&'s mut Finding> {
    let at = build.model.provenance.hop(hop).at?;
    let client = need.call.client.name;
    let finding = sink
        .report(
            at,
            format!("sets `{set}` only"),
            format!("{client} goes without the proxy: it reads `{read}`, not `{set}`"),
        )
        .about(set)
        .help(format!("set `{read}` as well, or pass the proxy as a build argument: BuildKit exports it in both spellings"));
    if !need.executed.holds(at) {
        finding.after(need.executed.location(), format!("reads `{read}`"));
    }
    Some(finding)
}

/// The same value under the other name, behind the setting: `ENV A=x` becomes `ENV A=x a=x`.
fn twin(setting: &Setting<'_>, name: &str, build: &Build<'_>, source: &SourceFile) -> Option<Edit> {
    let between = Span {
        start: setting.name_span.end,
        end: setting.value_span.start,
    };
    // `ENV NAME value` takes one name only.
    (source.slice(between) == "=").then(|| Edit {
        file: build.file,
        span: Span::at(setting.value_span.end as usize),
        text: format!(" {name}={}", source.slice(setting.value_span)),
    })
}

//! One file per rule, named as its page; a registry with one line per rule.
//!
//! A new rule is a page (`rules/<id>.md`), a file here and a line in [`registry!`] below:
//! `cargo run --example new-rule <id>` writes the first two.

mod allow;
mod arg_line;
mod compose_args;
mod credentials_elsewhere;
mod edits;
mod forgotten_proxies;
mod missing_dockerfiles;
mod model_findings;
mod no_proxy_of_machines;
mod page;
mod precedence;
mod secret_help;
mod secret_instead;
mod selection;
mod selections;
mod stories;
mod words;

pub use crate::config::closest;
pub use allow::why_no_allow;
pub use page::{KEYS, List, Page, RuleInfo, fields};
pub use selection::{Choice, Level, Selection, UnknownRule, check_name};
pub use selections::Selections;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::finding::suppress::{Complaint, Suppressions};
use crate::finding::{self, Finding, Severity};
use crate::flow::{Analysis, Workspace, each};
use crate::source::{FileId, Location, SourceFile};

registry! {
    "add-ignores-proxy" => add_ignores_proxy::AddIgnoresProxy,
    "arg-declared-late" => arg_declared_late::ArgDeclaredLate,
    "arg-out-of-scope" => arg_out_of_scope::ArgOutOfScope,
    "build-arg-not-consumed" => build_arg_not_consumed::BuildArgNotConsumed,
    "build-error" => build_error::BuildError,
    "client-proxies" => client_proxies::ClientProxies,
    "compose-error" => compose_error::ComposeError,
    "compose-undefined-variable" => compose_undefined_variable::ComposeUndefinedVariable,
    "credential-literal" => credential_literal::CredentialLiteral,
    "daemon-json-proxies" => daemon_json_proxies::DaemonJsonProxies,
    "daemon-start-refused" => daemon_start_refused::DaemonStartRefused,
    "dotenv-proxy-unused" => dotenv_proxy_unused::DotenvProxyUnused,
    "dropin-assignment-lost" => dropin_assignment_lost::DropinAssignmentLost,
    "dropin-not-read" => dropin_not_read::DropinNotRead,
    "dropin-overridden" => dropin_overridden::DropinOverridden,
    "env-from-undeclared" => env_from_undeclared::EnvFromUndeclared,
    "export-lost" => export_lost::ExportLost,
    "goprivate-malformed" => goprivate_malformed::GoprivateMalformed,
    "goprivate-missing" => goprivate_missing::GoprivateMissing,
    "goproxy-inconsistent" => goproxy_inconsistent::GoproxyInconsistent,
    "goproxy-malformed" => goproxy_malformed::GoproxyMalformed,
    "goproxy-no-fallback" => goproxy_no_fallback::GoproxyNoFallback,
    "goproxy-shadowed" => goproxy_shadowed::GoproxyShadowed,
    "gosumdb-off" => gosumdb_off::GosumdbOff,
    "include-env-not-passed" => include_env_not_passed::IncludeEnvNotPassed,
    "inline-dockerfile-interpolated" => inline_dockerfile_interpolated::InlineDockerfileInterpolated,
    "no-proxy-ineffective" => no_proxy_ineffective::NoProxyIneffective,
    "no-proxy-missing" => no_proxy_missing::NoProxyMissing,
    "proxy-arg-blank" => proxy_arg_blank::ProxyArgBlank,
    "proxy-baked" => proxy_baked::ProxyBaked,
    "proxy-credentials" => proxy_credentials::ProxyCredentials,
    "proxy-daemon-only" => proxy_daemon_only::ProxyDaemonOnly,
    "proxy-env-ineffective" => proxy_env_ineffective::ProxyEnvIneffective,
    "proxy-loopback" => proxy_loopback::ProxyLoopback,
    "proxy-malformed" => proxy_malformed::ProxyMalformed,
    "proxy-missing" => proxy_missing::ProxyMissing,
    "proxy-not-for-tool" => proxy_not_for_tool::ProxyNotForTool,
    "proxy-persisted" => proxy_persisted::ProxyPersisted,
    "proxy-runtime-only" => proxy_runtime_only::ProxyRuntimeOnly,
    "proxy-scheme-uncovered" => proxy_scheme_uncovered::ProxySchemeUncovered,
    "proxy-spelling-conflict" => proxy_spelling_conflict::ProxySpellingConflict,
    "proxy-tls-scheme" => proxy_tls_scheme::ProxyTlsScheme,
    "proxy-wrong-spelling" => proxy_wrong_spelling::ProxyWrongSpelling,
    "secret-copied" => secret_copied::SecretCopied,
    "secret-external-build" => secret_external_build::SecretExternalBuild,
    "secret-in-arg" => secret_in_arg::SecretInArg,
    "secret-in-compose" => secret_in_compose::SecretInCompose,
    "secret-in-env" => secret_in_env::SecretInEnv,
    "secret-in-run" => secret_in_run::SecretInRun,
    "secret-mount-unused" => secret_mount_unused::SecretMountUnused,
    "sudo-drops-environment" => sudo_drops_environment::SudoDropsEnvironment,
    "syntax-error" => syntax_error::SyntaxError,
    "unknown-rule" => unknown_rule::UnknownRule,
    "unused-suppression" => unused_suppression::UnusedSuppression,
}

/// A rule: asks the model questions and yields findings. Each hook has a default that does nothing.
pub trait Rule: Sync {
    /// Looks at one source file.
    fn file(&self, _file: &SourceFile, _workspace: &Workspace<'_>, _sink: &mut Sink) {}
    /// Looks at one build.
    fn build(&self, _build: &Analysis<'_>, _workspace: &Workspace<'_>, _sink: &mut Sink) {}
    /// Looks at everything at once.
    fn workspace(&self, _workspace: &Workspace<'_>, _sink: &mut Sink) {}
    /// Looks at what is wrong with a suppression comment, once all other findings were judged.
    fn suppression(&self, _at: Location, _complaint: &Complaint, _sink: &mut Sink) {}
}

/// A rule's line in the registry.
pub struct RuleEntry {
    /// Its name.
    pub id: &'static str,
    /// Its page.
    pub page: Page,
    /// Its code.
    rule: &'static dyn Rule,
}

/// Every rule, sorted by name.
pub fn all() -> &'static [RuleEntry] {
    REGISTRY
}

/// The rule with this name or alias.
pub fn find(name: &str) -> Option<&'static RuleEntry> {
    let by_id = REGISTRY.iter().find(|entry| entry.id == name);
    by_id.or_else(|| {
        let mut aliases = ALIASES.iter();
        aliases.find_map(|(alias, entry)| (*alias == name).then_some(*entry))
    })
}

/// Read from the pages once: a hostile file names many rules that are none.
static ALIASES: LazyLock<Vec<(&str, &RuleEntry)>> = LazyLock::new(|| {
    let named = |entry: &'static RuleEntry| {
        let aliases = entry.page.info().aliases.iter();
        aliases.map(move |alias| (alias, entry))
    };
    REGISTRY.iter().flat_map(named).collect()
});

/// Where a rule's page is read in a browser; none if the package does not say where it lives.
pub fn url(id: &str) -> Option<String> {
    let repository = env!("CARGO_PKG_REPOSITORY");
    let version = env!("CARGO_PKG_VERSION");
    (!repository.is_empty()).then(|| format!("{repository}/blob/v{version}/rules/{id}.md"))
}

/// Declares the rules' modules and the list of rules: a rule's name, then its type in the module
/// named as the page.
macro_rules! registry {
    ($($id:literal => $module:ident :: $rule:ident),* $(,)?) => {
        $(mod $module;)*

        const REGISTRY: &[RuleEntry] = &[$(RuleEntry {
            id: $id,
            page: Page::new(include_str!(concat!("../../rules/", $id, ".md"))),
            rule: &$module::$rule,
        }),*];
    };
}
use registry;

/// Takes the findings of one rule.
pub struct Sink<'l> {
    rule: &'static str,
    severity: Severity,
    level: &'l dyn Fn(&Finding) -> Level,
    /// The one that was begun last: its story may still grow.
    open: Option<Finding>,
    findings: Vec<Finding>,
    files: BTreeMap<FileId, InFile>,
}

/// What a rule finds in one file.
#[derive(Default)]
struct InFile {
    told: usize,
    /// The first one that is not told, and how many are not.
    left_out: Option<(Finding, usize)>,
}

/// Findings of one rule in one file that are told: far more than anybody reads.
const MOST_IN_FILE: usize = 1000;

impl<'l> Sink<'l> {
    fn new(rule: &'static str, severity: Severity, level: &'l dyn Fn(&Finding) -> Level) -> Self {
        Self {
            rule,
            severity,
            level,
            open: None,
            findings: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// Begins a finding whose primary label is at `location`; the severity is the rule's default.
    /// The rest of the story is added to what is returned.
    pub fn report(
        &mut self,
        location: Location,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.close();
        let finding = Finding::new(self.rule, self.severity, location, label, message);
        self.open.insert(finding)
    }

    /// Keeps the finding that was begun last, if it is to be told.
    fn close(&mut self) {
        let leveled = self.open.take().and_then(|it| at_level(it, self.level));
        let Some(finding) = leveled else {
            return;
        };
        let file = finding.primary().map(|location| location.file);
        let in_file = self.files.entry(file.unwrap_or_default()).or_default();
        if in_file.told < MOST_IN_FILE {
            in_file.told += 1;
            self.findings.push(finding);
            return;
        }
        let (_, count) = in_file.left_out.get_or_insert((finding, 0));
        *count += 1;
    }

    /// The findings that are to be told, with a word on those that are left out.
    fn into_findings(mut self) -> Vec<Finding> {
        self.close();
        for (mut first, count) in self.files.into_values().filter_map(|it| it.left_out) {
            first.message = format!(
                "`{}` finds {count} more places in this file, which are left out: this is the first of them",
                self.rule
            );
            self.findings.push(first);
        }
        self.findings
    }
}

/// Runs the selected rules. The findings are sorted, equal ones (a file built twice) are one, and
/// each cause has one finding.
pub fn run(workspace: &Workspace<'_>, selections: &Selections) -> Vec<Finding> {
    run_each(workspace, &selected(selections), levels(selections))
}

/// Rules that look at suppression comments. What a comment about them hides is not known before.
const LAST: [&str; 2] = ["unknown-rule", "unused-suppression"];

/// Rules of which some findings are a matter of taste.
const PARTLY_PEDANTIC: [&str; 3] = [
    "build-arg-not-consumed",
    "compose-undefined-variable",
    "proxy-arg-blank",
];

/// Whether a rule looks at suppression comments.
pub fn is_about_suppressions(rule: &str) -> bool {
    LAST.contains(&rule)
}

/// What there is to say about the suppression comments themselves, once all findings of [`run`] were
/// judged.
pub fn complaints(suppressions: &Suppressions, selections: &Selections) -> Vec<Finding> {
    let complaints = suppressions.complaints(|file, rule| {
        !LAST.contains(&rule)
            && match selections.of(file).of(rule) {
                Level::Off => false,
                Level::All => true,
                // What is left out was not looked for.
                Level::Default | Level::At(_) => !PARTLY_PEDANTIC.contains(&rule),
            }
    });
    with_all(&selected(selections), &levels(selections), |rule, sink| {
        for (at, complaint) in &complaints {
            rule.suppression(*at, complaint, sink);
        }
    })
}

/// A rule about to run.
struct Active {
    index: usize,
    id: &'static str,
    rule: &'static dyn Rule,
    severity: Severity,
}

/// The rules that run for some file.
fn selected(selections: &Selections) -> Vec<Active> {
    let entries = REGISTRY.iter().enumerate();
    let entries = entries.filter(|(index, _)| selections.run(*index));
    entries
        .map(|(index, entry)| Active {
            index,
            id: entry.id,
            rule: entry.rule,
            severity: entry.page.severity(),
        })
        .collect()
}

/// The level of a rule where a finding of it stands.
fn levels(selections: &Selections) -> impl Fn(&Active, &Finding) -> Level + Sync {
    |rule, finding| {
        let file = finding.primary().map(|location| location.file);
        let selection = selections.of(file.unwrap_or_default());
        let variable = finding.variable.as_deref();
        match variable.is_some_and(|variable| selection.allows(rule.index, variable)) {
            true => Level::Off,
            false => selection.level(rule.index),
        }
    }
}

/// What the rules find where each of them looks once.
fn with_all(
    rules: &[Active],
    level: &impl Fn(&Active, &Finding) -> Level,
    look: impl Fn(&dyn Rule, &mut Sink),
) -> Vec<Finding> {
    let found = rules.iter().flat_map(|active| {
        let level = |finding: &Finding| level(active, finding);
        let mut sink = Sink::new(active.id, active.severity, &level);
        look(active.rule, &mut sink);
        sink.into_findings()
    });
    found.collect()
}

fn run_each(
    workspace: &Workspace<'_>,
    rules: &[Active],
    level: impl Fn(&Active, &Finding) -> Level + Sync,
) -> Vec<Finding> {
    let in_files = each(workspace.sources, |file| {
        with_all(rules, &level, |rule, sink| rule.file(file, workspace, sink))
    });
    let in_builds = each(&workspace.builds, |build| {
        let analysis = Analysis::of(build);
        with_all(rules, &level, |rule, sink| {
            rule.build(&analysis, workspace, sink);
        })
    });
    let mut findings = with_all(rules, &level, |rule, sink| rule.workspace(workspace, sink));
    findings.extend(in_files.into_iter().chain(in_builds).flatten());
    for finding in &mut findings {
        finding.put_on_disk(workspace.sources);
    }
    finding::sort(&mut findings);
    findings.dedup();
    precedence::one_per_cause(findings)
}

/// The finding at the level that its rule has, if it is to be told.
fn at_level(mut finding: Finding, level: impl Fn(&Finding) -> Level) -> Option<Finding> {
    match level(&finding) {
        Level::Off => return None,
        Level::Default | Level::At(_) if finding.is_pedantic => return None,
        Level::Default | Level::All => {}
        Level::At(severity) => finding.severity = severity,
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Request, Trees};
    use crate::source::{FileId, FileKind, Span};

    #[test]
    fn rules_with_matters_of_taste_are_known() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        for entry in all() {
            let file = folder.join(format!("{}.rs", entry.id.replace('-', "_")));
            let Ok(text) = std::fs::read_to_string(file) else {
                continue;
            };
            let has = text.contains(".pedantic()");
            assert_eq!(has, PARTLY_PEDANTIC.contains(&entry.id), "{}", entry.id);
        }
    }

    /// Finds the word "bad", twice as bad when it is loud, and reports each place twice.
    struct Bad;

    impl Rule for Bad {
        fn file(&self, file: &SourceFile, _workspace: &Workspace<'_>, sink: &mut Sink) {
            for (at, word) in file
                .text()
                .match_indices("bad")
                .chain(file.text().match_indices("BAD"))
            {
                let location = Location {
                    file: file.id(),
                    span: Span::new(at, at + word.len()),
                };
                for _ in 0..2 {
                    let finding = sink.report(location, "here", format!("`{word}` is bad"));
                    if word == "BAD" {
                        finding.severity(Severity::Error);
                    }
                }
            }
        }
    }

    fn findings(level: Level) -> Vec<(usize, Severity)> {
        let text = "BAD and bad";
        let file = SourceFile::new(FileId(0), "f".into(), FileKind::Dockerfile, text.into());
        let sources = [file];
        let active = Active {
            id: "bad",
            rule: &Bad,
            index: 0,
            severity: Severity::Info,
        };
        let trees = Trees::parse(&sources);
        let request = Request::default();
        run_each(&Workspace::new(&trees, &request), &[active], |_, _| level)
            .into_iter()
            .map(|finding| {
                (
                    finding.labels[0].location.span.range().start,
                    finding.severity,
                )
            })
            .collect()
    }

    #[test]
    fn findings_are_sorted_and_unique() {
        assert_eq!(
            findings(Level::Default),
            [(0, Severity::Error), (8, Severity::Info)]
        );
    }

    #[test]
    fn more_than_anybody_reads_is_counted() {
        let place = |file, at| Location {
            file: FileId(file),
            span: Span::at(at),
        };
        let level = |_: &Finding| Level::Default;
        let mut sink = Sink::new("bad", Severity::Info, &level);
        for at in 0..MOST_IN_FILE + 3 {
            sink.report(place(0, at), "here", "bad");
            sink.report(place(0, at), "here", "not that bad").pedantic();
        }
        sink.report(place(1, 0), "here", "bad elsewhere");
        let mut findings = sink.into_findings();
        let last = findings.pop().expect("a finding");
        assert_eq!(last.primary(), Some(place(0, MOST_IN_FILE)));
        assert_eq!(
            last.message,
            "`bad` finds 3 more places in this file, which are left out: this is the first of them"
        );
        let elsewhere = findings.pop().expect("a finding");
        assert_eq!(elsewhere.message, "bad elsewhere");
        assert_eq!(findings.len(), MOST_IN_FILE);
    }

    #[test]
    fn a_configured_level_wins_over_the_rules_own() {
        assert_eq!(findings(Level::Off), []);
        let warning = Level::At(Severity::Warning);
        assert_eq!(
            findings(warning),
            [(0, Severity::Warning), (8, Severity::Warning)]
        );
    }

    #[test]
    fn the_registry_is_sorted_and_pages_name_their_rule() {
        assert!(REGISTRY.is_sorted_by(|a, b| a.id < b.id));
        for entry in REGISTRY {
            assert_eq!(entry.page.info().id, entry.id);
        }
    }
}

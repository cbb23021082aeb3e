//! The Go commands of a target that fetch modules, and the settings that reach them.
//!
//! Go takes a setting from the environment, then from the file that `go env -w` writes into the
//! user's home, so for the later steps of that stage chain; an empty one counts as none
//! (`facts/systemd-daemon-go.md` 68, 73).

mod command;
mod list;

pub use list::{Entry, Separator, entries, first_host, tidy};

use std::rc::Rc;

use command::{Fetch, fetch, go_call};

use super::analysis::Analysis;
use super::executed::Executed;
use super::layers::Layers;
use super::scope::Declarations;
use super::shell::Certainty;
use super::stage_tree::Visit;
use super::tool_settings::ToolSetting;
use crate::model::dockerfile::{Action, MountKind, Network, Run};
use crate::model::{HopId, Unknown, Value};
use crate::source::Location;

/// A Go command that surely fetches modules.
#[derive(Clone, Debug)]
pub struct GoDownload<'b> {
    /// The command.
    pub executed: Executed<'b>,
    /// What `go env -w` wrote for its user before it ran.
    written: Vec<Remembered<'b>>,
    /// For each name that an `ARG` in scope declares: a build may fill it.
    declarations: Rc<Declarations<'b>>,
}

/// A setting as a Go command sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GoSetting<'b> {
    /// Its value, if it is known.
    pub value: Option<&'b str>,
    /// The last hop on its way.
    pub hop: Option<HopId>,
    /// The place that gives it.
    pub at: Option<Location>,
    /// Whether the RUN's own shell text gives it.
    pub by_shell: bool,
}

impl GoSetting<'_> {
    /// A value that a build may give and that is not known here.
    const UNKNOWN: Self = Self {
        value: None,
        hop: None,
        at: None,
        by_shell: false,
    };
}

/// A setting written by `go env -w`.
#[derive(Clone, Debug)]
struct Remembered<'b> {
    name: &'static str,
    /// Unknown too if it may not run.
    value: Value<'b>,
    at: Location,
}

/// What the steps so far left in a stage.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Left<'b> {
    /// A setting in the user's home.
    Setting(Option<&'b str>, String),
    /// A module cache that was filled: the user and the cache mounts it lies in.
    Modules(Option<&'b str>, Vec<&'b str>),
    /// A module cache that came from elsewhere.
    ForeignModules,
}

impl<'b> GoDownload<'b> {
    /// How the command sees a setting; `None` if it certainly does not.
    pub fn sees(&self, name: &str) -> Option<GoSetting<'_>> {
        let mut sights = self.executed.sights(name).map(|sight| {
            sight.map(|sight| GoSetting {
                value: sight.value.as_known(),
                hop: sight.hop,
                at: sight
                    .hop
                    .and_then(|hop| self.executed.build.model.provenance.hop(hop).at),
                by_shell: sight.by_shell,
            })
        });
        let first = sights.next().flatten();
        // Two ways to the command with two values: neither is certain.
        if sights.any(|other| other.map(|it| it.value) != first.map(|it| it.value)) {
            return Some(GoSetting::UNKNOWN);
        }
        let set = first.filter(|setting| setting.value != Some(""));
        set.or_else(|| self.written(name)).or_else(|| {
            let (stage, step) = (self.executed.stage(), self.executed.step);
            let may_come = self.declarations.reaches(stage, step, name);
            may_come.then_some(GoSetting::UNKNOWN)
        })
    }

    fn written(&self, name: &str) -> Option<GoSetting<'_>> {
        let written = self.written.iter().find(|it| it.name == name)?;
        Some(GoSetting {
            value: written.value.as_known(),
            hop: None,
            at: Some(written.at),
            by_shell: false,
        })
        .filter(|setting| setting.value != Some(""))
    }
}

/// See [`Analysis::go_downloads`](super::Analysis::go_downloads).
pub(super) fn go_downloads<'b>(analysis: &Analysis<'b>) -> Vec<GoDownload<'b>> {
    let build = analysis.build();
    let Some(target) = build.model.target else {
        return Vec::new();
    };
    let reachable = build.model.reachable(target);
    let mut left = Layers::new();
    let mut downloads = Vec::new();
    for visit in build.stages.walk() {
        let Visit::Enter(stage) = visit else {
            left.leave();
            continue;
        };
        left.enter();
        for step in build.model.stages[stage].steps.clone() {
            match &build.model.steps[step].action {
                Action::Copy(copied) if copied.from.is_some() => {
                    let mut sources = copied.sources.iter();
                    if sources.any(|source| source.value.as_known().is_none_or(holds_modules)) {
                        left.set(Left::ForeignModules, Some(None));
                    }
                }
                Action::Run(run) => {
                    let found = downloads_of(analysis, step, run, &mut left);
                    downloads.extend(found.into_iter().filter(|_| reachable[stage]));
                }
                _ => {}
            }
        }
    }
    downloads.sort_by_key(|download| download.executed.place());
    downloads
}

/// What a stage has of each kind of thing that is left; of a setting its value.
type Remains<'b> = Layers<Left<'b>, Option<(Value<'b>, Location)>>;

/// The downloads of a RUN. Takes note of what they, and `go env -w`, leave.
fn downloads_of<'b>(
    analysis: &Analysis<'b>,
    step: usize,
    run: &'b Run<'b>,
    left: &mut Remains<'b>,
) -> Vec<GoDownload<'b>> {
    let user = run.user.as_ref().map_or(Some("root"), Value::as_known);
    let mut settings = analysis.tool_settings_of(step).iter().peekable();
    let mut found = Vec::new();
    for executed in analysis.build().executed(step) {
        while let Some(setting) = settings.next_if(|it| it.executed.is(&executed)) {
            note(setting, user, left);
        }
        let Some(call) = go_call(&executed) else {
            continue;
        };
        let modules = Left::Modules(user, cache_mounts(run));
        let fetches = fetch(&call, &executed);
        let is_offline = match fetches {
            Fetch::Nothing => true,
            Fetch::Modules => {
                left.get(&modules).is_some() || left.get(&Left::ForeignModules).is_some()
            }
            Fetch::Named => false,
        };
        if fetches == Fetch::Modules {
            left.set(modules, Some(None));
        }
        if !is_offline && run.network != Network::None {
            let names = call.client.variables.iter().map(|own| own.name);
            let written = names.filter_map(|name| {
                let (value, at) = left.get(&Left::Setting(user, name.to_owned()))?.clone()?;
                Some(Remembered { name, value, at })
            });
            found.push(GoDownload {
                executed,
                written: written.collect(),
                declarations: Rc::clone(analysis.declarations()),
            });
        }
    }
    found
}

/// Takes note of a setting for the go command.
fn note<'b>(setting: &ToolSetting<'b>, user: Option<&'b str>, left: &mut Remains<'b>) {
    let ToolSetting { executed, written } = setting;
    if written.client != "go" {
        return;
    }
    let is_certain = executed.command.certainty == Certainty::Certain;
    let value = match &written.value {
        // What may not run leaves open what is written.
        _ if !is_certain => Some(Value::Unknown(Unknown::Shell)),
        value => value.clone(),
    };
    let key = Left::Setting(user, written.key.clone());
    left.set(
        key,
        value.map(|value| Some((value, executed.locate(written.span)))),
    );
}

/// Whether a folder copied from another stage may bring a module cache along.
fn holds_modules(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    path.is_empty() || path.ends_with("/go") || path.contains("/go/pkg") || path == "/root"
}

/// Where the RUN has cache mounts that may hold modules.
fn cache_mounts<'b>(run: &'b Run<'_>) -> Vec<&'b str> {
    let caches = run
        .mounts
        .iter()
        .filter(|(mount, _)| mount.kind == MountKind::Cache);
    let mut targets: Vec<&str> = caches
        .filter_map(|(mount, _)| mount.target.as_ref()?.as_known())
        .map(|target| target.trim_end_matches('/'))
        .filter(|target| target.ends_with("/mod") || holds_modules(target))
        .collect();
    targets.sort_unstable();
    targets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Request, Trees, Workspace};
    use crate::source::{FileId, FileKind, SourceFile};

    /// The downloads of a file: the command and the `GOPROXY` it sees, `?` for an unknown one.
    fn downloads(text: &str) -> Vec<(String, Option<String>)> {
        let file = SourceFile::new(FileId(0), "f".into(), FileKind::Dockerfile, text.into());
        let sources = [file];
        let trees = Trees::parse(&sources);
        let request = Request::default();
        let workspace = Workspace::new(&trees, &request);
        let build = &workspace.builds[0];
        let analysis = Analysis::of(build);
        let seen = |download: &GoDownload<'_>| {
            let at = download.executed.location().span;
            let setting = download.sees("GOPROXY");
            let value = setting.map(|it| it.value.unwrap_or("?").to_owned());
            (sources[0].slice(at).to_owned(), value)
        };
        analysis.go_downloads().iter().map(seen).collect()
    }

    fn values(text: &str) -> Vec<Option<String>> {
        downloads(text)
            .into_iter()
            .map(|(_, value)| value)
            .collect()
    }

    fn commands(text: &str) -> Vec<String> {
        downloads(text)
            .into_iter()
            .map(|(command, _)| command)
            .collect()
    }

    fn some(value: &str) -> Option<String> {
        Some(value.to_owned())
    }

    #[test]
    fn a_filled_module_cache_makes_builds_offline() {
        let text = "FROM golang\nRUN go mod download\nCOPY . .\nRUN go build . && go vet ./...\n";
        assert_eq!(commands(text), ["go mod download"]);
        let other_user = "FROM golang\nRUN go mod download\nUSER u\nRUN go build .\n";
        assert_eq!(commands(other_user), ["go mod download", "go build ."]);
        let mounted = "FROM golang\nRUN --mount=type=cache,target=/go/pkg/mod go mod download\nRUN go build .\n";
        assert_eq!(commands(mounted).len(), 2);
        let copied = "FROM golang AS a\nRUN go mod download\nFROM golang\nCOPY --from=a /go /go\nRUN go build .\n";
        assert_eq!(commands(copied), ["go mod download"]);
    }

    #[test]
    fn what_needs_no_network_or_may_not_run_is_left_out() {
        for run in [
            "go build -mod=vendor .",
            "GOFLAGS=-mod=vendor go build .",
            "GO111MODULE=off go get example.org/x",
            "go version",
            "test -f x && go get example.org/x || true",
        ] {
            assert_eq!(
                commands(&format!("FROM golang\nRUN {run}\n")),
                [""; 0],
                "{run}"
            );
        }
        assert_eq!(
            commands("FROM golang\nRUN --network=none go mod download\n"),
            [""; 0]
        );
        let elsewhere = "FROM golang\nRUN go mod download\nFROM scratch\n";
        assert_eq!(commands(elsewhere), [""; 0]);
    }

    #[test]
    fn go_env_w_lives_in_the_chain_and_loses_to_the_environment() {
        let chain = "FROM golang AS a\nRUN go env -w GOPROXY=https://a.example\nFROM a\nRUN go mod download\n";
        assert_eq!(values(chain), [some("https://a.example")]);
        let loses = "FROM golang\nENV GOPROXY=https://e.example\nRUN go env -w GOPROXY=https://a.example; go mod download\n";
        assert_eq!(values(loses), [some("https://e.example")]);
        let empty =
            "FROM golang\nENV GOPROXY=\nRUN go env -w GOPROXY=https://a.example; go mod download\n";
        assert_eq!(values(empty), [some("https://a.example")]);
        let other =
            "FROM golang\nRUN go env -w GOPROXY=https://a.example\nUSER u\nRUN go mod download\n";
        assert_eq!(values(other), [None]);
    }

    #[test]
    fn an_argument_that_waits_for_a_value_is_unknown() {
        assert_eq!(
            values("FROM golang\nARG GOPROXY\nRUN go mod download\n"),
            [some("?")]
        );
        assert_eq!(
            values("ARG GOPROXY\nFROM golang\nRUN go mod download\n"),
            [None]
        );
    }
}

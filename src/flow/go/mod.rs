//! The Go commands of a target that fetch modules, and the settings that reach them.
//!
//! Go takes a setting from the environment, then from the file that `go env -w` writes into the
//! user's home, so for the later steps of that stage chain; an empty one counts as none
//! (`facts/systemd-daemon-go.md` 68, 73).

mod command;
mod list;

pub use list::{Entry, Separator, entries, first_host};

use std::rc::Rc;

use command::{Fetch, fetch, written};

use super::executed::Executed;
use super::scope::Declarations;
use super::workspace::Build;
use crate::model::dockerfile::{Action, Base, MountKind, Network, Run};
use crate::model::{HopId, Value};
use crate::source::Location;

/// A Go command that surely fetches modules.
#[derive(Clone, Debug)]
pub struct GoDownload<'b> {
    /// The command.
    pub executed: Executed<'b>,
    /// What `go env -w` wrote for its user before it ran.
    written: Vec<Written<'b>>,
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
struct Written<'b> {
    user: Option<&'b str>,
    name: &'b str,
    value: Option<&'b str>,
    at: Location,
}

/// What the steps so far left in a stage.
#[derive(Clone, Debug, Default)]
struct Layers<'b> {
    written: Vec<Written<'b>>,
    /// Module caches that were filled: the user and the cache mounts they lie in.
    filled: Vec<(Option<&'b str>, Vec<&'b str>)>,
    /// The module cache came from elsewhere.
    copied: bool,
}

impl<'b> GoDownload<'b> {
    /// How the command sees a setting; `None` if it certainly does not.
    pub fn sees(&self, name: &str) -> Option<GoSetting<'b>> {
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

    fn written(&self, name: &str) -> Option<GoSetting<'b>> {
        let written = self.written.iter().rfind(|it| it.name == name)?;
        Some(GoSetting {
            value: written.value,
            hop: None,
            at: Some(written.at),
            by_shell: false,
        })
        .filter(|setting| setting.value != Some(""))
    }
}

/// See [`Analysis::go_downloads`](super::Analysis::go_downloads).
pub(super) fn go_downloads<'b>(
    build: &'b Build<'b>,
    declarations: &Rc<Declarations<'b>>,
) -> Vec<GoDownload<'b>> {
    let Some(target) = build.model.target else {
        return Vec::new();
    };
    let reachable = build.model.reachable(target);
    let mut ends: Vec<Layers<'b>> = Vec::with_capacity(build.model.stages.len());
    let mut downloads = Vec::new();
    for (index, stage) in build.model.stages.iter().enumerate() {
        let mut layers = match stage.base {
            Base::Stage(parent) => ends.get(parent).cloned().unwrap_or_default(),
            Base::Image(_) | Base::Scratch => Layers::default(),
        };
        for step in stage.steps.clone() {
            match &build.model.steps[step].action {
                Action::Copy(copied) if copied.from.is_some() => {
                    let brings = copied
                        .sources
                        .iter()
                        .any(|source| source.value.as_known().is_none_or(holds_modules));
                    layers.copied |= brings;
                }
                Action::Run(run) => {
                    let found = layers.run(build, step, run, declarations);
                    downloads.extend(found.into_iter().filter(|_| reachable[index]));
                }
                _ => {}
            }
        }
        ends.push(layers);
    }
    downloads
}

/// Whether a folder copied from another stage may bring a module cache along.
fn holds_modules(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    path.is_empty() || path.ends_with("/go") || path.contains("/go/pkg") || path == "/root"
}

impl<'b> Layers<'b> {
    fn run(
        &mut self,
        build: &'b Build<'b>,
        step: usize,
        run: &'b Run<'b>,
        declarations: &Rc<Declarations<'b>>,
    ) -> Vec<GoDownload<'b>> {
        let user = run.user.as_ref().map_or(Some("root"), Value::as_known);
        let mut found = Vec::new();
        for executed in build.executed(step) {
            if executed.command.name() != Some("go") {
                continue;
            }
            for (name, value, span) in written(executed.command) {
                let at = executed.locate(span);
                self.written.push(Written {
                    user,
                    name,
                    value,
                    at,
                });
            }
            let fetches = fetch(&executed);
            let key = (user, cache_mounts(run));
            let offline = match fetches {
                Fetch::Nothing => true,
                Fetch::Modules => self.copied || self.filled.contains(&key),
                Fetch::Named => false,
            };
            if fetches == Fetch::Modules {
                self.filled.push(key);
            }
            if !offline && run.network != Network::None {
                let of_user = self.written.iter().filter(|it| it.user == user);
                found.push(GoDownload {
                    executed,
                    written: of_user.cloned().collect(),
                    declarations: Rc::clone(declarations),
                });
            }
        }
        found
    }
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
    use crate::flow::{Analysis, Request, Trees, Workspace};
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

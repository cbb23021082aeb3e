//! What becomes of a variable that a daemon is given: the daemon uses it, and there it ends
//! (`facts/systemd-daemon-go.md` 43 to 49).

use hashbrown::HashMap;

use super::{Stop, Story};
use crate::flow::{ConfiguredDaemon, Workspace};
use crate::model::daemon::{Diagnostic, ProxySetting, Service};
use crate::model::{HopId, Mechanism, Value};
use crate::source::{FileId, Location};

/// What becomes of one variable in a daemon.
#[derive(Debug, Default)]
pub struct DaemonTrace<'d> {
    /// What gives it a value.
    pub settings: Vec<DaemonSetting<'d>>,
    /// What was meant for it and is lost on the way.
    pub lost: Vec<&'d Diagnostic>,
}

/// A value that a daemon is given for a variable.
#[derive(Debug)]
pub struct DaemonSetting<'d> {
    /// The variable.
    pub name: String,
    /// Its value.
    pub value: &'d Value<'static>,
    /// Where it comes from, in the daemon's provenance.
    pub hop: HopId,
    /// Whether the daemon uses it.
    pub is_used: bool,
    /// Why it goes no further; what podman has goes on, into every RUN.
    pub stop: Option<Stop>,
    /// What is wrong with it.
    pub faults: Vec<&'d Diagnostic>,
}

/// Follows a variable through a daemon's configuration.
pub fn trace_daemon<'d>(
    workspace: &Workspace<'_>,
    configured: &'d ConfiguredDaemon,
    variable: &str,
) -> DaemonTrace<'d> {
    let story = Story(variable);
    let mut settings = by_environment(configured, story);
    settings.extend(by_option(configured, story));
    let mut relevant = Relevant {
        workspace,
        story,
        is_given: !settings.is_empty(),
        mentions: HashMap::new(),
    };
    let mut lost = Vec::new();
    for found in &configured.daemon.diagnostics {
        if !relevant.is_about(found) {
            continue;
        }
        let provenance = &configured.daemon.provenance;
        let holds = |setting: &&mut DaemonSetting<'_>| {
            let at = provenance.hop(setting.hop).at;
            at.zip(found.at)
                .is_some_and(|(at, found)| overlap(at, found))
        };
        match settings.iter_mut().find(holds) {
            Some(setting) => setting.faults.push(found),
            None => lost.push(found),
        }
    }
    DaemonTrace { settings, lost }
}

/// The variable in the environment that systemd hands over.
fn by_environment<'d>(
    configured: &'d ConfiguredDaemon,
    story: Story<'_>,
) -> Vec<DaemonSetting<'d>> {
    let daemon = &configured.daemon;
    let of_story = daemon.environment.iter();
    let of_story = of_story.filter(|(name, _)| story.is_about(name));
    let settings = of_story.map(|(name, variable)| {
        let effective = effective(configured, name);
        let is_used = effective.is_some_and(|used| used.hop == variable.hop);
        let stop = match effective {
            _ if configured.service == Service::Podman => None,
            _ if !daemon.starts => Some(Stop::NoStart),
            None => Some(Stop::NotForDaemon),
            Some(_) if is_used => Some(Stop::PullsOnly),
            Some(used) if used.from == Mechanism::UnitEnvironment => Some(Stop::UpperCaseWins),
            Some(_) => Some(Stop::OptionWins),
        };
        DaemonSetting {
            name: name.clone(),
            value: &variable.value,
            hop: variable.hop,
            is_used: is_used && daemon.starts,
            stop,
            faults: Vec::new(),
        }
    });
    settings.collect()
}

/// What `daemon.json` and flags set.
fn by_option<'d>(
    configured: &'d ConfiguredDaemon,
    story: Story<'_>,
) -> impl Iterator<Item = DaemonSetting<'d>> {
    let daemon = &configured.daemon;
    let names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
    let names = names.into_iter().filter(move |name| story.is_about(name));
    names.filter_map(move |name| {
        let setting = effective(configured, name)?;
        (setting.from != Mechanism::UnitEnvironment).then(|| DaemonSetting {
            name: name.to_owned(),
            value: &setting.value,
            hop: setting.hop,
            is_used: daemon.starts,
            stop: Some(match daemon.starts {
                true => Stop::PullsOnly,
                false => Stop::NoStart,
            }),
            faults: Vec::new(),
        })
    })
}

/// The setting in force for a variable that the daemon reads.
fn effective<'d>(configured: &'d ConfiguredDaemon, name: &str) -> Option<&'d ProxySetting> {
    let proxies = &configured.daemon.proxies;
    match name {
        "HTTP_PROXY" | "http_proxy" => proxies.http.as_ref(),
        "HTTPS_PROXY" | "https_proxy" => proxies.https.as_ref(),
        "NO_PROXY" | "no_proxy" => proxies.no_proxy.as_ref(),
        _ => None,
    }
}

/// Which diagnostics are about the variable.
struct Relevant<'a> {
    workspace: &'a Workspace<'a>,
    story: Story<'a>,
    /// Whether the daemon is given the variable.
    is_given: bool,
    /// The files looked through, and whether they speak of the variable.
    mentions: HashMap<FileId, bool>,
}

impl Relevant<'_> {
    /// By its name, because it takes away a part of a file that speaks of the variable, or because
    /// it stops a daemon that is given it.
    fn is_about(&mut self, found: &Diagnostic) -> bool {
        let name = found.name.as_deref();
        if name.is_some_and(|name| self.story.is_about(name)) {
            return true;
        }
        match found.cause.rule() {
            "daemon-start-refused" => self.is_given || self.is_in_file(found),
            "dropin-not-read" => self.is_in_file(found),
            "dropin-assignment-lost" if found.cause.ends_the_file() => self.is_in_file(found),
            "dropin-assignment-lost" | "daemon-json-proxies" => {
                name.is_none() && self.is_in_place(found)
            }
            _ => false,
        }
    }

    fn is_in_file(&mut self, found: &Diagnostic) -> bool {
        let Some(file) = found.at.map(|at| at.file) else {
            return false;
        };
        let look = || self.story.is_mentioned(self.workspace.source(file).text());
        *self.mentions.entry(file).or_insert_with(look)
    }

    fn is_in_place(&self, found: &Diagnostic) -> bool {
        let related = found.related.iter().map(|related| related.at);
        let mut places = found.at.into_iter().chain(related);
        places.any(|at| {
            let text = self.workspace.source(at.file).slice(at.span);
            self.story.is_mentioned(text)
        })
    }
}

fn overlap(one: Location, other: Location) -> bool {
    one.file == other.file && one.span.start < other.span.end && other.span.start < one.span.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Request, Trees};
    use crate::source::{FileId, FileKind, SourceFile};

    /// What becomes of a variable with these files: name, whether it is used, why it stops; then
    /// the rules of what is lost.
    fn follow(
        files: &[(&str, &str)],
        variable: &str,
    ) -> (Vec<(String, bool, Stop)>, Vec<&'static str>) {
        let sources: Vec<SourceFile> = files
            .iter()
            .zip(0..)
            .map(|((path, text), id)| {
                let kind = FileKind::from_path(path).unwrap();
                SourceFile::new(FileId(id), (*path).to_owned(), kind, (*text).into())
            })
            .collect();
        let trees = Trees::parse(&sources);
        let request = Request::default();
        let workspace = Workspace::new(&trees, &request);
        let trace = trace_daemon(&workspace, &workspace.machine.daemons[0], variable);
        let settings = trace.settings.iter();
        let settings = settings.map(|one| (one.name.clone(), one.is_used, one.stop.unwrap()));
        let lost = trace.lost.iter().map(|found| found.cause.rule());
        (settings.collect(), lost.collect())
    }

    const DROP_IN: &str = "etc/systemd/system/docker.service.d/a.conf";

    #[test]
    fn each_setting_of_a_daemon_stops_for_its_reason() {
        let text = "[Service]\nEnvironment=HTTP_PROXY=http://p:1 http_proxy=http://q:1 \
                    HTTPS_PROXY=http://p:1 ALL_PROXY=http://p:1\n";
        let json = r#"{"proxies": {"https-proxy": "http://r:1"}}"#;
        let files = [(DROP_IN, text), ("etc/docker/daemon.json", json)];
        let setting = |name: &str, is_used, stop| (name.to_owned(), is_used, stop);
        let (settings, lost) = follow(&files, "HTTP_PROXY");
        let expected = [
            setting("HTTP_PROXY", true, Stop::PullsOnly),
            setting("http_proxy", false, Stop::UpperCaseWins),
        ];
        assert_eq!(
            (settings.as_slice(), lost.as_slice()),
            (&expected[..], &[][..])
        );
        let expected = [
            setting("HTTPS_PROXY", false, Stop::OptionWins),
            setting("HTTPS_PROXY", true, Stop::PullsOnly),
        ];
        assert_eq!(follow(&files, "https_proxy").0, expected);
        let expected = [setting("ALL_PROXY", false, Stop::NotForDaemon)];
        assert_eq!(follow(&files, "ALL_PROXY").0, expected);
    }

    #[test]
    fn a_daemon_that_does_not_start_uses_nothing() {
        let text = "[Service]\nEnvironment=HTTP_PROXY=http://p:1\nExecStart=/usr/bin/dockerd\n";
        let (settings, lost) = follow(&[(DROP_IN, text)], "HTTP_PROXY");
        assert_eq!(settings, [("HTTP_PROXY".to_owned(), false, Stop::NoStart)]);
        assert_eq!(lost, ["daemon-start-refused"]);
    }

    #[test]
    fn what_is_lost_is_told_for_the_variables_that_stood_there() {
        let header = "[service]\nEnvironment=HTTP_PROXY=http://p:1\n";
        let wrong = (
            "etc/systemd/system/docker.service.d/b.cfg",
            "[Service]\nEnvironment=HTTPS_PROXY=x\n",
        );
        let files = [(DROP_IN, header), wrong];
        assert_eq!(follow(&files, "HTTP_PROXY").1, ["dropin-assignment-lost"]);
        assert_eq!(follow(&files, "HTTPS_PROXY").1, ["dropin-not-read"]);
        assert!(follow(&files, "NO_PROXY").1.is_empty());
    }
}

//! Passwords in the addresses of proxies and mirrors, wherever else than in `ARG` and `ENV` they
//! stand: part of `proxy-credentials`.

use hashbrown::HashSet;

use super::stories::{MOST_PLACES, labels};
use super::{Sink, words};
use crate::flow::secrets::{file_settings, literals};
use crate::flow::{Build, Workspace, offset_of};
use crate::model::Value;
use crate::model::variables::{is_network_setting, is_predefined_proxy};
use crate::secrets::{Evidence, Names, Place, Verdict, judge};
use crate::source::{FileKind, Location, SourceFile, Span};

/// In a unit, `daemon.json`, `config.json` or `.env`.
pub(super) fn in_file(file: &SourceFile, workspace: &Workspace<'_>, sink: &mut Sink) {
    for setting in file_settings(file) {
        let is_proxy = matches!(setting.place, Place::DaemonProxy | Place::CliProxy);
        if is_proxy || is_network_setting(&setting.name) {
            let found = Found {
                place: setting.place,
                name: &setting.name,
                value: &setting.value,
                at: Location {
                    file: file.id(),
                    span: setting.span,
                },
            };
            found.report(file, workspace, sink);
        }
    }
}

/// In compose files: `build.args` and `environment`.
pub(super) fn in_projects(workspace: &Workspace<'_>, sink: &mut Sink) {
    let services = workspace
        .projects
        .iter()
        .flat_map(|project| &project.services);
    let mut seen = HashSet::new();
    for service in services {
        let args = service.build.iter().flat_map(|build| &build.args);
        let args = args.map(|it| (Place::BuildArg, &it.name, it.value.as_ref(), it.at));
        let environment = service.environment.iter();
        let environment =
            environment.map(|it| (Place::ComposeEnv, &it.name, it.value.as_ref(), it.at));
        for (place, name, value, at) in args.chain(environment) {
            let source = workspace.source(at.file);
            let Some(value) = value.and_then(Value::as_known) else {
                continue;
            };
            // What an interpolation brings is judged where it stands.
            let is_here = source.is_shared() && source.slice(at.span).contains(value);
            if is_here && is_network_setting(name) && seen.insert(at) {
                Found {
                    place,
                    name,
                    value,
                    at,
                }
                .report(source, workspace, sink);
            }
        }
    }
}

/// In the commands of a build.
pub(super) fn in_commands(build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
    let source = workspace.source(build.file);
    let mut shipped = None;
    for (index, step) in build.model.steps.iter().enumerate() {
        // No address with a password lacks one; this is cheaper than a look at the commands.
        if !source.slice(step.instruction.span).contains('@') {
            continue;
        }
        let literals = literals(build, index, workspace);
        let of_proxies = literals.iter().filter(|it| it.is_proxy);
        for literal in of_proxies.filter(|it| it.judgement.verdict == Verdict::Token) {
            let shipped = shipped.get_or_insert_with(|| build.shipped());
            let kept = words::keepers(shipped[step.stage]);
            let message =
                format!("the proxy's address in this command holds a password that {kept}");
            let help = match step.runs_in_containers() {
                true => {
                    "take it out, and give the address to the container when it starts: as a variable (`docker run --env-file …`, `env_file` in Compose)"
                }
                false => {
                    "pass the proxy as a build argument without an ARG: BuildKit hands it to every RUN and keeps it out of the history"
                }
            };
            sink.report(literal.at, "a password in clear", message)
                .help(help);
        }
    }
}

/// The places on the way of a value in `.env` into the `ARG`s of builds.
fn into_builds(value: Location, workspace: &Workspace<'_>) -> Vec<(Location, String)> {
    let mut settings = workspace.projects.iter().flat_map(|it| &it.dotenv);
    let Some(setting) = settings.find(|it| it.value_at == value) else {
        return Vec::new();
    };
    let mut places: Vec<(Location, String)> = Vec::new();
    for way in workspace.builds.iter().flat_map(Build::ways_of_arguments) {
        let mut way = way.into_iter();
        if way.any(|(at, _)| at == setting.name_at) {
            for place in labels(way.collect()) {
                if places.len() < MOST_PLACES && !places.contains(&place) {
                    places.push(place);
                }
            }
        }
    }
    places
}

/// The address of a proxy or mirror in a file that is no Dockerfile.
struct Found<'f> {
    place: Place,
    name: &'f str,
    value: &'f str,
    at: Location,
}

impl Found<'_> {
    fn report(&self, source: &SourceFile, workspace: &Workspace<'_>, sink: &mut Sink) {
        let judgement = judge(&Names::BUILT_IN, self.place, self.name, Some(self.value));
        let is_password = judgement.evidence == Some(Evidence::UserInfo);
        let (Verdict::Token, true, Some(password)) =
            (judgement.verdict, is_password, judgement.secret)
        else {
            return;
        };
        let (keeps, help) = match self.place {
            Place::SystemdEnv => (
                "every local user can read it with `systemctl show`",
                "put it into a file that only root can read, and name that with `EnvironmentFile=`",
            ),
            Place::DaemonProxy => (
                "every local user can read it with `docker info`",
                "let a proxy on this machine add the password, and name that one here",
            ),
            Place::CliProxy => (
                "every build and every container gets it",
                "let a proxy on this machine add the password, and name that one here",
            ),
            _ => (
                "everybody who has the repository can read it",
                "take the address from the environment: `${NAME}` here, and the value in a file that git ignores",
            ),
        };
        let start = self.at.span.start as usize;
        let at = match offset_of(self.value, source.slice(self.at.span)) {
            Some(at) => Span::new(start + at + password.start, start + at + password.end),
            None => self.at.span,
        };
        let at = Location {
            span: at,
            ..self.at
        };
        let way = match source.kind() {
            FileKind::Dotenv => into_builds(self.at, workspace),
            _ => Vec::new(),
        };
        let (keeps, help) = match way.is_empty() {
            true => (keeps, help.to_owned()),
            false => (
                "everybody who has the repository, or the history of an image that is built with it, can read it",
                self.help_in_builds(),
            ),
        };
        let finding = sink.report(
            at,
            "a password in clear",
            format!("`{}` holds a password, and {keeps}", self.name),
        );
        finding.about(self.name).help(help);
        for (at, text) in way {
            finding.after(at, text);
        }
    }

    /// What to do about an address that builds take from `.env`.
    fn help_in_builds(&self) -> String {
        let instead = match is_predefined_proxy(self.name) {
            true => "drop the ARG: BuildKit hands a proxy to every RUN by itself and keeps it out of the history".to_owned(),
            false => format!(
                "give it to the RUN that needs it as a secret instead of an ARG: `RUN --mount=type=secret,id=mirror,env={} …`",
                self.name
            ),
        };
        format!("keep the address in a file that git ignores, and {instead}")
    }
}

//! `proxy-not-for-tool`: the proxy reaches a command that reads no proxy variable.

use super::{Rule, Sink};
use crate::flow::clients::Scheme;
use crate::flow::shell::Certainty;
use crate::flow::{Analysis, Build, Need, Sight, Workspace};

pub(super) struct ProxyNotForTool;

/// Texts of a Dockerfile that show that the tool's own setting is at hand.
const OWN_SETTINGS: [&str; 9] = [
    "proxyHost",
    "settings.xml",
    "gradle.properties",
    "systemProp",
    ".mvn",
    "maven.config",
    "YARN_HTTP_PROXY",
    "YARN_HTTPS_PROXY",
    ".yarnrc",
];

impl Rule for ProxyNotForTool {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        let is_set = OWN_SETTINGS
            .iter()
            .any(|setting| source.text().contains(setting));
        if workspace.is_template(build.file) || is_set || !build.has_network_settings() {
            return;
        }
        let mut told: Vec<&str> = Vec::new();
        for need in build.needs() {
            let client = need.call.client.name;
            if told.contains(&client) {
                continue;
            }
            if let Some((name, sight)) = ignored(need) {
                told.push(client);
                report(need, name, sight, build, sink);
            }
        }
    }
}

/// The proxy that the command gets and does not look at.
fn ignored<'b>(need: &Need<'b>) -> Option<(&'static str, Sight<'b>)> {
    let certain = need.call.is_certain && need.executed.command.certainty == Certainty::Certain;
    let ignores = need
        .call
        .proxies()
        .is_some_and(|proxies| proxies.ignores_all());
    // What goes over ssh has no use for a web proxy.
    let is_web = need
        .schemes
        .iter()
        .any(|scheme| matches!(scheme, Scheme::Http | Scheme::Https));
    if !certain || !ignores || !is_web || need.has_own_proxy() || need.has_mirror() {
        return None;
    }
    let names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];
    names
        .into_iter()
        .find_map(|name| Some((name, need.sees(name)?)))
}

fn report(need: &Need<'_>, name: &str, sight: Sight<'_>, build: &Build<'_>, sink: &mut Sink) {
    let client = need
        .executed
        .command
        .name()
        .unwrap_or(need.call.client.name);
    let finding = sink
        .report(
            need.executed.location(),
            "reads no proxy variable",
            format!(
                "{client} does not look at `{name}`: it goes without the proxy that this step has"
            ),
        )
        .about(name)
        .help(own_setting(need.call.client.name));
    if let Some(at) = sight.place(build) {
        finding.before(at, "set here");
    }
}

/// What to give the tool instead (`facts/proxy-clients.md`, "Own settings against the environment").
fn own_setting(client: &str) -> String {
    match client {
        "mvn" => "pass `-Dhttps.proxyHost=… -Dhttps.proxyPort=…` (and the same with `http.`), in MAVEN_OPTS for example, or `<proxies>` in settings.xml".to_owned(),
        "gradle" => "set `systemProp.https.proxyHost` and `systemProp.https.proxyPort` (and the same with `http.`) in gradle.properties, or pass them with `-D`".to_owned(),
        "yarn 2" => "set `YARN_HTTPS_PROXY` and `YARN_HTTP_PROXY`, or `httpsProxy` and `httpProxy` in .yarnrc.yml".to_owned(),
        _ => "use its own proxy setting".to_owned(),
    }
}

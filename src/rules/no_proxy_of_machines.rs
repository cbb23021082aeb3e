//! `no-proxy-missing` in the daemon's files and the client's.

use super::Sink;
use super::no_proxy_missing::{extended, not_named};
use crate::finding::Severity;
use crate::flow::{ConfiguredDaemon, Pull, Workspace};
use crate::model::daemon::ProxySetting;
use crate::model::go_proxy::NoProxy;

/// Daemons that would ask the proxy for the project's own registry.
pub(super) fn in_daemons(workspace: &Workspace<'_>, sink: &mut Sink) {
    let daemons = workspace.machine.daemons.iter();
    // A file that is not here may bring the list.
    let known = daemons.filter(|one| one.daemon.starts && !one.daemon.environment_is_partial);
    for configured in known {
        if !by_policy(configured, workspace, sink) {
            by_use(configured, workspace, sink);
        }
    }
}

/// What the configuration asks for; whether anything is missing.
fn by_policy(configured: &ConfiguredDaemon, workspace: &Workspace<'_>, sink: &mut Sink) -> bool {
    let wanted = &workspace.request.settings(configured.file).network.no_proxy;
    let proxies = &configured.daemon.proxies;
    let mut addresses = proxies.addresses();
    let Some((_, proxy)) = addresses.find(|(_, proxy)| proxy.value.as_known().is_some()) else {
        return false;
    };
    let list = proxies.no_proxy.as_ref();
    let Some(entries) = list.map_or(Some(""), |list| list.value.as_known()) else {
        return false;
    };
    let exempted = NoProxy::new(entries);
    // Go asks no proxy for the loopback, listed or not.
    let lacks = |host: &&String| !exempted.covers(host) && !exempted.matches(host, "");
    let lacking: Vec<&str> = wanted.iter().filter(lacks).map(String::as_str).collect();
    if lacking.is_empty() {
        return false;
    }
    let Some(at) = list.and_then(|list| list.at).or(proxy.at) else {
        return false;
    };
    sink.report(at, "behind a proxy", not_named(&lacking))
        .severity(Severity::Warning)
        .about("NO_PROXY")
        .help(format!(
            "set `NO_PROXY` to `{}`",
            extended(entries, &lacking)
        ));
    true
}

/// A registry or an `ADD` of the workspace that only the company's own network knows.
fn by_use(configured: &ConfiguredDaemon, workspace: &Workspace<'_>, sink: &mut Sink) {
    let daemon = &configured.daemon;
    if daemon.proxies.no_proxy.is_some() {
        return;
    }
    let policy = &workspace.request.settings(configured.file).network;
    let go = daemon.go_proxy();
    let mut pulls = workspace.pulls();
    let Some((pull, (name, proxy))) = pulls.find_map(|pull| {
        let is_proxied = policy.is_internal(&pull.host) && go.for_url(&pull.url).is_some();
        let scheme = match pull.url.starts_with("https:") {
            true => "HTTPS_PROXY",
            false => "HTTP_PROXY",
        };
        let mut addresses = daemon.proxies.addresses();
        let proxy = addresses.find(|(name, _)| is_proxied && *name == scheme)?;
        Some((pull, proxy))
    }) else {
        return;
    };
    let Some(at) = proxy.at else {
        return;
    };
    let Pull { host, at: used, .. } = pull;
    let finding = sink
        .report(
            at,
            "for every host",
            format!(
                "`{}` sends the daemon to the proxy for the internal host `{host}`: there is no `NO_PROXY` beside it",
                called(name, proxy)
            ),
        )
        .about(name)
        .after(used, format!("fetched from `{host}` by the daemon"))
        .help(format!("set `{}` to `{host}` in the same place", called("NO_PROXY", proxy)));
    if policy.proxy_required {
        finding.severity(Severity::Warning);
    }
}

/// What a proxy variable is called where a setting stands: `https-proxy` in flags and
/// `daemon.json`.
fn called(variable: &str, setting: &ProxySetting) -> String {
    match setting.is_option() {
        true => variable.to_ascii_lowercase().replace('_', "-"),
        false => variable.to_owned(),
    }
}

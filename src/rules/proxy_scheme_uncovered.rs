//! `proxy-scheme-uncovered`: the proxy is set for the other scheme only.

use hashbrown::HashSet;

use super::{Rule, Sink};
use crate::flow::clients::Scheme;
use crate::flow::{Analysis, Declarations, Need, Sight, Workspace};
use crate::model::HopId;
use crate::source::Location;

pub(super) struct ProxySchemeUncovered;

impl Rule for ProxySchemeUncovered {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) || !build.has_network_settings() {
            return;
        }
        let declarations = build.declarations();
        let mut told: HashSet<HopId> = HashSet::new();
        for need in build.needs().iter().filter(|need| need.is_certain) {
            let Some((wanted, set, sight)) = uncovered(need, declarations) else {
                continue;
            };
            let Some(hop) = sight.hop else {
                continue;
            };
            let at = sight.place(build).unwrap_or(need.executed.location());
            if !told.contains(&hop) {
                told.insert(hop);
                report(need, wanted, set, at, sink);
            }
        }
    }
}

/// The scheme of all that the command fetches, the variable of the other scheme that is set, and
/// how the command sees that one.
fn uncovered<'b>(
    need: &Need<'b>,
    declarations: &Declarations<'_>,
) -> Option<(Scheme, &'static str, Sight<'b>)> {
    let [scheme] = need.schemes[..] else {
        return None;
    };
    let is_known = need
        .targets
        .iter()
        .all(|target| target.scheme.is_some() && target.host.is_some());
    let proxies = need.call.proxies()?;
    if !is_known || !need.call.proxies_are_verified() || need.has_own_proxy() {
        return None;
    }
    let (other, variable) = match scheme {
        Scheme::Https => (Scheme::Http, "https_proxy"),
        Scheme::Http => (Scheme::Https, "http_proxy"),
        Scheme::Ftp | Scheme::Ssh | Scheme::Git => return None,
    };
    let twins = [variable.to_owned(), variable.to_ascii_uppercase()];
    // Set in any spelling, emptied, or waiting for a build argument: not this rule's matter.
    let is_covered = twins.iter().any(|name| {
        need.sees(name).is_some() || need.is_emptied(name) || declarations.is_declared(name)
    });
    let all = proxies.variables(scheme);
    if is_covered || all.is_empty() || all.iter().any(|name| need.sees(name).is_some()) {
        return None;
    }
    let set = proxies
        .variables(other)
        .iter()
        .filter(|name| !name.eq_ignore_ascii_case("all_proxy"));
    let (name, sight) = set
        .copied()
        .find_map(|name| Some((name, need.sees(name)?)))?;
    let exempt = ["no_proxy", "NO_PROXY"].iter().any(|name| {
        need.sees(name)
            .is_some_and(|list| exempts(list.value.as_known(), need))
    });
    (!exempt).then_some((scheme, name, sight))
}

/// Whether a list, as far as it is known, exempts what is fetched; an unknown one may.
fn exempts(list: Option<&str>, need: &Need<'_>) -> bool {
    let Some(list) = list else {
        return true;
    };
    need.targets
        .iter()
        .filter_map(|target| target.host.as_deref())
        .all(|host| {
            list.split([',', ' ']).any(|entry| {
                let entry = entry
                    .trim()
                    .trim_start_matches("*.")
                    .trim_start_matches('.');
                !entry.is_empty() && (host == entry || crate::model::hosts::is_below(host, entry))
            })
        })
}

fn report(need: &Need<'_>, wanted: Scheme, set: &str, at: Location, sink: &mut Sink) {
    let (scheme, variable) = match wanted {
        Scheme::Http => ("http", "http_proxy"),
        _ => ("https", "https_proxy"),
    };
    let client = need.call.client.name;
    let finding = sink
        .report(
            at,
            format!(
                "for `{}://` only",
                if scheme == "http" { "https" } else { "http" }
            ),
            format!(
                "{client} fetches `{scheme}://` here without the proxy: `{set}` does not cover it"
            ),
        )
        .about(set)
        .help(format!(
            "set `{variable}` as well; its value keeps `http://` unless the proxy itself speaks TLS"
        ));
    if !need.executed.holds(at) {
        finding.after(need.executed.location(), format!("fetches over {scheme}"));
    }
}

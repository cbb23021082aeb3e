//! `proxy-tls-scheme`: a proxy address that asks for TLS to the proxy itself.

use std::collections::{HashMap, HashSet};

use super::{Rule, Sink};
use crate::flow::{Analysis, Setting, Workspace};
use crate::model::address::Address;
use crate::model::variables::is_proxy_address;

pub(super) struct ProxyTlsScheme;

/// Ports on which proxies listen without TLS.
const PLAIN_PORTS: [&str; 6] = ["80", "3128", "8080", "1080", "7890", "8118"];

impl Rule for ProxyTlsScheme {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        if workspace.is_template(build.file) {
            return;
        }
        let settings: Vec<Setting<'_>> = build
            .network_settings()
            .filter(|setting| is_proxy_address(setting.name))
            .collect();
        // Both spellings of one address, or the same in several stages, are one cause.
        let mut told: HashSet<&str> = HashSet::new();
        let plain = plain_twins(&settings);
        for setting in &settings {
            let Some(value) = setting.value.as_known() else {
                continue;
            };
            let Some(authority) = value.strip_prefix("https://") else {
                continue;
            };
            let address = host_and_port(authority);
            let plain = plain.get(address);
            let is_plain_port = port(address).is_some_and(|port| PLAIN_PORTS.contains(&port));
            if plain.is_none() && !is_plain_port || !told.insert(address) {
                continue;
            }
            let scheme = 0.."https".len();
            let finding = sink
                .report(
                    build.at(setting.span_of(scheme, source)),
                    "TLS to the proxy",
                    format!("`{}` asks for TLS to the proxy itself, which `{address}` most likely does not speak", setting.name),
                )
                .about(setting.name)
                .help(format!("write `http://{address}`: the scheme is the proxy's own, and `https` targets are tunnelled through it all the same"));
            if let Some(plain) = plain {
                finding.related(
                    build.at(plain.value_span),
                    "the same proxy, spoken to without TLS",
                );
            }
        }
    }
}

/// The first setting that names a host and port with `http://`.
fn plain_twins<'s, 'b>(settings: &'s [Setting<'b>]) -> HashMap<&'s str, &'s Setting<'b>> {
    let mut twins = HashMap::new();
    for setting in settings {
        let value = setting.value.as_known().unwrap_or_default();
        let plain = value.strip_prefix("http://").map(host_and_port);
        if let Some(address) = plain.filter(|address| port(address).is_some()) {
            twins.entry(address).or_insert(setting);
        }
    }
    twins
}

/// What stands between the user and the path.
fn host_and_port(rest: &str) -> &str {
    Address::behind_scheme(rest).host_port
}

fn port(address: &str) -> Option<&str> {
    let (_, port) = address.rsplit_once(':')?;
    (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(port)
}

//! `proxy-tls-scheme`: a proxy address that asks for TLS to the proxy itself.

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
            .settings()
            .filter(|setting| is_proxy_address(setting.name))
            .collect();
        // Both spellings of one address, or the same in several stages, are one cause.
        let mut told: Vec<&str> = Vec::new();
        for setting in &settings {
            let Some(value) = setting.value.as_known() else {
                continue;
            };
            let Some(authority) = value.strip_prefix("https://") else {
                continue;
            };
            let address = host_and_port(authority);
            let plain = plain_twin(address, &settings);
            let is_plain_port = port(address).is_some_and(|port| PLAIN_PORTS.contains(&port));
            if plain.is_none() && !is_plain_port || told.contains(&address) {
                continue;
            }
            told.push(address);
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

/// The setting that names the same proxy with `http://`.
fn plain_twin<'s, 'b>(address: &str, settings: &'s [Setting<'b>]) -> Option<&'s Setting<'b>> {
    settings.iter().find(|other| {
        let value = other.value.as_known().unwrap_or_default();
        let plain = value.strip_prefix("http://").map(host_and_port);
        port(address).is_some() && plain == Some(address)
    })
}

/// What stands between the user and the path.
fn host_and_port(rest: &str) -> &str {
    Address::behind_scheme(rest).host_port
}

fn port(address: &str) -> Option<&str> {
    let (_, port) = address.rsplit_once(':')?;
    (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(port)
}

//! `proxy-tls-scheme`: a proxy address that asks for TLS to the proxy itself.

use hashbrown::{HashMap, HashSet};

use super::{Rule, Sink};
use crate::flow::{Analysis, Setting, Workspace};
use crate::model::address::Address;
use crate::model::variables::is_proxy_address;
use crate::source::{Location, Span};

pub(super) struct ProxyTlsScheme;

/// Ports on which proxies listen without TLS.
const PLAIN_PORTS: [&str; 6] = ["80", "3128", "8080", "1080", "7890", "8118"];

/// The bytes of the scheme in an address that begins with `https`.
const SCHEME: std::ops::Range<usize> = 0.."https".len();

/// A proxy's address and where it is written.
struct Given<'a> {
    name: &'a str,
    value: &'a str,
    /// The scheme's bytes.
    scheme: Location,
    /// The whole value's.
    at: Location,
}

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
        let addresses = settings.iter().filter_map(|setting| {
            Some(Given {
                name: setting.name,
                value: setting.value.as_known()?,
                scheme: build.at(setting.span_of(SCHEME, source)),
                at: build.at(setting.value_span),
            })
        });
        judge(&addresses.collect::<Vec<_>>(), sink);
    }

    /// What daemons and clients are given.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for configured in &workspace.machine.daemons {
            let addresses = configured.daemon.proxies.addresses();
            let addresses = addresses.filter_map(|(name, setting)| {
                written(name, setting.value.as_known()?, setting.at?, workspace)
            });
            judge(&addresses.collect::<Vec<_>>(), sink);
        }
        let clients = workspace.machine.clients.iter();
        for entry in clients.flat_map(|(_, config)| &config.entries) {
            let settings = entry.settings.iter();
            let settings = settings.filter(|setting| is_proxy_address(setting.variable));
            let addresses = settings.filter_map(|setting| {
                written(setting.variable, &setting.value, setting.at, workspace)
            });
            judge(&addresses.collect::<Vec<_>>(), sink);
        }
    }
}

/// An address within the bytes that set it.
fn written<'a>(
    name: &'a str,
    value: &'a str,
    at: Location,
    workspace: &Workspace<'_>,
) -> Option<Given<'a>> {
    let text = workspace.source(at.file).slice(at.span);
    let first = at.span.start as usize + text.find("https://").unwrap_or_default();
    let scheme = Location {
        span: Span::new(first + SCHEME.start, first + SCHEME.end),
        ..at
    };
    text.contains("://").then_some(Given {
        name,
        value,
        scheme,
        at,
    })
}

/// Reports those of one place's addresses that ask for TLS where there most likely is none.
fn judge(addresses: &[Given<'_>], sink: &mut Sink) {
    // Both spellings of one address, or the same in several stages, are one cause.
    let mut told: HashSet<&str> = HashSet::new();
    let plain = plain_twins(addresses);
    for proxy in addresses {
        let Some(authority) = proxy.value.strip_prefix("https://") else {
            continue;
        };
        let address = host_and_port(authority);
        let plain = plain.get(address);
        let is_plain_port = port(address).is_some_and(|port| PLAIN_PORTS.contains(&port));
        if plain.is_none() && !is_plain_port || !told.insert(address) {
            continue;
        }
        let finding = sink
            .report(
                proxy.scheme,
                "TLS to the proxy",
                format!("`{}` asks for TLS to the proxy itself, which `{address}` most likely does not speak", proxy.name),
            )
            .about(proxy.name)
            .help(format!("write `http://{address}`: the scheme is the proxy's own, and `https` targets are tunnelled through it all the same"));
        if let Some(plain) = plain {
            finding.related(plain.at, "the same proxy, spoken to without TLS");
        }
    }
}

/// The first that names a host and port with `http://`.
fn plain_twins<'s, 'a>(all: &'s [Given<'a>]) -> HashMap<&'a str, &'s Given<'a>> {
    let mut twins = HashMap::new();
    for given in all {
        let plain = given.value.strip_prefix("http://").map(host_and_port);
        if let Some(address) = plain.filter(|address| port(address).is_some()) {
            twins.entry(address).or_insert(given);
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

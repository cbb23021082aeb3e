//! `daemon.json` and dockerd's flags (moby `daemon/config/config.go`, `daemon/command/daemon.go`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::placeholder::is_template;
use crate::model::{Unknown, Value};
use crate::source::{Location, SourceFile, Span};
use crate::syntax::json::{self, Json, Member, Node};

use super::diagnostic::{Cause, Diagnostic};
use super::exec::FinalWord;

/// The three options that set proxies, as keys of `proxies` and as flags, with their variables.
pub(super) const PROXY_OPTIONS: [(&str, &str); 3] = [
    ("http-proxy", "HTTP_PROXY"),
    ("https-proxy", "HTTPS_PROXY"),
    ("no-proxy", "NO_PROXY"),
];

/// A proxy option that is set.
#[derive(Clone, Debug)]
pub(super) struct OptionValue {
    pub option: &'static str,
    pub value: Value<'static>,
    pub at: Location,
}

/// `daemon.json` as dockerd reads it.
#[derive(Debug, Default)]
pub(super) struct DaemonJson {
    /// The proxy options.
    pub proxies: Vec<OptionValue>,
    /// Every option it sets, and where.
    options: Vec<(String, Location)>,
    /// Whether dockerd starts with it.
    pub accepted: bool,
}

/// Flags of the daemon's command line.
#[derive(Debug, Default)]
pub(super) struct Flags {
    pub proxies: Vec<OptionValue>,
    /// `--config-file`, and where it is given.
    pub config_file: Option<(Value<'static>, Location)>,
    given: Vec<(String, Location)>,
}

/// Keys whose objects are values, not groups of options.
const FLAT: [&str; 7] = [
    "cluster-store-opts",
    "default-network-opts",
    "log-opts",
    "runtimes",
    "default-ulimits",
    "features",
    "builder",
];

/// Flags whose key in the file has another name.
const RENAMED: &str = "
    host=hosts label=labels dns-opt=dns-opts exec-opt=exec-opts storage-opt=storage-opts
    log-opt=log-opts registry-mirror=registry-mirrors insecure-registry=insecure-registries
    default-ulimit=default-ulimits default-network-opt=default-network-opts
    authorization-plugin=authorization-plugins add-runtime=runtimes
    node-generic-resource=node-generic-resources default-address-pool=default-address-pools
    host-gateway-ip=host-gateway-ips cdi-spec-dir=cdi-spec-dirs feature=features";

/// Options whose key is the flag's name.
const SAME_NAME: &str = "
    allow-direct-routing allow-nondistributable-artifacts api-cors-header bip bip6 bridge
    bridge-accept-fwmark builder cgroup-parent cluster-advertise cluster-store cluster-store-opts
    config-file containerd containerd-namespace containerd-plugin-namespace
    containerd-plugins-namespace cpu-rt-period cpu-rt-runtime cri-containerd data-root debug
    default-cgroupns-mode default-gateway default-gateway-v6 default-ipc-mode default-runtime
    default-shm-size deprecated-key-path disable-legacy-registry dns dns-search exec-root
    experimental firewall-backend fixed-cidr fixed-cidr-v6 graph group host-gateway-ip http-proxy
    https-proxy icc init init-path ip ip-forward ip-forward-no-drop ip-masq ip6tables iptables ipv6
    live-restore log-driver log-format log-level max-concurrent-downloads max-concurrent-uploads
    max-download-attempts metrics-addr mtu network-control-plane-mtu network-diagnostic-port
    no-new-privileges no-proxy nri-opts oom-score-adjust pidfile raw-logs restart rootless
    seccomp-profile selinux-enabled shutdown-timeout storage-driver swarm-default-advertise-addr
    swarm-raft-election-tick swarm-raft-heartbeat-tick tls tlscacert tlscert tlskey tlsverify
    userland-proxy userland-proxy-path userns-remap validate version help";

fn is_option(key: &str) -> bool {
    SAME_NAME.split_ascii_whitespace().any(|known| known == key)
        || RENAMED.split_ascii_whitespace().any(|pair| {
            pair.split_once('=')
                .is_some_and(|(flag, name)| flag == key || name == key)
        })
}

/// The key of a flag in the file.
fn key_of(flag: &str) -> &str {
    let renamed = RENAMED
        .split_ascii_whitespace()
        .filter_map(|pair| pair.split_once('='));
    let key = renamed.into_iter().find(|(name, _)| *name == flag);
    key.map_or(flag, |(_, key)| key)
}

/// Reads a `daemon.json`.
pub(super) fn read(
    file: &Arc<SourceFile>,
    path: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> DaemonJson {
    let mut reader = Reader {
        file,
        path,
        diagnostics,
        json: DaemonJson {
            accepted: true,
            ..DaemonJson::default()
        },
    };
    reader.read();
    reader.json
}

struct Reader<'a> {
    file: &'a Arc<SourceFile>,
    path: &'a str,
    diagnostics: &'a mut Vec<Diagnostic>,
    json: DaemonJson,
}

impl Reader<'_> {
    fn at(&self, span: Span) -> Location {
        Location {
            file: self.file.id(),
            span,
        }
    }

    fn report(&mut self, cause: Cause, span: Span, message: String) -> &mut Diagnostic {
        // Only what has no effect leaves the daemon running.
        self.json.accepted &= matches!(cause, Cause::JsonMisplaced | Cause::TooMuch);
        let found = Diagnostic::new(cause, self.path, Some(self.at(span)), message);
        self.diagnostics.push(found);
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    fn read(&mut self) {
        if self
            .file
            .text()
            .trim_start_matches('\u{feff}')
            .trim()
            .is_empty()
        {
            return;
        }
        let document = json::parse(self.file);
        if let Some(span) = document.cut {
            self.report(Cause::TooMuch, span, json::TOO_MUCH.to_owned())
                .minor = true;
            return;
        }
        // What a template engine leaves of it is not known.
        let is_waiting = || self.file.is_template() || is_template(self.file.text());
        if !document.errors.is_empty() && is_waiting() {
            return;
        }
        if let Some(error) = document.errors.first() {
            let message = format!("{}: dockerd does not start", error.kind.message());
            self.report(Cause::JsonRefused, error.span, message);
        }
        let Some(root) = document.root else {
            return;
        };
        match root.members() {
            Some(members) => {
                for member in members {
                    self.top(member);
                }
            }
            None => {
                let message = format!(
                    "this is a JSON {}, not an object: dockerd does not start",
                    root.kind()
                );
                self.report(Cause::JsonRefused, root.span, message);
            }
        }
    }

    fn top(&mut self, member: &Member) {
        let key = member.key.as_str();
        // Go matches the field's name without regard to case.
        let proxies = key.eq_ignore_ascii_case("proxies");
        let inner = member.value.members().filter(|_| !FLAT.contains(&key));
        match inner {
            Some(members) if proxies => {
                for member in members {
                    self.proxy(member);
                }
            }
            Some(members) => {
                for member in members {
                    self.option(member, Some(key));
                }
            }
            None if proxies => {
                let message = format!(
                    "`proxies` must be an object, this is a JSON {}: dockerd does not start",
                    member.value.kind()
                );
                self.report(Cause::JsonProxies, member.value.span, message)
                    .help = Some(SHAPE.to_owned());
            }
            None => self.option(member, None),
        }
    }

    /// An option outside `proxies`. One level of grouping is looked through by dockerd's check of
    /// names, but not by the decoder.
    fn option(&mut self, member: &Member, group: Option<&str>) {
        let key = member.key.as_str();
        if is_template(key) {
            return;
        }
        let at = self.at(member.key_span);
        self.json.options.push((key.to_owned(), at));
        if PROXY_OPTIONS.iter().any(|(option, _)| *option == key) {
            let place = match group {
                Some(group) => format!("in `{}`", group.escape_debug()),
                None => "at the top level".to_owned(),
            };
            let message = format!(
                "`{key}` {place} is accepted and does nothing: dockerd reads it in `proxies` only"
            );
            let found = self.report(Cause::JsonMisplaced, member.key_span, message);
            found.help = Some(SHAPE.to_owned());
        } else if !is_option(key) {
            let shown = key.escape_debug();
            if let Some(option) = meant(key) {
                let message = format!("dockerd knows no option `{shown}` and does not start");
                let found = self.report(Cause::JsonProxies, member.key_span, message);
                found.help = Some(format!("write `\"proxies\": {{\"{option}\": …}}`"));
            } else {
                let message = format!("dockerd knows no option `{shown}` and does not start");
                self.report(Cause::JsonUnknownKey, member.key_span, message);
            }
        }
    }

    fn proxy(&mut self, member: &Member) {
        let key = member.key.as_str();
        let at = self.at(member.key_span);
        self.json.options.push((key.to_owned(), at));
        let Some((option, _)) = PROXY_OPTIONS.into_iter().find(|(option, _)| *option == key) else {
            return self.wrong_key(member);
        };
        match &member.value.value {
            Json::String(text) => {
                let value = OptionValue {
                    option,
                    value: match is_template(text) {
                        true => Value::Unknown(Unknown::Template),
                        false => Value::known(text.clone()),
                    },
                    at: self.at(member.value.span),
                };
                // Go's decoder lets the last of two equal keys win.
                self.json.proxies.retain(|old| old.option != option);
                self.json.proxies.push(value);
            }
            Json::Null => {}
            _ => {
                let message = format!(
                    "`{key}` must be a string, this is a JSON {}: dockerd does not start",
                    member.value.kind()
                );
                let found = self.report(Cause::JsonProxies, member.value.span, message);
                if key == "no-proxy" {
                    found.help = Some("write one string with commas between the hosts".to_owned());
                }
            }
        }
    }

    fn wrong_key(&mut self, member: &Member) {
        let key = member.key.as_str();
        if is_option(key) || is_template(key) {
            return;
        }
        let shown = key.escape_debug();
        let message = if key == "default" || client_shape(&member.value) {
            format!(
                "`proxies.{shown}` is the shape of the client's config.json: dockerd does not start"
            )
        } else {
            format!("`proxies` has no key `{shown}`: dockerd does not start")
        };
        let key_at = self.at(member.key_span);
        let meant = meant(key).filter(|_| member.value.as_str().is_some());
        let found = self.report(Cause::JsonProxies, member.key_span, message);
        match meant {
            Some(option) => {
                *found = found.clone().help(format!("write `{option}`")).repair(
                    "use dockerd's key",
                    true,
                    vec![(key_at, format!("\"{option}\""))],
                );
            }
            None => found.help = Some(SHAPE.to_owned()),
        }
    }
}

/// Where a `daemon.json` begins to set proxies.
pub(super) fn proxies_of(file: &SourceFile) -> Option<Span> {
    let root = json::parse(file).root?;
    let mut top = root.members()?.iter();
    let proxies = top.find(|member| member.key.eq_ignore_ascii_case("proxies"))?;
    let mut options = proxies.value.members()?.iter();
    let is_set = |member: &Member| {
        let is_option = PROXY_OPTIONS.iter().any(|(key, _)| *key == member.key);
        is_option && member.value.as_str().is_some_and(|value| !value.is_empty())
    };
    options.any(is_set).then_some(proxies.key_span)
}

const SHAPE: &str =
    "write `\"proxies\": {\"http-proxy\": \"…\", \"https-proxy\": \"…\", \"no-proxy\": \"…\"}`";

/// Whether a value looks like an entry of the client's `proxies`.
fn client_shape(value: &Node) -> bool {
    let members = value.members().unwrap_or_default();
    members.iter().any(|member| meant(&member.key).is_some())
}

/// The proxy option that a key was most likely meant to be.
fn meant(key: &str) -> Option<&'static str> {
    let letters = key.chars().filter(char::is_ascii_alphanumeric);
    let squeezed: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    match squeezed.as_str() {
        "httpproxy" => Some("http-proxy"),
        "httpsproxy" => Some("https-proxy"),
        "noproxy" => Some("no-proxy"),
        _ => None,
    }
}

/// Reads the flags of a command line.
pub(super) fn flags(words: &[FinalWord], file: crate::source::FileId) -> Flags {
    let mut flags = Flags::default();
    let mut words = words.iter().skip(1).peekable();
    while let Some(word) = words.next() {
        let at = Location {
            file,
            span: word.span,
        };
        let Some(text) = word.value.as_known() else {
            continue;
        };
        if text == "--" {
            break;
        }
        let Some(long) = text.strip_prefix("--") else {
            if let Some(name) = text.strip_prefix('-').and_then(short) {
                flags.given.push((name.to_owned(), at));
            }
            continue;
        };
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(Value::known(value.to_owned()))),
            None => (long, None),
        };
        flags.given.push((name.to_owned(), at));
        let proxy = PROXY_OPTIONS
            .into_iter()
            .find(|(option, _)| *option == name);
        if proxy.is_none() && name != "config-file" {
            continue;
        }
        let value = value.or_else(|| words.next().map(|word| word.value.clone()));
        let Some(value) = value else {
            continue;
        };
        match proxy {
            Some((option, _)) => {
                flags.proxies.retain(|old| old.option != option);
                flags.proxies.push(OptionValue { option, value, at });
            }
            None => flags.config_file = Some((value, at)),
        }
    }
    flags
}

/// The flag of a one-letter option.
fn short(letters: &str) -> Option<&'static str> {
    Some(match letters.as_bytes().first()? {
        b'H' => "host",
        b'D' => "debug",
        b'l' => "log-level",
        b's' => "storage-driver",
        b'G' => "group",
        b'g' => "graph",
        b'b' => "bridge",
        b'p' => "pidfile",
        _ => return None,
    })
}

/// `findConfigurationConflicts`: nothing may be given twice, `runtimes` excepted.
pub(super) fn conflicts(
    json: &DaemonJson,
    path: &str,
    flags: &Flags,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let set: BTreeMap<&str, Location> = json
        .options
        .iter()
        .map(|(name, at)| (name.as_str(), *at))
        .filter(|(name, _)| *name != "runtimes")
        .collect();
    let mut clean = true;
    for (flag, flag_at) in &flags.given {
        let key = key_of(flag);
        let Some(&at) = set.get(key) else {
            continue;
        };
        clean = false;
        let message =
            format!("`{key}` is given here and by the flag `--{flag}`: dockerd does not start");
        diagnostics.push(
            Diagnostic::new(Cause::JsonConflict, path, Some(at), message)
                .help("remove one of the two")
                .related(*flag_at, "given by flag"),
        );
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, FileKind};

    fn read_text(text: &str) -> (DaemonJson, Vec<Cause>) {
        let file = SourceFile::new(
            FileId(0),
            "daemon.json".into(),
            FileKind::DaemonJson,
            text.into(),
        );
        let mut diagnostics = Vec::new();
        let json = read(&Arc::new(file), "/etc/docker/daemon.json", &mut diagnostics);
        (json, diagnostics.iter().map(|found| found.cause).collect())
    }

    #[test]
    fn proxies_are_read_in_their_place_only() {
        let (json, causes) =
            read_text(r#"{"Proxies": {"http-proxy": "a", "http-proxy": "b"}, "debug": true}"#);
        assert!(causes.is_empty() && json.accepted);
        assert_eq!(json.proxies[0].value.as_known(), Some("b"));
        let (json, causes) = read_text(r#"{"https-proxy": "x"}"#);
        assert_eq!(
            (causes.as_slice(), json.accepted),
            ([Cause::JsonMisplaced].as_slice(), true)
        );
        for text in [
            r#"{"proxies": {"default": {"httpsProxy": "x"}}}"#,
            r#"{"proxies": {"httpsProxy": "x"}}"#,
            r#"{"proxies": {"all-proxy": "x"}}"#,
            r#"{"proxies": {"no-proxy": ["x"]}}"#,
            r#"{"proxies": "x"}"#,
        ] {
            let (json, causes) = read_text(text);
            assert_eq!(
                (causes.as_slice(), json.accepted),
                ([Cause::JsonProxies].as_slice(), false),
                "{text}"
            );
        }
        assert_eq!(
            read_text(r#"{"registry-mirror": ["x"], "unknown": 1}"#).1,
            [Cause::JsonUnknownKey]
        );
        assert_eq!(read_text("{").1, [Cause::JsonRefused]);
    }

    #[test]
    fn what_a_template_leaves_is_not_known() {
        let (json, causes) = read_text("{\n{% if proxy %}\n\"proxies\": {}\n{% endif %}\n}");
        assert!(causes.is_empty() && json.accepted);
        let (json, causes) = read_text(
            r#"{"{{ key }}": 1, "proxies": {"{{ key }}": "x", "http-proxy": "{{ proxy }}"}}"#,
        );
        assert!(causes.is_empty());
        assert_eq!(json.proxies[0].value, Value::Unknown(Unknown::Template));
        // A log tag is a template that dockerd itself fills in.
        let (_, causes) = read_text(r#"{"log-opts": {"tag": "{{.Name}}"}, "unknown": 1}"#);
        assert_eq!(causes, [Cause::JsonUnknownKey]);
    }

    #[test]
    fn an_option_may_be_given_once() {
        let (json, _) = read_text(r#"{"hosts": ["tcp://0.0.0.0"], "proxies": {"no-proxy": "x"}}"#);
        let word = |text: &str| FinalWord {
            value: Value::known(text.to_owned()),
            span: Span::default(),
        };
        let words = ["dockerd", "-H", "fd://", "--no-proxy", "y"].map(word);
        let flags = flags(&words, FileId(1));
        let mut diagnostics = Vec::new();
        assert!(!conflicts(&json, "daemon.json", &flags, &mut diagnostics));
        assert_eq!(diagnostics.len(), 2);
    }
}

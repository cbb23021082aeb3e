//! What a command fetches.

use super::Variables;
use super::arguments::leading_text;
use super::call::Call;
use super::client::{Operands, Role, Traffic};
use super::overrides::{OverriddenBy, Override};
use super::proxies::Scheme;
use crate::flow::shell::Argument;
use crate::model::Value;
use crate::model::address::{self, loopback_host};
use crate::source::Span;

/// Something that a command fetches from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target<'c> {
    /// How it is reached, if known.
    pub scheme: Option<Scheme>,
    /// The host, if known.
    pub host: Option<std::borrow::Cow<'c, str>>,
    /// What names it.
    pub source: TargetSource,
}

/// What names a [`Target`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetSource {
    /// An operand or option of the command.
    Argument(Span),
    /// A variable.
    Variable(&'static str),
    /// The client's own default.
    Default,
}

pub(super) fn targets<'c>(call: &Call<'c>, variables: &Variables<'_>) -> Vec<Target<'c>> {
    if call.row.is_some_and(|row| row.traffic == Traffic::Never) || only_local(call).is_some() {
        return Vec::new();
    }
    let mut targets = named(call);
    if call.client.operands != Operands::Packages {
        if targets.is_empty() {
            targets.push(unknown(TargetSource::Default));
        }
        return targets;
    }
    let overrides = call.overrides(variables);
    let mut has_mirror = false;
    for setting in &overrides {
        has_mirror |= setting.role == Role::Mirror;
        if matches!(setting.role, Role::Mirror | Role::ExtraMirror) {
            targets.extend(of_mirror(setting));
        }
    }
    match call.client.default_target {
        Some((scheme, host)) if !has_mirror => targets.push(Target {
            scheme: Some(scheme),
            host: Some(host.into()),
            source: TargetSource::Default,
        }),
        None if targets.is_empty() => targets.push(unknown(TargetSource::Default)),
        Some(_) | None => {}
    }
    targets
}

/// Both web schemes where nothing is known.
pub(in crate::flow) fn schemes(targets: &[Target<'_>]) -> Vec<Scheme> {
    let mut schemes = Vec::new();
    for target in targets {
        match target.scheme {
            Some(scheme) => schemes.push(scheme),
            None => schemes.extend([Scheme::Http, Scheme::Https]),
        }
    }
    schemes.sort_unstable();
    schemes.dedup();
    schemes
}

/// The URLs among the operands.
fn named<'c>(call: &Call<'c>) -> Vec<Target<'c>> {
    let operands = call.client.operands;
    let takes_hosts = matches!(
        operands,
        Operands::Addresses {
            bare: Some(Scheme::Http)
        }
    );
    let sources = sources(call).into_iter();
    sources
        .filter_map(|operand| {
            let source = TargetSource::Argument(operand.span);
            match operand_address(call, operand) {
                Address::Url(scheme, host) => Some(Target {
                    scheme: Some(scheme),
                    host: host.map(Into::into),
                    source,
                }),
                // curl and wget take a bare host for http.
                Address::None if takes_hosts => Some(bare(&operand.value, source)),
                Address::None | Address::Unknown if operands != Operands::Packages => {
                    Some(unknown(source))
                }
                Address::Local | Address::None | Address::Unknown => None,
            }
        })
        .collect()
}

fn bare<'c>(value: &'c Value<'_>, source: TargetSource) -> Target<'c> {
    Target {
        scheme: Some(Scheme::Http),
        host: host(value, leading_text(value)).map(Into::into),
        source,
    }
}

fn unknown<'c>(source: TargetSource) -> Target<'c> {
    Target {
        scheme: None,
        host: None,
        source,
    }
}

/// The entries of a mirror setting: `GOPROXY` is a list.
fn of_mirror<'c>(setting: &Override<'_>) -> Vec<Target<'c>> {
    let source = match setting.by {
        OverriddenBy::Option { span, .. } => TargetSource::Argument(span),
        OverriddenBy::Variable(name) => TargetSource::Variable(name),
    };
    let Some(text) = setting.value.as_known() else {
        return match address(&setting.value) {
            Address::Url(scheme, host) => vec![Target {
                scheme: Some(scheme),
                host: host.map(|host| host.to_owned().into()),
                source,
            }],
            _ => vec![unknown(source)],
        };
    };
    let entries = text.split([',', '|', ' ']).map(str::trim);
    entries
        .filter(|entry| !matches!(*entry, "" | "off"))
        .filter_map(|entry| {
            let value = Value::known(entry);
            match address(&value) {
                Address::Url(scheme, host) => Some(Target {
                    scheme: Some(scheme),
                    host: host.map(|host| host.to_owned().into()),
                    source,
                }),
                Address::Local => None,
                // Go puts https:// in front of a bare host (`facts/systemd-daemon-go.md` 66);
                // `direct` goes to the modules' own hosts, by https.
                Address::None | Address::Unknown => Some(Target {
                    scheme: Some(Scheme::Https),
                    host: entry
                        .contains('.')
                        .then(|| host(&value, entry).map(|host| host.to_owned().into()))
                        .flatten(),
                    source,
                }),
            }
        })
        .collect()
}

/// What an argument names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Address<'v> {
    /// Something on another host.
    Url(Scheme, Option<&'v str>),
    /// A file, a folder, or a loopback address.
    Local,
    /// No address.
    None,
    /// Not known.
    Unknown,
}

/// The address of an operand. curl and wget take no paths: one begins with a variable that is empty
/// here.
fn operand_address<'c>(call: &Call<'_>, operand: &'c Argument) -> Address<'c> {
    let takes_paths = !matches!(call.client.operands, Operands::Addresses { .. });
    match leading_text(&operand.value).starts_with(['/', '.', '~']) && !takes_paths {
        true => Address::Unknown,
        false => address(&operand.value),
    }
}

/// Schemes in front of `://`, pip's `git+https` among them.
fn scheme(text: &str) -> Option<Scheme> {
    let last = text.rsplit('+').next().unwrap_or(text);
    [
        ("http", Scheme::Http),
        ("https", Scheme::Https),
        ("sparse", Scheme::Https),
        ("ftp", Scheme::Ftp),
        ("ftps", Scheme::Ftp),
        ("ssh", Scheme::Ssh),
        ("rsync", Scheme::Ssh),
        ("git", Scheme::Git),
    ]
    .iter()
    .find(|(name, _)| name.eq_ignore_ascii_case(last))
    .map(|(_, scheme)| *scheme)
}

fn address<'v>(value: &'v Value<'_>) -> Address<'v> {
    let text = leading_text(value);
    if text.is_empty() && value.as_known().is_none() {
        return Address::Unknown;
    }
    let Some((before, rest)) = text.split_once("://") else {
        return plain(value, text);
    };
    // pip: `name @ git+https://…`
    let before = before.rsplit([' ', '@', '=']).next().unwrap_or(before);
    let host = host(value, rest);
    match scheme(before) {
        Some(_) if host.is_some() && loopback_host(text).is_some() => Address::Local,
        Some(scheme) => Address::Url(scheme, host),
        None if before.eq_ignore_ascii_case("file") => Address::Local,
        None => Address::Unknown,
    }
}

/// `user@host:path`, a path, or no address at all.
fn plain<'v>(value: &'v Value<'_>, text: &'v str) -> Address<'v> {
    let is_path = text.starts_with(['/', '~']) || text == "." || text == "..";
    if is_path || text.starts_with("./") || text.starts_with("../") {
        return Address::Local;
    }
    let at_host = text.split_once('@').and_then(|(user, rest)| {
        let (host, _) = rest.split_once(':')?;
        let is_name = |text: &str| !text.is_empty() && !text.contains(['/', ' ', '=']);
        (is_name(user) && is_name(host)).then_some(host)
    });
    match at_host {
        Some(host) => Address::Url(Scheme::Ssh, Some(host)),
        None if loopback_host(text).is_some() => Address::Local,
        None if value.as_known().is_none() => Address::Unknown,
        None => Address::None,
    }
}

/// The host at the front of `rest`, which is a part of the value's known text: only if its end is
/// known too.
fn host<'v>(value: &Value<'_>, rest: &'v str) -> Option<&'v str> {
    let is_whole = value.as_known().is_some() || rest.contains(['/', '?', '#']);
    let host = address::Address::behind_scheme(rest).host;
    (is_whole && !host.is_empty()).then_some(host)
}

/// The operands that may be addresses.
fn sources<'c>(call: &Call<'c>) -> Vec<&'c Argument> {
    let objects = call.objects();
    let count = match call.client.operands {
        Operands::Packages | Operands::Addresses { .. } => objects.len(),
        Operands::FirstAddress => objects.len().min(1),
    };
    objects.iter().take(count).copied().collect()
}

/// Where the command names the local things that are all it fetches.
pub(super) fn only_local(call: &Call<'_>) -> Option<Span> {
    if call.client.operands == Operands::Packages {
        return None;
    }
    let sources = sources(call);
    let first = sources.first()?;
    sources
        .iter()
        .all(|source| operand_address(call, source) == Address::Local)
        .then_some(first.span)
}

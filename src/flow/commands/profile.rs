//! What one command does, given its arguments and variables.

use super::argv::{Arguments, leading_text};
use super::clients::{self, Client};
use super::tools::{Network, Tool, tool};
use crate::flow::shell::Argument;
use crate::model::Value;
use crate::source::Span;

/// The variables that a command gets.
pub type Variables<'v> = dyn Fn(&str) -> Option<&'v Value<'v>> + 'v;

/// What is known of one command.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its row.
    pub tool: &'static Tool,
    /// Whether it goes to the network.
    pub network: Network,
    /// What keeps it offline; then `network` says what it would do without.
    pub offline: Option<Offline>,
    /// The URLs in its arguments.
    pub targets: Vec<Target>,
    /// How it may choose a proxy; several if it is not known which program it is.
    pub clients: Vec<&'static Client>,
    /// The tool's own proxy settings in its arguments and variables: they beat the proxy variables.
    pub proxies: Vec<ProxySetting>,
    /// The flag that says where it downloads from, if it has one.
    pub mirror_flag: Option<Span>,
}

/// What keeps a command offline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offline {
    /// A flag.
    Flag(Span),
    /// A variable.
    Variable(String),
}

/// A URL that a command is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its scheme in lower case; `None` if it is not known.
    pub scheme: Option<String>,
    /// Its host; `None` if it is not known.
    pub host: Option<String>,
    /// The word it stands in.
    pub span: Span,
}

/// A proxy set by other means than the proxy variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxySetting {
    /// A flag or `key=value` argument.
    Flag(Span),
    /// The tool's own variable.
    Variable(String),
}

impl Profile {
    /// Whether the command goes to the network: what it would do, and nothing keeps it from it.
    pub fn goes_out(&self) -> Network {
        match self.offline {
            Some(_) => Network::No,
            None => self.network,
        }
    }
}

/// What the command `argv` does with the variables it gets; `None` if it has no row.
/// `busybox` says whether the base image's programs are BusyBox's, if that is known.
pub fn profile(
    argv: &[Argument],
    variables: &Variables<'_>,
    busybox: Option<bool>,
) -> Option<Profile> {
    let argv = without_launcher(argv);
    let (first, words) = argv.split_first()?;
    let name = base_name(first.value.as_known()?);
    let tool = tool(name)?;
    let arguments = Arguments::new(words, tool.value_flags);
    let operands = arguments.operand_texts();
    let rule = tool.rules.iter().find(|rule| rule.fits(&operands));
    let mut network = rule.map_or(tool.otherwise, |rule| rule.network);
    network = refine(name, &arguments, &operands, network);
    let targets = targets(&arguments);
    if matches!(name, "curl" | "wget" | "git") && !targets.is_empty() {
        let local = |target: &Target| matches!(target.scheme.as_deref(), Some("file"));
        if targets.iter().all(local) {
            network = Network::No;
        }
    }
    let mirror = arguments.value(tool.mirror_flags);
    Some(Profile {
        tool,
        network,
        offline: offline(name, tool, &arguments, variables),
        targets,
        clients: possible_clients(tool, busybox),
        proxies: proxies(tool, &arguments, variables),
        mirror_flag: mirror.map(|argument| argument.span),
    })
}

/// `python -m pip …` is pip.
fn without_launcher(argv: &[Argument]) -> &[Argument] {
    let text = |index: usize| argv.get(index).and_then(|word| word.value.as_known());
    let python = text(0).is_some_and(|name| base_name(name).starts_with("python"));
    match (python, text(1)) {
        (true, Some("-m")) if text(2).and_then(tool).is_some() => argv.get(2..).unwrap_or(argv),
        _ => argv,
    }
}

/// What the arguments change about a rule.
fn refine(name: &str, arguments: &Arguments<'_>, operands: &[&str], network: Network) -> Network {
    let version = operands.is_empty() && arguments.flag(&["--version", "-V", "-version"]).is_some();
    match (name, operands) {
        _ if version => Network::No,
        // A package with a version is never taken from the vendor folder.
        ("go", ["install" | "run", packages @ ..])
            if packages.iter().any(|package| package.contains('@')) =>
        {
            Network::Certain
        }
        ("go", ["build" | "test" | "run" | "install" | "vet" | "list", ..])
            if arguments.flag(&["-mod=mod"]).is_some() =>
        {
            Network::Certain
        }
        // Only with local packages; their dependencies may still be missing.
        ("apt" | "apt-get" | "apk" | "dnf" | "yum", [_, packages @ ..])
            if network == Network::Certain
                && !packages.is_empty()
                && packages.iter().all(|package| is_local_file(package)) =>
        {
            Network::Likely
        }
        ("pip" | "pip3", ["install" | "wheel", packages @ ..])
            if !packages.is_empty() && packages.iter().all(|package| is_local_file(package)) =>
        {
            Network::Likely
        }
        ("git", ["clone", source, ..]) if is_local_file(source) => Network::No,
        ("npm", ["install" | "i", "-g", ..]) => Network::Certain,
        _ => network,
    }
}

fn is_local_file(operand: &str) -> bool {
    operand.starts_with(['.', '/'])
}

fn possible_clients(tool: &'static Tool, busybox: Option<bool>) -> Vec<&'static Client> {
    let clients = tool.clients.iter().copied();
    let wget = tool.names.contains(&"wget");
    clients
        .filter(|client| match busybox {
            Some(busybox) if wget => std::ptr::eq(*client, &clients::BUSYBOX_WGET) == busybox,
            _ => true,
        })
        .collect()
}

fn offline(
    name: &str,
    tool: &Tool,
    arguments: &Arguments<'_>,
    variables: &Variables<'_>,
) -> Option<Offline> {
    if let Some(flag) = arguments.flag(tool.offline_flags) {
        return Some(Offline::Flag(flag.span));
    }
    if name == "go" {
        if let Some(span) = vendor_flag(arguments) {
            return Some(Offline::Flag(span));
        }
        let flags = variables("GOFLAGS").and_then(Value::as_known);
        let mut flags = flags.unwrap_or_default().split_ascii_whitespace();
        if flags.any(|flag| flag == "-mod=vendor" || flag == "--mod=vendor") {
            return Some(Offline::Variable("GOFLAGS".to_owned()));
        }
    }
    tool.offline_variables
        .iter()
        .find_map(|(variable, wanted)| {
            let value = variables(variable)?.as_known()?;
            let holds = match *wanted {
                "" => !value.is_empty(),
                wanted => value.trim() == wanted,
            };
            holds.then(|| Offline::Variable((*variable).to_owned()))
        })
}

/// `-mod vendor`, as two words.
fn vendor_flag(arguments: &Arguments<'_>) -> Option<Span> {
    let value = arguments.value(&["-mod", "--mod"])?;
    (value.value.as_known() == Some("vendor")).then_some(value.span)
}

fn proxies(tool: &Tool, arguments: &Arguments<'_>, variables: &Variables<'_>) -> Vec<ProxySetting> {
    let flag = arguments.value(tool.proxy_flags);
    let mut found: Vec<_> = flag
        .map(|argument| ProxySetting::Flag(argument.span))
        .into_iter()
        .collect();
    for variable in tool.proxy_variables {
        let Some(value) = variables(variable).filter(|value| !value.is_empty()) else {
            continue;
        };
        // Option carriers hold anything; only a proxy option in them counts.
        let carrier = variable.ends_with("_OPTS") || variable.ends_with("_OPTIONS");
        let names_proxy = || {
            value
                .as_known()
                .is_none_or(|text| text.contains("proxyHost"))
        };
        if !carrier || names_proxy() {
            found.push(ProxySetting::Variable((*variable).to_owned()));
        }
    }
    found
}

/// The URLs among the words.
fn targets(arguments: &Arguments<'_>) -> Vec<Target> {
    arguments
        .operands()
        .into_iter()
        .filter_map(target)
        .collect()
}

fn target(argument: &Argument) -> Option<Target> {
    let span = argument.span;
    let text = leading_text(argument)?;
    if let Some((scheme, rest)) = text.split_once("://") {
        let scheme = scheme.rsplit(['+', '=']).next().unwrap_or(scheme);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let ends = authority.len() < rest.len() || argument.value.as_known().is_some();
        let host = authority.rsplit('@').next().unwrap_or_default();
        return Some(Target {
            scheme: Some(scheme.to_ascii_lowercase()),
            host: (ends && !host.is_empty()).then(|| without_port(host).to_owned()),
            span,
        });
    }
    // git's `user@host:path`
    let (user, rest) = text.split_once('@')?;
    let (host, _) = rest.split_once(':')?;
    let plain = |text: &str| !text.is_empty() && !text.contains(['/', '=', ' ']);
    (plain(user) && plain(host)).then(|| Target {
        scheme: Some("ssh".to_owned()),
        host: Some(host.to_owned()),
        span,
    })
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

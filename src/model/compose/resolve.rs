//! What a build and a container really get: flags and the client's proxies over the project
//! (facts/compose.md 1a, 1b).

use hashbrown::HashMap;

use crate::model::{HopId, Mechanism, Unknown, Value};
use crate::source::Location;

use super::project::{Project, Service};

/// The proxies of the client's `config.json` that apply to the daemon in use.
#[derive(Clone, Debug, Default)]
pub struct ClientProxies {
    /// Each that is set and not empty.
    pub entries: Vec<ClientProxy>,
}

/// One proxy setting of `config.json`.
#[derive(Clone, Debug)]
pub struct ClientProxy {
    /// Which.
    pub kind: ProxyKind,
    /// Its value.
    pub value: String,
    /// Where it is written.
    pub at: Option<Location>,
}

/// The five proxy settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProxyKind {
    /// `httpProxy`
    Http,
    /// `httpsProxy`
    Https,
    /// `noProxy`
    No,
    /// `ftpProxy`
    Ftp,
    /// `allProxy`
    All,
}

impl ProxyKind {
    /// The variable, in capitals.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Http => "HTTP_PROXY",
            Self::Https => "HTTPS_PROXY",
            Self::No => "NO_PROXY",
            Self::Ftp => "FTP_PROXY",
            Self::All => "ALL_PROXY",
        }
    }
}

/// `NAME=VALUE`, or `NAME` to take the value from the environment, on a command line.
#[derive(Clone, Debug)]
pub struct Flag {
    /// The name.
    pub name: String,
    /// The value; `None` for a name alone.
    pub value: Option<String>,
}

impl Flag {
    /// Reads `NAME=VALUE` or `NAME`.
    pub fn parse(text: &str) -> Self {
        match text.split_once('=') {
            Some((name, value)) => Self {
                name: name.to_owned(),
                value: Some(value.to_owned()),
            },
            None => Self {
                name: text.to_owned(),
                value: None,
            },
        }
    }
}

/// A name that a build or a container gets.
#[derive(Clone, Debug)]
pub struct Resolved<'a> {
    /// The name.
    pub name: String,
    /// The value. `None`: named without a value that anything sets. A build gets no such argument;
    /// a container loses the variable its image sets.
    pub value: Option<Value<'a>>,
    /// Where it comes from.
    pub hop: HopId,
}

impl<'a> Project<'a> {
    /// The arguments of a service's build: `flags` (`--build-arg`), then `build.args`, then the
    /// client's proxies, each exact name once.
    pub fn build_args(
        &mut self,
        service: &Service<'a>,
        flags: &[Flag],
        proxies: &ClientProxies,
    ) -> Vec<Resolved<'a>> {
        let mut args = ByName::default();
        for arg in service.build.iter().flat_map(|build| &build.args) {
            // A name alone that nothing sets is left out, so that a proxy can come in.
            if arg.value.is_some() {
                args.set(&arg.name, arg.value.clone(), arg.hop);
            }
        }
        for flag in flags {
            let (value, hop) = self.flag(flag, Mechanism::BuildArgFlag);
            args.set(&flag.name, value, hop);
        }
        for proxy in &proxies.entries {
            // buildx reads four of the five, and no small letters.
            let name = proxy.kind.variable();
            if proxy.kind != ProxyKind::All && !args.holds(name) {
                self.proxy(&mut args, name, proxy);
            }
        }
        args.list
    }

    /// The environment of a service's container: `flags` (`run -e`), then the service's own, then
    /// the client's proxies in both spellings.
    pub fn container_environment(
        &mut self,
        service: &Service<'a>,
        flags: &[Flag],
        proxies: &ClientProxies,
    ) -> Vec<Resolved<'a>> {
        let mut environment = ByName::default();
        for proxy in &proxies.entries {
            let name = proxy.kind.variable();
            self.proxy(&mut environment, name, proxy);
            self.proxy(&mut environment, &name.to_ascii_lowercase(), proxy);
        }
        for entry in &service.environment {
            environment.set(&entry.name, entry.value.clone(), entry.hop);
        }
        for flag in flags {
            let (value, hop) = self.flag(flag, Mechanism::ComposeEnvironment);
            // A name alone that nothing sets changes nothing.
            if value.is_some() {
                environment.set(&flag.name, value, hop);
            }
        }
        environment.list
    }

    fn flag(&mut self, flag: &Flag, how: Mechanism) -> (Option<Value<'a>>, HopId) {
        let (value, parents) = match (&flag.value, self.variable(&flag.name)) {
            (Some(value), _) => (Some(Value::known(value.clone())), Vec::new()),
            (None, Some((value, hop))) => (Some(value.clone()), vec![hop]),
            (None, None) if self.process.may_set(&flag.name) => (
                Some(Value::Unknown(Unknown::ProcessEnvironment)),
                Vec::new(),
            ),
            (None, None) => (None, Vec::new()),
        };
        (value, self.provenance.add(how, None, &parents))
    }

    fn proxy(&mut self, into: &mut ByName<'a>, name: &str, proxy: &ClientProxy) {
        let hop = self.provenance.add(Mechanism::ClientProxies, proxy.at, &[]);
        into.set(name, Some(Value::known(proxy.value.clone())), hop);
    }
}

/// Names in the order they were first set.
#[derive(Default)]
struct ByName<'a> {
    list: Vec<Resolved<'a>>,
    places: HashMap<String, usize>,
}

impl<'a> ByName<'a> {
    fn holds(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    fn set(&mut self, name: &str, value: Option<Value<'a>>, hop: HopId) {
        let resolved = Resolved {
            name: name.to_owned(),
            value,
            hop,
        };
        let place = *self
            .places
            .entry(name.to_owned())
            .or_insert(self.list.len());
        match self.list.get_mut(place) {
            Some(known) => *known = resolved,
            None => self.list.push(resolved),
        }
    }
}

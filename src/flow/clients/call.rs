//! A command whose client is known.

use super::Variables;
use super::arguments::{Arguments, leading_text};
use super::client::{Cache, Client, Evidence, Fill, OfflineSwitch, Row, Traffic};
use super::overrides::{self, Override};
use super::proxies::{Proxies, Scheme};
use super::reads::{self, Reads};
use super::table;
use super::targets::{self, Target};
use crate::flow::shell::{Argument, Command};
use crate::model::Value;
use crate::model::base_images::Distro;
use crate::source::Span;

/// What of the image decides which program a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Programs {
    /// The distribution of the base image.
    pub distro: Distro,
    /// Whether GNU wget was installed over BusyBox's ([`Call::installs`]).
    pub has_gnu_wget: bool,
}

impl From<Distro> for Programs {
    fn from(distro: Distro) -> Self {
        Self {
            distro,
            has_gnu_wget: false,
        }
    }
}

/// A command whose client is known.
#[derive(Clone, Debug)]
pub struct Call<'c> {
    /// The program.
    pub client: &'static Client,
    /// The command.
    pub command: &'c Command,
    /// Its options and operands.
    pub arguments: Arguments<'c>,
    /// What its subcommand does; `None` if that is not known.
    pub row: Option<&'static Row>,
    /// Whether it is surely this program: `yarn` may be yarn 1 or 2, `wget` GNU's or BusyBox's.
    pub is_certain: bool,
}

/// Whether a command goes to the network.
#[derive(Clone, Debug, PartialEq)]
pub enum Network {
    /// Never.
    Never,
    /// It would, but something keeps it from doing so.
    Offline(Offline),
    /// It runs what docklint does not see.
    Unknown,
    /// For what is not in its cache or in a vendor folder ([`Call::cache`]).
    IfNotCached,
    /// Mostly.
    Usually,
    /// Always.
    Certain,
}

/// What keeps a command off the network.
#[derive(Clone, Debug, PartialEq)]
pub enum Offline {
    /// An option.
    Option(Span),
    /// A variable.
    Variable(&'static str),
    /// All it fetches is on this machine: a folder, a `file://` URL, a loopback address.
    Local(Span),
}

/// The client of a command; `None` for programs the table does not know.
pub fn recognise<'c>(command: &'c Command, programs: Programs) -> Option<Call<'c>> {
    let name = command.name()?;
    let (client, is_certain, words) = table::find(name, command, programs)?;
    let arguments = Arguments::read(words, client.syntax);
    let (client, is_certain) = table::refine(client, is_certain, &arguments);
    let row = client
        .rows
        .iter()
        .find(|row| row.fits(&arguments))
        .filter(|row| !row.is_a_guess(&arguments));
    Some(Call {
        client,
        command,
        arguments,
        row,
        is_certain,
    })
}

impl Row {
    fn fits(&self, arguments: &Arguments<'_>) -> bool {
        let words_fit = self.words.is_empty() || self.words_len(arguments).is_some();
        words_fit && self.only_if.is_none_or(|holds| holds(arguments))
    }

    /// Whether it says "never" because the subcommand is not known.
    fn is_a_guess(&self, arguments: &Arguments<'_>) -> bool {
        let first = arguments.operands.first();
        self.words.is_empty()
            && self.traffic == Traffic::Never
            && first.is_some_and(|operand| operand.value.as_known().is_none())
    }

    /// The number of operands that its words take up at the front.
    fn words_len(&self, arguments: &Arguments<'_>) -> Option<usize> {
        // Words that may vanish (`$OPTIONS`), and cargo's `+nightly`.
        let may_pass =
            |operand: &&&Argument| operand.many || leading_text(&operand.value).starts_with('+');
        let start = arguments.operands.iter().take_while(may_pass).count();
        let mut choices = self.words.split('|');
        choices.find_map(|words| words_end(words, start, arguments))
    }
}

/// The end of `words`, if the operands from `start` on are these.
fn words_end(mut words: &str, start: usize, arguments: &Arguments<'_>) -> Option<usize> {
    for end in start.. {
        let rest = words.strip_prefix(arguments.operand(end)?)?;
        if rest.is_empty() {
            return Some(end + 1);
        }
        words = rest.strip_prefix(' ')?;
    }
    None
}

impl<'c> Call<'c> {
    /// Whether it goes to the network with this environment.
    pub fn network(&self, variables: &Variables<'_>) -> Network {
        let Some(row) = self.row else {
            return Network::Unknown;
        };
        if row.traffic == Traffic::Never || self.only_tells() {
            return Network::Never;
        }
        if let Some(offline) = row
            .offline
            .iter()
            .find_map(|switch| self.switched_off(*switch, variables))
        {
            return Network::Offline(offline);
        }
        if let Some(span) = targets::only_local(self) {
            return Network::Offline(Offline::Local(span));
        }
        match row.traffic {
            Traffic::Never => Network::Never,
            Traffic::Unknown => Network::Unknown,
            Traffic::IfNotCached => Network::IfNotCached,
            Traffic::Usually => Network::Usually,
            Traffic::Certain => Network::Certain,
        }
    }

    /// `--version` and `--help` do nothing else.
    fn only_tells(&self) -> bool {
        self.arguments.options.iter().any(|option| {
            option.value.is_none()
                && ["--version", "--help", "-version", "-help"].contains(&&*option.name)
        })
    }

    fn switched_off(&self, switch: OfflineSwitch, variables: &Variables<'_>) -> Option<Offline> {
        match switch {
            OfflineSwitch::Option(name) => {
                let option = self.arguments.option(name)?;
                (option.text() != Some("false")).then_some(Offline::Option(option.span))
            }
            OfflineSwitch::OptionValue(name, value) => {
                let option = self.arguments.option(name)?;
                (option.text() == Some(value)).then_some(Offline::Option(option.span))
            }
            OfflineSwitch::Variable(name, values) => {
                let value = variables(name)?.as_known()?.trim();
                values.contains(&value).then_some(Offline::Variable(name))
            }
            OfflineSwitch::Carried(name, option, wanted) => {
                if self.arguments.option(option).is_some() {
                    return None;
                }
                let value = variables(name)?.as_known()?;
                let is_given = value
                    .split_ascii_whitespace()
                    .filter_map(|word| word.split_once('='))
                    .any(|(given, value)| given.ends_with(option) && value == wanted);
                is_given.then_some(Offline::Variable(name))
            }
        }
    }

    /// What it fetches, as far as the command and its environment tell. Empty if it fetches nothing,
    /// or nothing is known.
    pub fn targets(&self, variables: &Variables<'_>) -> Vec<Target<'c>> {
        targets::targets(self, variables)
    }

    /// The schemes of what it fetches; both web schemes where that is not known.
    pub fn schemes(&self, variables: &Variables<'_>) -> Vec<Scheme> {
        targets::schemes(&self.targets(variables))
    }

    /// Whether it reads a variable, given the schemes of what it fetches ([`Call::schemes`]; none:
    /// whatever it may fetch).
    pub fn reads(&self, name: &str, schemes: &[Scheme]) -> Reads {
        reads::reads(self.client, name, schemes)
    }

    /// The proxy variables it obeys; `None` if that is not established.
    pub fn proxies(&self) -> Option<&'static Proxies> {
        self.client.proxies
    }

    /// What its options and its own variables say about proxies and mirrors. They beat the common
    /// variables.
    pub fn overrides(&self, variables: &Variables<'_>) -> Vec<Override<'c>> {
        overrides::overrides(self, variables)
    }

    /// The cache that makes its downloads needless, and how much of it it fills.
    pub fn cache(&self) -> Option<(Cache, Fill)> {
        self.row?.cache
    }

    /// Whether it is offline once the Go module cache is filled.
    pub fn uses_module_cache(&self) -> bool {
        matches!(self.cache(), Some((Cache::GoModules, _)))
            && self
                .row
                .is_some_and(|row| row.traffic == Traffic::IfNotCached)
    }

    /// Whether Go works without modules (`GO111MODULE=off`), and so reads no `GOPROXY`.
    pub fn is_in_gopath_mode(&self, variables: &Variables<'_>) -> bool {
        self.client.name == "go"
            && variables("GO111MODULE").and_then(|value| value.as_known()) == Some("off")
    }

    /// How much of the main module's needs it puts into the Go module cache.
    pub fn fills_module_cache(&self) -> Fill {
        match self.cache() {
            Some((Cache::GoModules, fill)) => fill,
            _ => Fill::Nothing,
        }
    }

    /// Where it is established that its subcommand goes to the network.
    pub fn evidence(&self) -> Option<Evidence> {
        Some(self.row?.evidence)
    }

    /// Whether the spelling of its proxy variables and its `NO_PROXY` syntax are facts: the program
    /// was run or read, and it is surely this program.
    pub fn proxies_are_verified(&self) -> bool {
        self.is_certain && self.client.proxies.is_some_and(|p| p.evidence.verified)
    }

    /// The packages that a distribution's package manager is told to install.
    pub fn installs(&self) -> impl Iterator<Item = &'c str> {
        let is_system = matches!(self.client.name, "apk" | "apt" | "dnf");
        let installs = matches!(self.arguments.operand(0), Some("add" | "install"));
        self.arguments
            .operands_from(1)
            .filter(move |_| is_system && installs)
    }

    /// Its operands behind the subcommand.
    pub(super) fn objects(&self) -> &[&'c Argument] {
        let taken = self
            .row
            .and_then(|row| row.words_len(&self.arguments))
            .unwrap_or(0);
        self.arguments.operands.get(taken..).unwrap_or_default()
    }
}

/// The known value of a variable that is set to more than nothing.
pub(super) fn is_given(value: &Value<'_>) -> bool {
    !value.is_empty()
}

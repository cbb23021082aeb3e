//! The columns of the command table.

use super::arguments::Arguments;
use super::proxies::{Proxies, Scheme};

/// A program that may go to the network.
#[derive(Debug)]
pub struct Client {
    /// What messages call it.
    pub name: &'static str,
    /// The names it is called by, separated by `|`; a `#` at the end stands for a version (`pip3.11`).
    pub programs: &'static str,
    /// How it reads its arguments.
    pub syntax: Syntax,
    /// What its operands behind the subcommand are.
    pub operands: Operands,
    /// What its subcommands do; the first row that fits counts. None fits: nothing is known.
    pub rows: &'static [Row],
    /// The proxy variables it obeys; `None` if that is not established.
    pub proxies: Option<&'static Proxies>,
    /// Variables of its own.
    pub variables: &'static [OwnVariable],
    /// Options that say where it goes.
    pub options: &'static [OptionSetting],
    /// Where it goes if nothing says otherwise: scheme and host, where they are fixed.
    pub default_target: Option<(Scheme, &'static str)>,
}

/// What the operands of a program are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operands {
    /// Packages, tasks: URLs may be among them, and the client goes to its own sources besides.
    Packages,
    /// Addresses; what `scheme` a bare host has.
    Addresses {
        /// `example.com/x`
        bare: Option<Scheme>,
    },
    /// The first one is an address.
    FirstAddress,
}

/// Where a fact was established.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The file and row, or the section.
    pub source: &'static str,
    /// Whether the real program was run or its source read; else it is recalled, or its
    /// documentation says so.
    pub verified: bool,
}

impl Evidence {
    /// The program was run, or its source was read.
    pub(super) const fn verified(source: &'static str) -> Self {
        Self {
            source,
            verified: true,
        }
    }

    /// Only its documentation says so, or it is recalled.
    pub(super) const fn recalled(source: &'static str) -> Self {
        Self {
            source,
            verified: false,
        }
    }
}

/// How a program reads its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Syntax {
    /// How its options look.
    pub style: OptionStyle,
    /// Its options that take the next word as their value, separated by blanks.
    pub value_options: &'static str,
}

/// How options look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionStyle {
    /// `-abc VALUE`, `-aVALUE`, `--name VALUE`, `--name=VALUE`.
    Unix,
    /// `-name VALUE`, `-name=VALUE`, with one or two dashes. The table writes them with one.
    SingleDash,
}

/// What one subcommand does.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its words, `mod download`; alternatives are separated by `|`; empty for whatever else there is.
    pub words: &'static str,
    /// What must hold of the arguments besides.
    pub only_if: Option<fn(&Arguments<'_>) -> bool>,
    /// Whether it goes to the network.
    pub traffic: Traffic,
    /// What keeps it from doing so.
    pub offline: &'static [OfflineSwitch],
    /// The cache that makes it needless, and that it fills.
    pub cache: Option<(Cache, Fill)>,
    /// Where this was established.
    pub evidence: Evidence,
}

/// Whether a subcommand goes to the network, if nothing keeps it from doing so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Traffic {
    /// Never.
    Never,
    /// It runs what docklint does not see.
    Unknown,
    /// For what is not in its cache, or in a vendor folder.
    IfNotCached,
    /// Mostly.
    Usually,
    /// Always.
    Certain,
}

/// Stores of downloaded packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cache {
    /// `GOMODCACHE`
    GoModules,
    /// `~/.cargo/registry`
    Cargo,
    /// `~/.m2/repository`
    Maven,
    /// `~/.gradle/caches`
    Gradle,
    /// `~/.nuget/packages`
    NuGet,
    /// The gems of a bundle.
    Bundle,
    /// `~/.m2`-like stores of other tools: installed packages of a project.
    Project,
}

/// How much of what a project needs a command puts into its cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fill {
    /// Nothing of the project's.
    Nothing,
    /// What it needs itself.
    Part,
    /// All that the project needs.
    All,
}

/// Something that keeps a command off the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfflineSwitch {
    /// An option, whatever its value.
    Option(&'static str),
    /// An option with a value: `-mod=vendor`.
    OptionValue(&'static str, &'static str),
    /// A variable with one of these values; the name in any case if it is written in lower case.
    Variable(&'static str, &'static [&'static str]),
    /// A variable that holds an option with a value, unless the command is given that option.
    Carried(&'static str, &'static str, &'static str),
}

/// What a setting is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The proxy, for one scheme or for all.
    Proxy(Option<Scheme>),
    /// The hosts that are reached without the proxy.
    NoProxy,
    /// Turns proxies off.
    ProxyOff,
    /// Where packages come from.
    Mirror,
    /// Where packages come from besides.
    ExtraMirror,
    /// What does not come from the mirror.
    MirrorBypass,
    /// Whether and how downloads are verified.
    Verification,
    /// A carrier of options of any role: `MAVEN_OPTS`.
    Options,
    /// Keeps it off the network.
    Offline,
}

/// A variable that one program reads.
#[derive(Clone, Copy, Debug)]
pub struct OwnVariable {
    /// Its name; a `*` at the end stands for any text.
    pub name: &'static str,
    /// What for.
    pub role: Role,
    /// Whether its case does not matter.
    pub any_case: bool,
    /// Where this was established.
    pub evidence: Evidence,
}

/// An option that says where a program goes.
#[derive(Clone, Copy, Debug)]
pub struct OptionSetting {
    /// The option: `--proxy`, `-o`.
    pub option: &'static str,
    /// The key in front of `=` in its value: `Acquire::http::Proxy`.
    pub key: Option<&'static str>,
    /// What for.
    pub role: Role,
}

impl OptionSetting {
    pub(super) const fn new(option: &'static str, role: Role) -> Self {
        Self {
            option,
            key: None,
            role,
        }
    }

    pub(super) const fn keyed(option: &'static str, key: &'static str, role: Role) -> Self {
        Self {
            option,
            key: Some(key),
            role,
        }
    }
}

impl Syntax {
    pub(super) const fn unix(value_options: &'static str) -> Self {
        Self {
            style: OptionStyle::Unix,
            value_options,
        }
    }

    /// Whether an option takes the next word.
    pub(super) fn takes_value(&self, option: &str) -> bool {
        self.value_options
            .split_ascii_whitespace()
            .any(|takes| takes == option)
    }
}

impl Row {
    pub(super) const fn new(words: &'static str, traffic: Traffic, evidence: Evidence) -> Self {
        Self {
            words,
            only_if: None,
            traffic,
            offline: &[],
            cache: None,
            evidence,
        }
    }

    pub(super) const fn only_if(mut self, holds: fn(&Arguments<'_>) -> bool) -> Self {
        self.only_if = Some(holds);
        self
    }

    pub(super) const fn offline(mut self, switches: &'static [OfflineSwitch]) -> Self {
        self.offline = switches;
        self
    }

    pub(super) const fn cache(mut self, cache: Cache, fill: Fill) -> Self {
        self.cache = Some((cache, fill));
        self
    }
}

impl OwnVariable {
    pub(super) const fn new(name: &'static str, role: Role, evidence: Evidence) -> Self {
        Self {
            name,
            role,
            any_case: false,
            evidence,
        }
    }

    pub(super) const fn any_case(mut self) -> Self {
        self.any_case = true;
        self
    }
}

impl Client {
    /// A client that goes to the network for packages and has no settings of its own: the base of
    /// the rows.
    pub(super) const fn new(
        name: &'static str,
        programs: &'static str,
        rows: &'static [Row],
        proxies: Option<&'static Proxies>,
    ) -> Self {
        Self {
            name,
            programs,
            syntax: Syntax::unix(""),
            operands: Operands::Packages,
            rows,
            proxies,
            variables: &[],
            options: &[],
            default_target: None,
        }
    }
}

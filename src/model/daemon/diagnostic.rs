//! What goes wrong between a daemon's configuration files and the daemon: one closed list of
//! causes, one record that a rule turns into a finding.

use crate::source::Location;

/// Something in the configuration that does not do what its author meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What happened.
    pub cause: Cause,
    /// The file, link or directory it happened in, as a path of the tree.
    pub path: String,
    /// The bytes to fix; `None` where there is no file to point into (a dangling link).
    pub at: Option<Location>,
    /// The line number in systemd's own message, where it gives one.
    pub line: Option<u32>,
    /// The variable concerned.
    pub name: Option<String>,
    /// What is wrong and what the daemon gets instead, with the real names and without values.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Other places of the story.
    pub related: Vec<Related>,
    /// Edits that mend it.
    pub repair: Option<Repair>,
    /// A value that stands at the place, and what to write for it.
    pub instead: Option<(String, String)>,
    /// Nothing that the daemon needs is lost: worth a step less than the rule's severity.
    pub minor: bool,
}

/// Another place of a diagnostic's story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub at: Location,
    /// What happens there.
    pub text: String,
}

/// Edits that mend a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// What they do, as an instruction.
    pub title: String,
    /// Whether nothing but the diagnosed setting can change.
    pub safe: bool,
    /// The bytes to replace and their replacement, in file order.
    pub edits: Vec<(Location, String)>,
}

/// What happened to a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// An assignment above the first section header.
    OutsideSection,
    /// A section systemd does not know, or not in this kind of unit.
    UnknownSection,
    /// An `X-` section: ignored without a message.
    ExtensionSection,
    /// A broken section header: ends the reading of the file.
    BrokenHeader,
    /// A line that is not UTF-8: ends the reading of the file.
    NotUtf8,
    /// A line of 1 MiB or more: ends the reading of the file without a message.
    LineTooLong,
    /// More lines than are looked at: nothing is wrong with them.
    TooMuch,
    /// A key systemd does not know in this section.
    UnknownKey,
    /// An `X-` key: ignored without a message.
    ExtensionKey,
    /// A line without `=`.
    NoEquals,
    /// A line without a key.
    NoKey,
    /// A quote that is never closed.
    UnbalancedQuote,
    /// A backslash before something that is no escape.
    UnknownEscape,
    /// A backslash that makes an escape nobody meant.
    EscapeReplaced,
    /// A `%` before something that is no specifier.
    UnknownSpecifier,
    /// A `%` that makes a specifier nobody meant.
    SpecifierReplaced,
    /// A word that is no assignment.
    NoAssignment,
    /// A list that ends at a blank outside quotes.
    SplitAtBlank,
    /// A remark at the end of a line.
    InlineComment,
    /// A continuation that takes in the next directive or header.
    SwallowedLine,
    /// A second assignment inside the value of the first.
    SecondAssignment,
    /// A name that is almost a proxy variable's.
    NobodyReads,
    /// A variable the manager does not have.
    NotPassed,
    /// A word of `PassEnvironment=` or `UnsetEnvironment=` that is no name.
    NoName,
    /// A path of `EnvironmentFile=` that is refused.
    BadEnvironmentFilePath,
    /// An optional environment file that is not there.
    OptionalFileMissing,
    /// A line of an environment file without `=`.
    FileNoEquals,
    /// A line of an environment file whose name is refused.
    FileBadName,
    /// A backslash that an environment file drops.
    FileBackslash,
    /// A quote in an environment file that takes in the following lines.
    FileQuote,

    /// A file without the suffix `.conf`.
    Suffix,
    /// A file whose name starts with a dot.
    Hidden,
    /// A file below a drop-in directory.
    Nested,
    /// A directory that belongs to no unit, or to none that runs dockerd.
    WrongDirectory,
    /// A drop-in for the socket.
    SocketUnit,
    /// A drop-in for containerd, which pulls nothing for dockerd.
    Containerd,
    /// A directory of the other manager (user instead of system, or the reverse).
    OtherManager,
    /// A link that leads nowhere.
    DanglingLink,
    /// An empty file that hides nothing.
    EmptyFile,
    /// A file of the same name in a directory of higher rank takes its place.
    Shadowed,
    /// A file the unit would have to name in `EnvironmentFile=`.
    NotWired,
    /// A file or setting for logins, shells or the manager.
    NotForServices,

    /// A later empty `Environment=`.
    Cleared,
    /// `UnsetEnvironment=`.
    Unset,
    /// `EnvironmentFile=`, which beats `Environment=` wherever it stands.
    FileWins,
    /// A drop-in for all services that sorts behind the unit's own.
    GenericWins,

    /// There is no unit.
    UnitMissing,
    /// The unit is masked.
    UnitMasked,
    /// The unit file cannot be read to its end.
    UnitBroken,
    /// More than one `ExecStart=`.
    SecondExecStart,
    /// No `ExecStart=` is left.
    NoExecStart,
    /// An `ExecStart=` that is refused.
    BadExecStart,
    /// A required environment file that is not there.
    EnvironmentFileMissing,
    /// A required environment file that cannot be read.
    EnvironmentFileUnreadable,
    /// A variable over 128 KiB.
    TooLong,
    /// `daemon.json` is not JSON, or holds a value of the wrong type.
    JsonRefused,
    /// A key of `daemon.json` that is no option.
    JsonUnknownKey,
    /// An option given by flag and by `daemon.json`.
    JsonConflict,

    /// A wrong key or shape in `proxies` of `daemon.json`.
    JsonProxies,
    /// A key of `proxies` in the wrong place: accepted, without effect.
    JsonMisplaced,
    /// `proxies` in a `daemon.json` that dockerd does not read.
    JsonNotRead,

    /// A value that is no proxy URL to Go.
    MalformedProxy,
    /// A `%` in a flag of `ExecStart=` that makes a specifier nobody meant.
    FlagReplaced,
    /// A `$` that nothing expands.
    Variable,
    /// A `NO_PROXY` entry that matches nothing.
    NoProxyEntry,
}

impl Cause {
    /// The id of the rule that reports it.
    pub fn rule(self) -> &'static str {
        use Cause as C;
        match self {
            C::Suffix
            | C::Hidden
            | C::Nested
            | C::WrongDirectory
            | C::SocketUnit
            | C::Containerd
            | C::OtherManager
            | C::DanglingLink
            | C::EmptyFile
            | C::Shadowed
            | C::NotWired
            | C::NotForServices => "dropin-not-read",
            C::Cleared | C::Unset | C::FileWins | C::GenericWins => "dropin-overridden",
            C::UnitMissing
            | C::UnitMasked
            | C::UnitBroken
            | C::SecondExecStart
            | C::NoExecStart
            | C::BadExecStart
            | C::EnvironmentFileMissing
            | C::EnvironmentFileUnreadable
            | C::TooLong
            | C::JsonRefused
            | C::JsonUnknownKey
            | C::JsonConflict => "daemon-start-refused",
            C::JsonProxies | C::JsonMisplaced | C::JsonNotRead => "daemon-json-proxies",
            C::MalformedProxy | C::FlagReplaced | C::Variable => "proxy-malformed",
            C::NoProxyEntry => "no-proxy-ineffective",
            C::TooMuch => "syntax-error",
            _ => "dropin-assignment-lost",
        }
    }
}

impl Cause {
    /// Whether systemd reads nothing of the file behind the place.
    pub fn ends_the_file(self) -> bool {
        matches!(self, Self::BrokenHeader | Self::NotUtf8 | Self::LineTooLong)
    }
}

impl Diagnostic {
    /// A diagnostic with nothing but a place and a message.
    pub fn new(cause: Cause, path: &str, at: Option<Location>, message: impl Into<String>) -> Self {
        Self {
            cause,
            path: path.to_owned(),
            at,
            line: None,
            name: None,
            message: message.into(),
            help: None,
            related: Vec::new(),
            repair: None,
            instead: None,
            minor: false,
        }
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the variable concerned.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Gives the line number of systemd's own message.
    #[must_use]
    pub fn line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// Adds another place of the story.
    #[must_use]
    pub fn related(mut self, at: Location, text: impl Into<String>) -> Self {
        let text = text.into();
        self.related.push(Related { at, text });
        self
    }

    /// Adds edits that mend it.
    #[must_use]
    pub fn repair(mut self, title: &str, safe: bool, edits: Vec<(Location, String)>) -> Self {
        let title = title.to_owned();
        self.repair = Some(Repair { title, safe, edits });
        self
    }

    /// Marks it as worth a step less, if `minor`.
    #[must_use]
    pub fn minor(mut self, minor: bool) -> Self {
        self.minor = minor;
        self
    }
}

//! The Docker client's `config.json`: `proxies` (facts/compose.md 1a).
//!
//! Two readers see it differently. Containers get each key in both spellings (docker/cli
//! `cli/config/configfile/file.go`); builds by compose and buildx get four upper-case names and no
//! `allProxy` (buildx `store/storeutil/storeutil.go`).
//!
//! What is no JSON or of the wrong type stops neither (docker/cli `cli/config/config.go`
//! `LoadDefaultConfigFile`; docker 28.2.2, run): "WARNING: Error parsing config file", and on with what
//! Go's decoder took: nothing of what is no JSON, all but the value that is of the wrong type.

use hashbrown::HashSet;

use crate::model::placeholder::is_template;
use crate::model::{HopId, Mechanism, Provenance};
use crate::source::{Location, SourceFile, Span};
use crate::syntax::json::{self, Document, Json, Member, Node};

/// The keys of an entry with the variables they set.
pub const KEYS: [(&str, &str); 5] = [
    ("httpProxy", "HTTP_PROXY"),
    ("httpsProxy", "HTTPS_PROXY"),
    ("noProxy", "NO_PROXY"),
    ("ftpProxy", "FTP_PROXY"),
    ("allProxy", "ALL_PROXY"),
];

/// A `config.json`.
#[derive(Clone, Debug, Default)]
pub struct ClientConfig {
    /// The entries of `proxies` in file order.
    pub entries: Vec<ProxyEntry>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Syntax errors; with one, the client takes nothing from the file.
    pub errors: Vec<json::Error>,
}

/// The proxies for one daemon address, or for all others.
#[derive(Clone, Debug)]
pub struct ProxyEntry {
    /// The daemon's address as the client sees it, or `default`.
    pub address: String,
    /// The key's bytes.
    pub at: Location,
    /// What it sets, the last of equal keys only.
    pub settings: Vec<ProxySetting>,
}

/// One key of an entry.
#[derive(Clone, Debug)]
pub struct ProxySetting {
    /// The variable, upper case.
    pub variable: &'static str,
    /// The value; an empty one counts as absent.
    pub value: String,
    /// The value's bytes.
    pub at: Location,
}

/// Something in `proxies` that does not do what was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub cause: ProblemCause,
    /// The bytes to fix.
    pub at: Location,
    /// What is wrong, with the real names.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Another place of the story.
    pub related: Option<(Location, &'static str)>,
    /// The replacement of the bytes at `at`.
    pub edit: Option<String>,
}

/// What can be wrong with `proxies`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemCause {
    /// A key the client does not know.
    UnknownKey,
    /// A key in the wrong place: directly in `proxies`, or at the top level.
    Misplaced,
    /// No JSON: the client warns and takes nothing from the file.
    Syntax,
    /// A value of the wrong type: the client warns and reads the file without it.
    WrongType,
    /// An entry for one address that leaves out what `default` sets.
    LosesDefault,
    /// `allProxy`, which never reaches a build.
    AllProxyInBuilds,
    /// More values than are looked at: nothing is wrong with them.
    TooMuch,
}

/// A variable with its value and story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientVariable {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// Where it comes from.
    pub hop: HopId,
}

impl ClientConfig {
    /// The entry in force for a daemon address: its own alone, or `default`. No address is known
    /// where none is given.
    pub fn entry(&self, address: Option<&str>) -> Option<&ProxyEntry> {
        let named = |name: &str| {
            self.entries
                .iter()
                .rev()
                .find(|entry| entry.address == name)
        };
        address.and_then(named).or_else(|| named("default"))
    }

    /// The build arguments that compose and buildx add.
    pub fn build_args(
        &self,
        address: Option<&str>,
        provenance: &mut Provenance,
    ) -> Vec<ClientVariable> {
        let settings = self.settings(address);
        let settings = settings.filter(|setting| setting.variable != "ALL_PROXY");
        settings
            .map(|setting| variable(setting, setting.variable.to_owned(), provenance))
            .collect()
    }

    /// The environment that containers get, both spellings of each.
    pub fn container_environment(
        &self,
        address: Option<&str>,
        provenance: &mut Provenance,
    ) -> Vec<ClientVariable> {
        let mut variables = Vec::new();
        for setting in self.settings(address) {
            let upper = variable(setting, setting.variable.to_owned(), provenance);
            let lower = ClientVariable {
                name: upper.name.to_ascii_lowercase(),
                ..upper.clone()
            };
            variables.extend([upper, lower]);
        }
        variables
    }

    fn settings(&self, address: Option<&str>) -> impl Iterator<Item = &ProxySetting> {
        let entry = self.entry(address).into_iter();
        let settings = entry.flat_map(|entry| &entry.settings);
        settings.filter(|setting| !setting.value.is_empty())
    }
}

fn variable(setting: &ProxySetting, name: String, provenance: &mut Provenance) -> ClientVariable {
    ClientVariable {
        name,
        value: setting.value.clone(),
        hop: provenance.add(Mechanism::ClientProxies, Some(setting.at), &[]),
    }
}

/// Reads a `config.json`.
pub fn read(file: &SourceFile) -> ClientConfig {
    let Document {
        root,
        mut errors,
        cut,
    } = json::parse(file);
    // The decoder stops behind the first value.
    let end = root.as_ref().map(|root| root.span.end);
    errors.retain(|error| end.is_none_or(|end| error.span.start < end));
    let mut reader = Reader {
        file,
        config: ClientConfig {
            errors,
            ..ClientConfig::default()
        },
        told: HashSet::new(),
    };
    match cut {
        Some(span) => {
            let message = json::TOO_MUCH.to_owned();
            reader.problem(ProblemCause::TooMuch, span, message, None);
        }
        None => reader.read(root.as_ref()),
    }
    reader.config
}

const TAKES_NOTHING: &str = "the client warns at every command and takes nothing from the file";

struct Reader<'a> {
    file: &'a SourceFile,
    config: ClientConfig,
    /// Entries that were told to be none.
    told: HashSet<Location>,
}

impl Reader<'_> {
    fn at(&self, span: Span) -> Location {
        Location {
            file: self.file.id(),
            span,
        }
    }

    fn problem(
        &mut self,
        cause: ProblemCause,
        span: Span,
        message: String,
        help: Option<String>,
    ) -> &mut Problem {
        let at = self.at(span);
        self.config.problems.push(Problem {
            cause,
            at,
            message,
            help,
            related: None,
            edit: None,
        });
        let last = self.config.problems.len() - 1;
        &mut self.config.problems[last]
    }

    fn read(&mut self, root: Option<&Node>) {
        let text = self.file.text();
        // A template is no such file yet.
        let is_waiting = || self.file.is_template() || is_template(text);
        if text.starts_with('\u{feff}') && !is_waiting() {
            // Unlike dockerd the client does not skip it.
            let message = format!("a byte order mark is no JSON: {TAKES_NOTHING}");
            self.problem(ProblemCause::Syntax, Span::new(0, 3), message, None);
            return;
        }
        if let Some(error) = self.config.errors.first().copied() {
            if !is_waiting() && !text.trim().is_empty() {
                let message = format!("{}: {TAKES_NOTHING}", error.kind.message());
                self.problem(ProblemCause::Syntax, error.span, message, None);
            }
            return;
        }
        let Some(root) = root.filter(|root| root.value != Json::Null) else {
            return;
        };
        let Some(members) = root.members() else {
            let message = format!(
                "this is a JSON {}, not an object: {TAKES_NOTHING}",
                root.kind()
            );
            self.problem(ProblemCause::WrongType, root.span, message, None);
            return;
        };
        for member in members {
            self.top(member);
        }
        self.compare_with_default();
    }

    fn top(&mut self, member: &Member) {
        if !member.key.eq_ignore_ascii_case("proxies") {
            if let Some(key) = meant(&member.key).filter(|_| member.value.as_str().is_some()) {
                let message = format!(
                    "`{}` at the top level is ignored",
                    member.key.escape_debug()
                );
                let help = format!("write `\"proxies\": {{\"default\": {{\"{key}\": …}}}}`");
                self.problem(
                    ProblemCause::Misplaced,
                    member.key_span,
                    message,
                    Some(help),
                );
            }
            return;
        }
        match &member.value.value {
            Json::Object(members) => {
                for member in members {
                    self.entry(member);
                }
            }
            // It takes away what an equal key brought before.
            Json::Null => self.config.entries.clear(),
            _ => {
                let message = format!(
                    "`proxies` must be an object, this is a JSON {}: the client warns at every command and takes no proxy from it",
                    member.value.kind()
                );
                let help = "write `\"proxies\": {\"default\": {\"httpProxy\": …, \"httpsProxy\": …, \"noProxy\": …}}`";
                self.wrong_type(&member.value, message, Some(help.to_owned()));
            }
        }
    }

    fn wrong_type(&mut self, value: &Node, message: String, help: Option<String>) {
        self.problem(ProblemCause::WrongType, value.span, message, help);
    }

    fn entry(&mut self, member: &Member) {
        let address = member.key.as_str();
        // Of equal keys the last one holds, whatever it is.
        self.config.entries.retain(|old| old.address != address);
        let is_misplaced = meant(address).is_some();
        let members = match &member.value.value {
            Json::Object(members) => members.as_slice(),
            // An entry without proxies.
            Json::Null if !is_misplaced => &[],
            _ => {
                self.no_entry(member);
                if is_misplaced {
                    return;
                }
                // Go stores it, empty: `object` of encoding/json/decode.go sets the map's element to
                // its zero value, notes the error of its type and goes on.
                self.told.insert(self.at(member.key_span));
                &[]
            }
        };
        let mut settings: Vec<ProxySetting> = Vec::new();
        for member in members {
            if let Some(setting) = self.setting(member) {
                settings.retain(|old| old.variable != setting.variable);
                settings.push(setting);
            }
        }
        let at = self.at(member.key_span);
        self.config.entries.push(ProxyEntry {
            address: address.to_owned(),
            at,
            settings,
        });
    }

    /// What stands where an entry belongs.
    fn no_entry(&mut self, member: &Member) {
        let shown = member.key.escape_debug();
        if let Some(key) = meant(&member.key) {
            let message = format!(
                "`{shown}` stands directly in `proxies`: the client takes it for a daemon's address and leaves it out"
            );
            let help = Some(format!("write `\"default\": {{\"{key}\": …}}`"));
            self.problem(ProblemCause::Misplaced, member.key_span, message, help);
            return;
        }
        let whose = match member.key.as_str() {
            "default" => "has no proxies for daemons without an entry of their own".to_owned(),
            _ => format!("has no proxies for `{shown}`"),
        };
        let message = format!(
            "`{shown}` in `proxies` must be an object, this is a JSON {}: the client warns at every command and {whose}",
            member.value.kind()
        );
        let help =
            format!("write `\"{shown}\": {{\"httpProxy\": …, \"httpsProxy\": …, \"noProxy\": …}}`");
        self.wrong_type(&member.value, message, Some(help));
    }

    /// Go's decoder matches keys without regard to case.
    fn setting(&mut self, member: &Member) -> Option<ProxySetting> {
        let known = KEYS
            .into_iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(&member.key));
        let Some((key, variable)) = known else {
            self.unknown_key(member);
            return None;
        };
        let Some(value) = member.value.as_str() else {
            if member.value.value != Json::Null {
                let message = format!(
                    "`{key}` must be a string, this is a JSON {}: the client warns at every command and reads the file without it",
                    member.value.kind()
                );
                let help = "write one string with commas between the hosts";
                let help = (key == "noProxy").then(|| help.to_owned());
                self.wrong_type(&member.value, message, help);
            }
            return None;
        };
        if variable == "ALL_PROXY" && !value.is_empty() {
            let message = "`allProxy` reaches containers, but no build: compose and buildx pass the other four only".to_owned();
            let help = Some("set `httpProxy` and `httpsProxy` for builds".to_owned());
            self.problem(
                ProblemCause::AllProxyInBuilds,
                member.key_span,
                message,
                help,
            );
        }
        Some(ProxySetting {
            variable,
            value: value.to_owned(),
            at: self.at(member.value.span),
        })
    }

    fn unknown_key(&mut self, member: &Member) {
        let shown = member.key.escape_debug().to_string();
        let meant = meant(&member.key);
        let help = meant.map(|key| format!("write `{key}`"));
        let message = format!("the client knows no key `{shown}` here and ignores it");
        let found = self.problem(ProblemCause::UnknownKey, member.key_span, message, help);
        found.edit = meant.map(|key| format!("\"{key}\""));
    }

    /// An entry for an address stands alone: nothing is filled in from `default`.
    fn compare_with_default(&mut self) {
        let entries = std::mem::take(&mut self.config.entries);
        let set = |entry: &ProxyEntry, variable: &str| {
            let mut settings = entry.settings.iter();
            settings.any(|setting| setting.variable == variable && !setting.value.is_empty())
        };
        if let Some(default) = entries
            .iter()
            .rev()
            .find(|entry| entry.address == "default")
        {
            for entry in entries.iter().filter(|entry| entry.address != "default") {
                if self.told.contains(&entry.at) {
                    continue;
                }
                let lost: Vec<&str> = KEYS
                    .into_iter()
                    .filter(|(_, variable)| set(default, variable) && !set(entry, variable))
                    .map(|(key, _)| key)
                    .collect();
                if lost.is_empty() {
                    continue;
                }
                let message = format!(
                    "this entry replaces `default` as a whole: for `{}` there is no {}",
                    entry.address.escape_debug(),
                    lost.iter()
                        .map(|key| format!("`{key}`"))
                        .collect::<Vec<_>>()
                        .join(", ")
                );
                let help = Some("repeat what is needed from `default`".to_owned());
                let found = self.problem(ProblemCause::LosesDefault, entry.at.span, message, help);
                found.related = Some((default.at, "not merged in"));
            }
        }
        self.config.entries = entries;
    }
}

/// The key that a wrong one most likely stands for.
fn meant(key: &str) -> Option<&'static str> {
    let letters = key.chars().filter(char::is_ascii_alphanumeric);
    let squeezed: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let mut keys = KEYS.into_iter().map(|(key, _)| key);
    keys.find(|known| known.to_ascii_lowercase() == squeezed)
}

#[cfg(test)]
mod tests;

//! The verdict on a setting: what its name, its value and its place say together.

use std::ops::Range;

use memchr::memchr;

use super::formats::{self, Weight};
use super::interpolation::{self, Interpolation};
use super::names::{self, Kind, Names};
use super::values::{self, Shape};
use super::{checks, parameters, pem, run, userinfo};

/// Where a setting stands. What becomes of its value depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A Dockerfile's ARG: kept in the history.
    Arg,
    /// A Dockerfile's ENV: kept in the image's configuration.
    Env,
    /// `build.args` of compose, `--build-arg`.
    BuildArg,
    /// `environment` of compose: in the repository, not in the image.
    ComposeEnv,
    /// `Environment=` of a unit: readable by every local user.
    SystemdEnv,
    /// `proxies` of `daemon.json`.
    DaemonProxy,
    /// `proxies` of the client's `config.json`: copied into every build.
    CliProxy,
    /// The text of a RUN; has no name.
    Run,
    /// A LABEL: kept in the image.
    Label,
}

impl Place {
    /// Whether a value that comes from outside is kept there for others to read.
    fn keeps_what_comes_in(self) -> bool {
        matches!(self, Self::Arg | Self::Env | Self::BuildArg)
    }

    /// Whether a setting without a value stands for one that is given from outside.
    fn takes_from_outside(self) -> bool {
        matches!(self, Self::Arg | Self::BuildArg)
    }
}

/// What a setting gives away, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Nothing.
    Clean,
    /// A password everybody knows.
    Weak,
    /// No secret itself, but the way by which one comes into the image or its history.
    Channel,
    /// A literal under the name of a secret.
    Literal,
    /// A secret whatever the name: a token's form, a private key, a password in a URL.
    Token,
}

/// What the verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The name.
    Name(Kind),
    /// A token's form.
    Format {
        /// What to call it.
        name: &'static str,
        /// Whether a checksum or structure was verified.
        checked: bool,
    },
    /// A private key.
    PrivateKey,
    /// `user:password@`.
    UserInfo,
    /// A parameter in a URL or connection string, an assignment inside a command.
    Parameter,
    /// A command-line option.
    Option,
    /// A secret variable whose value a command writes to a file.
    Written,
}

/// A verdict with its grounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// What it rests on; none when clean.
    pub evidence: Option<Evidence>,
    /// The part of the value it is about.
    pub secret: Option<Range<usize>>,
}

impl Judgement {
    /// Nothing to say.
    pub const CLEAN: Judgement = Judgement {
        verdict: Verdict::Clean,
        evidence: None,
        secret: None,
    };

    pub(super) fn new(verdict: Verdict, evidence: Evidence, secret: Range<usize>) -> Self {
        Self {
            verdict,
            evidence: Some(evidence),
            secret: Some(secret),
        }
    }

    /// The worse of the two; the first one if they are equal.
    #[must_use]
    pub fn or_worse(self, other: Judgement) -> Self {
        if other.verdict > self.verdict {
            other
        } else {
            self
        }
    }
}

/// Judges a setting by name, value (as written; none if there is none) and place.
pub fn judge(names: &Names, place: Place, name: &str, value: Option<&str>) -> Judgement {
    let by_value = value.map_or(Judgement::CLEAN, |value| {
        judge_value(names, place, name, value)
    });
    if by_value.verdict == Verdict::Token || place == Place::Run {
        return by_value;
    }
    let Some(kind) = names.kind(name) else {
        return by_value;
    };
    let verdict = match named_verdict(place, name, kind, value) {
        // Labels describe: only what plainly is a secret is one.
        verdict if place == Place::Label && verdict != Verdict::Literal => Verdict::Clean,
        verdict => verdict,
    };
    let whole = 0..value.map_or(0, str::len);
    let by_name = match verdict {
        Verdict::Clean => Judgement::CLEAN,
        verdict => Judgement::new(verdict, Evidence::Name(kind), whole),
    };
    by_value.or_worse(by_name)
}

/// Every secret in a text that is one whatever its name: tokens whose form is certain, private keys.
pub fn certain(text: &str) -> impl Iterator<Item = (Range<usize>, Evidence)> {
    let tokens = formats::find(text)
        .filter(|hit| hit.weight == Weight::Certain)
        .map(|hit| {
            let evidence = Evidence::Format {
                name: hit.format.name,
                checked: hit.format.is_checked(),
            };
            (hit.secret, evidence)
        });
    let keys = pem::find(text)
        .filter(|key| key.certain)
        .map(|key| (key.body, Evidence::PrivateKey));
    tokens.chain(keys)
}

/// Whether a field of a registry in `config.json` keeps a secret: `auth` holds user and password,
/// the others the secret alone.
pub fn is_login(field: &str, value: &str) -> bool {
    let verdict = match field {
        "auth" => match checks::basic_login(value) {
            Some((user, password)) => literal_verdict(&user, Kind::Password, &password),
            None => Verdict::Clean,
        },
        "password" => literal_verdict(field, Kind::Password, value),
        "identitytoken" | "registrytoken" => literal_verdict(field, Kind::Key, value),
        _ => Verdict::Clean,
    };
    verdict == Verdict::Literal
}

/// Every secret that stands in a text which is no setting's value: a command, a file. In order, and
/// where several overlap the worst of them. Of a text that [`holds_tokens`] knows to hold none, or of
/// a part of one, they are not looked for again.
pub fn judge_text(names: &Names, text: &str, may_hold_tokens: bool) -> Vec<Judgement> {
    let mut found = Vec::new();
    if may_hold_tokens {
        tokens(text, &mut found);
    }
    addresses(Place::Run, "", text, &mut found);
    parameters::judge(names, Place::Run, text, &mut found);
    found.retain(|it| !matches!(it.verdict, Verdict::Clean | Verdict::Channel));
    if found.is_empty() {
        return found;
    }
    found.sort_by_key(|it| it.secret.as_ref().map(|secret| (secret.start, secret.end)));
    let mut apart: Vec<Judgement> = Vec::with_capacity(found.len());
    for judgement in found {
        match apart.last_mut() {
            Some(last) if overlap(&last.secret, &judgement.secret) => {
                *last = last.clone().or_worse(judgement);
            }
            _ => apart.push(judgement),
        }
    }
    apart
}

fn overlap(a: &Option<Range<usize>>, b: &Option<Range<usize>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.start < b.end && b.start < a.end,
        _ => false,
    }
}

/// What the value says by itself.
fn judge_value(names: &Names, place: Place, name: &str, value: &str) -> Judgement {
    let mut found = inside(names, place, name, value);
    if place == Place::Run {
        let written = run::written_variable(names, value);
        let channel = |variable| Judgement::new(Verdict::Channel, Evidence::Written, variable);
        found.extend(written.map(channel));
    }
    let found = found.into_iter();
    let worst = found.fold(Judgement::CLEAN, Judgement::or_worse);
    match worst.verdict {
        Verdict::Clean => Judgement::CLEAN,
        _ => worst,
    }
}

/// What is found inside a value, clean as it may turn out.
fn inside(names: &Names, place: Place, name: &str, value: &str) -> Vec<Judgement> {
    let mut all = Vec::new();
    tokens(value, &mut all);
    addresses(place, name, value, &mut all);
    parameters::judge(names, place, value, &mut all);
    all
}

/// Whether a text holds a token or key that its form proves.
pub fn holds_tokens(text: &str) -> bool {
    formats::find(text).any(|hit| hit.weight >= Weight::Test)
        || pem::find(text).any(|key| key.certain)
}

fn tokens(value: &str, all: &mut Vec<Judgement>) {
    if value.len() < formats::SHORTEST {
        return;
    }
    all.extend(formats::find(value).filter_map(|hit| {
        let verdict = match hit.weight {
            Weight::Certain => Verdict::Token,
            Weight::Test => Verdict::Weak,
            Weight::Likely | Weight::Doubtful => return None,
        };
        let evidence = Evidence::Format {
            name: hit.format.name,
            checked: hit.format.is_checked(),
        };
        Some(Judgement::new(verdict, evidence, hit.secret))
    }));
    let keys = pem::find(value).filter(|key| key.certain);
    all.extend(keys.map(|key| Judgement::new(Verdict::Token, Evidence::PrivateKey, key.body)));
}

fn addresses(place: Place, name: &str, value: &str, all: &mut Vec<Judgement>) {
    if memchr(b'@', value.as_bytes()).is_none() {
        return;
    }
    let is_address = matches!(place, Place::DaemonProxy | Place::CliProxy) || names::is_proxy(name);
    let address = if is_address {
        userinfo::in_address(value)
    } else {
        None
    };
    all.extend(userinfo::in_urls(value).chain(address).map(|found| {
        let verdict = userinfo_verdict(place, value, &found);
        Judgement::new(verdict, Evidence::UserInfo, found.password)
    }));
}

/// The verdict on a password in an address.
fn userinfo_verdict(place: Place, value: &str, found: &userinfo::UserInfo) -> Verdict {
    let text = |range: &Range<usize>| value.get(range.clone()).unwrap_or_default();
    let (user, password) = (text(&found.user), text(&found.password));
    let outside = if place.keeps_what_comes_in() {
        Verdict::Channel
    } else {
        Verdict::Clean
    };
    let password = match interpolation::of(password) {
        Interpolation::Template => return Verdict::Clean,
        Interpolation::Whole | Interpolation::Partial => return outside,
        Interpolation::Default(default) => default,
        Interpolation::None => password,
    };
    // `reverse:https://example.org:443@8443` of mitmproxy: a host and its port
    let is_port = password.len() <= 5 && password.bytes().all(|byte| byte.is_ascii_digit());
    match values::shape(user, password) {
        Shape::Empty | Shape::Masked => Verdict::Clean,
        _ if is_port && user.contains('.') => Verdict::Clean,
        _ if user == password => Verdict::Weak,
        Shape::Placeholder | Shape::Weak | Shape::Switch => Verdict::Weak,
        Shape::Reference | Shape::Short | Shape::Literal => Verdict::Token,
    }
}

/// The verdict on a value under the name of a secret.
fn named_verdict(place: Place, name: &str, kind: Kind, value: Option<&str>) -> Verdict {
    let outside = if place.keeps_what_comes_in() {
        Verdict::Channel
    } else {
        Verdict::Clean
    };
    let nothing = if place.takes_from_outside() {
        Verdict::Channel
    } else {
        Verdict::Clean
    };
    let Some(value) = value else {
        return nothing;
    };
    match interpolation::of(values::unquoted(value.trim())) {
        Interpolation::Template => Verdict::Clean,
        Interpolation::Whole | Interpolation::Partial => outside,
        Interpolation::Default(_) => match literal_verdict(name, kind, value) {
            Verdict::Clean => outside,
            verdict => verdict,
        },
        Interpolation::None if values::shape(name, value) == Shape::Empty => nothing,
        Interpolation::None => literal_verdict(name, kind, value),
    }
}

/// The verdict on what is literal in a value under the name of a secret: all of it, or what an
/// interpolation falls back on.
pub(super) fn literal_verdict(name: &str, kind: Kind, value: &str) -> Verdict {
    let value = values::unquoted(value.trim());
    if interpolation::is_left_to_reader(value) {
        return Verdict::Clean;
    }
    let literal = match interpolation::of(value) {
        Interpolation::Whole | Interpolation::Partial | Interpolation::Template => {
            return Verdict::Clean;
        }
        // one level is enough: `${A:-${B:-c}}` is rare, and its inner default is judged nowhere else
        Interpolation::Default(default) => match interpolation::of(default) {
            Interpolation::None => default,
            Interpolation::Default(inner) if interpolation::of(inner) == Interpolation::None => {
                inner
            }
            _ => return Verdict::Clean,
        },
        Interpolation::None => value,
    };
    let shape = values::shape(name, literal);
    match (shape, kind) {
        (Shape::Empty | Shape::Switch | Shape::Reference | Shape::Masked, _) => Verdict::Clean,
        (Shape::Placeholder, Kind::Password) => Verdict::Weak,
        (Shape::Placeholder | Shape::Short, Kind::Key) => Verdict::Clean,
        (Shape::Weak, Kind::Password) => Verdict::Weak,
        (Shape::Weak, Kind::Key) if is_chosen(name) => Verdict::Weak,
        (Shape::Weak, Kind::Key) => Verdict::Clean,
        (Shape::Literal, Kind::Key) if values::is_fingerprint(name, literal) => Verdict::Clean,
        (Shape::Literal, Kind::Key) if values::is_identifier(name, literal) => Verdict::Clean,
        (Shape::Literal, Kind::Key) if !values::varies(literal) => Verdict::Clean,
        (Shape::Literal, Kind::Password) if !values::varies(literal) => Verdict::Weak,
        (Shape::Literal, Kind::Password) if values::is_descriptive(name, literal) => Verdict::Weak,
        (Shape::Literal, Kind::Key) if values::is_descriptive(name, literal) => Verdict::Clean,
        (Shape::Short | Shape::Literal, _) => Verdict::Literal,
    }
}

/// Whether a key is one that the operator chooses, as MinIO's secret and access keys are: there
/// the well-known defaults count.
fn is_chosen(name: &str) -> bool {
    names::lower_words(name).iter().any(|word| {
        matches!(
            word.as_str(),
            "secret" | "access" | "secretkey" | "accesskey"
        )
    })
}

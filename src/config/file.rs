//! The configuration file as it is written.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::names::SecretTable;
use super::network::NetworkTable;
use super::paths::{BuildTable, ComposeTable, FileTable, OverrideTable};
use super::rules::RuleTable;
use super::{closest, version};
use crate::finding::Severity;
use crate::flow::Engine;

/// `docklint.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ConfigFile {
    /// Rule levels, and which rules run at all.
    pub rules: RuleTable,
    /// Files and folders to leave alone, in the language of `.gitignore`.
    pub exclude: Vec<Spanned<String>>,
    /// Whether folders are searched without what a `.gitignore` lists. It is said in the file in
    /// the project root and nowhere else.
    pub respect_gitignore: Option<Spanned<bool>>,
    /// Files whose names do not say their kind.
    pub files: FileTable,
    /// Who builds.
    pub engine: Engine,
    /// The network that builds run in.
    pub network: NetworkTable,
    /// What base images bring along, by `name` or `name:tag` with `*` in either.
    pub base_images: BTreeMap<String, BaseImage>,
    /// Names of secrets.
    pub secrets: SecretTable,
    /// Which compose files form a project.
    pub compose: ComposeTable,
    /// What the builds of some files are given; of several that fit, what a later one says wins.
    pub builds: Vec<BuildTable>,
    /// Rules that hold for some files; of several that fit, what a later one says wins.
    pub overrides: Vec<OverrideTable>,
    /// The least severity that fails a run.
    pub fail_level: Option<FailLevel>,
    /// The versions of docklint that understand this file, such as `">=0.2"`.
    pub requires_docklint: Option<Spanned<String>>,
}

/// The least severity that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailLevel {
    /// Any finding.
    Info,
    /// The default.
    Warning,
    /// Errors only.
    Error,
}

impl From<FailLevel> for Severity {
    fn from(level: FailLevel) -> Self {
        match level {
            FailLevel::Info => Self::Info,
            FailLevel::Warning => Self::Warning,
            FailLevel::Error => Self::Error,
        }
    }
}

/// What a base image brings along.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BaseImage {
    /// Its environment: `NAME=value`, or `NAME` if the value is not known.
    pub env: Vec<String>,
}

/// What is wrong with a configuration file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub message: String,
    pub span: Option<Range<usize>>,
}

impl ConfigFile {
    /// Reads the text of a file.
    pub(super) fn parse(text: &str) -> Result<Self, Mistake> {
        match toml::from_str::<Self>(text) {
            Ok(file) => file.check_version().map(|()| file),
            // A newer docklint's keys are unknown here: the version it asks for says more.
            Err(error) => Err(required_version(text).unwrap_or_else(|| Mistake {
                message: explain(error.message()),
                span: error.span(),
            })),
        }
    }

    fn check_version(&self) -> Result<(), Mistake> {
        match &self.requires_docklint {
            Some(required) => check_version(required),
            None => Ok(()),
        }
    }
}

/// The one key that is read whatever else the file holds.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct VersionOnly {
    requires_docklint: Option<Spanned<String>>,
}

fn required_version(text: &str) -> Option<Mistake> {
    let required = toml::from_str::<VersionOnly>(text)
        .ok()?
        .requires_docklint?;
    check_version(&required).err()
}

fn check_version(required: &Spanned<String>) -> Result<(), Mistake> {
    version::check(required.get_ref(), env!("CARGO_PKG_VERSION")).map_err(|message| Mistake {
        message,
        span: Some(required.span()),
    })
}

/// serde names what it knows: "unknown field `x`, expected one of `a`, `b`". People want to hear
/// what they most likely meant, in the words of TOML.
fn explain(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let mut quoted = first.split('`').skip(1).step_by(2);
    let (Some(written), true) = (quoted.next(), first.starts_with("unknown ")) else {
        return first.replacen("missing field", "missing key", 1);
    };
    let known: Vec<&str> = quoted.collect();
    let what = match first.starts_with("unknown variant") {
        true => "value",
        false => "key",
    };
    match closest(written, known.iter().copied()) {
        Some(meant) => format!("unknown {what} `{written}`; did you mean `{meant}`?"),
        None => format!(
            "unknown {what} `{written}`; there is `{}`",
            known.join("`, `")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::RuleLevel;

    fn mistake(text: &str) -> (String, &str) {
        let mistake = ConfigFile::parse(text).unwrap_err();
        let span = mistake.span.unwrap();
        (mistake.message, &text[span])
    }

    #[test]
    fn every_key_is_read() {
        let file = ConfigFile::parse(
            r#"
            exclude = ["vendor/"]
            engine = "podman"
            fail-level = "error"
            requires-docklint = ">=0.1"
            [rules]
            select = ["all"]
            ignore = ["proxy"]
            "proxy-baked" = "off"
            goproxy = { level = "info", allow = ["GONOSUMDB", { regex = "GO.*DB" }] }
            [network]
            proxy-required = true
            internal-hosts = ["*.corp.example"]
            goproxy = ["https://goproxy.corp.example"]
            no-proxy = ["corp.example"]
            [base-images."corp/*:1.*"]
            env = ["GOPROXY", "A=b"]
            [secrets]
            names = ["LAUNCH_CODE", { regex = "corp_.*" }]
            exempt = ["DEMO_TOKEN"]
            [files]
            dockerfile = ["*.docker"]
            [compose]
            files = ["compose.yaml", "compose.prod.yaml"]
            [[overrides]]
            paths = ["legacy/"]
            rules = { ignore = ["proxy"] }
            [[builds]]
            paths = ["images/"]
            target = "prod"
            build-args = ["TAG=1", "HTTP_PROXY"]
            platform = "linux/arm64"
            env-files = ["prod.env"]
            profiles = ["debug"]
            env = ["A=b", "C"]
            "#,
        )
        .unwrap();
        assert_eq!(file.engine, Engine::Podman);
        assert_eq!(file.fail_level, Some(FailLevel::Error));
        assert_eq!(file.exclude[0].get_ref(), "vendor/");
        assert_eq!(file.rules.select[0].get_ref(), "all");
        assert_eq!(file.rules.ignore[0].get_ref(), "proxy");
        let settings = file.rules.settings.iter();
        let settings: Vec<_> = settings
            .map(|(key, set)| (key.get_ref().as_str(), set.level, set.allow.len()))
            .collect();
        let expected = [
            ("proxy-baked", Some(RuleLevel::Off), 0),
            ("goproxy", Some(RuleLevel::Info), 2),
        ];
        assert_eq!(settings, expected);
        let network = file.network.policy().unwrap();
        assert!(network.proxy_required);
        assert_eq!(network.internal_hosts, ["*.corp.example"]);
        assert_eq!(network.goproxy, ["https://goproxy.corp.example"]);
        assert_eq!(network.no_proxy, ["corp.example"]);
        assert_eq!(file.base_images["corp/*:1.*"].env, ["GOPROXY", "A=b"]);
        let names = file.secrets.names().unwrap();
        assert!(names.kind("launch_code").is_some() && names.kind("CORP_X").is_some());
        assert!(names.kind("DEMO_TOKEN").is_none());
        assert_eq!(file.files.dockerfile[0].get_ref(), "*.docker");
        let files = file.compose.files.as_ref().unwrap().get_ref();
        assert_eq!(files[1].get_ref(), "compose.prod.yaml");
        assert_eq!(file.overrides[0].rules.ignore[0].get_ref(), "proxy");
        assert_eq!(file.builds[0].target.as_deref(), Some("prod"));
        assert_eq!(file.builds[0].build_args[1].get_ref(), "HTTP_PROXY");
    }

    #[test]
    fn mistakes_have_a_place_and_a_suggestion() {
        assert_eq!(
            mistake("egnine = 'podman'\n"),
            (
                "unknown key `egnine`; did you mean `engine`?".into(),
                "egnine"
            )
        );
        assert_eq!(
            mistake("engine = 'docker'\n"),
            (
                "unknown value `docker`; there is `buildkit`, `podman`, `classic`".into(),
                "'docker'"
            )
        );
        assert_eq!(
            mistake("[rules]\n\"proxy-baked\" = \"warn\"\n"),
            (
                "unknown value `warn`; there is `off`, `info`, `warning`, `error`".into(),
                "\"warn\""
            )
        );
        assert_eq!(
            mistake("[base-images.x]\nenvs = []\n").0,
            "unknown key `envs`; did you mean `env`?"
        );
        assert_eq!(mistake("exclude = 'x'\n").1, "'x'");
        assert_eq!(
            mistake("[rules]\nproxy = { levl = 'off' }\n").0,
            "unknown key `levl`; did you mean `level`?"
        );
        assert_eq!(
            mistake("[[overrides]]\nrules = {}\n").0,
            "missing key `paths`"
        );
        assert_eq!(mistake("[files]\nDockerfile = []\n").1, "Dockerfile");
        assert_eq!(
            mistake("[secrets]\nnames = [{ regexp = 'x' }]\n").0,
            "unknown key `regexp`; did you mean `regex`?"
        );
        let file = ConfigFile::parse("[secrets]\nnames = [{ regex = '(' }]\n").unwrap();
        assert_eq!(
            file.secrets.names().unwrap_err().message,
            "this is no regular expression: unclosed group"
        );
        assert!(ConfigFile::parse("a = \n").is_err());
    }

    #[test]
    fn a_required_version_speaks_before_unknown_keys() {
        let (message, at) = mistake("requires-docklint = '>=99'\nfrom-the-future = 1\n");
        assert!(message.contains("99"), "{message}");
        assert_eq!(at, "'>=99'");
    }
}

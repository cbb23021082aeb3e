//! The forms of tokens that show themselves: one table, one pass.
//!
//! The first three bytes of every prefix stand in a table made at compile time, so there is no
//! automaton to build at start, and a file without a token costs one look-up a byte.

use std::ops::Range;

use super::{checks, hints};

/// How much a hit says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// The prefix, but the body is too short, too long, a placeholder, or its check fails.
    Doubtful,
    /// The form is right, but not telling enough to report it under a neutral name.
    Likely,
    /// A token issued for tests: no harm, but no business in a file either.
    Test,
    /// A token, whatever the setting is called.
    Certain,
}

/// One form of token.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// What to call it: "GitHub token".
    pub name: &'static str,
    /// How it begins.
    pub(super) prefix: &'static str,
    /// How many bytes of the prefix are public and may be shown.
    shown: usize,
    /// Which bytes the body is made of.
    alphabet: fn(u8) -> bool,
    /// Least and greatest length of the body.
    length: (usize, usize),
    /// What the body must satisfy beyond its shape.
    check: Option<fn(&str) -> bool>,
    /// What a hit with a good body weighs.
    weight: Weight,
}

impl Format {
    /// Whether a certain hit had a checksum or structure verified.
    pub fn is_checked(&self) -> bool {
        self.check.is_some()
    }

    /// Whether the prefix tells a token even where letters stand before it (`%3Dghp_…`): it ends
    /// with what no word holds.
    fn is_separated(&self) -> bool {
        self.prefix.ends_with(['_', '-', '.'])
    }
}

/// A place where a format's prefix and body stand.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The form.
    pub format: &'static Format,
    /// The whole token.
    pub range: Range<usize>,
    /// The part that is secret: without the public prefix.
    pub secret: Range<usize>,
    /// How much it says.
    pub weight: Weight,
}

/// The longest body that is looked at; keeps hostile runs of prefixes linear.
const LONGEST: usize = 4096;

const fn row(
    name: &'static str,
    prefix: &'static str,
    alphabet: fn(u8) -> bool,
    least: usize,
    greatest: usize,
) -> Format {
    Format {
        name,
        prefix,
        shown: prefix.len(),
        alphabet,
        length: (least, greatest),
        check: None,
        weight: Weight::Certain,
    }
}

impl Format {
    const fn check(mut self, check: fn(&str) -> bool) -> Self {
        self.check = Some(check);
        self
    }
    const fn weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }
    const fn shown(mut self, shown: usize) -> Self {
        self.shown = shown;
        self
    }
}

fn base62(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}
fn letters(byte: u8) -> bool {
    byte.is_ascii_alphabetic()
}
fn base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}
fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}
fn dotted(byte: u8) -> bool {
    base64url(byte) || byte == b'.'
}
fn padded(byte: u8) -> bool {
    base64url(byte) || byte == b'='
}
fn slashed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'/'
}
fn hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}
fn hex_dash(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte == b'-'
}
fn base62_dash(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}
fn base62_underscore(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
fn base32(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'2'..=b'7')
}
fn bech32(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}
fn crypt(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'$')
}

use Weight::{Likely, Test};

/// Every form, sorted by prefix: the first byte finds its few candidates. Where prefixes overlap
/// the longer one stands first.
#[rustfmt::skip]
pub(super) static FORMATS: &[Format] = &[
    row("SHA-512 password hash", "$6$", crypt, 40, 200).weight(Likely),
    row("Apache password hash", "$apr1$", crypt, 20, 40).weight(Likely),
    row("bcrypt hash", "$2a$", crypt, 50, 60).weight(Likely),
    row("bcrypt hash", "$2b$", crypt, 50, 60).weight(Likely),
    row("bcrypt hash", "$2y$", crypt, 50, 60).weight(Likely),
    row("age secret key", "AGE-SECRET-KEY-1", bech32, 58, 58).check(checks::age_bech32),
    row("Google API key", "AIza", base64url, 35, 35),
    row("AWS access key id", "AKIA", base32, 16, 16),
    row("Artifactory API key", "AKCp", base62, 60, 80).weight(Likely),
    row("AWS temporary access key id", "ASIA", base32, 16, 16),
    row("Atlassian API token", "ATATT3xFfGF0", padded, 150, 220),
    row("Atlassian access token", "ATCTT3xFfGF0", padded, 150, 220),
    row("Bitbucket app password", "ATBB", base62, 32, 32).weight(Likely),
    row("Azure storage key", "AccountKey=", base64, 88, 88).check(checks::azure_key),
    row("CircleCI token", "CCIPAT_", base62_underscore, 50, 80),
    row("Google OAuth client secret", "GOCSPX-", base64url, 28, 28),
    row("Alibaba access key id", "LTAI", base62, 16, 24).weight(Likely),
    row("New Relic key", "NRAK-", base62, 27, 27),
    row("Postman API key", "PMAK-", hex_dash, 59, 59),
    row("SendGrid API key", "SG.", dotted, 66, 66).check(checks::sendgrid),
    row("Azure shared access key", "SharedAccessKey=", base64, 44, 44),
    row("Databricks token", "dapi", hex_dash, 32, 34),
    row("Docker Hub organisation token", "dckr_oat_", base64url, 32, 32),
    row("Docker Hub token", "dckr_pat_", base64url, 27, 27),
    row("DigitalOcean OAuth token", "doo_v1_", hex, 64, 64),
    row("DigitalOcean token", "dop_v1_", hex, 64, 64),
    row("DigitalOcean refresh token", "dor_v1_", hex, 64, 64),
    row("Doppler token", "dp.pt.", base62, 40, 44),
    row("Doppler service token", "dp.st.", dotted, 40, 64),
    row("Dynatrace token", "dt0c01.", dotted, 89, 89).check(checks::dynatrace),
    row("JSON Web Token", "eyJ", dotted, 20, LONGEST).check(checks::jwt),
    row("Figma token", "figd_", base64url, 40, 48),
    row("GitHub token", "gho_", base62, 36, 36).check(checks::crc32_base62),
    row("GitHub token", "ghp_", base62, 36, 36).check(checks::crc32_base62),
    row("GitHub token", "ghr_", base62, 36, 36).check(checks::crc32_base62),
    row("GitHub token", "ghs_", base62, 36, 36).check(checks::crc32_base62),
    row("GitHub token", "ghu_", base62, 36, 36).check(checks::crc32_base62),
    row("GitHub token", "github_pat_", base62_underscore, 82, 82).check(checks::github_pat),
    row("GitLab agent token", "glagent-", dotted, 20, 320),
    row("Grafana cloud token", "glc_", base64, 32, 400),
    row("GitLab CI job token", "glcbt-", dotted, 20, 320),
    row("GitLab deploy token", "gldt-", dotted, 20, 320),
    row("GitLab feed token", "glft-", dotted, 20, 320),
    row("GitLab application secret", "gloas-", dotted, 20, 320),
    row("GitLab token", "glpat-", dotted, 20, 320),
    row("GitLab trigger token", "glptt-", dotted, 20, 320),
    row("GitLab runner token", "glrt-", dotted, 20, 320),
    row("Grafana service account token", "glsa_", base62_underscore, 41, 41).check(checks::grafana),
    row("GitLab SCIM token", "glsoat-", dotted, 20, 320),
    row("Groq API key", "gsk_", base62, 52, 52),
    row("Hugging Face token", "hf_", letters, 34, 34),
    row("Slack webhook", "hooks.slack.com/services/", slashed, 40, 60).check(checks::slack_hook),
    row("Vault batch token", "hvb.", base64url, 90, 400),
    row("Vault token", "hvs.", base64url, 90, 200),
    row("Linear API key", "lin_api_", base62, 40, 40),
    row("npm token", "npm_", base62, 36, 36).check(checks::crc32_base62),
    row("Notion token", "ntn_", base62, 40, 50),
    row("NVIDIA API key", "nvapi-", base64url, 60, 70),
    row("PostHog personal key", "phx_", base62, 43, 50).weight(Likely),
    row("Perplexity API key", "pplx-", base62, 48, 56),
    row("Pulumi token", "pul-", hex, 40, 40),
    row("PyPI token", "pypi-AgE", base64url, 50, 400).check(checks::pypi_macaroon).shown(5),
    row("Replicate token", "r8_", base62, 37, 37),
    row("Stripe restricted key", "rk_live_", base62, 10, 247),
    row("Stripe restricted test key", "rk_test_", base62, 10, 247).weight(Test),
    row("RubyGems token", "rubygems_", hex, 48, 48),
    row("Sourcegraph token", "sgp_", base62_underscore, 40, 70).weight(Likely),
    row("Shopify token", "shpat_", hex, 32, 32),
    row("Shopify token", "shpca_", hex, 32, 32),
    row("Shopify token", "shppa_", hex, 32, 32),
    row("Shopify secret", "shpss_", hex, 32, 32),
    row("OpenAI key", "sk-admin-", base64url, 40, 200).check(checks::openai),
    row("Anthropic key", "sk-ant-", base64url, 90, 140).check(checks::anthropic),
    row("OpenRouter key", "sk-or-v1-", hex, 64, 64),
    row("OpenAI key", "sk-proj-", base64url, 40, 200).check(checks::openai),
    row("OpenAI key", "sk-svcacct-", base64url, 40, 200).check(checks::openai),
    row("OpenAI key", "sk-", base62, 48, 48).check(checks::openai),
    row("Stripe key", "sk_live_", base62, 10, 247),
    row("Stripe test key", "sk_test_", base62, 10, 247).weight(Test),
    row("Sentry token", "sntrys_", padded, 80, 400),
    row("Sentry user token", "sntryu_", hex, 64, 64),
    row("Tailscale key", "tskey-", base62_dash, 20, 80),
    row("webhook signing secret", "whsec_", base64, 32, 64),
    row("xAI API key", "xai-", base62, 80, 84),
    row("Slack app token", "xapp-", base62_dash, 20, 200).check(checks::slack),
    row("Slack token", "xoxa-", base62_dash, 20, 200).check(checks::slack),
    row("Slack bot token", "xoxb-", base62_dash, 20, 200).check(checks::slack),
    row("Slack token", "xoxe-", base62_dash, 20, 300).check(checks::slack),
    row("Slack user token", "xoxp-", base62_dash, 20, 200).check(checks::slack),
    row("Slack token", "xoxr-", base62_dash, 20, 200).check(checks::slack),
    row("Google OAuth token", "ya29.", dotted, 60, 400).weight(Likely),
];

/// Where the forms that begin with a byte stand in [`FORMATS`].
static BY_FIRST: [(u8, u8); 256] = {
    let mut ranges = [(0, 0); 256];
    let mut at = 0;
    while at < FORMATS.len() {
        let first = FORMATS[at].prefix.as_bytes()[0] as usize;
        if ranges[first].1 == 0 {
            ranges[first].0 = at as u8;
        }
        at += 1;
        ranges[first].1 = at as u8;
    }
    ranges
};

/// The length of the shortest token.
pub(super) static SHORTEST: usize = {
    let mut shortest = LONGEST;
    let mut at = 0;
    while at < FORMATS.len() {
        let length = FORMATS[at].prefix.len() + FORMATS[at].length.0;
        if length < shortest {
            shortest = length;
        }
        at += 1;
    }
    shortest
};

/// Whether `text` is the public part of some form, as it stands before a masked body.
pub fn is_public_part(text: &str) -> bool {
    FORMATS
        .iter()
        .any(|format| format.prefix.get(..format.shown) == Some(text))
}

/// Every hit in `text`, in order and not overlapping.
pub fn find(text: &str) -> impl Iterator<Item = Hit> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let hit = next(text, from)?;
        from = hit.range.end;
        Some(hit)
    })
}

/// The first hit that begins at `from` or later.
fn next(text: &str, from: usize) -> Option<Hit> {
    let bytes = text.as_bytes();
    let mut from = from;
    loop {
        let at = hints::next_token(bytes, from)?;
        if let Some(hit) = hit_at(text, at) {
            return Some(hit);
        }
        from = at + 1;
    }
}

fn hit_at(text: &str, start: usize) -> Option<Hit> {
    let bytes = text.as_bytes();
    let rest = bytes.get(start..)?;
    let first = *rest.first()?;
    let (low, high) = BY_FIRST[usize::from(first)];
    let format = FORMATS
        .get(usize::from(low)..usize::from(high))?
        .iter()
        .find(|format| rest.starts_with(format.prefix.as_bytes()))?;
    let is_glued = !begins_word(bytes, start);
    if is_glued && !format.is_separated() {
        return None;
    }
    let after = start + format.prefix.len();
    let longest = format.length.1.max(64) + 1;
    let run = bytes[after..]
        .iter()
        .take(longest)
        .take_while(|&&byte| (format.alphabet)(byte));
    let mut end = after + run.count();
    // a dot or dash ends the sentence around a token, not the token
    while end > after && matches!(bytes[end - 1], b'.' | b'-') {
        end -= 1;
    }
    let body = text.get(after..end)?;
    let (least, greatest) = format.length;
    let has_shape = (least..=greatest).contains(&body.len()) && checks::varies(body);
    let good = has_shape && !is_glued && format.check.is_none_or(|check| check(body));
    let is_token = match is_glued {
        true => has_shape && is_random(body),
        // less than this is a word that happens to begin like a token: `hf_transfer`
        false => good || body.len() >= least.min(16),
    };
    if !is_token {
        return None;
    }
    Some(Hit {
        format,
        range: start..end,
        secret: start + format.shown..end,
        weight: if good {
            format.weight
        } else {
            Weight::Doubtful
        },
    })
}

/// Whether a word begins here: behind anything but a letter or digit (`task-…` holds no `sk-…`, but
/// `--glpat-…` is a token behind two dashes); an escape such as `\n` is not a letter.
fn begins_word(bytes: &[u8], start: usize) -> bool {
    let Some(before) = start.checked_sub(1) else {
        return true;
    };
    let is_escaped = before.checked_sub(1).is_some_and(|at| bytes[at] == b'\\');
    !bytes[start].is_ascii_alphanumeric() || !bytes[before].is_ascii_alphanumeric() || is_escaped
}

/// Whether letters and digits are mixed as in no word: `disk_test_directory` holds no `sk_test_…`.
fn is_random(body: &str) -> bool {
    let has = |test: fn(&u8) -> bool| body.bytes().any(|byte| test(&byte));
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    body.len() >= 20 && (is_mixed || has(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_prefixes_stand_before_their_beginnings() {
        for (at, format) in FORMATS.iter().enumerate() {
            for later in &FORMATS[at + 1..] {
                assert!(
                    !later.prefix.starts_with(format.prefix),
                    "{} hides {}",
                    format.prefix,
                    later.prefix
                );
            }
        }
    }

    #[test]
    fn forms_with_the_same_first_byte_stand_together() {
        let first = |format: &Format| format.prefix.as_bytes()[0];
        assert!(FORMATS.is_sorted_by_key(first));
        assert!(FORMATS.len() < 256);
    }

    fn only(text: &str) -> Option<(&'static str, Weight, &str)> {
        let mut hits = find(text);
        let hit = hits.next()?;
        assert!(hits.next().is_none());
        Some((hit.format.name, hit.weight, &text[hit.secret]))
    }

    #[test]
    fn a_token_is_found_with_its_borders() {
        let body = "SyntheticDockLint_00";
        let token = ["glpat", body].join("-");
        for text in [
            format!("t={token}"),
            format!("\"\\n{token}\""),
            format!("see {token}."),
        ] {
            assert_eq!(
                only(&text),
                Some(("GitLab token", Weight::Certain, body)),
                "{text}"
            );
        }
        assert_eq!(only("RUN task-runner hf_transfer npm_config_cache"), None);
        assert_eq!(
            only("RUN disk_test_directories_and_more --hf_transfer"),
            None
        );
    }

    #[test]
    fn a_token_is_found_behind_whatever_stands_in_front() {
        let body = "Synth3ticDocklintSynth3ticDocklint00";
        let all = [
            ["glpat-", "Synth3ticDocklint0Pw"],
            ["dckr_pat_", "Synth3ticDocklintSynth3tic0"],
            ["ghp_", body],
            ["sk_live_", body],
        ];
        for token in all {
            let body = token[1];
            let token = token.concat();
            for front in [
                "--", "-", "_", ".", "--bad=", "a-", "a_", "x.", "/", "%3D", r"\u003d", r"\n",
            ] {
                let text = format!("RUN {front}{token} true");
                assert_eq!(only(&text).map(|hit| hit.2), Some(body), "{text}");
            }
        }
    }

    #[test]
    fn repeated_letters_are_doubtful() {
        let token = ["ghp_", &"x".repeat(36)].concat();
        assert_eq!(only(&token).map(|hit| hit.1), Some(Weight::Doubtful));
    }
}

//! Image references (upstream: `distribution/reference`).

use std::fmt;

/// A reference to an image, normalised: `alpine` is `docker.io/library/alpine:latest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The registry's host, with its port.
    pub domain: String,
    /// The repository.
    pub path: String,
    /// The tag; `latest` if neither tag nor digest was given.
    pub tag: Option<String>,
    /// The digest.
    pub digest: Option<String>,
}

impl Reference {
    /// Parses and normalises a reference.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err("64 hexadecimal digits are an image id, not a name");
        }
        let (domain, remainder) = split_domain(text);
        let (remainder, digest) = match remainder.split_once('@') {
            Some((before, digest)) => (before, Some(digest)),
            None => (remainder, None),
        };
        let (path, tag) = match remainder.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (remainder, None),
        };
        if path.chars().any(char::is_uppercase) {
            return Err("a repository name must be lower case");
        }
        let path = if domain == "docker.io" && !path.contains('/') {
            format!("library/{path}")
        } else {
            path.to_owned()
        };
        if !is_domain(domain) || !path.split('/').all(is_path_component) {
            return Err("this is not a valid image name");
        }
        if domain.len() + 1 + path.len() > 255 {
            return Err("an image name has at most 255 characters");
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err("the tag is not valid");
        }
        if digest.is_some_and(|digest| !is_digest(digest)) {
            return Err("the digest is not valid");
        }
        let tag = match (tag, digest) {
            (None, None) => Some("latest"),
            (tag, _) => tag,
        };
        Ok(Self {
            domain: domain.to_owned(),
            path,
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }
}

impl Reference {
    /// The name as people write it: without `docker.io/library/`, and without the digest.
    pub fn familiar(&self) -> String {
        let mut name = match self.domain.as_str() {
            "docker.io" => self
                .path
                .strip_prefix("library/")
                .unwrap_or(&self.path)
                .to_owned(),
            domain => format!("{domain}/{}", self.path),
        };
        if let Some(tag) = &self.tag {
            name.push(':');
            name.push_str(tag);
        }
        name
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.domain, self.path)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

/// The first part is a host only if it looks like one.
fn split_domain(text: &str) -> (&str, &str) {
    match text.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first.chars().any(char::is_uppercase) =>
        {
            let domain = if first == "index.docker.io" {
                "docker.io"
            } else {
                first
            };
            (domain, rest)
        }
        _ => ("docker.io", text),
    }
}

fn is_domain(domain: &str) -> bool {
    if let Some(address) = domain.strip_prefix('[') {
        let Some((address, port)) = address.split_once(']') else {
            return false;
        };
        let valid = |c: char| c.is_ascii_hexdigit() || c == ':';
        return !address.is_empty() && address.chars().all(valid) && is_port(port);
    }
    let (host, port) = match domain.find(':') {
        Some(at) => domain.split_at(at),
        None => (domain, ""),
    };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(label) && is_port(port)
}

/// Nothing, or `:` and digits.
fn is_port(port: &str) -> bool {
    port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Alphanumeric runs joined by `.`, `_`, `__` or dashes.
fn is_path_component(component: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let valid_joint = |joint: &str| {
        matches!(joint, "." | "_" | "__") || (!joint.is_empty() && joint.chars().all(|c| c == '-'))
    };
    let mut rest = component;
    loop {
        let after = rest.trim_start_matches(alphanumeric);
        if after.len() == rest.len() {
            return false;
        }
        if after.is_empty() {
            return true;
        }
        let joint_len = after.find(alphanumeric).unwrap_or(after.len());
        if !after.get(..joint_len).is_some_and(valid_joint) {
            return false;
        }
        rest = after.get(joint_len..).unwrap_or_default();
    }
}

fn is_tag(tag: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|b| word(b) || b == b'.' || b == b'-')
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else {
        return false;
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    hex.len() == length && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        let parse = |text| Reference::parse(text).map(|reference| reference.to_string());
        assert_eq!(
            parse("alpine").as_deref(),
            Ok("docker.io/library/alpine:latest")
        );
        assert_eq!(parse("corp/go:1").as_deref(), Ok("docker.io/corp/go:1"));
        assert_eq!(parse("r.io:5/a").as_deref(), Ok("r.io:5/a:latest"));
        assert_eq!(parse("localhost/a").as_deref(), Ok("localhost/a:latest"));
        let digest = format!("a@sha256:{}", "0".repeat(64));
        assert_eq!(parse(&digest), Ok(format!("docker.io/library/{digest}")));
        assert_eq!(
            Reference::parse("corp/go").unwrap().familiar(),
            "corp/go:latest"
        );
        for bad in ["Base", "a:", "a b", "a//b", "-a", "a@sha256:0", "", "a:b:c"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}

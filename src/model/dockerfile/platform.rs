//! Platforms (upstream: `containerd/platforms`).

use std::fmt;

/// An operating system and an architecture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// Operating system.
    pub os: String,
    /// Its version; Windows only.
    pub os_version: String,
    /// Architecture.
    pub architecture: String,
    /// Variant of the architecture.
    pub variant: String,
}

impl Default for Platform {
    /// What docklint takes builds to run on where nobody says: the platform of nearly all builders.
    fn default() -> Self {
        Self {
            os: "linux".to_owned(),
            os_version: String::new(),
            architecture: "amd64".to_owned(),
            variant: String::new(),
        }
    }
}

const KNOWN_OS: [&str; 18] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
    "wasi",
];

const KNOWN_ARCHITECTURES: [&str; 23] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "wasm",
];

impl Platform {
    /// Parses `os[/architecture[/variant]]`, or an architecture alone.
    pub fn parse(text: &str) -> Option<Self> {
        let valid = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
        };
        let parts: Vec<&str> = text.split('/').collect();
        let (first, rest) = parts.split_first()?;
        let (os, os_version) = match first.split_once('(') {
            Some((os, version)) => (os, version.strip_suffix(')')?),
            None => (*first, ""),
        };
        if !valid(os) || !rest.iter().copied().all(valid) {
            return None;
        }
        let mut platform = Self {
            os: normal_os(os),
            os_version: os_version.to_owned(),
            ..Self::default()
        };
        let (architecture, variant) = match rest {
            [] if KNOWN_OS.contains(&platform.os.as_str()) => return Some(platform),
            [] => {
                let (architecture, variant) = normal_architecture(os, "");
                if !KNOWN_ARCHITECTURES.contains(&architecture.as_str()) {
                    return None;
                }
                platform.os = "linux".to_owned();
                (architecture, plain_arm(os, variant))
            }
            [architecture] => {
                let (normal, variant) = normal_architecture(architecture, "");
                let variant = plain_arm(&normal, variant);
                (normal, variant)
            }
            [architecture, variant] => {
                let (architecture, variant) = normal_architecture(architecture, variant);
                let variant = match (architecture.as_str(), variant.as_str()) {
                    ("arm64", "") => "v8".to_owned(),
                    _ => variant,
                };
                (architecture, variant)
            }
            _ => return None,
        };
        platform.architecture = architecture;
        platform.variant = variant;
        Some(platform)
    }

    /// `os/architecture[/variant]` without the version.
    pub fn short(&self) -> String {
        let mut text = format!("{}/{}", self.os, self.architecture);
        if !self.variant.is_empty() {
            text.push('/');
            text.push_str(&self.variant);
        }
        text
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.os)?;
        if !self.os_version.is_empty() {
            write!(f, "({})", self.os_version)?;
        }
        write!(f, "/{}", self.architecture)?;
        if !self.variant.is_empty() {
            write!(f, "/{}", self.variant)?;
        }
        Ok(())
    }
}

/// `arm` alone is written without its default variant.
fn plain_arm(architecture: &str, variant: String) -> String {
    if architecture == "arm" && variant == "v7" {
        String::new()
    } else {
        variant
    }
}

fn normal_os(os: &str) -> String {
    match os.to_ascii_lowercase().as_str() {
        "macos" => "darwin".to_owned(),
        os => os.to_owned(),
    }
}

fn normal_architecture(architecture: &str, variant: &str) -> (String, String) {
    let architecture = architecture.to_ascii_lowercase();
    let variant = variant.to_ascii_lowercase();
    let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64" | "amd64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8") => ("arm64", ""),
        ("aarch64" | "arm64", variant) => ("arm64", variant),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", "" | "7") => ("arm", "v7"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "6") => ("arm", "v6"),
        ("arm", "8") => ("arm", "v8"),
        (architecture, variant) => (architecture, variant),
    };
    (architecture.to_owned(), variant.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_normalised() {
        let parse = |text| Platform::parse(text).map(|platform| platform.to_string());
        assert_eq!(parse("linux/x86_64").as_deref(), Some("linux/amd64"));
        assert_eq!(parse("linux/arm/v7").as_deref(), Some("linux/arm/v7"));
        assert_eq!(parse("linux/arm").as_deref(), Some("linux/arm"));
        assert_eq!(parse("arm64").as_deref(), Some("linux/arm64"));
        assert_eq!(parse("linux").as_deref(), Some("linux/amd64"));
        assert_eq!(parse("a/b/c/d"), None);
        assert_eq!(parse("nonsense"), None);
    }
}

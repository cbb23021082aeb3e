//! Files that hold credentials, by name.

/// What a file of credentials is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialFile {
    /// What it holds, for people.
    pub holds: &'static str,
    /// Where the program that reads it looks for it; none if it depends.
    pub target: Option<&'static str>,
    /// Whether a look inside decides.
    pub look: Look,
}

/// Whether a file must be looked into to know that it holds a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Its name says enough.
    Never,
    /// It often holds none: one that can be read and holds none is harmless.
    WhereRead,
    /// It mostly holds none: only one that can be read and holds one counts.
    Always,
}

const fn holds(holds: &'static str, target: &'static str) -> CredentialFile {
    CredentialFile {
        holds,
        target: Some(target),
        look: Look::Never,
    }
}

const fn settings(holds: &'static str, target: &'static str, look: Look) -> CredentialFile {
    CredentialFile {
        holds,
        target: Some(target),
        look,
    }
}

const fn no_place(holds: &'static str, look: Look) -> CredentialFile {
    CredentialFile {
        holds,
        target: None,
        look,
    }
}

/// Ends of paths, whole parts only.
const PATHS: &[(&str, CredentialFile)] = &[
    (
        ".aws/credentials",
        holds("AWS keys", "/root/.aws/credentials"),
    ),
    (
        ".docker/config.json",
        settings(
            "registry passwords",
            "/root/.docker/config.json",
            Look::WhereRead,
        ),
    ),
    (
        ".dockercfg",
        holds("registry passwords", "/root/.dockercfg"),
    ),
    (
        ".git-credentials",
        holds("passwords of git servers", "/root/.git-credentials"),
    ),
    (
        ".kube/config",
        holds("keys of a cluster", "/root/.kube/config"),
    ),
    (".netrc", holds("passwords", "/root/.netrc")),
    (".pgpass", holds("database passwords", "/root/.pgpass")),
    (
        ".pypirc",
        holds("passwords of package indexes", "/root/.pypirc"),
    ),
    (".vault-token", holds("a Vault token", "/root/.vault-token")),
    (
        ".npmrc",
        settings("npm's tokens", "/root/.npmrc", Look::WhereRead),
    ),
    (".env", no_place(DEPLOYMENT, Look::WhereRead)),
    (
        ".gem/credentials",
        holds("keys of gem servers", "/root/.gem/credentials"),
    ),
    (
        ".cargo/credentials.toml",
        holds("tokens of registries", "/root/.cargo/credentials.toml"),
    ),
    (
        ".composer/auth.json",
        holds("Composer's passwords", "/root/.composer/auth.json"),
    ),
    (
        ".m2/settings.xml",
        settings("Maven's passwords", "/root/.m2/settings.xml", Look::Always),
    ),
    (
        ".my.cnf",
        settings("database passwords", "/root/.my.cnf", Look::Always),
    ),
];

/// What `.env` holds.
const DEPLOYMENT: &str = "the secrets of a deployment";

/// The same files for one environment: `.env.production`.
const ENV_FILE: CredentialFile = no_place(DEPLOYMENT, Look::Always);

/// What files like `.env` are called that show what to write into one.
const EXAMPLES: &[&str] = &[
    "default", "dist", "example", "sample", "template", "tmpl", "tpl",
];

const PRIVATE_KEY: CredentialFile = no_place("a private key", Look::Never);

/// Folders whose files are credentials.
const FOLDERS: &[(&str, CredentialFile)] = &[
    (".aws", holds("AWS keys", "/root/.aws/credentials")),
    (".gnupg", no_place("private keys", Look::Never)),
    (".ssh", no_place("private keys", Look::Never)),
];

/// What a file or folder that is copied holds, if that is credentials.
pub fn credential_source(path: &str) -> Option<CredentialFile> {
    credential_file(path).or_else(|| {
        let name = path.trim_end_matches(['/', '*']).rsplit('/').next()?;
        let folder = FOLDERS.iter().find(|(folder, _)| *folder == name)?;
        Some(folder.1)
    })
}

/// Names of SSH's private keys.
const SSH_KEYS: &[&str] = &["id_dsa", "id_ecdsa", "id_ed25519", "id_rsa"];

/// Beginnings of names of TLS keys.
const TLS_KEYS: &[&str] = &[
    "client", "domain", "privkey", "private", "server", "ssl", "tls",
];

/// What a file of this name holds, if it is one of credentials. The path is written with `/`.
pub fn credential_file(path: &str) -> Option<CredentialFile> {
    let path = path.trim_end_matches(['/', '*']);
    let known = PATHS.iter().find(|(end, _)| {
        path.strip_suffix(end)
            .is_some_and(|before| before.is_empty() || before.ends_with('/'))
    });
    if let Some((_, file)) = known {
        return Some(*file);
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    if let Some(environment) = name.strip_prefix(".env.") {
        let is_example = environment.split('.').any(|word| EXAMPLES.contains(&word));
        return (!is_example).then_some(ENV_FILE);
    }
    let is_tls_key = || {
        let stem = name.strip_suffix(".key").or(name.strip_suffix(".pem"));
        stem.is_some_and(|stem| {
            let words = || stem.split(['-', '_', '.']);
            let is_key = name.ends_with(".key")
                || words().any(|word| matches!(word, "key" | "privkey" | "private"));
            let is_public = words().any(|word| matches!(word, "pub" | "public" | "gpg" | "cert"));
            let is_tls = name.ends_with(".pem")
                || words().next().is_some_and(|word| TLS_KEYS.contains(&word));
            is_key && is_tls && !is_public
        })
    };
    (SSH_KEYS.contains(&name) || is_tls_key()).then_some(PRIVATE_KEY)
}

/// Whether a file's name says that everybody has it: `insecure_id_rsa`, which development images ship.
pub fn is_for_tests(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut words = name.split(['-', '_', '.']);
    words.any(|word| {
        matches!(word, "insecure" | "test" | "dummy" | "fake" | "demo") || EXAMPLES.contains(&word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials() {
        for path in [
            ".npmrc",
            "docker/.netrc",
            "./.env",
            "keys/id_rsa",
            "/root/.docker/config.json",
            ".aws/credentials",
            "privkey.pem",
            "certs/server-key.pem",
            "certs/server.key",
            ".npmrc*",
            ".env.production",
            "home/.m2/settings.xml",
        ] {
            assert!(credential_file(path).is_some(), "{path}");
        }
        for path in [".ssh", "docker/.aws/", "./.gnupg/*", ".netrc"] {
            assert!(credential_source(path).is_some(), "{path}");
        }
        for path in ["ssh", ".ssh/config", "aws", ".docker"] {
            assert!(credential_source(path).is_none(), "{path}");
        }
        for path in [
            "npmrc",
            ".env.example",
            ".env.production.example",
            "settings.xml",
            "x.env",
            "id_rsa.pub",
            "config.json",
            "credentials",
            "cert.pem",
            "public-key.pem",
            "nodesource.gpg.key",
            "ca.pem",
            "server.crt",
        ] {
            assert!(credential_file(path).is_none(), "{path}");
        }
    }
}

//! Files that hold credentials, by name.

/// What a file of credentials is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialFile {
    /// What it holds, for people.
    pub holds: &'static str,
    /// Where the program that reads it looks for it; none if it depends.
    pub target: Option<&'static str>,
    /// Whether it often holds no secret at all, so that a look inside decides.
    pub may_be_harmless: bool,
}

const fn holds(holds: &'static str, target: &'static str) -> CredentialFile {
    CredentialFile {
        holds,
        target: Some(target),
        may_be_harmless: false,
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
        holds("registry passwords", "/root/.docker/config.json"),
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
        CredentialFile {
            may_be_harmless: true,
            ..holds("npm's tokens", "/root/.npmrc")
        },
    ),
    (
        ".env",
        CredentialFile {
            holds: "the secrets of a deployment",
            target: None,
            may_be_harmless: true,
        },
    ),
];

const PRIVATE_KEY: CredentialFile = CredentialFile {
    holds: "a private key",
    target: None,
    may_be_harmless: false,
};

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
        ] {
            assert!(credential_file(path).is_some(), "{path}");
        }
        for path in [
            "npmrc",
            ".env.example",
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

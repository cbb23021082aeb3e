//! The words that decide what a name means.

/// Names that are never a secret, though their words look like one: working directories; the name of
/// an etcd cluster (etcd's "Configuration options"); the file of Telegram's `mtproto-proxy`.
pub(super) const EXACT_CLEAN: &[&str] = &[
    "aes_pwd", "etcd_initial_cluster_token", "host_pwd", "init_cwd", "initial_cluster_token", "oldpwd",
    "project_pwd", "pwd",
];

/// Names whose value carries credentials as a whole: a JSON document, a file's text, a header.
pub(super) const CARRIERS: &[&str] = &[
    "_auth", "app_key", "basic_auth", "bundle_rubygems__pkg__github__com", "composer_auth",
    "composer_auth_json", "docker_auth", "docker_auth_config", "git_auth_header", "git_auth_token",
    "netrc", "npm_auth", "npm_config__auth", "npm_rc", "npmrc", "secret_key_base",
];

/// Carriers that hold a password a service takes as it stands.
pub(super) const PASSWORD_CARRIERS: &[&str] = &[
    "http_auth", "masterauth", "neo4j_auth", "redis_auth", "requirepass",
];

/// Words that make the setting a switch or a count, wherever they stand.
pub(super) const SWITCHES: &[&str] = &[
    "allow", "allowed", "allows", "anonymous", "can", "check", "count", "disable", "disabled",
    "disallow", "enable", "enabled", "enforce", "force", "generate", "has", "ignore", "ignored",
    "install", "is", "known", "max", "maximum", "min", "minimum", "no", "num", "number", "optional",
    "prompt", "random", "randomize", "require", "required", "requires", "show", "skip", "use",
    "uses", "verify", "with", "without",
];

/// Words at the end that say where or how the value is used, not what it is.
pub(super) const TRAILERS: &[&str] = &[
    "b64", "base64", "ci", "content", "contents", "current", "default", "dev", "development",
    "encoded", "live", "local", "new", "old", "plain", "plaintext", "preprod", "prev", "previous",
    "prod", "production", "qa", "raw", "sandbox", "stage", "staging", "str", "string", "test",
    "testing", "text", "uat", "val", "value",
];

/// Words at the end that say the value is something *about* a secret, not the secret.
pub(super) const HARMLESS_TAILS: &[&str] = &[
    "address", "age", "algo", "algorithm", "alias", "arn", "attempts", "audience", "authority",
    "backend", "bits", "bucket", "bytes", "cache", "cert", "certificate", "char", "chars",
    "charset", "class", "client", "clients", "config", "cookie", "count", "crt", "curve", "date",
    "days", "delay", "dir", "directory", "domain", "driver", "dummy", "duration", "email",
    "encoding", "endpoint", "engine", "env", "expiration", "expires", "expiry", "field", "file",
    "filename", "files", "fingerprint", "flow", "folder", "format", "group", "handler", "hash",
    "header", "helper", "hint", "host", "hostname", "hours", "id", "ids", "index", "interval",
    "issuer", "key_id", "kid", "label", "length", "level", "lifetime", "limit", "location",
    "lookup", "manager", "max", "method", "min", "minutes", "mode", "module", "name", "names",
    "namespace", "owner", "param", "parameter", "path", "pattern", "plugin", "policy", "port",
    "prefix", "prompt", "protocol", "provider", "realm", "ref", "regex", "region", "registry",
    "retries", "role", "roles", "rounds", "rule", "rules", "scheme", "scope", "scopes", "seconds",
    "separator", "server", "service", "size", "sock", "socket", "source", "status", "storage",
    "store", "strategy", "strength", "suffix", "template", "timeout", "title", "ttl", "type",
    "types", "uri", "url", "urls", "user", "username", "users", "validity", "version", "window",
];

/// Last words that say "a password": a service takes whatever stands there.
pub(super) const PASSWORD_TAILS: &[&str] = &[
    "adminpass", "adminpwd", "dbpass", "dbpwd", "ftppass", "keypass", "ldappass", "mailpass",
    "mysqlpass", "mysqlpwd", "passcode", "passphrase", "passwd", "password", "passwords",
    "passwort", "proxypass", "pword", "redispass", "requirepass", "rootpass", "rootpwd", "smtppass",
    "sshpass", "storepass", "sudopass", "userpass", "userpwd", "vncpass",
];

/// Last words that say "a password" only behind another word.
pub(super) const QUALIFIED_PASSWORD_TAILS: &[&str] = &[
    "pass", "pwd",
];

/// Words before `pass` or `pwd` that make it something else.
pub(super) const NOT_BEFORE_PASS: &[&str] = &[
    "all", "band", "by", "current", "cwd", "first", "high", "host", "low", "multi", "one", "orig",
    "original", "project", "second", "single", "tests", "two", "work", "working",
];

/// Last words that say "a secret somebody issued".
pub(super) const SECRET_TAILS: &[&str] = &[
    "accesskey", "apikey", "apikeys", "authtoken", "cred", "credential", "credentials", "creds",
    "mnemonic", "netrc", "npmrc", "psk", "secret", "secrets", "token",
];

/// Last words that say so only behind another word.
pub(super) const QUALIFIED_SECRET_TAILS: &[&str] = &[
    "bearer", "jwt", "pat",
];

/// Words that, run together with a tail, still are two words: `clientsecret`, `accesstoken`.
pub(super) const GLUED_QUALIFIERS: &[&str] = &[
    "access", "admin", "api", "app", "auth", "bearer", "bot", "ci", "client", "consumer", "cookie",
    "deploy", "github", "gitlab", "identity", "jwt", "master", "npm", "oauth", "personal",
    "private", "refresh", "registry", "root", "secret", "session", "shared", "user", "vault",
    "webhook",
];

/// What makes a `KEY` a secret.
pub(super) const KEY_QUALIFIERS: &[&str] = &[
    "access", "account", "activation", "admin", "aes", "anthropic", "api", "application", "auth",
    "authentication", "cipher", "client", "consumer", "cookie", "crypt", "crypto", "datadog",
    "decrypt", "decryption", "deploy", "deployment", "dkim", "encrypt", "encryption", "fernet",
    "hmac", "ingest", "ingestion", "integration", "jwt", "licence", "license", "mailgun", "master",
    "openai", "preshared", "private", "product", "recovery", "registration", "root", "rsa", "sas",
    "seal", "secret", "sendgrid", "service", "session", "shared", "sign", "signature", "signing",
    "ssh", "ssl", "storage", "stripe", "subscription", "tls", "unseal", "webhook", "write",
];

/// What makes a `KEY` public or no credential at all, wherever the word stands.
pub(super) const PUBLIC_WORDS: &[&str] = &[
    "pub", "public", "publishable",
];

/// What makes a `KEY` no credential, unless a [`STRONG_KEY_QUALIFIERS`] word stands right before it.
pub(super) const KEY_DISQUALIFIERS: &[&str] = &[
    "apt", "authorized", "cache", "config", "csrf", "foreign", "gpg", "group", "host",
    "idempotency", "index", "known", "map", "object", "partition", "pgp", "primary", "routing",
    "s3", "site", "sort", "trusted",
];

/// Qualifiers that say "secret" whatever else the name holds.
pub(super) const STRONG_KEY_QUALIFIERS: &[&str] = &[
    "access", "api", "encryption", "private", "secret", "signing",
];

/// Whose secret it is, when that stands behind the secret word: `PASSWORD_ROOT`.
pub(super) const OWNERS: &[&str] = &[
    "admin", "aws", "bot", "docker", "dockerhub", "github", "gitlab", "mongo", "mysql", "npm",
    "postgres", "pypi", "readonly", "redis", "replica", "ro", "root", "rw", "sentry", "slack",
];

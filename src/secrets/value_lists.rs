//! The words and defaults that values are compared with.

/// Values that switch something or name a method.
pub(super) const SWITCHES: &[&str] = &[
    "0", "1", "[]", "allow", "always", "anonymous", "ask", "auto", "basic", "bearer", "deny",
    "digest", "disable", "disabled", "enable", "enabled", "env", "f", "false", "file", "htpasswd",
    "md5", "n", "never", "nil", "no", "none", "null", "oauth2", "off", "on", "optional", "plain",
    "prompt", "required", "scram-sha-256", "t", "true", "trust", "undefined", "unset", "vault", "y",
    "yes", "{}", "~",
];

/// Endings of names of files that hold keys or settings.
pub(super) const EXTENSIONS: &[&str] = &[
    "asc", "bash", "cer", "cfg", "conf", "crt", "csv", "env", "gpg", "ini", "jks", "json", "jwk", "jwks",
    "kdbx", "key", "keystore", "p12", "pem", "pfx", "properties", "ps1", "pub", "py", "sh", "sock", "sql", "tar",
    "toml", "txt", "xml", "yaml", "yml",
];

/// Words that ask to be replaced.
pub(super) const PLACEHOLDER_WORDS: &[&str] = &[
    "abc123", "changeit", "changeme", "changethis", "dummy", "example", "examplekey", "fake",
    "fillin", "fixme", "foobar", "insert", "lorem", "mock", "mysecret", "mytoken", "notset",
    "placeholder", "replace", "replaced", "replaceme", "sample", "somerandomstring", "tbd", "todo",
    "unset", "unused", "youkey", "your", "yourkey", "yourpassword", "yours", "yoursecret", "yourtoken",
];

/// Two words that do.
pub(super) const PLACEHOLDER_PAIRS: &[[&str; 2]] = &[
    ["add", "your"], ["change", "it"], ["change", "me"], ["change", "this"], ["edit", "me"],
    ["enter", "your"], ["fill", "in"], ["fill", "me"], ["fix", "me"], ["generate", "me"],
    ["goes", "here"], ["key", "here"], ["must", "change"], ["not", "a"], ["not", "set"],
    ["not", "used"], ["override", "me"], ["place", "holder"], ["password", "here"], ["please", "change"],
    ["put", "your"], ["replace", "me"], ["secret", "here"], ["set", "me"], ["set", "this"],
    ["test", "key"], ["test", "token"], ["to", "be"], ["to", "do"], ["token", "here"], ["user", "provided"],
    ["update", "me"], ["value", "here"],
];

/// Words of which manuals make up values.
pub(super) const DESCRIPTIVE: &[&str] = &[
    "a", "access", "an", "api", "app", "auth", "bar", "baz", "client", "default", "demo", "dev",
    "foo", "for", "here", "invalid", "is", "key", "local", "long", "my", "new", "of", "only", "pass",
    "password", "private", "random", "secret", "some", "string", "super", "test", "testing", "that",
    "the", "this", "token", "user", "username", "value", "very", "with", "wrong",
];

/// Passwords that come with the product or stand in every list of the commonest ones.
pub(super) const WEAK: &[&str] = &[
    "1q2w3e4r", "1qaz2wsx", "abc", "abcd", "abcdef", "admin", "adminadmin", "administrator",
    "adminpass", "adminpassword", "airflow", "app", "asdf", "asdfgh", "bar", "baz", "cassandra",
    "changeit", "changeme", "changethis", "cisco", "db", "dba", "dbpass", "dbpassword", "default",
    "demo", "dev", "devel", "develop", "developer", "development", "docker", "dragon", "drupal",
    "dummy", "elastic", "elasticsearch", "example", "foo", "foobar", "gitlab", "grafana", "guest",
    "harbor", "hello", "iloveyou", "influxdb", "jenkins", "joomla", "keycloak", "kibana", "letmein",
    "local", "localdev", "localhost", "magento", "manager", "mariadb", "master", "mattermost",
    "minio", "minioadmin", "mongo", "mongodb", "monkey", "mypassword", "mysecret",
    "mysecretpassword", "mysql", "neo", "nextcloud", "nexus", "nopassword", "odoo", "oracle",
    "p@ssw0rd", "p@ssword", "pass", "passw0rd", "passwd", "password", "pgpass", "postgres",
    "postgresql", "prisma", "pw", "pwd", "q1w2e3r4", "qwerty", "qwertyuiop", "rabbitmq",
    "raspberry", "redis", "root", "rootpass", "rootpassword", "rootroot", "s3cr3t", "s3cret", "sa",
    "sample", "secret", "secretpassword", "some", "somepassword", "sonar", "sonarqube",
    "strongpassword", "student", "supersecret", "superset", "superuser", "system", "temp", "test",
    "tester", "testing", "testpass", "testpassword", "tomcat", "toor", "topsecret", "trustno",
    "ubuntu", "user", "userpass", "vagrant", "verysecret", "welcome", "wordpress", "yourpassword",
    "yourstrongpassword", "zabbix",
];

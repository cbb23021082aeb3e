//! Secrets in every kind of file and every place: each is found, where it stands, and masked in
//! whatever is printed of the file. `{}` stands for the secret, which is assembled here so that no
//! text in the repository has the shape of one.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use docklint::check::{Options, check};
use docklint::finding::redact::Door;
use docklint::rules::{Choice, Selection, Selections};
use docklint::secrets::Names;
use docklint::source::{FileId, FileKind, SourceFile};

const PASSWORD: &str = "Synth3tic-Pw";

/// A GitHub token with its checksum, which no name has to introduce.
const TOKEN: [&str; 2] = ["ghp_", "DOCKLINTSYNTHETICDOCKLINTTEST02Txfd5"];

const RULES: [&str; 8] = [
    "credential-literal",
    "proxy-credentials",
    "secret-copied",
    "secret-in-arg",
    "secret-in-compose",
    "secret-in-env",
    "secret-in-run",
    "secret-mount-unused",
];

fn sources(path: &str, text: &str) -> Vec<SourceFile> {
    let kind = FileKind::from_path(path).unwrap();
    let file = SourceFile::new(FileId(0), path.to_owned(), kind, text.into());
    vec![file.located(format!("/project/{path}"))]
}

/// The rules that speak of a text, each with the bytes it points at.
fn told(path: &str, text: &str) -> Vec<(&'static str, String)> {
    let choice = Choice {
        select: RULES.map(str::to_owned).to_vec(),
        ..Choice::default()
    };
    let mut options = Options {
        selections: Selections::new(vec![Selection::new(&choice).unwrap()], vec![0]),
        ..Options::default()
    };
    options.request.root = "/project".to_owned();
    let outcome = check(sources(path, text), &options);
    let tell = |finding: &docklint::finding::Finding| {
        let at = finding.primary().unwrap();
        (finding.rule, outcome.sources[0].slice(at.span).to_owned())
    };
    outcome.findings.iter().map(tell).collect()
}

#[track_caller]
fn assert_found(path: &str, shape: &str, secret: &str, shown: usize, rule: &str) {
    let text = shape.replace("{}", secret);
    let found = told(path, &text);
    let is_there = |(spoke, at): &&(&str, String)| *spoke == rule && at.contains(&secret[shown..]);
    assert!(found.iter().any(|it| is_there(&it)), "{text}\n{found:?}");
    assert_eq!(found.len(), 1, "{text}\n{found:?}");
    let masked = Door::new(&Names::BUILT_IN).file(&sources(path, &text)[0]);
    assert!(!masked.as_str().contains(&secret[shown..]), "{masked}");
}

#[test]
fn passwords_in_dockerfiles() {
    for (instruction, rule) in [
        (
            "COPY <<EOF /etc/app.conf\npassword = {}\nEOF",
            "secret-in-run",
        ),
        (
            "ADD <<EOF /etc/app.conf\nDB_PASSWORD={}\nEOF",
            "secret-in-run",
        ),
        (
            "COPY <<EOF /etc/app.yml\ndb: postgres://app:{}@db/x\nEOF",
            "secret-in-run",
        ),
        (
            "COPY <<EOF /root/.npmrc\n//r.example/:_authToken={}\nEOF",
            "secret-in-run",
        ),
        (
            "COPY <<EOF /root/.netrc\nmachine h login u password {}\nEOF",
            "secret-in-run",
        ),
        (
            "COPY <<EOF /etc/env\nhttp_proxy=http://u:{}@proxy.example:1\nEOF",
            "proxy-credentials",
        ),
        ("LABEL db.password={}", "secret-in-env"),
        ("LABEL url=https://u:{}@h.example/", "credential-literal"),
        ("RUN curl -H 'Authorization: Bearer {}' h", "secret-in-run"),
        (
            "RUN curl --header \"Authorization: Basic {}\" h",
            "secret-in-run",
        ),
        ("RUN curl -H 'PRIVATE-TOKEN: {}' h", "secret-in-run"),
        ("RUN curl -u deploy:{} h", "secret-in-run"),
        ("RUN curl -fsSLu deploy:{} h", "secret-in-run"),
        ("RUN wget --http-password={} h", "secret-in-run"),
        ("RUN echo root:{} | chpasswd", "secret-in-run"),
        ("RUN echo 'root:{}' | chpasswd", "secret-in-run"),
        ("RUN chpasswd <<EOF\nroot:{}\nEOF", "secret-in-run"),
        (
            "RUN [\"docker\", \"login\", \"-p\", \"{}\"]",
            "secret-in-run",
        ),
        (
            "RUN npm config set //r.example/:_authToken {}",
            "secret-in-run",
        ),
        ("RUN export DB_PASSWORD={}", "secret-in-run"),
        (
            "CMD [\"redis-server\", \"--requirepass\", \"{}\"]",
            "secret-in-run",
        ),
        ("ENTRYPOINT app --api-key {}", "secret-in-run"),
        ("HEALTHCHECK CMD redis-cli -a {} ping", "secret-in-run"),
        ("ONBUILD RUN curl -u deploy:{} h", "secret-in-run"),
    ] {
        let shape = format!("FROM alpine:3.22\n{instruction}\n");
        assert_found("Dockerfile", &shape, PASSWORD, 0, rule);
    }
}

#[test]
fn what_is_no_secret_in_dockerfiles() {
    for instruction in [
        "COPY <<EOF /etc/app.conf\n# password = Synth3tic-Pw\nEOF",
        "COPY <<EOF /app/a.py\ntoken = os.environ[\"TOKEN\"]\npassword = config.password\nEOF",
        "COPY <<EOF /app/a.js\nconst x = { password: getPassword(), token: token }\nEOF",
        "COPY <<EOF /etc/app.conf\npassword_file = /run/secrets/db\nEOF",
        "COPY <<EOF /etc/app.conf\nretries = 3\nkey = value\nEOF",
        "COPY <<'EOF' /run.sh\nexport DB_PASSWORD=${DB_PASSWORD:?}\nEOF",
        "LABEL token.ttl=3600 password.policy=\"12 letters\" auth.type=basic",
        "LABEL api.key=your-api-key",
        "RUN curl -H 'Authorization: Bearer QQ==' https://ghcr.example",
        "RUN curl -H \"Authorization: Bearer $(cat /run/secrets/t)\" h",
        "RUN echo 'user:x:1000:1000::/:' >> /etc/passwd",
        "RUN echo \"root:$(cat /run/secrets/p)\" | chpasswd",
        "RUN mitmdump --mode reverse:https://h.example:443@8443",
        "CMD [\"etcd\", \"--initial-cluster-token=etcd-cluster-1\"]",
        "CMD app --token-file /run/secrets/t --password-stdin",
        "HEALTHCHECK CMD curl -f -H 'Accept: text/html' http://localhost",
    ] {
        let text = format!("FROM alpine:3.22\n{instruction}\n");
        assert_eq!(told("Dockerfile", &text), [], "{text}");
    }
}

#[test]
fn passwords_that_everybody_knows_are_information() {
    for instruction in [
        "RUN echo tools:tools | chpasswd",
        "CMD redis-server --requirepass test",
    ] {
        let text = format!("FROM alpine:3.22\n{instruction}\n");
        let outcome = check(sources("Dockerfile", &text), &Options::default());
        let severities: Vec<_> = outcome
            .findings
            .iter()
            .map(|it| it.severity.as_str())
            .collect();
        assert_eq!(severities, ["info"], "{text}");
    }
}

#[test]
fn tokens_in_every_kind_of_file() {
    let token = TOKEN.concat();
    for (path, shape) in [
        ("Dockerfile", "FROM alpine:3.22\nLABEL x={}\n"),
        ("Dockerfile", "FROM alpine:3.22\nCOPY <<EOF /x\n{}\nEOF\n"),
        ("Dockerfile", "FROM alpine:3.22\nRUN x {}\n"),
        (
            "compose.yml",
            "services:\n  a:\n    image: a\n    command: [x, '{}']\n",
        ),
        (
            "compose.yml",
            "services:\n  a:\n    image: a\n    entrypoint: x {}\n",
        ),
        (
            "compose.yml",
            "services:\n  a:\n    image: a\n    labels:\n      x: {}\n",
        ),
        (
            "compose.yml",
            "services:\n  a:\n    image: a\n    labels: ['x={}']\n",
        ),
        (
            "compose.yml",
            "services:\n  a:\n    image: a\n    healthcheck:\n      test: [CMD, x, '{}']\n",
        ),
        (
            "compose.yml",
            "services:\n  a:\n    image: a\n    environment:\n      X: {}\n",
        ),
        ("docker.service.d/x.conf", "[Service]\nEnvironment=X={}\n"),
        ("daemon.json", "{\"labels\": [\"x={}\"]}"),
        (".env", "X={}\n"),
    ] {
        assert_found(path, shape, &token, TOKEN[0].len(), "credential-literal");
    }
}

#[test]
fn private_keys_in_here_documents() {
    let body = ["U3ludGhldGljRG9ja2xpbnQx", "MjM0NTY3ODkwRG9ja2xpbnQ="].concat();
    let lines = |part: &str| format!("-----{part} RSA PRIVATE KEY-----\n");
    let key = format!("{}{{}}\n{}", lines("BEGIN"), lines("END"));
    for shape in [
        format!("FROM alpine:3.22\nCOPY <<EOF /k\n{key}EOF\n"),
        format!("FROM alpine:3.22\nRUN <<EOF\ncat > /k <<K\n{key}K\nEOF\n"),
    ] {
        assert_found("Dockerfile", &shape, &body, 0, "credential-literal");
    }
}

#[test]
fn passwords_in_compose_files() {
    for line in [
        "command: redis-server --requirepass {}",
        "command: [redis-server, --requirepass, '{}']",
        "entrypoint: [app, '--dsn=postgres://app:{}@db/x']",
        "healthcheck: {test: 'curl -u me:{} http://localhost'}",
        "labels: {db.password: {}}",
    ] {
        let shape = format!("services:\n  a:\n    image: a\n    {line}\n");
        assert_found("compose.yml", &shape, PASSWORD, 0, "secret-in-compose");
    }
    for line in [
        "command: redis-server --requirepass ${REDIS_PASSWORD}",
        "command: sh -c 'redis-server --requirepass $$REDIS_PASSWORD'",
        "healthcheck: {test: 'mysqladmin ping --password=\"$$(cat /run/secrets/p)\"'}",
        "command: app # --requirepass Synth3tic-Pw",
        "labels: {traefik.http.routers.token.rule: 'Host(`h.example`)'}",
    ] {
        let text = format!("services:\n  a:\n    image: a\n    {line}\n");
        assert_eq!(told("compose.yml", &text), [], "{text}");
    }
}

#[test]
fn logins_of_registries() {
    let path = ".docker/config.json";
    let login = ["bWU6U3ludGhl", "dGljUHc5cQ=="].concat();
    for (field, secret) in [
        ("auth", login.as_str()),
        ("identitytoken", PASSWORD),
        ("registrytoken", PASSWORD),
        ("password", PASSWORD),
    ] {
        let shape = format!("{{\"auths\": {{\"r.example\": {{\"{field}\": \"{{}}\"}}}}}}");
        assert_found(path, &shape, secret, 0, "credential-literal");
    }
    let nothing = "{\"auths\": {\"r.example\": {\"auth\": \"\", \"email\": \"me@h.example\"}}, \"credsStore\": \"pass\"}";
    assert_eq!(told(path, nothing), []);
}

#[test]
fn arguments_that_bring_a_secret_into_labels_and_files() {
    let text = "FROM alpine:3.22\nARG API_TOKEN\nLABEL x=$API_TOKEN\n";
    assert_eq!(
        told("Dockerfile", text),
        [("secret-in-env", "$API_TOKEN".to_owned())]
    );
    let text = "FROM alpine:3.22\nARG NPM_TOKEN\nCOPY <<EOF /root/\n_authToken=$NPM_TOKEN\nEOF\n";
    let found = told("Dockerfile", text);
    assert_eq!(found[0].0, "secret-in-arg");
    assert_eq!(found[1], ("secret-in-run", "$NPM_TOKEN".to_owned()));
    let quoted = text.replace("<<EOF", "<<'EOF'");
    assert_eq!(told("Dockerfile", &quoted).len(), 1);
}

#[test]
fn an_argument_that_is_a_switch_takes_no_secret() {
    for text in [
        "ARG COMPOSER_AUTH_JSON=false\nENV COMPOSER_AUTH_JSON=$COMPOSER_AUTH_JSON",
        "ARG USE_IT=1 API_TOKEN=off",
        "ARG NPM_TOKEN=1.2.3",
        "ARG NPM_TOKEN=42",
    ] {
        let text = format!("FROM alpine:3.22\n{text}\n");
        assert_eq!(told("Dockerfile", &text), [], "{text}");
    }
}

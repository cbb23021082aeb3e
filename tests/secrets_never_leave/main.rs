//! Secrets planted in every place and every broken form, and every command's output searched for
//! them. The secrets are assembled here, so that no text in the repository has the shape of one.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../support/folder.rs"]
mod folder;
mod project;
mod run;

use std::fs;

use folder::folder_of;
use run::{assert_tight, leak, said};
use tempfile::TempDir;

/// Where a password is planted; it stands for `{}`. Other shapes are in `tests/redaction.rs`.
const PASSWORDS: &[&str] = &[
    // Addresses, right and wrong.
    "ENV HTTP_PROXY=http://u:{}@h:3128",
    "ENV HTTP_PROXY=http:/u:{}@h:3128",
    "ENV HTTP_PROXY=http//u:{}@h:3128",
    "ENV HTTPS_PROXY=u:{}@h:3128",
    "ENV HTTP_PROXY=http://u:a@{}@h:3128",
    "ENV HTTP_PROXY=http://u:{}@localhost:99999",
    "ENV HTTP_PROXY=http://u:{}@127.0.0.1:3128/ NO_PROXY=x",
    "ENV http_proxy='http://u:{}@h",
    "ENV http_proxy=\"http://u:\"{}\"@h\"",
    "ENV http_proxy http://u:{}@h blank",
    "ENV ALL_PROXY=socks5h://u:{}@h",
    "ENV HTTP_PROXY=http://u:\\\n{}@h",
    "ARG HTTP_PROXY=http://:{}@h",
    "ARG HTTP_PROXY=${X:-http://u:{}@h}",
    "ARG HTTPS_PROXY=https://u:{}@",
    "ENV GOPROXY=https://u:{}@a.example;direct",
    "ENV GOPROXY=http://u:{}@a.example,direct,https://v:{}@b.example",
    "ENV GOPRIVATE=https://u:{}@git.example",
    "ENV PIP_INDEX_URL=https://u:{}@pypi.example/simple$X",
    "FROM u:{}@registry.example/image",
    "FROM https://u:{}@registry.example/image AS x",
    "ADD https://u:{}@h/x /x",
    "RUN git clone https://u:{}@h/r.git",
    "RUN git clone https://oauth2:{}@h/r.git && (",
    "RUN export HTTP_PROXY=http://u:{}@localhost:1; curl http://x",
    "RUN curl -x u:{}@h:1 http://h '",
    "COPY --from=https://u:{}@h /a /b",
    "WORKDIR http://u:{}@h/",
    "# http_proxy=http://u:{}@h",
    "# docklint: ignore[http://u:{}@h] why",
    "# syntax=https://u:{}@h/frontend",
    // Settings whose name says it.
    "ARG DB_PASSWORD={}",
    "ENV DB_PASSWORD={} A",
    "ENV DB_PASSWORD={} =A",
    "ENV A=b DB_PASSWORD=\"{} x",
    "ENV DB_PASSWORD {} with blanks",
    "ENV DB_PASSWORD=a\\\n{}",
    "ENV DB_PASSWORD=a\\\n# comment\n{}",
    "ENV DB_PASSWORD='a'\"{}\"",
    "ENV DB_PASSWORD=${X:-{}",
    "ENV DB_PASSWORD={}${A//x/y",
    "ENVV DB_PASSWORD={}",
    "ONBUILD ENV DB_PASSWORD={} x",
    "LABEL db.password={} x",
    "LABEL API_KEY={}${B",
    "RUN TOKEN={} npm ci",
    "RUN export TOKEN='{}' && go mod download",
    "RUN --mount=type=secret,id=t,env=T,token={} true",
    "RUN mysql --password={} <<EOF",
    "RUN curl -u user:{} http://h",
    "RUN docker login -u u -p {} r",
    "RUN [\"docker\", \"login\", \"--password\", \"{}\", 1]",
    "RUN curl -H 'PRIVATE-TOKEN: {}' http://h",
    "RUN echo '//r.example/:_authToken={}' > .npmrc",
    "RUN echo root:{} | chpasswd",
    "RUN <<EOF\npassword = {}\nEOF",
    "COPY <<EOF /etc/app.conf\npassword = {}\nurl = ${A/b}\nEOF",
    "COPY <<EOF /etc/app.conf\nDB_PASSWORD={}\n",
    "CMD [\"redis-server\", \"--requirepass\", \"{}\"",
    "HEALTHCHECK --interval=x CMD redis-cli -a {} ping",
    "USER u:{}@h",
    "ENV DB_PASSWORD=correct {}",
    "ENV DB_PASSWORD=Qx7k\\\n  {}",
    "LABEL db.password='it's {}'",
    "ARG DB_PASSWORD=a {}",
    "DB_PASSWORD=a {}",
    "ENV HTTP_PROXY=http://u:Qx7k {}@h:3128",
    "EXPOSE u:{}@h",
    "STOPSIGNAL http://u:{}@h",
    "VOLUME http://u:{}@h/$X",
    "SHELL http://u:{}@h",
    "ENV http://u:{}@h",
    "http://u:{}@h",
];

/// Where a token is planted: its form gives it away, wherever it stands.
const TOKENS: &[&str] = &[
    "ENV X={}",
    "ENV {} Y",
    "ENV {}",
    "RUN echo {} '",
    "FROM {}",
    "COPY {} x",
    "WORKDIR $X/{}",
    "LABEL x={} {}",
    "EXPOSE {}",
    "{} x",
    "# docklint: ignore[{}]",
    "RUN --mount=type={} true",
    "RUN --network={} true",
    "HEALTHCHECK {} x",
    "STOPSIGNAL {}",
    "COPY --from={} /a /b",
    "ARG {}",
    "ENV A=${B:?{}}",
    "COPY <<{} /x\nbody",
    "RUN --{} true",
    "RUN --bad={} true",
    "COPY --{} a /b",
    "HEALTHCHECK --x-{}=1 CMD true",
    "ENV A=x-{} B=_",
    "RUN curl http://h/?a%3D{}",
    "LABEL x=\"\\u003d{}\"",
];

/// A password of the kind people choose.
const PASSWORD: &str = "Synth3tic-Pw";

/// Tokens of known forms: prefix and body.
const FORMS: &[(&str, &str)] = &[
    ("ghp_", "Synth3ticDocklintSynth3ticDocklint00"),
    ("npm_", "Synth3ticDocklintSynth3ticDocklint00"),
    ("glpat-", "Synth3ticDocklint0Pw"),
    ("dckr_pat_", "Synth3ticDocklintSynth3tic0"),
    ("sk_live_", "Synth3ticDocklintSynth3tic"),
];

/// A Dockerfile in which the planted line stands among others, so that findings and frames touch
/// it, and what it gives a value is used.
fn around(planted: &str) -> String {
    format!(
        "ARG BASE=alpine\n{planted}\nFROM alpine AS one\n{planted}\nENV HTTP_PROXY=http:/h A=$LATE\n{planted}\n\
         RUN curl http://example.com $LATE $DB_PASSWORD $HTTP_PROXY\nARG LATE\nNONSENSE\n{planted}\nENV broken\n\
         FROM one\n{planted}\nRUN go mod download\nENV COPY_OF=$HTTP_PROXY$DB_PASSWORD$TOKEN$X\n{planted}\n\
         EXPOSE $DB_PASSWORD\nSTOPSIGNAL $DB_PASSWORD\nENV HTTPS_PROXY=http:/$DB_PASSWORD GOPROXY=$DB_PASSWORD;x\n\
         COPY a $UNSET${{NONE:?$DB_PASSWORD}}\nFROM $DB_PASSWORD"
    )
}

/// What is run in a folder with a Dockerfile, one command a line; `GIVEN` stands for secrets that
/// are given by hand.
const COMMANDS: &[&str] = &[
    "check Dockerfile --pedantic --verbose OUTPUTS",
    "check . --no-ignores --color=always GIVEN",
    "check - --stdin-filename=Dockerfile --format=json",
    "check Dockerfile --format=human",
    "check Dockerfile --format=concise",
    "check Dockerfile --format=json",
    "check Dockerfile --format=sarif",
    "check Dockerfile --format=github",
    "check Dockerfile --format=gitlab",
    "check Dockerfile --format=checkstyle",
    "check Dockerfile --format=junit",
    "check Dockerfile --format=rdjson",
    "check Dockerfile --format=tsv",
    "check Dockerfile --statistics",
    "init --stdout",
    "check Dockerfile --diff --fix-suggested --pedantic",
    "check . --diff --add-suppressions --color=always",
    "baseline . --output=out.baseline",
    "check . --baseline=out.baseline",
    "resolve Dockerfile",
    "resolve Dockerfile --format=json GIVEN",
    "resolve Dockerfile:7 GIVEN",
    "resolve Dockerfile:14 --target=one",
    "trace HTTP_PROXY GIVEN",
    "trace DB_PASSWORD --format=json",
    "trace DB_PASSWORD --format=svg GIVEN",
    "trace X --format=html",
    "trace COPY_OF --format=mermaid",
    "trace GOPROXY --format=dot",
    // Those that change the files come last.
    "check Dockerfile --fix --format=json OUTPUTS",
    "check . --fix-suggested --pedantic --verbose",
    "check . --add-suppressions --format=json",
];

/// Commands that fail or have nothing to do with files; `WRONG` is what should not be repeated.
const MISTAKES: &[&str] = &[
    "explain WRONG",
    "check --select WRONG",
    "check --config WRONG",
    "check --target WRONG",
    "check --platform WRONG",
    "check --build-arg =WRONG",
    "check --output WRONG",
    "check --WRONG",
    "check WRONG",
    "resolve WRONG",
    "resolve Dockerfile --target WRONG",
    "trace WRONG",
    "trace HTTP_PROXY WRONG",
    "schema WRONG",
    "init WRONG",
    "WRONG",
    "rules",
];

fn folder(text: &str) -> TempDir {
    folder_of([("Dockerfile", text)])
}

/// Plants in one file per shape; gives what leaked, with the line that shows it.
fn leaked(shape: &str, planted: &str, secret: &str) -> Vec<String> {
    let text = around(&shape.replace("{}", planted));
    let folder = folder(&text);
    let mut leaked = Vec::new();
    for command in COMMANDS {
        let said = said(folder.path(), command, secret, &text);
        assert!(!said.is_empty(), "{command} says something");
        if let Some(place) = leak(&said, secret) {
            leaked.push(format!("{shape:?} by {command}:\n    {place}"));
        }
    }
    leaked
}

#[test]
fn passwords_stay() {
    let all = PASSWORDS.iter();
    assert_tight(
        &all.flat_map(|shape| leaked(shape, PASSWORD, PASSWORD))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn tokens_stay() {
    let mut all = Vec::new();
    for (index, shape) in TOKENS.iter().enumerate() {
        let (prefix, body) = FORMS[index % FORMS.len()];
        all.extend(leaked(shape, &[prefix, body].concat(), body));
    }
    assert_tight(&all);
}

#[test]
fn what_is_typed_wrong_stays() {
    let folder = folder("FROM alpine\n");
    let mut all = Vec::new();
    for command in MISTAKES {
        let said = said(folder.path(), command, PASSWORD, "");
        if let Some(place) = leak(&said, PASSWORD) {
            all.push(format!("{command}:\n    {place}"));
        }
    }
    assert_tight(&all);
}

#[test]
fn a_broken_configuration_stays() {
    let mut all = Vec::new();
    for line in [
        "token = \"{}\"",
        "password: {}",
        "[base-images.\"x\"]\nenv = [\"DB_PASSWORD={}\", 1]",
        "exclude = \"http://u:{}@h\"",
        "[rules]\nselect = [\"http://u:{}@h\"]",
    ] {
        let folder = folder("FROM alpine\n");
        let text = line.replace("{}", PASSWORD);
        fs::write(folder.path().join("docklint.toml"), text).unwrap();
        for format in ["--format=human", "--format=json"] {
            let command = format!("check . {format}");
            let said = said(folder.path(), &command, PASSWORD, "");
            if let Some(place) = leak(&said, PASSWORD) {
                all.push(format!("{line}:\n    {place}"));
            }
        }
    }
    assert_tight(&all);
}

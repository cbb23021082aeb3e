//! Secrets planted in everything around a Dockerfile: compose files and what they read, the
//! daemon's units and files, the client's configuration. Values travel from one to the other.

use crate::PASSWORD;
use crate::folder::folder_of;
use crate::run::{assert_tight, leak, said};

/// A file of the project: its text, with a slot for what is planted, and what that is, in turn. The
/// secret stands for `{}`.
struct Planted {
    path: &'static str,
    text: &'static str,
    shapes: &'static [&'static str],
}

const COMPOSE: &str = "\
services:
  api:
    build:
      context: .
      args:
        GOPROXY: ${GOPROXY:-https://goproxy.example}
        HTTP_PROXY: ${PROXY}
        COPY: ${FROM_DOTENV}
        OTHER: ${LUGGAGE}
SLOT
    environment:
      HTTP_PROXY: http:/h
      SEEN: ${FROM_DOTENV}-${PROXY}
    env_file: api.env
  web:
    build:
      dockerfile_inline: |
        FROM alpine AS x
        ARG COPY
        ENV HTTP_PROXY=${PROXY} COPY_OF=${FROM_DOTENV} $${FROM_DOTENV}
        RUN curl -x ${PROXY} http://example.com
";

const FILES: &[Planted] = &[
    Planted {
        path: "compose.yaml",
        text: COMPOSE,
        shapes: &[
            "",
            "        HTTPS_PROXY: http://u:{}@h:1",
            "        API_TOKEN: {}",
            "        API_TOKEN: ${T:-{}}",
            "        API_TOKEN: '{}",
            "        LUGGAGE: {}",
            "        LUGGAGE: ${UNSET:-{}}",
            "        HTTPS_PROXY: ${A:?http://u:{}@h}",
            "        DB_PASSWORD: |\n          {}",
            "        ? DB_PASSWORD\n        : {}",
            "        API_TOKEN: &t {}\n        MORE: *t",
            "        \"DB_PASSWORD\": !!str \"{}\"",
            "    image: u:{}@registry.example/x",
            "    command: redis-server --requirepass {}",
            "    healthcheck: {test: [CMD, redis-cli, -a, {}]}",
            "    labels: [\"db.password={}\"]",
            "    labels: {api_token: {}, x: [}",
            "    extends: {file: \"https://u:{}@h/c.yaml\", service: x}",
            "    env_file: https://u:{}@h/x.env",
            "  job:\n    build: https://u:{}@h/r.git",
            "  job:\n    build: {context: ., target: \"http://u:{}@h\", args: [DB_PASSWORD={}]}",
            "  job:\n    environment: [DB_PASSWORD={}, LUGGAGE={}, \"HTTP_PROXY=u:{}@h\"]",
            "  job:\n    environment: {PGPASSWORD: {}, LUGGAGE: {}}",
            "  job: {image: a, secrets: [s]}\nsecrets:\n  s:\n    content: {}\nx:",
            "  job: {image: a}\nname: http://u:{}@h\nx:",
            "  job: {image: a}\ninclude: https://u:{}@h/c.yaml\nx:",
            "  job: {image: a}\nx-a: {DB_PASSWORD: {}}\nx:",
            "  job: {image: a, ports: [\"${FROM_DOTENV}\"]}",
            "  job: {image: a, depends_on: [\"${FROM_DOTENV}\"], network_mode: \"service:${FROM_DOTENV}\"}",
            "  job: {build: {context: ., dockerfile: \"${FROM_DOTENV}\", target: \"${FROM_DOTENV}\"}}",
            "\tDB_PASSWORD: {}",
        ],
    },
    Planted {
        path: ".env",
        text: "GOPROXY=direct\nSLOT\n",
        shapes: &[
            "FROM_DOTENV={}",
            "FROM_DOTENV='{}'\nPROXY=http://h:1",
            "FROM_DOTENV=a{}z # comment",
            "FROM_DOTENV=\"a\\n{}\"",
            "PROXY=http://u:{}@h:1",
            "PROXY=u:{}@h",
            "export FROM_DOTENV={}",
            "LUGGAGE={}",
            "LUGGAGE={}\nFROM_DOTENV=$LUGGAGE",
            "PROXY=${X:-http://u:{}@h}",
            "FROM_DOTENV={}\nPROXY=http://u:$FROM_DOTENV@h",
            "FROM_DOTENV: {}",
            "FROM_DOTENV='{}",
            "two words={}",
        ],
    },
    Planted {
        path: "api.env",
        text: "A=b\nSLOT\nHTTPS_PROXY=http:/h\n",
        shapes: &[
            "APP_SETTING={}",
            "HTTP_PROXY=http://u:{}@h:1",
            "HTTP_PROXY=http:/u:{}@h",
            "APP_SETTING=$FROM_DOTENV-{}",
            "APP_SETTING: {}",
            "LUGGAGE={}",
            "APP_SETTING='{}",
            "a b {}",
            "export APP_SETTING=\"{}\"",
            "PIP_INDEX_URL=https://u:{}@pypi.example/simple",
            "NO_PROXY=u:{}@h",
        ],
    },
    Planted {
        path: "Dockerfile",
        text: "FROM alpine\nARG COPY\nARG OTHER\nARG HTTP_PROXY\nARG HTTPS_PROXY\nARG API_TOKEN\nARG LUGGAGE\n\
               SLOT\nENV COPY_OF=$COPY$OTHER HTTP_PROXY=$HTTP_PROXY\nEXPOSE $COPY\nSTOPSIGNAL $COPY\n\
               RUN curl -x $HTTPS_PROXY http://example.com $COPY\n\
               ENV GOPROXY=$COPY;x ALL_PROXY=http:/$COPY NO_PROXY=$COPY;x\nCOPY --from=$COPY /a /b\n",
        shapes: &[
            "ENV LUGGAGE={}",
            "ARG LUGGAGE={}",
            "ENV LUGGAGE {} x",
            "RUN export LUGGAGE='{}' && curl http://x",
            "LABEL luggage={} x",
            "ENV NOTE=x\nRUN LUGGAGE={} curl http://x/$LUGGAGE",
        ],
    },
    Planted {
        path: "files/etc/systemd/system/docker.service.d/10-proxy.conf",
        text: "[Service]\nEnvironmentFile=/etc/default/docker\nSLOT\nEnvironment=NO_PROXY=localhost;x\n",
        shapes: &[
            "Environment=\"HTTP_PROXY=http://u:{}@h:1\"",
            "Environment=HTTPS_PROXY=u:{}@h",
            "Environment='HTTP_PROXY=http://u:{}@h",
            "Environment=HTTP_PROXY=http:/u:{}@h",
            "Environment=HTTP_PROXY=http://u:\\\n{}@h:1",
            "Environment=HTTP_PROXY=http://u:{}@h%%y%y",
            "Environment=HTTP_PROXY=http://u:{} HTTPS_PROXY=htp://u:{}",
            "Environment=\"HTTP_PROXY=http://u:{} x@h:1\" HTTPS_PROXY=u:{}",
            "Environment=DB_PASSWORD={} LUGGAGE={}",
            "Environment=\"A=b\" \"REGISTRY_TOKEN={}",
            "Environment = LUGGAGE={}",
            "environment=DB_PASSWORD={}",
            "Evironment=HTTP_PROXY=http://u:{}@h",
            "ExecStart=\nExecStart=/usr/bin/dockerd --http-proxy http://u:{}@h",
            "ExecStart=/usr/bin/dockerd --http-proxy=http://u:{}@h --bad=u:{}@h",
            "ExecStartPre=/bin/sh -c 'docker login -p {}'",
            "EnvironmentFile=http://u:{}@h",
            "PassEnvironment=http://u:{}@h",
            "UnsetEnvironment=DB_PASSWORD={}",
            "SetCredential=token:{}",
            "# Environment=HTTP_PROXY=http://u:{}@h",
            "[Servic]\nEnvironment=DB_PASSWORD={}",
            "DB_PASSWORD={}",
        ],
    },
    Planted {
        path: "files/etc/systemd/system/docker.service",
        text: "[Service]\nExecStart=/usr/bin/dockerd SLOT\n",
        shapes: &[
            "",
            "--https-proxy=http://u:{}@h",
            "--host http://u:{}@h \"",
            "$OPTIONS",
        ],
    },
    Planted {
        path: "files/etc/systemd/system/docker.d/lost.conf",
        text: "[Service]\nSLOT\n",
        shapes: &[
            "Environment=HTTPS_PROXY=http://u:{}@h",
            "Environment=LUGGAGE={}",
        ],
    },
    Planted {
        path: "files/etc/default/docker",
        text: "A=b\nSLOT\n",
        shapes: &[
            "HTTP_PROXY=http://u:{}@h:1",
            "ANY={}",
            "ANY='{}",
            "export ANY={}",
            "ANY=\"a\\\n{}\"",
            "http_proxy=u:{}@h",
            "HTTPS_PROXY=http:/u:{}@h",
            "no assignment {}",
            "LUGGAGE={}",
            "OPTIONS=--http-proxy=http://u:{}@h",
        ],
    },
    Planted {
        path: "files/etc/docker/daemon.json",
        text: "SLOT",
        shapes: &[
            "{\"proxies\": {\"http-proxy\": \"http://u:{}@h:1\", \"no-proxy\": \"http://u:{}@h\"}}",
            "{\"proxies\": {\"http-proxy\": \"u:{}@h\"",
            "{\"proxies\": {\"https-proxy\": \"http:/u:{}@h\"}}",
            "{\"http-proxy\": \"http://u:{}@h\"}",
            "{\"proxies\": {\"http-proxy\": \"http://u:{}\", \"https-proxy\": \"u:{}\"}}",
            "{\"proxies\": {\"default\": {\"httpProxy\": \"http://u:{}@h\"}}}",
            "{\"proxies\": [\"http://u:{}@h\"], \"proxies\": 1}",
            "{\"registry-mirrors\": [\"https://u:{}@h\"], \"insecure-registries\": [\"u:{}@h\"]}",
            "{\"log-opts\": {\"splunk-token\": \"{}\"},}",
            "{\"env\": [\"DB_PASSWORD={}\", \"LUGGAGE={}\"], \"LUGGAGE\": \"{}\"}",
            "{\"hosts\": [\"tcp://u:{}@h\"]} trailing {}",
            "{\"proxies\": {\"http-proxy\": \"http://u:\\u007b{}@h\"}}",
        ],
    },
    Planted {
        path: ".docker/config.json",
        text: "SLOT",
        shapes: &[
            "{\"auths\": {\"r.example\": {\"auth\": \"{}\"}}}",
            "{\"auths\": {\"r.example\": {\"identitytoken\": \"{}\"}",
            "{\"auths\": {\"r.example\": {\"username\": \"u\", \"password\": \"{}\"}}}",
            "{\"auths\": {\"https://u:{}@r.example\": {}}}",
            "{\"proxies\": {\"default\": {\"httpProxy\": \"http://u:{}@h:1\"}}}",
            "{\"proxies\": {\"default\": {\"httpsProxy\": \"http:/u:{}@h\", \"noProxy\": \"u:{}@h\"}}}",
            "{\"proxies\": {\"tcp://u:{}@h\": {\"httpProxy\": \"u:{}@h\", \"x\": \"u:{}@h\"}}}",
            "{\"proxies\": {\"httpProxy\": \"http://u:{}@h\"}}",
            "{\"HttpHeaders\": {\"Authorization\": \"Bearer {}\"}, \"LUGGAGE\": \"{}\"}",
            "{\"credHelpers\": {\"u:{}@h\": \"x\"},}",
        ],
    },
];

/// What is run in the project, one command a line.
const COMMANDS: &[&str] = &[
    "check . --pedantic --verbose --env-file=.env OUTPUTS",
    "check . --no-ignores --color=always --host=files --env-file=.env OUTPUTS",
    "check compose.yaml --format=json",
    "check files .docker --format=concise",
    "check . --format=tsv --env-file=.env",
    "init --stdout",
    "check . --diff --fix-suggested --pedantic --env-file=.env",
    "baseline . --pedantic --output=out.baseline",
    "resolve compose.yaml --env-file=.env",
    "resolve compose.yaml --format=json --env-file=.env GIVEN",
    "resolve compose.yaml:15",
    "resolve Dockerfile GIVEN",
    "resolve Dockerfile --format=json",
    "resolve files/etc/systemd/system/docker.service.d/10-proxy.conf",
    "resolve files/etc/docker/daemon.json --format=json",
    "resolve files/etc/docker/daemon.json --host=files",
    "resolve .docker/config.json",
    "resolve .docker/config.json --format=json",
    "resolve .env",
    "trace COPY . --env-file=.env",
    "trace COPY compose.yaml --env-file=.env --format=json",
    "trace HTTP_PROXY . --env-file=.env --format=svg",
    "trace LUGGAGE . --format=html GIVEN",
    "trace OTHER . --env-file=.env --format=mermaid",
    "trace COPY_OF . --env-file=.env --format=dot",
    // Those that change the files come last.
    "check . --fix --env-file=.env --host=files",
    "check . --fix-suggested --pedantic --verbose --env-file=.env OUTPUTS",
    "check . --add-suppressions --env-file=.env",
];

/// Projects with a shape in every file at once, and a secret of its own in each: one file's must not
/// be masked because it is another's. That the files have different numbers of shapes mixes them.
/// Gives what leaked. `planted` makes what stands in a file of a secret.
fn leaked(planted: impl Fn(&str) -> String) -> Vec<String> {
    let secrets: Vec<String> = (0..FILES.len())
        .map(|file| format!("S{file}nth3ticSecretPw00"))
        .collect();
    let rounds = FILES.iter().map(|file| file.shapes.len()).max();
    let mut leaked = Vec::new();
    for round in 0..rounds.unwrap_or_default() {
        let files = FILES.iter().zip(&secrets).map(|(file, secret)| {
            let shape = file.shapes[round % file.shapes.len()];
            let text = file.text.replace("SLOT", shape);
            (file.path, text.replace("{}", &planted(secret)))
        });
        let files: Vec<(&str, String)> = files.collect();
        let config = ("docklint.toml", "[secrets]\nnames = [\"LUGGAGE\"]\n");
        let texts = files.iter().map(|(path, text)| (*path, text.as_str()));
        let folder = folder_of(texts.chain([config]));
        for command in COMMANDS {
            let said = said(folder.path(), command, PASSWORD, "");
            assert!(!said.is_empty(), "{command} says something");
            let given = [PASSWORD.to_owned()];
            let places = secrets
                .iter()
                .chain(&given)
                .filter_map(|secret| leak(&said, secret));
            leaked.extend(places.map(|place| format!("round {round} by {command}:\n    {place}")));
        }
    }
    leaked
}

#[test]
fn passwords_stay() {
    assert_tight(&leaked(str::to_owned));
}

#[test]
fn tokens_stay() {
    assert_tight(&leaked(|secret| {
        ["ghp_", "Synth3ticDocklint", secret].concat()
    }));
}

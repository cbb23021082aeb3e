//! `docklint resolve` for what configures daemons and clients.

#[path = "support/program.rs"]
mod program;
#[path = "support/schema.rs"]
mod schema;

use std::path::Path;
use std::process::Output;

use program::{docklint, printed};

const FILES: [(&str, &str); 6] = [
    (
        "files/etc/systemd/system/docker.service.d/10-proxy.conf",
        "[Service]\nEnvironmentFile=/etc/default/docker\nEnvironment=HTTP_PROXY=http://proxy.corp.example:3128\n",
    ),
    (
        "files/etc/systemd/system/docker.service.d/20-more.conf",
        "[Service]\nEnvironment=HTTPS_PROXY=http:/proxy.corp.example:3128 NO_PROXY=.corp.example\n",
    ),
    (
        "files/etc/default/docker",
        "HTTP_PROXY=http://other.corp.example:3128\n",
    ),
    (
        "files/etc/docker/daemon.json",
        r#"{"proxies": {"no-proxy": "localhost,.corp.example"}}"#,
    ),
    (
        ".docker/config.json",
        r#"{"proxies": {"default": {"httpsProxy": "http://proxy.corp.example:3128", "allProxy": "socks5://proxy.corp.example:1080"}}}"#,
    ),
    ("Dockerfile", "FROM scratch\n"),
];

fn resolve(place: &str, arguments: &[&str]) -> Output {
    resolve_with(&[], place, arguments)
}

fn resolve_with(more: &[(&str, &str)], place: &str, arguments: &[&str]) -> Output {
    let arguments = [&["resolve", place], arguments].concat();
    docklint(&[&FILES, more].concat(), &arguments)
}

fn human(place: &str, arguments: &[&str]) -> String {
    printed(resolve(place, arguments))
}

const DAEMON: &str = "\
docker.service as the project's files would configure it
  unit      not among the files
  drop-ins  /etc/systemd/system/docker.service.d/10-proxy.conf
            /etc/systemd/system/docker.service.d/20-more.conf
  its environment
    HTTPS_PROXY  http:/proxy.corp.example:3128  ← Environment= files/etc/systemd/system/docker.service.d/20-more.conf:2
    HTTP_PROXY   http://other.corp.example:3128  ← EnvironmentFile= files/etc/default/docker:1 ← EnvironmentFile= files/etc/systemd/system/docker.service.d/10-proxy.conf:2
    NO_PROXY     .corp.example  ← Environment= files/etc/systemd/system/docker.service.d/20-more.conf:2
  its proxies
    http://   http://other.corp.example:3128  ← EnvironmentFile= files/etc/default/docker:1 ← EnvironmentFile= files/etc/systemd/system/docker.service.d/10-proxy.conf:2
    https://  http://http  ← Environment= files/etc/systemd/system/docker.service.d/20-more.conf:2
    but not   localhost,.corp.example  ← daemon.json files/etc/docker/daemon.json:1
    for pull, push, login and ADD of URLs; not for RUN, and not for containers
  what does not do what is written
    files/etc/systemd/system/docker.service.d/10-proxy.conf:3: `HTTP_PROXY` comes from the environment file: `EnvironmentFile=` beats `Environment=` wherever it stands  dropin-overridden
    files/etc/systemd/system/docker.service.d/20-more.conf:2: Go reads `HTTPS_PROXY` as a proxy on the host `http`  proxy-malformed
";

#[test]
fn any_of_a_daemons_files_shows_the_daemon() {
    for path in [
        "files/etc/systemd/system/docker.service.d/10-proxy.conf",
        "files/etc/docker/daemon.json",
        "files/etc/default/docker",
    ] {
        assert_eq!(human(path, &[]), DAEMON, "{path}");
    }
}

#[test]
fn what_could_not_be_read_of_a_daemon_is_said_and_fails() {
    let broken = [("files/etc/docker/docklint.toml", "engine = 'none'\n")];
    let drop_in = "files/etc/systemd/system/docker.service.d/10-proxy.conf";
    let output = resolve_with(&broken, drop_in, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stdout.is_empty(), "the rest is shown");
    let said = String::from_utf8(output.stderr).expect("text");
    let lines: Vec<&str> = said.lines().collect();
    let config = "files/etc/docker/docklint.toml";
    assert_eq!(lines.len(), 2, "each is said once: {said}");
    assert!(lines[0].contains(&format!("{config}:1:10: ")), "{said}");
    let skipped = format!("files/etc/docker/daemon.json: its configuration, {config}, cannot");
    assert!(lines[1].contains(&skipped), "{said}");
}

#[test]
fn the_machines_own_daemon() {
    let shown = human("files/etc/docker/daemon.json", &["--host=files"]);
    assert!(
        shown.starts_with("docker.service of this machine\n"),
        "{shown}"
    );
    assert!(human("--host=files", &[]).starts_with(&shown));
}

#[test]
fn a_client_shows_builds_and_containers() {
    assert_eq!(
        human(".docker/config.json", &[]),
        "\
.docker/config.json
  default, for daemons without an entry of their own
  its builds get, in both spellings in every RUN
    HTTPS_PROXY  http://proxy.corp.example:3128  ← config.json .docker/config.json:1
  its containers get
    HTTPS_PROXY  http://proxy.corp.example:3128  ← config.json .docker/config.json:1
    https_proxy  http://proxy.corp.example:3128  ← config.json .docker/config.json:1
    ALL_PROXY    socks5://proxy.corp.example:1080  ← config.json .docker/config.json:1
    all_proxy    socks5://proxy.corp.example:1080  ← config.json .docker/config.json:1
"
    );
}

#[test]
fn json_keeps_to_the_published_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docklint-resolve-machine.schema.json");
    let schema = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for place in [
        "files/etc/systemd/system/docker.service.d/20-more.conf",
        ".docker/config.json",
    ] {
        let output = resolve(place, &["--format", "json"]);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        schema::validate(&schema, &json).unwrap();
    }
}

#[test]
fn what_stands_behind_the_lines_that_are_read_is_not_known() {
    let place = "etc/systemd/system/docker.service.d/long.conf";
    let lines = "Environment=A=b\n".repeat(20_000);
    let unit = format!("[Service]\nEnvironment=HTTP_PROXY=http://p.corp.example:1\n{lines}");
    let files = [
        (place, unit.as_str()),
        ("Dockerfile", "FROM registry.corp.example/a:1\n"),
        (
            "docklint.toml",
            "[network]\nno-proxy = [\"registry.corp.example\"]\n",
        ),
    ];
    let shown = printed(docklint(&files, &["resolve", place]));
    assert!(shown.contains("https://  not known"), "{shown}");
    let told = docklint(&files, &["check", "--format", "concise", "."]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("info[syntax-error]"), "{told}");
    assert!(!told.contains("no-proxy-missing"), "{told}");
    assert!(!told.contains("dropin-assignment-lost"), "{told}");
}

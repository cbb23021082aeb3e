//! Rules about compose projects, end to end: suppressions in YAML and `.env`, settings outside of
//! Dockerfiles, hostile projects.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const DOCKERFILE: &str = "\
FROM golang:1.24
ARG GOPROXY
RUN go install example.com/tool@latest
";

/// Lints files in a project of their own; gives the report.
fn lint(files: &[(&str, &str)]) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), ".git/HEAD", "");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_docklint"))
        .current_dir(folder.path())
        .args(["check", ".", "--format", "json"])
        .output()
        .expect("docklint runs");
    serde_json::from_slice(&output.stdout).expect("a report")
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    std::fs::write(path, text).expect("it can be written");
}

/// Rule, file and line of each finding's primary label.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let report = lint(files);
    let findings = report["findings"].as_array().expect("a list");
    let place = |finding: &Value| {
        let labels = finding["labels"].as_array().expect("a list");
        let primary = labels.iter().find(|label| label["role"] == "primary");
        let primary = primary.expect("a primary label");
        let rule = finding["rule"].as_str().unwrap_or_default();
        let file = primary["file"].as_str().unwrap_or_default();
        format!("{rule} {file}:{}", primary["start"]["line"])
    };
    findings.iter().map(place).collect()
}

#[test]
fn a_tab_is_one_error() {
    let text = "services:\n  a:\n\timage: x\n";
    assert_eq!(
        found(&[("compose.yaml", text)]),
        ["syntax-error compose.yaml:3"]
    );
}

#[test]
fn comments_suppress_in_yaml_and_dotenv() {
    let loud = "\
services:
  api:
    build:
      context: .
      args:
        GOPROXY: goproxy.example;direct
        HTTPS_PROXY: http:/proxy.example
        NO_PROXY: ${HOSTS}
    environment:
      - HTTPS_PROXY=http//proxy.example
";
    let dotenv = "HOSTS=x\nALL_PROXY=http:/proxy.example\n";
    let files = |compose, dotenv| {
        [
            ("compose.yaml", compose),
            (".env", dotenv),
            ("Dockerfile", DOCKERFILE),
        ]
    };
    assert_eq!(
        found(&files(loud, dotenv)),
        [
            "dotenv-proxy-unused .env:2",
            "proxy-malformed .env:2",
            "goproxy-malformed compose.yaml:6",
            "proxy-malformed compose.yaml:7",
            "proxy-malformed compose.yaml:10",
        ]
    );
    let quiet = "\
services:
  api:
    build:
      context: .
      args:
        # docklint: ignore[goproxy-malformed] tried out
        GOPROXY: goproxy.example;direct
        HTTPS_PROXY: http:/proxy.example # docklint: ignore[proxy-malformed]
        NO_PROXY: ${HOSTS}
    environment:
      # docklint: ignore[proxy-malformed]
      - HTTPS_PROXY=http//proxy.example
";
    let dotenv = "HOSTS=x\n# docklint: ignore[proxy-malformed, dotenv-proxy-unused]\nALL_PROXY=http:/proxy.example\n";
    assert_eq!(found(&files(quiet, dotenv)), [""; 0]);
}

#[test]
fn comments_suppress_inside_an_inline_dockerfile() {
    let compose = |comment: &str| {
        format!(
            "services:\n  api:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.22\n        {comment}\n        ENV HTTP_PROXY=http:/proxy.example\n"
        )
    };
    let rule = "proxy-malformed compose.yaml:7".to_owned();
    let loud = found(&[("compose.yaml", &compose("# nothing"))]);
    assert!(loud.contains(&rule), "{loud:?}");
    let quiet = found(&[(
        "compose.yaml",
        &compose("# docklint: ignore[proxy-malformed]"),
    )]);
    assert!(!quiet.contains(&rule), "{quiet:?}");
    assert!(
        !quiet.iter().any(|it| it.starts_with("unused")),
        "{quiet:?}"
    );
}

#[test]
fn a_loopback_proxy_in_build_args_is_the_build_container() {
    let compose = |network: &str, arg: &str| {
        format!(
            "services:\n  api:\n    build:\n      context: .\n      network: {network}\n      args:\n        {arg}\n"
        )
    };
    let one = |network: &str, arg: &str| {
        found(&[
            ("compose.yaml", &compose(network, arg)),
            ("Dockerfile", DOCKERFILE),
        ])
    };
    let loopback = ["proxy-loopback compose.yaml:7"];
    assert_eq!(
        one("default", "HTTPS_PROXY: http://127.0.0.1:7890"),
        loopback
    );
    assert_eq!(one("default", "GOPROXY: http://localhost:3000"), loopback);
    assert_eq!(one("host", "HTTPS_PROXY: http://127.0.0.1:7890"), [""; 0]);
}

#[test]
fn a_git_ignored_env_file_is_not_missing() {
    let compose = "services:\n  api:\n    image: alpine:3.22\n    env_file: local.conf\n";
    let missing = found(&[("compose.yaml", compose)]);
    assert_eq!(missing, ["compose-error compose.yaml:4"]);
    let ignored = found(&[("compose.yaml", compose), (".gitignore", "*.conf\n")]);
    assert_eq!(ignored, [""; 0]);
}

#[test]
fn syntax_errors_of_yaml_and_dotenv_have_their_place() {
    let files = [
        (
            "compose.yaml",
            "services:\n  api:\n    image: a\n    image: b\n",
        ),
        (".env", "A=1\nB C=2\n"),
    ];
    assert_eq!(
        found(&files),
        ["syntax-error .env:2", "syntax-error compose.yaml:4"]
    );
    let template = [(
        "compose.yaml",
        "services:\n  {{ name }}:\n    image: a\n    image: b\n",
    )];
    assert_eq!(found(&template), [""; 0]);
}

#[test]
fn nothing_outside_of_the_project_is_read() {
    let compose = "\
include: [../../../etc/passwd]
services:
  api:
    build: ../../../etc
    env_file: ../../../etc/passwd
";
    let report = lint(&[("compose.yaml", compose)]).to_string();
    assert!(!report.contains("root:"), "{report}");
}

/// One small file may ask for any number of builds: what is left out is said once.
#[test]
fn builds_beyond_all_measure_are_left_out_and_told() {
    let services: String = (0..4100)
        .map(|i| format!("  s{i}: {{build: .}}\n"))
        .collect();
    let compose = format!("services:\n{services}");
    let told = found(&[("compose.yaml", &compose), ("Dockerfile", "FROM alpine\n")]);
    assert_eq!(told, ["compose-error compose.yaml:4098"]);
}

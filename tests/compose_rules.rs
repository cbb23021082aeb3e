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

/// The messages of `compose-error` about a compose file, as `SEVERITY LINE:COLUMN MESSAGE`.
fn refused(compose: &str) -> Vec<String> {
    let report = lint(&[("compose.yaml", compose)]);
    let findings = report["findings"].as_array().expect("a list");
    let errors = findings.iter().filter(|it| it["rule"] == "compose-error");
    let line = |finding: &Value| {
        let labels = finding["labels"].as_array().expect("a list");
        let primary = labels.iter().find(|label| label["role"] == "primary");
        let start = &primary.expect("a primary label")["start"];
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let (severity, message) = (text("severity"), text("message"));
        format!("{severity} {}:{} {message}", start["line"], start["column"])
    };
    errors.map(line).collect()
}

#[test]
fn what_other_files_must_bring_is_an_error_where_it_is_named() {
    let extends = "services:\n  a:\n    extends:\n      service: x\n      file: base.yaml\n  b:\n    extends: {file: base.yaml, service: y}\n";
    assert_eq!(refused(extends), ["error 5:13 base.yaml does not exist"]);
    let include =
        "include:\n  - path: [more.yaml]\nservices:\n  a: {image: x, depends_on: [more]}\n";
    assert_eq!(refused(include), ["error 2:12 more.yaml does not exist"]);
    let own = "services:\n  a: {image: x}\n  b:\n    extends:\n      service: c\n";
    assert_eq!(
        refused(own),
        ["error 5:16 service \"b\" extends \"c\", which compose.yaml does not have"]
    );
}

#[test]
fn a_missing_env_file_hides_no_declaration() {
    let compose = "services:\n  a: {image: x, env_file: made.conf, networks: [back]}\n";
    assert_eq!(
        refused(compose),
        [
            "info 2:27 made.conf does not exist",
            "error 2:49 service \"a\" refers to undefined network back",
        ]
    );
    // Paths that start nowhere here are those of the file that this one is laid over.
    let overlay = compose.replace("made.conf", "./scripts/made.conf");
    assert_eq!(
        refused(&overlay),
        ["info 2:27 scripts/made.conf does not exist"]
    );
}

/// Compose asks whether the parts agree once all of them have the right shape. What is missing
/// because of a slip is not told twice.
#[test]
fn what_follows_from_an_error_is_not_said() {
    let compose = "services:\n  a: {imag: x, networks: [back]}\nnetwork:\n  back:\n";
    assert_eq!(
        refused(compose),
        [
            "error 2:7 services.a additional properties 'imag' not allowed",
            "error 3:1 additional properties 'network' not allowed",
        ]
    );
}

#[test]
fn messages_about_secrets_are_not_masked() {
    for compose in [
        "services: {a: {image: x}}\nsecrets: {db-password: {}}\n",
        "services: {a: {image: x}}\nsecrets: {api_token: {file: a, environment: b}}\n",
        "services: {a: {image: x}}\nvolumes: {db-password: {external: true, driver: b}}\n",
        "services: {a: {image: x}}\nsecrets: {api_token: {file: a, name: x, external: {name: y}}}\n",
        "services: {db-password: {image: x, init: maybe}}\n",
        "services: {db-password: {5: x}}\n",
        "services: {a: {extends: {service: x, file: password.yaml}}}\n",
        "services: {a: {image: x, env_file: password.txt}}\n",
        "services: {token: {extends: secret}}\n",
    ] {
        let said = refused(compose);
        assert!(!said.is_empty(), "{compose}");
        assert!(!said.concat().contains("**"), "{said:?} about {compose}");
    }
}

#[test]
fn values_that_compose_cannot_read_are_refused() {
    let service = |line: &str| refused(&format!("services:\n  a:\n    image: x\n    {line}\n"));
    assert_eq!(
        service("healthcheck: {interval: \"90\"}"),
        ["error 4:29 services.a.healthcheck.interval must be a duration such as `30s` or `1m30s`"]
    );
    assert_eq!(
        service("volumes: [\"data:\"]"),
        ["error 4:15 services.a.volumes.0 must be a volume such as `./data:/data:ro`"]
    );
    assert_eq!(
        service("container_name: 5"),
        ["error 4:21 services.a.container_name must be a string"]
    );
    // The shell may say them.
    for line in [
        "mem_limit: ${LIMIT}",
        "ports: [\"${PORT}:80\"]",
        "command: run ${QUOTED}",
    ] {
        assert!(service(line).is_empty(), "{line}");
    }
    // A drive's letter stands at the start of a part only.
    assert!(service("volumes: [\"a:b:ro:x\"]").is_empty());
}

#[test]
fn a_list_in_place_of_services_is_not_another_format() {
    assert_eq!(
        refused("services:\n  - a: {image: x}\n"),
        ["error 2:3 services must be a mapping"]
    );
    // A network called `image` does not make `networks` a service.
    let overlay = refused("networks:\n  image:\nvolumes:\n  build:\n");
    assert!(overlay.iter().all(|said| !said.contains("Compose 1")));
}

#[test]
#[cfg(unix)]
fn a_dotenv_that_leads_nowhere_is_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), ".git/HEAD", "");
    let compose = "services:\n  a: {image: \"alpine:${TAG:-3}\"}\n";
    write(folder.path(), "compose.yaml", compose);
    std::os::unix::fs::symlink("made.conf", folder.path().join(".env")).expect("a link");
    let output = Command::new(env!("CARGO_BIN_EXE_docklint"))
        .current_dir(folder.path())
        .args(["check", "compose.yaml", "--format", "concise"])
        .output()
        .expect("docklint runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}

#[test]
fn the_proxy_that_add_would_need_is_the_one_named() {
    let compose = "\
services:
  api:
    build:
      context: .
      args:
        http_proxy: http://proxy.example:3128
        https_proxy: http://proxy.example:3128
";
    let dockerfile = "FROM alpine:3.22\nADD https://files.example/a.tar.gz /\n";
    let report = lint(&[("compose.yaml", compose), ("Dockerfile", dockerfile)]);
    let findings = report["findings"].as_array().expect("a list");
    let ignored = findings.iter().find(|it| it["rule"] == "add-ignores-proxy");
    let ignored = ignored.expect("ADD goes without the proxy");
    assert!(
        ignored["message"]
            .as_str()
            .is_some_and(|it| it.contains("`https_proxy`"))
    );
    assert_eq!(ignored["labels"][0]["start"]["line"], 7);
}

#[test]
fn a_slip_of_the_pen_in_a_key_is_guessed() {
    let help = |compose: &str| {
        let report = lint(&[("compose.yaml", compose)]);
        report["findings"][0]["help"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(
        help("sevices:\n  a: {image: x}\n"),
        "did you mean `services`?"
    );
    assert_eq!(
        help("services:\n  a: {image: x, \"enviroment\": {}}\n"),
        "did you mean `environment`?"
    );
    assert_eq!(help("services:\n  a: {image: x, args: {}}\n"), "");
}

/// One build is looked at as a whole; ten of them together are more than is looked at.
#[test]
fn builds_of_one_file_share_what_it_may_cost() {
    let dockerfile = format!("FROM alpine\nRUN true{}\n", "; a".repeat(10_000));
    let found = |services: usize| {
        let services = (0..services).map(|n| format!("  s{n}: {{build: .}}\n"));
        let project = format!("services:\n{}", services.collect::<String>());
        found(&[("compose.yaml", &project), ("Dockerfile", &dockerfile)])
    };
    assert!(found(1).is_empty());
    assert_eq!(found(10), ["syntax-error Dockerfile:2"]);
}

#[test]
fn an_included_file_is_part_of_the_project_that_includes_it() {
    let including = "\
include:
  - path: sub/compose.yaml
    project_directory: pd
    env_file: my.env
";
    let included = "\
services:
  s:
    build: ./ctx
    env_file: app.list
    environment: [A=$A]
";
    let mut files = vec![
        ("compose.yaml", including),
        ("my.env", "A=1\n"),
        ("sub/compose.yaml", included),
        ("pd/ctx/Dockerfile", "FROM alpine:3.22\n"),
        ("pd/app.list", "B=1\n"),
    ];
    assert_eq!(found(&files), [] as [&str; 0]);
    // An override file beside it makes another project.
    files.push(("sub/compose.override.yaml", "services: {s: {}}\n"));
    assert_eq!(
        found(&files),
        [
            "compose-error sub/compose.yaml:3",
            "compose-error sub/compose.yaml:4"
        ]
    );
}

#[test]
fn of_files_that_include_each_other_one_is_the_project() {
    let files = [
        (
            "a/compose.yaml",
            "include: [../b/compose.yaml]\nservices: {a: {build: x}}\n",
        ),
        (
            "b/compose.yaml",
            "include: [../a/compose.yaml]\nservices: {b: {build: x}}\n",
        ),
        ("a/x/Dockerfile", "FROM alpine:3.22\n"),
        ("b/x/Dockerfile", "FROM alpine:3.22\n"),
    ];
    assert_eq!(found(&files), ["compose-error a/compose.yaml:1"]);
}

#[test]
fn files_beyond_what_is_followed_are_not_missing() {
    let chain = |length: usize| {
        let link = |index: usize| match index {
            0 => "services: {s: {image: x}}\n".to_owned(),
            _ => format!(
                "services: {{s: {{extends: {{file: f{}.yaml, service: s}}}}}}\n",
                index - 1
            ),
        };
        let mut files: Vec<(String, String)> = (0..length)
            .map(|index| (format!("f{index}.yaml"), link(index)))
            .collect();
        files.push(("compose.yaml".to_owned(), link(length)));
        told(&files)
    };
    assert_eq!(chain(25), [] as [&str; 0]);
    let message =
        "f8.yaml is not looked at: files lead from one to the next further than docklint follows";
    assert_eq!(chain(40), [format!("info compose-error {message}")]);
}

#[test]
fn more_includes_than_are_followed_are_no_mistake() {
    let mut files: Vec<(String, String)> = (0..250)
        .map(|index| {
            (
                format!("i{index}.yaml"),
                format!("services: {{s{index}: {{image: x}}}}\n"),
            )
        })
        .collect();
    let list: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let last = "services: {z: {image: x, depends_on: [s249]}}";
    files.push((
        "compose.yaml".to_owned(),
        format!("include: [{}]\n{last}\n", list.join(", ")),
    ));
    assert_eq!(
        told(&files),
        [
            "info compose-error the project has more than 200 documents: from here on they are not looked at"
        ]
    );
}

/// Severity, rule and message of each finding.
fn told(files: &[(String, String)]) -> Vec<String> {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let report = lint(&files);
    let findings = report["findings"].as_array().expect("a list");
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let said = |it: &Value| {
        format!(
            "{} {} {}",
            text(it, "severity"),
            text(it, "rule"),
            text(it, "message")
        )
    };
    findings.iter().map(said).collect()
}

#[test]
fn the_files_that_compose_file_names_are_a_project() {
    let dotenv = "COMPOSE_FILE=base.yaml:dev/dev.yaml\nP=http:/proxy.example\n";
    let base = "services:\n  a: {image: x, environment: {HTTP_PROXY: http:/proxy.example}}\n";
    let dev = "services:\n  a: {build: ./nowhere, environment: {HTTPS_PROXY: $P}}\n";
    let other = "services: {b: {build: ./other}}\n";
    let files = [
        (".env", dotenv),
        ("base.yaml", base),
        ("dev/dev.yaml", dev),
        ("compose.yaml", other),
    ];
    assert_eq!(
        found(&files),
        [
            "proxy-malformed base.yaml:2",
            "compose-error dev/dev.yaml:2",
            "proxy-malformed dev/dev.yaml:2",
        ]
    );
}

#[test]
fn compose_file_does_not_lead_out_of_the_root() {
    let files = [
        (
            ".env",
            "COMPOSE_FILE=../../etc/passwd:/etc/hosts:gone.yaml\n",
        ),
        ("compose.yaml", "services: {a: {image: x}}\n"),
    ];
    assert_eq!(
        found(&files),
        ["compose-error .env:1", "compose-error .env:1"]
    );
    let comment = [(".env", "# COMPOSE_FILE=/etc/hosts\n")];
    assert_eq!(found(&comment), [] as [&str; 0]);
}

#[test]
fn an_argument_is_blank_through_its_fallback_too() {
    let blank = |written: &str, dotenv: &str| {
        let compose = format!(
            "services:\n  a:\n    build:\n      context: .\n      args:\n        GOPROXY: {written}\n"
        );
        let dockerfile =
            "FROM golang:1.24\nARG GOPROXY=https://goproxy.example\nRUN go build ./...\n";
        let files = [
            (".env", dotenv),
            ("compose.yaml", &compose),
            ("Dockerfile", dockerfile),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()));
        let mut told = told(&files);
        told.retain(|said| said.contains("proxy-arg-blank"));
        told
    };
    let said = |names: &str| {
        format!(
            "warning proxy-arg-blank `GOPROXY` is empty unless the caller sets {names}, and an empty \
             argument erases the Dockerfile's default"
        )
    };
    assert_eq!(blank("${GOPROXY:-}", "A=1\n"), [said("`GOPROXY`")]);
    assert_eq!(
        blank("${GOPROXY:-${FALL:-}}", "A=1\n"),
        [said("`GOPROXY` or `FALL`")]
    );
    assert_eq!(blank("${GOPROXY:-${FALL:-x}}", "A=1\n"), [] as [&str; 0]);
    let set = "FALL=https://goproxy.example\n";
    assert_eq!(blank("${GOPROXY:-${FALL:-}}", set), [] as [&str; 0]);
}

#[test]
fn an_empty_inline_dockerfile_is_none() {
    let compose = "services: {a: {build: {context: ., dockerfile_inline: ''}}, \
                   b: {build: {context: '', dockerfile_inline: ''}}}\n";
    let files = [
        ("compose.yaml", compose),
        ("Dockerfile", "FROM alpine:3.22\n"),
    ];
    assert_eq!(found(&files), [] as [&str; 0]);
}

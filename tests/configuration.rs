//! `docklint.toml` as a project uses it.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

/// Runs docklint in a repository.
fn docklint(files: &[(&str, &str)], arguments: &[&str]) -> Output {
    let files = [&[(".git/HEAD", "")], files].concat();
    program::docklint(&files, arguments)
}

/// Rule and file of each finding.
fn found(files: &[(&str, &str)], arguments: &[&str]) -> Vec<String> {
    let arguments = [&["--format=json"], arguments].concat();
    let output = docklint(files, &arguments);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap().iter();
    let errors = json["errors"].as_array().unwrap().iter();
    let primary = |finding: &Value| {
        let labels = finding["labels"].as_array().unwrap().clone();
        let primary = labels.into_iter().find(|label| label["role"] == "primary");
        primary.unwrap()["file"].as_str().unwrap().to_owned()
    };
    let findings = findings.map(|it| format!("{} {}", it["rule"].as_str().unwrap(), primary(it)));
    let errors = errors.map(|it| {
        format!(
            "{} {}",
            it["file"].as_str().unwrap(),
            it["message"].as_str().unwrap()
        )
    });
    findings.chain(errors).collect()
}

/// `VERSION` does not reach the stage.
const LOST: &str = "ARG VERSION=1\nFROM alpine\nLABEL version=$VERSION\n";

#[test]
fn overrides_hold_for_their_paths_and_the_later_wins() {
    let config = "\
        [rules]\n'arg-out-of-scope' = 'error'\n\
        [[overrides]]\npaths = ['legacy/']\nrules = { ignore = ['scope'] }\n\
        [[overrides]]\npaths = ['legacy/new/**']\nrules = { select = ['arg-out-of-scope'] }\n";
    let files = [
        ("docklint.toml", config),
        ("Dockerfile", LOST),
        ("legacy/Dockerfile", LOST),
        ("legacy/new/Dockerfile", LOST),
    ];
    let expected = [
        "arg-out-of-scope Dockerfile",
        "arg-out-of-scope legacy/new/Dockerfile",
    ];
    assert_eq!(found(&files, &["."]), expected);
    let typed = found(&files, &[".", "--select=arg-out-of-scope"]);
    assert_eq!(typed.len(), 3, "the command line wins");
    let mistake = "[[overrides]]\npaths = ['nowhere/']\nrules = { ignore = ['proxi'] }\n";
    let files = [("docklint.toml", mistake), ("Dockerfile", LOST)];
    assert_eq!(
        found(&files, &["."]),
        ["docklint.toml there is no rule or group `proxi`; did you mean `proxy`?"]
    );
}

#[test]
fn a_rule_is_silent_about_variables_that_are_allowed() {
    for allow in ["'version'", "{ regex = 'VER.*' }"] {
        let config = format!("[rules.arg-out-of-scope]\nallow = [{allow}]\n");
        let files = [("docklint.toml", config.as_str()), ("Dockerfile", LOST)];
        assert_eq!(found(&files, &["."]), [""; 0]);
    }
    let config = "[rules.arg-out-of-scope]\nlevel = 'info'\nallow = ['OTHER']\n";
    let files = [("docklint.toml", config), ("Dockerfile", LOST)];
    assert_eq!(found(&files, &["."]).len(), 1);
}

#[test]
fn files_are_of_the_kind_that_is_said() {
    let config = "[files]\ndockerfile = ['*.docker', 'docker-compose.yml']\n";
    let files = [
        ("docklint.toml", config),
        ("docker-compose.yml", LOST),
        ("a/b/api.docker", LOST),
        ("a/other.txt", LOST),
    ];
    let expected = [
        "arg-out-of-scope a/b/api.docker",
        "arg-out-of-scope docker-compose.yml",
    ];
    assert_eq!(found(&files, &["."]), expected);
    assert_eq!(found(&files, &["a"]), expected[..1]);
    assert_eq!(found(&files, &["a/b/api.docker"]), expected[..1]);
    assert_eq!(found(&files, &["--isolated", "a"]), [""; 0]);
    let nested = [
        ("x/.docklint.toml", config),
        ("x/y/api.docker", LOST),
        ("z.docker", LOST),
    ];
    assert_eq!(found(&nested, &["."]), ["arg-out-of-scope x/y/api.docker"]);
}

#[test]
fn builds_are_given_what_is_preset() {
    let dockerfile = "FROM alpine AS one\nARG HTTP_PROXY\nFROM alpine AS two\nRUN true\n";
    let resolve = |config: &str, arguments: &[&str]| {
        let files = [("docklint.toml", config), ("images/Dockerfile", dockerfile)];
        let arguments = [&["resolve", "images/Dockerfile:4"], arguments].concat();
        let output = docklint(&files, &arguments);
        String::from_utf8(output.stdout).unwrap()
    };
    let config = "[[builds]]\npaths = ['images/']\nbuild-args = ['HTTP_PROXY=http://u:S3cretPw0@h:1', 'NO_PROXY=x']\n";
    let shown = resolve(config, &[]);
    assert!(
        shown.contains("http://u:********@h:1") && shown.contains("NO_PROXY"),
        "{shown}"
    );
    let typed = resolve(config, &["--build-arg=NO_PROXY=typed"]);
    assert!(typed.contains("typed") && typed.contains("@h:1"), "{typed}");
    let target = "[[builds]]\npaths = ['images/']\ntarget = 'one'\n";
    let is_target = |shown: String| shown.contains("alpine:latest, the target");
    assert!(!is_target(resolve(target, &[])));
    assert!(is_target(resolve(target, &["--target=two"])));
    let missing = "[[builds]]\npaths = ['images/']\ntarget = 'three'\n";
    let files = [
        ("docklint.toml", missing),
        ("images/Dockerfile", dockerfile),
        ("Dockerfile", "FROM alpine AS four\n"),
    ];
    let expected = ["images/Dockerfile there is no stage `three`; there are `one`, `two`"];
    assert_eq!(found(&files, &["."]), expected);
}

#[test]
fn compose_projects_are_made_of_the_files_that_are_said() {
    let base = "services:\n  a:\n    build:\n      context: .\n";
    let more =
        "services:\n  a:\n    build:\n      args:\n        GOPROXY: ${MIRROR}\n    profiles: [x]\n";
    let config = "[compose]\nfiles = ['stack.yaml', 'deploy/more.yaml']\n\
        [files]\ncompose = ['stack.yaml', 'more.yaml']\n\
        [[builds]]\npaths = ['stack.yaml']\nprofiles = ['x']\nenv = ['MIRROR=https://m.example']\n";
    let files = [
        ("docklint.toml", config),
        ("stack.yaml", base),
        ("deploy/more.yaml", more),
        (
            "Dockerfile",
            "FROM golang:1.24\nARG GOPROXY\nRUN go mod download\n",
        ),
    ];
    assert_eq!(found(&files, &["."]), [""; 0]);
    let output = program::docklint(&files, &["resolve", "stack.yaml"]);
    let shown = program::printed(output);
    assert!(shown.contains("https://m.example"), "{shown}");
}

#[test]
fn a_mistake_is_shown_with_its_line_and_without_its_secrets() {
    let token = ["ghp_", "Synth3ticDocklint", "Synth3ticDocklint00"].concat();
    for line in [
        format!("egnine = '{token}'"),
        "egnine = 'http://u:S3cretPw0@h:1'".to_owned(),
        "builds = [{ paths = [], build-args = ['DB_PASSWORD=S3cretPw0'], x = 1 }]".to_owned(),
        format!("[rules]\nselect = ['{token}']"),
        format!("engine = '{token}'"),
        format!("[rules]\n{token} = 'off'"),
    ] {
        let config = format!("\n{line}\n");
        let files = [
            ("docklint.toml", config.as_str()),
            ("Dockerfile", "FROM a\n"),
        ];
        for arguments in [
            &["check"][..],
            &["check", "-v"],
            &["check", "--format=json"],
            &["check", "--format=tsv"],
            &["resolve", "Dockerfile"],
            &["trace", "X"],
            &["init", "--stdout"],
        ] {
            let output = program::docklint(&files, arguments);
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            let leaks = said.contains(&token) || said.contains("S3cretPw0");
            assert!(!leaks, "{arguments:?}: {said}");
            if arguments == ["check"] {
                assert!(said.contains("--> docklint.toml:"), "{said}");
            }
        }
    }
}

#[test]
fn init_writes_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Dockerfile"), "FROM a\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_docklint"));
        program
            .current_dir(folder.path())
            .args(arguments)
            .output()
            .unwrap()
    };
    assert_eq!(run(&["init"]).status.code(), Some(0));
    let written = fs::read(folder.path().join("docklint.toml")).unwrap();
    let again = run(&["init"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8(again.stderr).unwrap().contains("--force"));
    assert_eq!(run(&["init", "--force"]).status.code(), Some(0));
    assert_eq!(
        fs::read(folder.path().join("docklint.toml")).unwrap(),
        written
    );
}

/// The fixtures, alone and with what `init` writes for them.
#[test]
fn what_init_writes_changes_no_finding() {
    let report = |folder: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_docklint"));
        let output = program
            .current_dir(folder)
            .args(["--format=tsv", "--pedantic", "."])
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    for fixture in ["fixtures/projects/whole-chain", "fixtures/seed-article"] {
        let source = format!("{}/{fixture}", env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir().unwrap();
        copy(source.as_ref(), folder.path());
        let at = folder.path().to_str().unwrap();
        let before = report(at);
        assert!(before.lines().count() > 1);
        let init = program::docklint(&[], &["init", at]);
        assert_eq!(init.status.code(), Some(0), "{init:?}");
        assert_eq!(report(at), before, "{fixture}");
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => {
                fs::create_dir(&target).unwrap();
                copy(&entry.path(), &target);
            }
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn reports_go_where_they_are_sent() {
    let files = [("Dockerfile", LOST)];
    let code = |arguments: &[&str]| program::docklint(&files, arguments).status.code();
    assert_eq!(code(&["--output=json=a", "--output=tsv=./a"]), Some(2));
    assert_eq!(code(&["--output=json=-", "--output=tsv=-"]), Some(2));
    assert_eq!(code(&["--format=json", "--output=tsv=-"]), Some(2));
    let run = program::docklint(&files, &["--output=tsv=-", "--output=json=out.json"]);
    let (out, err) = (
        String::from_utf8(run.stdout).unwrap(),
        String::from_utf8(run.stderr).unwrap(),
    );
    assert!(
        out.starts_with("file\tline") && out.lines().count() == 2,
        "{out}"
    );
    assert_eq!(
        err,
        "docklint: 1 warning in 1 file\ndocklint: reports: out.json (json)\n"
    );
    let run = program::docklint(&files, &["--output=json=out.json"]);
    let out = String::from_utf8(run.stdout).unwrap();
    assert!(
        out.ends_with("1 warning in 1 file\nReports: out.json (json)\n"),
        "{out}"
    );
    let run = program::docklint(&files, &["--statistics"]);
    let out = String::from_utf8(run.stdout).unwrap();
    assert!(out.starts_with("1  warning  arg-out-of-scope\n"), "{out}");
    let run = program::docklint(&files, &["-v", "-v"]);
    assert_eq!(run.status.code(), Some(2));
    let run = program::docklint(&files, &["-v"]);
    let err = String::from_utf8(run.stderr).unwrap();
    assert!(err.contains("model ") && err.contains("rules "), "{err}");
}

#[test]
fn what_only_the_configuration_knows_is_told_of_if_it_cannot_be_read() {
    let huge = "#".repeat(9 * 1024 * 1024);
    let files = [
        ("docklint.toml", "[files]\ndockerfile = ['*.docker']\n"),
        ("big.docker", huge.as_str()),
    ];
    let output = docklint(&files, &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let expected = "big.docker 9437184 bytes; files over 8388608 bytes are not read";
    assert_eq!(found(&files, &["."]), [expected]);
    let excluded = "exclude = ['big.*']\n[files]\ndockerfile = ['*.docker']\n";
    let files = [("docklint.toml", excluded), files[1]];
    assert_eq!(found(&files, &["."]), [""; 0]);
}

/// What is marked in `docklint.toml`, and what is said about it.
fn mistake(config: &str) -> (String, String) {
    let files = [
        ("docklint.toml", config),
        ("Dockerfile", "FROM a\n"),
        ("compose.yaml", "services:\n  a:\n    image: a\n"),
        ("folder/x", ""),
    ];
    let output = docklint(&files, &["--format=json"]);
    assert_eq!(output.status.code(), Some(2), "{config}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let error = &json["errors"][0];
    let offset = |end: &str| {
        let offset = error[end]["offset"].as_u64();
        usize::try_from(offset.unwrap_or_else(|| panic!("{error}"))).unwrap()
    };
    let marked = config[offset("start")..offset("end")].to_owned();
    (marked, error["message"].as_str().unwrap().to_owned())
}

#[test]
fn what_is_said_of_the_network_can_be_so() {
    for (key, value, why) in [
        ("no-proxy", "*.corp.example", "without `*`"),
        ("no-proxy", "http://corp.example", "one entry of NO_PROXY"),
        ("no-proxy", "a.example,b.example", "one entry of NO_PROXY"),
        ("internal-hosts", "corp.example/", "write a host"),
        ("internal-hosts", "https://corp.example", "write a host"),
        ("goproxy", "https://a.example , direct", "without blanks"),
        ("goproxy", "a,direct", "a whole value of GOPROXY"),
    ] {
        let config = format!("[network]\n{key} = ['{value}']\n");
        let (marked, said) = mistake(&config);
        assert_eq!(marked, format!("'{value}'"));
        assert!(said.contains(why), "{said}");
    }
    let config = "[network]\n\
        no-proxy = ['corp.example', '.corp.example', '10.0.0.0/8', 'h:8080', '*', '::1']\n\
        internal-hosts = ['*.corp.example', '10.1.2.3']\n\
        goproxy = ['https://a.example,direct', 'https://a.example|https://b.example', 'off']\n";
    let files = [("docklint.toml", config), ("Dockerfile", "FROM a\n")];
    assert_eq!(found(&files, &["."]), [""; 0]);
}

/// A list is the same with blanks.
#[test]
fn an_allowed_module_proxy_is_allowed_however_it_is_written() {
    let config = "[network]\ngoproxy = ['https://a.example,direct']\n";
    let dockerfile = |value: &str| {
        format!("FROM golang:1.24\nENV GOPROXY=\"{value}\"\nRUN go install a.example/b@v1\n")
    };
    let found = |value: &str| {
        let text = dockerfile(value);
        let files = [("docklint.toml", config), ("Dockerfile", &*text)];
        found(&files, &["--select=goproxy-inconsistent"]).len()
    };
    assert_eq!(found("https://a.example, direct"), 0);
    assert_eq!(found("https://a.example|direct"), 1);
}

#[test]
fn init_proposes_nothing_that_hides_what_it_found() {
    let dockerfile = "FROM golang:1.24\nENV DB_PASSWORD=Synth3tic-One\nENV GOPROXY=\"https://a.example , direct\"\nRUN go install a.example/b@v1\nENV GOPROXY=goproxy.example\n";
    let files = [("Dockerfile", dockerfile)];
    let text = program::printed(program::docklint(&files, &["init", "--stdout"]));
    assert!(text.contains("# exempt = [\"DEMO_TOKEN\"]\n"), "{text}");
    assert!(!text.contains("DB_PASSWORD"), "{text}");
    let line = "# goproxy = [\"https://a.example,direct\"]\n";
    assert!(text.contains(line), "{text}");
    // All of `[network]`, taken at its word.
    let (_, network) = text.split_once("# [network]\n").unwrap();
    let network = network.split("\n\n").next().unwrap().lines();
    let network = network.filter(|line| line.contains(" = "));
    let network: Vec<&str> = network.map(|line| line.trim_start_matches("# ")).collect();
    let config = format!("[network]\n{}\n", network.join("\n"));
    let files = [("docklint.toml", &*config), files[0]];
    let rules = "--select=goproxy-inconsistent,goproxy-malformed";
    assert_eq!(found(&files, &[rules]), [""; 0]);
}

#[test]
fn compose_files_that_are_listed_are_there() {
    for (listed, why) in [
        ("compose.prd.yaml", "no such file or folder"),
        ("./deploy/../compose.yml", "no such file or folder"),
        ("folder", "a folder, not a file"),
    ] {
        let config = format!("[compose]\nfiles = [\"compose.yaml\", \"{listed}\"]\n");
        let expected = (format!("\"{listed}\""), format!("`{listed}`: {why}"));
        assert_eq!(mistake(&config), expected);
    }
    let (marked, said) = mistake("[compose]\nfiles = []\n");
    assert_eq!(
        (&*marked, &*said),
        ("[]", "a project has at least one file")
    );
}

#[test]
fn paths_are_relative_to_the_configuration() {
    for config in [
        "[compose]\nfiles = ['/compose.yaml']\n",
        "[[builds]]\npaths = ['x']\nenv-files = ['/compose.yaml']\n",
    ] {
        let (marked, said) = mistake(config);
        assert_eq!(marked, "'/compose.yaml'");
        assert_eq!(said, "paths are relative to the configuration");
    }
}

#[test]
fn the_rules_of_secrets_are_silent_about_variables_that_are_allowed() {
    let dockerfile = "FROM a\nARG API_TOKEN\nARG SITE_PASSWORD=Synth3tic-One\nENV DB_PASSWORD=Synth3tic-Two LATE_TOKEN=$API_TOKEN\nRUN --mount=type=secret,id=key,env=SSH_KEY echo \"$SSH_KEY\" > /root/.ssh/id_rsa\n";
    let compose = "services:\n  a:\n    build:\n      context: .\n      args:\n        http_proxy: http://u:Synth3tic@p.example:1\n        OTHER_TOKEN: Synth3tic-Three\n    environment:\n      RUN_PASSWORD: Synth3tic-Four\n";
    let unit = "[Service]\nExecStart=/usr/bin/dockerd\nEnvironment=UNIT_PASSWORD=Synth3tic-Five\n";
    let with = |config: &str| {
        let files = [
            ("docklint.toml", config),
            ("Dockerfile", dockerfile),
            ("compose.yaml", compose),
            ("etc/systemd/system/docker.service", unit),
        ];
        found(&files, &["--select=secrets", "."])
    };
    let all = with("");
    let names = [
        ("API_TOKEN", "secret-in-env Dockerfile"),
        ("SITE_PASSWORD", "secret-in-arg Dockerfile"),
        ("DB_PASSWORD", "secret-in-env Dockerfile"),
        ("SSH_KEY", "secret-in-run Dockerfile"),
        ("HTTP_PROXY", "proxy-credentials compose.yaml"),
        ("OTHER_TOKEN", "secret-in-arg compose.yaml"),
        ("RUN_PASSWORD", "secret-in-compose compose.yaml"),
        (
            "UNIT_PASSWORD",
            "secret-in-env etc/systemd/system/docker.service",
        ),
    ];
    assert_eq!(all.len(), names.len(), "{all:?}");
    for (name, gone) in names {
        let mut left = with(&format!("[rules.secrets]\nallow = ['{name}']\n"));
        left.push(gone.to_owned());
        left.sort();
        let mut all = all.clone();
        all.sort();
        assert_eq!(left, all, "{name}");
    }
}

#[test]
fn allow_is_refused_where_it_does_nothing() {
    for rule in ["secret-copied", "proxy-baked"] {
        let (marked, said) = mistake(&format!("[rules.{rule}]\nallow = ['A']\n"));
        assert_eq!(marked, rule);
        let why = "what it finds is not told by variable";
        assert_eq!(said, format!("`{rule}` takes no `allow`: {why}"));
    }
    let files = [
        (
            "docklint.toml",
            "[rules]\nproxy = { allow = ['A'] }\nsecret-in-arg = { level = 'info' }\n",
        ),
        ("Dockerfile", "FROM a\n"),
    ];
    assert_eq!(docklint(&files, &[]).status.code(), Some(0));
}

#[test]
fn a_listed_file_is_a_compose_file_whatever_its_name() {
    let stack = "services:\n  a:\n    build:\n      context: .\n      args:\n        UNUSED: 1\n";
    let files = [
        ("docklint.toml", "[compose]\nfiles = ['deploy/stack.yml']\n"),
        ("deploy/stack.yml", stack),
        ("deploy/Dockerfile", "FROM alpine\n"),
    ];
    let expected = ["build-arg-not-consumed deploy/stack.yml"];
    assert_eq!(found(&files, &["--pedantic", "."]), expected);
    assert_eq!(found(&files, &["--pedantic", "deploy/stack.yml"]), expected);
}

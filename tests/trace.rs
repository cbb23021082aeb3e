//! `docklint trace`, as a person and a program see it: snapshots of every format over realistic
//! Dockerfiles and over one that is out to deceive.

#[path = "support/expand.rs"]
mod expand;
#[path = "support/files.rs"]
mod files;
#[path = "support/program.rs"]
mod program;
#[path = "support/schema.rs"]
mod schema;
mod support;

use std::path::Path;
use std::process::{Command, Output};

const FORMATS: [&str; 6] = ["human", "json", "mermaid", "dot", "svg", "html"];

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_docklint"))
        .current_dir(folder)
        .arg("trace")
        .args(arguments)
        .output()
        .expect("docklint runs")
}

fn traced(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        std::fs::write(path, text).expect("it can be written");
    }
    folder
}

/// Compares what every format makes of it with the snapshots `tests/snapshots/trace/NAME.*`.
fn snapshots(name: &str, folder: &Path, arguments: &[&str]) {
    for format in FORMATS {
        let arguments: Vec<&str> = arguments
            .iter()
            .copied()
            .chain(["--format", format])
            .collect();
        let mut text = traced(folder, &arguments);
        if format == "json" {
            let json: serde_json::Value = serde_json::from_str(&text).expect("the trace is JSON");
            schema::validate(&published(), &json).unwrap_or_else(|error| panic!("{error}"));
            text = format!("{json:#}\n");
        }
        let extension = match format {
            "human" => "txt",
            "mermaid" => "mmd",
            other => other,
        };
        let path = format!("tests/snapshots/trace/{name}.{extension}");
        files::check_file(&path, &text).unwrap_or_else(|error| panic!("{error}"));
    }
}

fn published() -> serde_json::Value {
    let path = support::root("docklint-trace.schema.json");
    serde_json::from_slice(&std::fs::read(path).expect("it is there")).expect("it is JSON")
}

fn samples() -> std::path::PathBuf {
    support::root("tests/trace")
}

#[test]
fn a_mirror_that_is_declared_only_globally() {
    snapshots(
        "global-only",
        &samples(),
        &["GOPROXY", "global-only.Dockerfile"],
    );
}

#[test]
fn a_proxy_by_build_argument_env_and_export() {
    let arguments = [
        "HTTP_PROXY",
        "proxy.Dockerfile",
        "--build-arg",
        "HTTP_PROXY=http://proxy.corp.example:3128",
    ];
    snapshots("proxy", &samples(), &arguments);
}

#[test]
fn a_mirror_through_stages_that_build_on_each_other() {
    snapshots("stages", &samples(), &["GOPROXY", "stages.Dockerfile"]);
}

#[test]
fn a_mirror_in_a_settings_file_of_go() {
    snapshots("tools", &samples(), &["GOPROXY", "tools.Dockerfile"]);
}

#[test]
fn the_whole_journey_of_a_proxy() {
    let arguments = ["HTTP_PROXY", "--host=../machine"];
    snapshots("journey", &samples().join("journey/project"), &arguments);
}

#[test]
fn a_daemon_that_a_project_ships_files_for() {
    let project = support::root("fixtures/projects/whole-chain");
    snapshots("shipped", &project, &["HTTPS_PROXY"]);
}

/// Everything that a format reads as more than text, in names, values and commands.
const HOSTILE: &str = "\
FROM alpine AS \u{202e}evil
ARG A=\"]:::x;</style><script>alert(1)</script>\u{1b}[2J\u{9b}31m\"
ENV B=\"$A\\\\N\\\" ] ; end %% #quot; &lt; `tick` {{x}} --> }\"
RUN echo \"$B\" '\"]; n9[\"<img src=x onerror=alert(1)>' \u{202e}\u{2066}txt \\
  # a comment
  && printf '%s</text></svg>' \"$A\"
";

fn hostile() -> tempfile::TempDir {
    folder(&[("Dockerfile", HOSTILE)])
}

#[test]
fn hostile_text_is_only_text() {
    snapshots("hostile", hostile().path(), &["A", "Dockerfile"]);
    for format in FORMATS {
        let text = traced(hostile().path(), &["A", "Dockerfile", "--format", format]);
        let deceptive = |c: &char| *c != '\n' && docklint::report::escape::is_deceptive(*c);
        let found = text.chars().find(deceptive);
        // JSON has escapes of its own for controls, and no terminal shows them.
        assert!(found.is_none() || format == "json", "{format}: {found:?}");
        if matches!(format, "svg" | "html") {
            assert!(
                !text.contains("<script") && !text.contains("<img"),
                "{format}"
            );
        }
        if format == "mermaid" {
            let labels = text.lines().filter(|line| line.contains('['));
            for line in labels {
                assert_eq!(line.matches('"').count(), 2, "{line}");
            }
        }
    }
}

#[test]
fn a_hostile_variable_is_only_text() {
    let name = "<b>\u{1b}[2J\"]\u{202e}";
    for format in FORMATS {
        let text = traced(hostile().path(), &[name, "Dockerfile", "--format", format]);
        assert!(
            !text.contains("<b>") || format == "human" || format == "json",
            "{format}"
        );
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}') || format == "json");
    }
}

#[test]
fn no_format_prints_a_secret() {
    let (token, _) = expand::expand("{{crc ghp_ SYNTHETICSYNTHETICSYNTHETICSYN}}");
    let (password, _) = expand::expand("{{cat hunter 2000x}}");
    let (given, _) = expand::expand("{{cat swordfish 77}}");
    let text = format!(
        "ARG API_TOKEN={token}\n\
         FROM golang:1.24\n\
         ARG API_TOKEN\n\
         ARG DB_PASSWORD\n\
         ENV HTTP_PROXY=http://me:{password}@proxy:3128\n\
         ENV COPIED=$API_TOKEN-$DB_PASSWORD GREETING=\"hello $HTTP_PROXY\"\n\
         RUN export GOPROXY=https://me:{password}@goproxy.corp.example && go mod download\n\
         RUN curl -u me:{password} -H \"Authorization: Bearer {token}\" http://example.org \\\n  \
           && echo \"$COPIED $GREETING\"\n"
    );
    let folder = folder(&[("Dockerfile", &text)]);
    let build_arg = format!("DB_PASSWORD={given}");
    for variable in [
        "API_TOKEN",
        "DB_PASSWORD",
        "HTTP_PROXY",
        "COPIED",
        "GREETING",
        "GOPROXY",
    ] {
        for format in FORMATS {
            let arguments = [
                variable,
                "Dockerfile",
                "--format",
                format,
                "--build-arg",
                &build_arg,
            ];
            let text = traced(folder.path(), &arguments);
            for secret in [&token, &password, &given] {
                assert!(
                    !text.contains(secret.as_str()),
                    "{variable} as {format}: {text}"
                );
            }
        }
    }
}

/// The same for what stands outside of Dockerfiles: the daemon's files, the client's, compose's.
#[test]
fn no_format_prints_a_secret_of_a_machine() {
    let (password, _) = expand::expand("{{cat hunter 2000x}}");
    let proxy = format!("http://me:{password}@proxy.corp.example:3128");
    let drop_in = format!(
        "[Service]\nEnvironment=HTTP_PROXY={proxy} SOME_TOKEN={password}\n\
         Environment=\"HTTPS_PROXY={proxy} NO_PROXY=.corp.example\n\
         EnvironmentFile=/etc/sysconfig/docker\n"
    );
    let compose = format!(
        "services:\n  a:\n    build:\n      context: .\n      args:\n        PLAIN: ${{PLAIN}}\n        \
         http_proxy: {proxy}\n    environment:\n      HTTP_PROXY: {proxy}\n      PLAIN: ${{PLAIN}}\n"
    );
    let files = [
        (
            "Dockerfile",
            "FROM alpine\nARG PLAIN\nRUN apk add git $PLAIN\n".to_owned(),
        ),
        ("compose.yaml", compose),
        (".env", format!("PLAIN={password}\n")),
        ("etc/systemd/system/docker.service.d/a.conf", drop_in),
        (
            "etc/sysconfig/docker",
            format!("PLAIN={password}\nhttp_proxy={proxy}\n"),
        ),
        (
            "etc/docker/daemon.json",
            format!("{{\"proxies\": {{\"https-proxy\": \"{proxy}\"}}}}"),
        ),
        (
            ".docker/config.json",
            format!("{{\"proxies\": {{\"default\": {{\"httpProxy\": \"{proxy}\"}}}}}}"),
        ),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
    let folder = folder(&files);
    for variable in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "SOME_TOKEN",
        "PLAIN",
    ] {
        for format in FORMATS {
            let arguments = [variable, ".", "--env-file", ".env", "--format", format];
            let text = traced(folder.path(), &arguments);
            assert!(!text.contains(&password), "{variable} as {format}: {text}");
        }
    }
}

#[test]
fn a_folder_leaves_out_what_never_mentions_the_variable() {
    let folder = folder(&[
        ("a/Dockerfile", "FROM alpine\nRUN apk add git\n"),
        (
            "b/Dockerfile",
            "FROM golang\nARG GOPROXY=direct\nRUN go mod download\n",
        ),
        ("c/Dockerfile", "FROM alpine\n"),
    ]);
    assert_eq!(
        traced(folder.path(), &["GOPROXY"]),
        "\
GOPROXY in b/Dockerfile
Set in 1 place; the 1 command that reads it gets a value.

    2  ● ARG GOPROXY=direct  stage 0
    3  └─ ✓ go mod download

2 other Dockerfiles: nothing sets or reads GOPROXY
"
    );
    assert_eq!(
        traced(folder.path(), &["NOWHERE"]),
        "3 Dockerfiles: nothing sets or reads NOWHERE\n"
    );
}

#[test]
fn a_line_shows_what_concerns_it() {
    let at = |line: &str| {
        traced(
            &samples(),
            &["GOPROXY", &format!("global-only.Dockerfile:{line}")],
        )
    };
    assert_eq!(
        at("8"),
        "\
GOPROXY in global-only.Dockerfile:8
Set in 1 place; the 1 command that reads it gets nothing.

    3  ● ARG GOPROXY=https://goproxy.corp.example,direct
    5  └─ ✗ FROM golang:${GO_VERSION} AS build
            Declared above the first FROM only: a stage sees it below an ARG of its own.

       1 command reads it and gets nothing
    8  ✗ go mod download  stage build
"
    );
    assert!(at("17").contains("✓ go install"), "{}", at("17"));
    assert!(!at("17").contains("nothing"), "{}", at("17"));
    assert!(at("16").contains("✓ go install"), "{}", at("16"));
    assert_eq!(
        at("6"),
        "nothing on line 6 of global-only.Dockerfile sets or reads GOPROXY\n"
    );
}

#[test]
fn what_cannot_be_traced_is_said() {
    let empty = folder(&[(".env", "X=1\n")]);
    let nothing = ": there is nothing to trace: no Dockerfile is built here, and no daemon";
    for (folder, arguments, said) in [
        (empty.path(), &["X"][..], &format!(".{nothing}")[..]),
        (empty.path(), &["X", ".env"], &format!(".env{nothing}")),
        (
            &samples(),
            &["X", "global-only.Dockerfile:99"],
            "global-only.Dockerfile: there is no line 99: the file has",
        ),
        (empty.path(), &["X", "Missingfile"], "Missingfile"),
        (
            &samples(),
            &["X", ".", "--target", "nope"],
            ": there is no stage `nope`; there ",
        ),
    ] {
        let output = run(folder, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

/// A line is one of the file that is named, not of what that builds.
#[test]
fn an_empty_value_serves_no_command() {
    let folder = folder(&[(
        "Dockerfile",
        "FROM golang:1.24\nENV GOPROXY=direct\nRUN go mod download\nRUN GOPROXY=$NONE go mod verify\n",
    )]);
    let told = traced(folder.path(), &["GOPROXY", "Dockerfile"]);
    assert!(
        told.contains("1 of the 2 commands that read it get a value"),
        "{told}"
    );
}

#[test]
fn builds_of_one_dockerfile_are_told_apart_by_their_services() {
    let folder = folder(&[
        (
            "Dockerfile",
            "FROM golang:1.24\nARG GOPROXY\nRUN go mod download\n",
        ),
        (
            "compose.yaml",
            "services:\n  api:\n    build: { context: ., args: { GOPROXY: off } }\n  \
             web:\n    build: { context: ., args: { GOPROXY: direct } }\n",
        ),
    ]);
    let told = traced(folder.path(), &["GOPROXY", "."]);
    for service in ["api", "web"] {
        let title = format!("Dockerfile, built for service {service} of compose.yaml");
        assert!(told.contains(&title), "{told}");
    }
}

/// What the caller's shell sets stands in no file, and is a hop all the same.
#[test]
fn a_value_out_of_the_callers_environment_begins_there() {
    let dockerfile = "FROM golang:1.24\nARG GOPROXY\nRUN go mod download\n";
    let arg = |arg: &str| {
        format!("services:\n  api:\n    build:\n      context: .\n      args: [{arg}]\n")
    };
    let traced = |compose: &str, arguments: &[&str]| {
        let folder = folder(&[("Dockerfile", dockerfile), ("compose.yaml", compose)]);
        traced(folder.path(), &[&["GOPROXY", "."], arguments].concat())
    };
    let by_name = arg("GOPROXY");
    let told = traced(&by_name, &["--env", "GOPROXY=https://m.example"]);
    let way = "\
       ● caller's environment
       └─ ● args: [GOPROXY]  compose.yaml:5
          └─ ● build argument GOPROXY=https://m.example
    2        └─ ● ARG GOPROXY = https://m.example  stage 0
";
    assert!(told.contains(way), "{told}");
    let told = traced(&arg("'GOPROXY=${MIRROR}'"), &["--env", "MIRROR=off"]);
    assert!(told.contains("● caller's environment\n"), "{told}");
    // A value that is not known says where it is taken from, and a flag needs no caller.
    for arguments in [&[][..], &["--build-arg", "GOPROXY=off"]] {
        let told = traced(&by_name, arguments);
        assert!(!told.contains("● caller's environment"), "{told}");
    }
    let told = traced(&arg("GOPROXY=off"), &["--env", "GOPROXY=direct"]);
    assert!(!told.contains("● caller's environment"), "{told}");
}

/// A build argument by its name alone, given to a Dockerfile that nothing else builds.
#[test]
fn what_docker_build_takes_from_its_shell_begins_there() {
    let dockerfile = "FROM golang:1.24\nARG GOPROXY\nRUN go mod download\n";
    let alone = folder(&[("Dockerfile", dockerfile)]);
    let by_name = ["GOPROXY", "Dockerfile", "--build-arg", "GOPROXY"];
    let set = ["--env", "GOPROXY=https://m.example"];
    snapshots("by-name", alone.path(), &[&by_name[..], &set].concat());
    // A value on the command line is from there, and one that is not told is from nowhere.
    let by_value = ["GOPROXY", "Dockerfile", "--build-arg", "GOPROXY=off"];
    for arguments in [&by_name[..], &[&by_value[..], &set].concat()] {
        let told = traced(alone.path(), arguments);
        assert!(!told.contains("● caller's environment"), "{told}");
    }
    // Compose takes it from `.env`, too, whose values are nobody's business.
    let project = folder(&[
        ("Dockerfile", "FROM alpine\nARG API\nRUN echo $API\n"),
        ("compose.yaml", "services:\n  api:\n    build: .\n"),
        (".env", "API=some-word\n"),
    ]);
    let by_name = ["API", ".", "--build-arg", "API", "--env-file", ".env"];
    let told = traced(project.path(), &by_name);
    assert!(told.contains("─ ● --build-arg API = ***"), "{told}");
    assert!(!told.contains("some-word"), "{told}");
}

#[test]
fn a_line_of_a_compose_file_is_not_one_of_the_dockerfile() {
    let compose = "services:\n  a:\n    build:\n      context: .\n      args:\n        API: one\n        OTHER: two\n";
    let files = [
        ("compose.yaml", compose),
        ("Dockerfile", "FROM alpine\nARG API\nRUN echo $API\n"),
    ];
    let project = folder(&files);
    let at = |place: &str| {
        let output = run(project.path(), &["API", place]);
        String::from_utf8(output.stdout).expect("text")
    };
    assert!(
        at("compose.yaml:6").contains("echo $API"),
        "{}",
        at("compose.yaml:6")
    );
    for elsewhere in ["compose.yaml:2", "compose.yaml:7"] {
        let said = at(elsewhere);
        assert_eq!(said, "nothing here sets or reads API\n", "{elsewhere}");
    }
    assert!(
        at("Dockerfile:3").contains("echo $API"),
        "{}",
        at("Dockerfile:3")
    );
}

mod properties {
    use docklint::flow::{Request, RequestedArg, Trees, Workspace};
    use docklint::report::RenderOptions;
    use docklint::report::trace::{TraceFormat, TraceView, render};
    use docklint::source::{FileId, FileKind, SourceFile};
    use proptest::prelude::*;

    /// Lines that touch `A`, and noise.
    fn line() -> impl Strategy<Value = String> {
        let lines = [
            "FROM a AS x",
            "FROM x",
            "FROM x AS y",
            "FROM scratch",
            "ARG A",
            "ARG A=1",
            "ARG B=$A",
            "ENV A=2",
            "ENV A=$A$B C=$A",
            "RUN curl $A http://x",
            "RUN export A=3 && go build",
            "RUN A=4 make; echo \"$A\"",
            "RUN unset A; sudo curl x",
            "RUN [\"x\", \"$A\"]",
            "RUN go env -w A=5 && go mod download",
            "COPY --from=x $A /",
            "ONBUILD ENV A=6",
            "RUN --mount=type=secret,id=A,env=A x",
            "RUN --mount=type=secret,id=A x",
            "SHELL [\"pwsh\", \"-c\"]",
            "RUN <<E\nA=1\nE",
            "RUN a \\",
        ];
        prop_oneof![
            9 => proptest::sample::select(lines.to_vec()).prop_map(str::to_owned),
            1 => ".{0,20}",
        ]
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(
            lines in proptest::collection::vec(line(), 0..25),
            is_given in any::<bool>(),
            at in proptest::option::of(0..30_usize),
        ) {
            let text = lines.join("\n");
            let path = "Dockerfile".to_owned();
            let sources = [SourceFile::new(FileId(0), path, FileKind::Dockerfile, text.into())];
            let trees = Trees::parse(&sources);
            let given = RequestedArg { name: "A".to_owned(), value: Some("7".to_owned()) };
            let request = Request {
                build_args: is_given.then_some(given).into_iter().collect(),
                ..Request::default()
            };
            let workspace = Workspace::new(&trees, &request);
            for variable in ["A", "http_proxy"] {
                every_format(&workspace, variable, at);
            }
        }

        #[test]
        fn no_file_of_a_machine_makes_it_panic(
            units in proptest::collection::vec(unit_line(), 0..12),
            json in ".{0,40}|\\{\"proxies\": \\{\"(default|http-proxy)\": (\"p:1\"|\\{\"httpProxy\": \"p\"\\})\\}\\}",
            at in proptest::option::of(0..12_usize),
        ) {
            let drop_ins = "etc/systemd/system/docker.service.d";
            let files = [
                (format!("{drop_ins}/a.conf"), FileKind::Unit, units.join("\n")),
                (format!("{drop_ins}/b.cfg"), FileKind::Unit, units.concat()),
                ("etc/default/docker".to_owned(), FileKind::EnvironmentFile, units.join("\n")),
                ("etc/docker/daemon.json".to_owned(), FileKind::DaemonJson, json.clone()),
                (".docker/config.json".to_owned(), FileKind::ClientConfig, json),
            ];
            let sources: Vec<SourceFile> = files
                .into_iter()
                .zip(0..)
                .map(|((path, kind, text), id)| SourceFile::new(FileId(id), path, kind, text.into()))
                .collect();
            let trees = Trees::parse(&sources);
            let request = Request::default();
            let workspace = Workspace::new(&trees, &request);
            for variable in ["HTTP_PROXY", "A"] {
                every_format(&workspace, variable, at);
            }
        }
    }

    /// Lines of drop-ins and environment files, right and wrong.
    fn unit_line() -> impl Strategy<Value = String> {
        let lines = [
            "[Service]",
            "[service]",
            "[Service",
            "Environment=HTTP_PROXY=http://p:1 http_proxy=q A=1",
            "Environment=\"HTTP_PROXY=a HTTPS_PROXY=b",
            "Environment=HTTP_PROXY=%41 \\",
            "Environment=",
            "UnsetEnvironment=HTTP_PROXY",
            "EnvironmentFile=/etc/default/docker",
            "ExecStart=",
            "ExecStart=/usr/bin/dockerd --http-proxy=p:2",
            "HTTP_PROXY=http://p:3",
        ];
        prop_oneof![
            9 => proptest::sample::select(lines.to_vec()).prop_map(str::to_owned),
            1 => ".{0,20}",
        ]
    }

    fn every_format(workspace: &Workspace<'_>, variable: &str, at: Option<usize>) {
        let view = TraceView::new(workspace, variable, at);
        for format in [
            TraceFormat::Human,
            TraceFormat::Json,
            TraceFormat::Mermaid,
            TraceFormat::Dot,
            TraceFormat::Svg,
            TraceFormat::Html,
        ] {
            let mut out = Vec::new();
            render(format, &view, &RenderOptions::default(), &mut out).expect("it is rendered");
            assert!(String::from_utf8(out).is_ok());
        }
    }
}

#[test]
fn a_variable_of_dotenv_is_followed_under_the_names_it_goes_into() {
    let compose = "\
services:
  a:
    build: {context: ., args: {HTTPS_PROXY: $CORP_PROXY}}
    environment: [NPM_CONFIG_PROXY=$CORP_PROXY, OTHER=1]
";
    let files = [
        (".env", "CORP_PROXY=http://proxy.example:3128\n"),
        ("compose.yaml", compose),
        ("Dockerfile", "FROM alpine\nRUN apk add curl\n"),
    ];
    let shown = program::printed(program::docklint(
        &files,
        &["trace", "CORP_PROXY", "compose.yaml"],
    ));
    let expected = ".env:1 sets CORP_PROXY, and it goes into HTTPS_PROXY, NPM_CONFIG_PROXY: \
                `docklint trace HTTPS_PROXY` follows it\n";
    assert_eq!(shown, expected);
}

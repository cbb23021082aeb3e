//! Files, and what suggested fixes make of them.

use std::fs;
use std::path::PathBuf;

use crate::{Project, faults};

/// Dockerfiles, and what suggested fixes make of them.
const ARGS: &[(&str, &str)] = &[
    // A bare ARG gets no default of another stage.
    (
        "FROM a AS one\nARG V=1.2\nRUN echo $V\nFROM b\nRUN echo $V\n",
        "FROM a AS one\nARG V=1.2\nRUN echo $V\nFROM b\nARG V=1.2\nRUN echo $V\n",
    ),
    (
        "FROM a AS one\nARG V='1 2'\nRUN echo $V\nFROM b\nRUN echo $V\n",
        "FROM a AS one\nARG V='1 2'\nRUN echo $V\nFROM b\nARG V='1 2'\nRUN echo $V\n",
    ),
    // But that of one above the first FROM.
    (
        "ARG V=1\nFROM a AS one\nARG V=2\nRUN echo $V\nFROM b\nRUN echo $V\n",
        "ARG V=1\nFROM a AS one\nARG V=2\nRUN echo $V\nFROM b\nARG V\nRUN echo $V\n",
    ),
    // Which default, what it is made of or who may read it is not clear: nothing is done.
    (
        "FROM a AS one\nARG V=1\nFROM c AS two\nARG V=2\nFROM b\nRUN echo $V\n",
        "",
    ),
    ("FROM a AS one\nARG W\nARG V=$W\nFROM b\nRUN echo $V\n", ""),
    (
        "FROM a AS one\nARG V=http://u:Synth3tic@h\nFROM b\nRUN echo $V\n",
        "",
    ),
    ("FROM a AS one\nARG V=1\nFROM b\nRUN echo $V\nARG V\n", ""),
    // Nobody has a default: the caller gives it.
    (
        "FROM a AS one\nARG V\nRUN echo $V\nFROM b\nRUN echo $V\n",
        "FROM a AS one\nARG V\nRUN echo $V\nFROM b\nARG V\nRUN echo $V\n",
    ),
    // Lines go and come whole, indented and ended as the others.
    (
        "FROM a\r\n  RUN echo $V\r\n\r\n  ARG V=1\r\n\r\nRUN b\r\n",
        "FROM a\r\n  ARG V=1\r\n  RUN echo $V\r\n\r\nRUN b\r\n",
    ),
    (
        "FROM a\nARG http_proxy\n\nENV http_proxy=$http_proxy\n\nRUN b\n",
        "FROM a\nARG http_proxy\n\nRUN b\n",
    ),
    (
        "FROM a\nARG http_proxy https_proxy\n\nENV http_proxy=$http_proxy\nENV https_proxy=$https_proxy\n\nRUN b\n",
        "FROM a\nARG http_proxy https_proxy\n\nRUN b\n",
    ),
    (
        "FROM a\n\nENV http_proxy=$http_proxy\nENV https_proxy=$https_proxy\n\nRUN b\n",
        "FROM a\n\nRUN b\n",
    ),
    // A default has the spelling of its ARG only.
    (
        "FROM a\nARG HTTP_PROXY=http://h:1\nENV http_proxy=$HTTP_PROXY\nRUN curl http://a.example\n",
        "",
    ),
    (
        "FROM a\nARG HTTP_PROXY\nENV http_proxy=$HTTP_PROXY\nRUN curl http://a.example\n",
        "FROM a\nARG HTTP_PROXY\nRUN curl http://a.example\n",
    ),
];

/// Comments with faults, and what suggested fixes make of them.
const COMMENTS: &[(&str, &str)] = &[
    (
        "FROM a\n# docklint: ignore[build-eror] x\nRUN a\n",
        "FROM a\nRUN a\n",
    ),
    (
        "FROM a\n# docklint: ignore[build-error, something-else] x\nRNU a\n",
        "FROM a\n# docklint: ignore[build-error] x\nRNU a\n",
    ),
    (
        "FROM a\n# docklint: ignore[something, else] x\nRUN a\n",
        "FROM a\nRUN a\n",
    ),
    (
        "FROM a\r\n  RNU a \\\r\n  b # docklint: ignore[build-error] x\r\n",
        "FROM a\r\n  # docklint: ignore[build-error] x\r\n  RNU a \\\r\n  b\r\n",
    ),
    // Nothing is left to be hidden there.
    (
        "FROM a\nRUN a # docklint: ignore[build-error] x\n",
        "FROM a\nRUN a\n",
    ),
    (
        "FROM a\nRUN a\n\n# docklint: ignore[build-error] x\n",
        "FROM a\nRUN a\n\n",
    ),
    (
        "FROM a\n# docklint: ignore build-error, syntax-error: x\nRNU a\n",
        "FROM a\n# docklint: ignore[build-error] x\nRNU a\n",
    ),
    (
        "# docklint:ignore-file(build-error)\nFROM a\nRNU a\n",
        "# docklint:ignore-file[build-error]\nFROM a\nRNU a\n",
    ),
    // In a continuation it is a comment even in quotes.
    (
        "FROM a\nRUN echo 'b \\\n  # docklint: ignore[something] it's\n  c'\n",
        "FROM a\nRUN echo 'b \\\n  c'\n",
    ),
    (
        "FROM a\nRUN echo 'b' \\\n  # it's\n  \"c\" [d] # docklint: ignore[build-error] why\n",
        "FROM a\nRUN echo 'b' \\\n  # it's\n  \"c\" [d]\n",
    ),
    // More than the comment may stand there, or what it stands in goes on.
    (
        "FROM a\nRUN echo \"x # docklint: ignore[proxy-baked]\" && true\n",
        "",
    ),
    (
        "FROM a\nRUN a # docklint: ignore[proxy-baked] \\\n  && b\n",
        "",
    ),
    ("FROM a\nRUN a # docklint: ignore[proxy-baked] \\\n", ""),
    (
        "# escape=`\nFROM a\nRUN a # docklint: ignore[proxy-baked] `\n  && b\n",
        "",
    ),
    (
        "FROM a\nRUN a \\\n  b # docklint: ignore[proxy-baked] \\\n  && c\n",
        "",
    ),
    (
        "FROM a\nENV A=1 # docklint: ignore[proxy-baked] \\\n  B=2\n",
        "",
    ),
    (
        "FROM a\nENV A=\"b # docklint: ignore[proxy-baked]\" \\\n  C=d\n",
        "",
    ),
    ("FROM a\nENV A=\"b # docklint: ignore[proxy-baked]\"\n", ""),
    (
        "FROM a\nENV A='b \\\n  # it's\n  c # docklint: ignore[proxy-baked]'\n",
        "",
    ),
    ("FROM a\nARG A # docklint: ignore[proxy-baked] B=1\n", ""),
    (
        "FROM a\nCMD [\"sh\",\"-c\",\"echo # docklint: ignore[proxy-baked]\"]\n",
        "",
    ),
    ("FROM a\nRUN a \\\" # docklint: ignore[proxy-baked]\"\n", ""),
    ("FROM a\nRUN $(b # docklint: ignore[proxy-baked]\n", ""),
    (
        "FROM a\nCOPY <<E /etc/x\nb # docklint: ignore[proxy-baked]\nE\n",
        "",
    ),
    (
        "FROM a\nCOPY <<E /etc/x\n# docklint: ignore[something]\n# docklint: ignore[build-eror]\nE\n",
        "",
    ),
    (
        "FROM a\nRUN cat <<E > /etc/hint\n# docklint: ignore[build-error]\n# docklint: ignore build-error\nE\n",
        "",
    ),
    // What was meant is not clear, or does more than a comment.
    ("FROM a\n# docklint: ignore\nRNU a\n", ""),
    ("FROM a\n# docklint: ignored build-error\nRNU a\n", ""),
    (
        "# docklint: ignore-file[build-error]\n# escape=`\nFROM a\nRNU a\n",
        "",
    ),
    (
        "FROM a\nRUN <<E\nb\rc # docklint: ignore[build-error]\nE\n",
        "",
    ),
];

#[test]
fn an_arg_that_is_written_has_a_value() {
    check_dockerfiles(ARGS);
}

#[test]
fn comments_with_faults_are_mended_or_go() {
    check_dockerfiles(COMMENTS);
}

/// Comments in units, and what suggested fixes make of them.
const UNIT_COMMENTS: &[(&str, &str)] = &[
    (
        "[Service]\nEnvironment=\"A=b\" # docklint: ignore[dropin-ineffective]\n",
        "[Service]\nEnvironment=\"A=b\"\n",
    ),
    (
        "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd \\\n  # docklint: ignore[something]\n  --debug\n",
        "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd \\\n  --debug\n",
    ),
    (
        "[Service]\nEnvironment=\"A=b # docklint: ignore[proxy-baked] x\" HTTP_PROXY=http://p:1\n",
        "",
    ),
    (
        "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd \\\n  --debug # docklint: ignore[proxy-baked] \\\n  --host fd://\n",
        "",
    ),
];

#[test]
fn comments_in_units_go_only_if_nothing_else_does() {
    check_files("docker.service.d/a.conf", UNIT_COMMENTS);
}

/// Comments in compose files, and what suggested fixes make of them.
const COMPOSE_COMMENTS: &[(&str, &str)] = &[
    (
        "services:\n  a:\n    # docklint: ignore[something]\n    image: 'b'  # docklint: ignore[build-error] it's\r\n",
        "services:\n  a:\n    image: 'b'\r\n",
    ),
    (
        "services:\n  a:\n    image: b\n    environment:\n      A: \"b # docklint: ignore[build-error]\"\n",
        "",
    ),
    (
        "services:\n  a:\n    image: b\n    environment:\n      A: |\n        b # docklint: ignore[build-error]\n        # docklint: ignore[something]\n        # docklint: ignore build-error\n",
        "",
    ),
    (
        "services:\n  a:\n    image: b\n    environment:\n      A:\n        \"b\n        # docklint: ignore[something]\n        # docklint: ignore build-error\n        c\"\n",
        "",
    ),
];

#[test]
fn comments_in_compose_files_go_only_if_nothing_else_does() {
    check_files("compose.yaml", COMPOSE_COMMENTS);
}

fn check_dockerfiles(cases: &[(&str, &str)]) {
    check_files("Dockerfile", cases);
}

fn check_files(path: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let path = path.to_owned();
        let project = Project::new(text, &[(path.clone(), (*text).to_owned())]);
        let mut mended = project.mend(true);
        assert_eq!(faults(&project, &mut mended, true), [""; 0], "{text}");
        let expected = if expected.is_empty() { text } else { expected };
        let written = fs::read_to_string(project.folder.path().join(path)).unwrap();
        assert_eq!(&written, expected, "{text}");
    }
}

/// Lists of hosts, and what suggested fixes make of them; nothing where one entry is left to a person.
const LISTS: &[(&str, &str, &str)] = &[
    (
        "FROM a AS one\nENV no_proxy=\"LIST\" NO_PROXY=\"LIST\"\nRUN curl -O http://a.corp.example/\nRUN pip install -i http://a.corp.example/ b\n",
        "b; *.corp.example;c,http://d.example:80/e",
        "b,.corp.example,corp.example,c,d.example",
    ),
    (
        "FROM debian AS one\nARG no_proxy='LIST'\nRUN wget http://10.1.2.3/\n",
        "110.0.0.0/8 10.0.0.0/8",
        "110.0.0.0/8,10.0.0.0/8,10.1.2.3",
    ),
    (
        "FROM debian AS one\nARG no_proxy=LIST\nRUN wget http://10.1.2.3/\n",
        "10.0.0.0/8;10.1.*",
        "",
    ),
    (
        "FROM a AS one\nARG D=corp.example\nARG no_proxy=b;LIST\nRUN curl -O http://a.corp.example/\n",
        "*.$D",
        "",
    ),
    (
        "{\"proxies\": {\"default\": {\"httpProxy\": \"http://p:1\", \"noProxy\": \"LIST\"}}}\n",
        "a.example;b.example",
        "a.example,b.example",
    ),
    (
        "{\"proxies\": {\"https-proxy\": \"http://p:1\", \"no-proxy\": \"LIST\"}}\n",
        "a.example b.example",
        "a.example,b.example",
    ),
    (
        "[Service]\r\nEnvironment=HTTPS_PROXY=http://p:1 'NO_PROXY=LIST'\r\n",
        "http://a.example/;b.example",
        "a.example,b.example",
    ),
    (
        "[Service]\nEnvironment='NO_PROXY=LIST'\n",
        "a.example\\x20b.example",
        "",
    ),
];

#[test]
fn lists_of_hosts_get_the_form_that_all_understand() {
    for (text, list, expected) in LISTS {
        let path = match text.as_bytes()[0] {
            b'[' => "docker.service.d/a.conf",
            b'{' if text.contains("noProxy") => ".docker/config.json",
            b'{' => "daemon.json",
            _ => "Dockerfile",
        };
        let before = text.replace("LIST", list);
        let project = Project::new(text, &[(path.to_owned(), before.clone())]);
        let mut mended = project.mend(true);
        let found = mended.first.as_ref().unwrap_or(&mended.last.outcome);
        let mut rules = found.findings.iter().map(|finding| finding.rule);
        assert!(rules.any(|rule| rule == "no-proxy-ineffective"), "{text}");
        assert_eq!(faults(&project, &mut mended, true), [""; 0], "{text}");
        let expected = match expected.is_empty() {
            true => before,
            false => text.replace("LIST", expected),
        };
        let written = fs::read_to_string(project.folder.path().join(path)).unwrap();
        assert_eq!(written, expected);
    }
}

/// How a service is built, and how it is once its build is passed the proxy of its environment; the
/// same where that is left to a person.
const BUILDS: &[(&str, &str)] = &[
    (
        "build: . # here",
        "build:\n      context: . # here\n      args:\n        HTTPS_PROXY:\n        http_proxy: http://p.example:1",
    ),
    (
        "build: \".\"\r",
        "build:\r\n      context: \".\"\r\n      args:\r\n        HTTPS_PROXY:\r\n        http_proxy: http://p.example:1\r",
    ),
    (
        "build:\n      # why\n      context: .\n      target: one",
        "build:\n      # why\n      context: .\n      args:\n        HTTPS_PROXY:\n        http_proxy: http://p.example:1\n      target: one",
    ),
    (
        "build:\n\n      # why\n      target: one",
        "build:\n      args:\n        HTTPS_PROXY:\n        http_proxy: http://p.example:1\n\n      # why\n      target: one",
    ),
    (
        "build:\n      args:\n      - \"A=b\"\n      context: .",
        "build:\n      args:\n      - HTTPS_PROXY\n      - http_proxy=http://p.example:1\n      - \"A=b\"\n      context: .",
    ),
    (
        "build:\n      args:\n        A: b\n      context: .",
        "build:\n      args:\n        HTTPS_PROXY:\n        http_proxy: http://p.example:1\n        A: b\n      context: .",
    ),
    (
        "build:\n      args: [A]\n      context: .",
        "build:\n      args: [HTTPS_PROXY, http_proxy=http://p.example:1, A]\n      context: .",
    ),
    (
        "build:\n      args: [ ]\n      context: .",
        "build:\n      args: [HTTPS_PROXY, http_proxy=http://p.example:1 ]\n      context: .",
    ),
    ("build: {context: .}", ""),
    ("build:\n      args:\n      context: .", ""),
    ("build:\n      args: {A: b}\n      context: .", ""),
    ("build: &it\n      context: .\n  other:\n    build: *it", ""),
    ("build:\n      context: .\n  other:\n    extends: it", ""),
];

/// A project with a service, and where its compose file is.
fn service(build: &str, environment: &str) -> (Project, PathBuf) {
    let end = if build.ends_with('\r') { "\r" } else { "" };
    let compose =
        format!("services:{end}\n  it:{end}\n    environment:{end}\n{environment}    {build}\n");
    let dockerfile = "FROM a AS one\nARG A\nRUN curl -O https://a.example/$A\n";
    let files = [("Dockerfile", dockerfile), ("compose.yaml", &compose)];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let project = Project::new(build, &files);
    let path = project.folder.path().join("compose.yaml");
    (project, path)
}

#[test]
fn the_build_of_a_service_is_passed_what_its_container_gets() {
    let both = "      HTTPS_PROXY: ${HTTPS_PROXY}\n      http_proxy: http://p.example:1\n";
    for (build, expected) in BUILDS {
        let (project, path) = service(build, both);
        let before = fs::read_to_string(&path).unwrap();
        let mut mended = project.mend(true);
        assert_eq!(faults(&project, &mut mended, true), [""; 0], "{build}");
        let expected = match expected.is_empty() {
            true => before,
            false => before.replace(build, expected),
        };
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    }
    // What by name alone would be another value, a secret, or as good as none.
    for value in ["${CORP_PROXY}", "http://u:Synth3tic@h:1", "http://$HOST:1"] {
        let (project, _) = service("build: .", &format!("      HTTPS_PROXY: {value}\n"));
        assert!(project.mend(true).files.is_empty(), "{value}");
    }
}

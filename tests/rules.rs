//! What the rules say, and where they are silent: the cases that no page needs for an example.
//! Each is a Dockerfile and the findings it yields, as `severity rule line:column`.

use docklint::check::{Options, Outcome, check};
use docklint::flow::{Request, RequestedArg};
use docklint::source::{FileId, FileKind, SourceFile};

fn outcome_with(args: &[&str], text: &str) -> Outcome {
    let source = SourceFile::new(
        FileId(0),
        "Dockerfile".into(),
        FileKind::Dockerfile,
        text.as_bytes().to_vec(),
    );
    let build_args = args.iter().map(|arg| {
        let (name, value) = arg.split_once('=').expect("NAME=value");
        RequestedArg {
            name: name.into(),
            value: Some(value.into()),
        }
    });
    let request = Request {
        build_args: build_args.collect(),
        ..Request::default()
    };
    let options = Options {
        request,
        ..Options::default()
    };
    check(vec![source], &options)
}

fn found_with(args: &[&str], text: &str) -> Vec<String> {
    let outcome = outcome_with(args, text);
    let source = &outcome.sources[0];
    let tell = |finding: &docklint::finding::Finding| {
        let at = finding.primary().expect("a place").span.range().start;
        let place = docklint::source::LineIndex::new(source.text()).position(source.text(), at);
        let severity = finding.severity.as_str();
        format!(
            "{severity} {} {}:{}",
            finding.rule, place.line, place.column
        )
    };
    outcome.findings.iter().map(tell).collect()
}

fn found(text: &str) -> Vec<String> {
    found_with(&[], text)
}

#[test]
fn arg_declared_late() {
    // A default that needs a later one, and one on the same line.
    assert_eq!(
        found("FROM alpine\nARG URL=https://x.example/$V\nARG V=1\n"),
        ["warning arg-declared-late 2:27"]
    );
    assert_eq!(
        found("FROM alpine\nARG URL=$V V=1\n"),
        ["warning arg-declared-late 2:9"]
    );
    // Less certain where a base image may set it.
    assert_eq!(
        found("FROM corp.example/base\nLABEL v=$V\nARG V\n"),
        ["info arg-declared-late 2:9"]
    );
    // A parent's ARG, a fallback, a template.
    for silent in [
        "FROM alpine AS a\nARG V=1\nFROM a\nLABEL v=$V\nARG V\n",
        "FROM alpine\nLABEL v=${V:-1}\nARG V\n",
        "FROM alpine\n{{ if x }}\nLABEL v=$V\nARG V\n",
        "FROM alpine\nARG V=$V\n",
    ] {
        assert_eq!(found(silent), [""; 0], "{silent}");
    }
}

#[test]
fn arg_out_of_scope() {
    // A FROM, a WORKDIR, COPY's source, and one finding for all uses of a stage.
    assert_eq!(
        found("FROM alpine AS a\nARG V=1\nFROM a\nFROM debian:12$V\n"),
        ["warning arg-out-of-scope 4:15"]
    );
    assert_eq!(
        found("ARG D=/x\nFROM alpine\nWORKDIR $D/a\nCOPY $D/b $D/c\n"),
        ["warning arg-out-of-scope 3:9"]
    );
    assert_eq!(
        found(
            "FROM alpine AS a\nARG V=1\nFROM alpine\nCOPY --from=a /$V /\nFROM alpine\nENV A=$V\n"
        ),
        [
            "warning arg-out-of-scope 4:16",
            "warning arg-out-of-scope 6:7"
        ]
    );
    // Less certain where the base image may set it, or is chosen by the caller.
    for base in ["corp.example/base", "$BASE"] {
        let text = format!("ARG BASE=alpine V=1\nFROM {base}\nLABEL v=$V\n");
        assert_eq!(found(&text), ["info arg-out-of-scope 3:9"], "{base}");
    }
    // An argument that is passed and lost is an error.
    assert_eq!(
        found_with(&["V=2"], "ARG V=1\nFROM alpine\nLABEL v=$V\n"),
        ["error arg-out-of-scope 3:9"]
    );
    // RUN's text belongs to the shell, which expands it in its own way.
    assert_eq!(
        found("ARG V=1\nFROM alpine\nRUN echo $V\n"),
        ["warning arg-out-of-scope 3:10"]
    );
    // ONBUILD is judged where it runs.
    for silent in [
        "ARG V=1\nFROM alpine\nONBUILD LABEL v=$V\n",
        "ARG V=1\nFROM alpine\nRUN echo '$V'\n",
        "ARG V=1\nFROM alpine\nRUN V=2; echo $V\n",
        "ARG V=1\nFROM alpine\nENV V=2\nLABEL v=$V\n",
        "ARG PATH=/x\nFROM alpine\nENV PATH=/a:$PATH\n",
        "ARG V\nFROM alpine\nARG V=$V\n",
        "FROM alpine AS a\nARG V=1\nFROM alpine\nARG V=$V\n",
        "FROM ${V:-alpine}\nARG V\n",
    ] {
        assert_eq!(found(silent), [""; 0], "{silent}");
    }
}

#[test]
fn env_from_undeclared() {
    for (text, expected) in [
        (
            "FROM alpine\nENV A=\"${B:-}\"\n",
            "warning env-from-undeclared 2:5",
        ),
        ("FROM alpine\nENV A $B\n", "warning env-from-undeclared 2:5"),
        (
            "FROM corp.example/x\nENV A=$B\n",
            "info env-from-undeclared 2:5",
        ),
        (
            "ARG X=alpine\nFROM $X\nENV A=$B\n",
            "info env-from-undeclared 3:5",
        ),
        (
            "FROM corp.example/x\nENV A=$TARGETARCH\n",
            "warning env-from-undeclared 2:5",
        ),
        (
            "FROM alpine\nENV http_proxy=$http_proxy\n",
            "warning env-from-undeclared 2:5",
        ),
        (
            "FROM corp.example/x\nENV no_proxy=$NO_PROXY\n",
            "info env-from-undeclared 2:5",
        ),
    ] {
        assert_eq!(found(text), [expected], "{text}");
    }
    for silent in [
        "FROM alpine\nENV A=$B/bin\n",
        "FROM alpine\nENV A=${B:-x}\n",
        "FROM alpine\nENV A=$A\n",
        "FROM alpine\nENV A='$B'\n",
        "FROM corp.example/x\nENV A=$CUDA_VERSION B=$JAVA_HOME C=${APP_USER}\n",
        "FROM node\nENV V=$NODE_VERSION\n",
        "FROM alpine\nONBUILD ENV A=$B\n",
    ] {
        assert_eq!(found(silent), [""; 0], "{silent}");
    }
}

#[test]
fn addresses() {
    for (value, expected) in [
        ("http_proxy=http:///x", "error proxy-malformed 2:16"),
        ("http_proxy=https:proxy:1", "error proxy-malformed 2:16"),
        ("http_proxy=htp://p:1", "error proxy-malformed 2:16"),
        ("HTTPS_PROXY=off", "info proxy-malformed 2:17"),
        ("GOPROXY=ftp://x.example", "error goproxy-malformed 2:13"),
        ("GOPROXY=off,direct", "info goproxy-malformed 2:17"),
        (
            "GONOPROXY='a.example b.example'",
            "warning goprivate-malformed 2:16",
        ),
    ] {
        assert_eq!(found(&format!("FROM alpine\nARG {value}\n")), [expected]);
    }
    for silent in [
        "no_proxy=http:/x",
        "MY_HTTP_PROXY=http:/x",
        "http_proxy=$UNKNOWN",
        "http_proxy={{ proxy }}",
        "GOPROXY=https://a.example,https://b.example,",
        "GOPRIVATE=",
        "host\nARG http_proxy=http://$host:3128",
        "host=\nARG http_proxy=http://$host:3128",
    ] {
        assert_eq!(found(&format!("FROM alpine\nARG {silent}\n")), [""; 0]);
    }
}

#[test]
fn a_broken_address_is_told_where_it_is_set() {
    let text =
        "FROM alpine AS a\nARG http_proxy=http:/p:1\nENV http_proxy=$http_proxy\nFROM alpine\n";
    assert_eq!(found(text), ["error proxy-malformed 2:16"]);
    let text = "FROM alpine AS a\nARG p=http:/p:1\nENV http_proxy=$p\nFROM alpine\n";
    assert_eq!(found(text), ["error proxy-malformed 3:16"]);
}

#[test]
fn proxy_baked() {
    for (text, expected) in [
        (
            "FROM alpine\nARG p\nENV ALL_PROXY=http://$p:1\n",
            "warning proxy-baked 3:5",
        ),
        (
            "ARG p\nFROM alpine\nARG p\nENV https_proxy=$p\n",
            "warning proxy-baked 4:5",
        ),
        (
            "FROM alpine AS a\nENV http_proxy=http://p:1\nFROM a\nENV http_proxy=\n",
            "info proxy-baked 2:5",
        ),
    ] {
        assert_eq!(found(text), [expected], "{text}");
    }
    // One finding for a stage; a comment hides its own place, and the finding moves on.
    let several = "FROM alpine\n# docklint: ignore[proxy-baked] why\nENV http_proxy=http://p:1\n\
         ENV https_proxy=http://p:1 all_proxy=http://p:1\nENV ftp_proxy=http://p:1\n";
    assert_eq!(found(several), ["warning proxy-baked 4:5"]);
    for silent in [
        "FROM alpine AS a\nENV http_proxy=http://p:1\nFROM alpine\nCOPY --from=a /x /x\n",
        "FROM corp.example/x\nENV http_proxy=$http_proxy_of_the_base_HOME\n",
        "FROM alpine\nENV no_proxy=localhost\n",
        "FROM alpine\nONBUILD ENV http_proxy=http://p:1\n",
    ] {
        assert!(
            !found(silent).iter().any(|it| it.contains("baked")),
            "{silent}"
        );
    }
}

#[test]
fn proxy_credentials_speak_before_proxy_baked() {
    let password = ["Zm9", "v-Kq7"].concat();
    let text =
        format!("FROM alpine\nENV http_proxy=http://p:1 https_proxy=http://u:{password}@p:1\n");
    // It speaks for its own setting and not for the one beside it.
    assert_eq!(
        found(&text),
        ["warning proxy-baked 2:5", "error proxy-credentials 2:48"]
    );
    let text = format!("FROM alpine\nARG NPM_CONFIG_PROXY=http://u:{password}@p:1\n");
    assert_eq!(found(&text), ["error proxy-credentials 2:31"]);
}

#[test]
fn proxy_loopback() {
    // The RUN sees the build argument, and not this.
    assert_eq!(
        found_with(
            &["http_proxy=http://proxy.example:3128"],
            "FROM debian\nENV http_proxy=http://127.0.0.1:3128\nRUN apt-get update\n"
        ),
        ["warning proxy-baked 2:5", "info proxy-env-ineffective 2:5"]
    );
    assert_eq!(
        found("FROM alpine\nARG all_proxy=socks5://127.0.0.1:1080\nRUN a && b 2>&1 &>c\n"),
        ["warning proxy-loopback 2:24"]
    );
    for silent in [
        "FROM alpine\nARG all_proxy=socks5://127.0.0.1:1080\nRUN tunnel & apk update\n",
        "FROM alpine\nRUN true\nARG GOPROXY=http://localhost:1\n",
        "ARG GOPROXY=http://localhost:1\nFROM alpine\nRUN true\n",
        "FROM alpine\nENV GOPROXY=http://localhost:1\nENV GOPROXY=\nRUN true\n",
    ] {
        assert_eq!(found(silent), [""; 0], "{silent}");
    }
}

#[test]
fn build_error() {
    for (args, text, expected) in [
        (&["B="][..], "ARG B\nFROM $B\n", "error build-error 2:6"),
        (
            &["T=a b"][..],
            "ARG T=1\nFROM alpine:$T\n",
            "error build-error 2:6",
        ),
        (
            &[][..],
            "FROM alpine AS base\nFROM BASE\n",
            "error build-error 2:6",
        ),
        (
            &[][..],
            "ARG MY_BASE=alpine\nFROM MY_BASE\n",
            "error build-error 2:6",
        ),
        (&[][..], "RUN a\nRUN b\n", "error build-error 1:1"),
    ] {
        assert_eq!(found_with(args, text), [expected], "{text}");
    }
    for silent in [
        "ARG P\nFROM --platform=linux/$P alpine\n",
        "ARG T\nARG I=alpine:$T\nFROM $I\n",
        "FROM alpine\nARG PORT\nEXPOSE $PORT/x\n",
        "FROM @BASE@\nRNU x\n",
        "FROM TO_BE_REPLACED\n",
        "<% if x %>\nFROM alpine\nRNU x\n",
    ] {
        assert_eq!(found(silent), [""; 0], "{silent}");
    }
}

#[test]
fn a_misspelt_from_is_told_whatever_the_file_is_called() {
    let source = SourceFile::new(
        FileId(0),
        "Dockerfile.dev".into(),
        FileKind::Dockerfile,
        b"FORM golang:1.22\nRUN go mod download\n".to_vec(),
    );
    let outcome = check(vec![source], &Options::default());
    let rules: Vec<_> = outcome.findings.iter().map(|it| it.rule).collect();
    assert_eq!(rules, ["build-error"]);
}

#[test]
fn a_proxy_that_a_tool_was_told_and_is_told_no_more_is_missing() {
    let text = |between: &str| {
        format!(
            "FROM node:20\nRUN npm config set proxy http://p.example:3128\n{between}RUN npm install -g left-pad\n\
             ENV HTTPS_PROXY=http://p.example:3128 https_proxy=http://p.example:3128\nRUN npm install -g other\n"
        )
    };
    let is_missing = |text: &str| found(text).iter().any(|it| it.contains("proxy-missing"));
    assert!(!is_missing(&text("")));
    assert!(is_missing(&text("RUN npm config delete proxy\n")));
    // What may not run, and another key, leave it there.
    assert!(!is_missing(&text(
        "RUN test -f x && npm config delete proxy || true\n"
    )));
    assert!(!is_missing(&text("RUN npm config delete registry\n")));
}

/// What is told to write is what the fix writes, and there is neither where nothing is left to write.
#[test]
fn no_proxy_ineffective_tells_what_it_writes() {
    for (list, url, written) in [
        (
            "localhost,http://b.corp:80,*.c.corp,d;e",
            "http://x.c.corp/a",
            Some("localhost,b.corp,.c.corp,c.corp,d,e"),
        ),
        (
            "localhost,10.0.0.0/8",
            "http://10.1.2.3/a",
            Some("localhost,10.0.0.0/8,10.1.2.3"),
        ),
        ("http://", "http://h.example/a", None),
        (";", "http://h.example/a", None),
    ] {
        let text = format!("FROM debian:12\nENV no_proxy=\"{list}\"\nRUN wget {url}\n");
        let outcome = outcome_with(&[], &text);
        let mut findings = outcome.findings.iter();
        let finding = findings.find(|it| it.rule == "no-proxy-ineffective");
        let finding = finding.expect("a finding");
        let told = written.map(|text| format!("write `{text}`"));
        assert_eq!(finding.help, told, "{list}");
        let fixes = finding.fixes.iter();
        let fixes = fixes.map(|fix| (fix.title.clone(), fix.edits[0].text.as_str()));
        let expected: Vec<_> = told.into_iter().zip(written).collect();
        assert_eq!(fixes.collect::<Vec<_>>(), expected, "{list}");
    }
}

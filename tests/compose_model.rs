//! What rules ask of a compose project: places, provenance, what is unknown and why.

use docklint::model::compose::{
    ClientProxies, ClientProxy, DiagnosticKind, Dockerfile, Flag, Level, ProcessEnvironment,
    ProxyKind,
};
use docklint::model::{Mechanism, Unknown, Value};

#[path = "support/memory.rs"]
mod memory;
use memory::Memory;

#[test]
fn an_argument_tells_its_way_from_dotenv() {
    let files = Memory::new([
        (
            "compose.yaml",
            "services:\n  app:\n    build:\n      context: .\n      args:\n        P: \"${PROXY}\"\n",
        ),
        (".env", "HOST=proxy\nPROXY=http://$HOST:1\nUNUSED=x\n"),
    ]);
    let project = files.load();
    let arg = &project.services[0].build.as_ref().unwrap().args[0];
    assert_eq!(
        arg.value.as_ref().unwrap().as_known(),
        Some("http://proxy:1")
    );
    assert_eq!(files.text(arg.name_at), "P");
    assert_eq!(files.text(arg.at), "\"${PROXY}\"");
    let story: Vec<_> = project
        .provenance
        .story(arg.hop)
        .into_iter()
        .map(|hop| project.provenance.hop(hop))
        .map(|hop| (hop.how, hop.at.map_or("", |at| files.text(at))))
        .collect();
    assert_eq!(
        story,
        [
            (Mechanism::Dotenv, "HOST"),
            (Mechanism::Interpolation, "$HOST"),
            (Mechanism::Dotenv, "PROXY"),
            (Mechanism::Interpolation, "${PROXY}"),
            (Mechanism::ComposeBuildArg, "\"${PROXY}\""),
        ]
    );
    let used: Vec<_> = project
        .dotenv
        .iter()
        .map(|setting| (setting.name.as_ref(), setting.is_used()))
        .collect();
    assert_eq!(used, [("HOST", true), ("PROXY", true), ("UNUSED", false)]);
}

#[test]
fn an_open_environment_leaves_values_unknown() {
    let files = Memory::new([(
        "compose.yaml",
        "services:\n  app:\n    build:\n      context: .\n      args: {A: '${A}', B: '${B:-b}', C: , D: 'x${D}y', E: '${E:?no}'}\n",
    )]);
    let project = files.load_with(&ProcessEnvironment::default());
    assert!(!project.has_errors(), "{:?}", project.diagnostics);
    let args = &project.services[0].build.as_ref().unwrap().args;
    let unknown = Some(Value::Unknown(Unknown::ProcessEnvironment));
    assert_eq!(args[0].value, unknown);
    assert_eq!(args[1].value.as_ref().unwrap().as_known(), Some("b"));
    assert_eq!(args[2].value, unknown);
    assert!(args[2].is_pass_through);
    assert!(matches!(args[3].value, Some(Value::Partly(_))));
    assert_eq!(args[4].value, unknown);
}

#[test]
fn list_entries_have_spans_for_name_and_value() {
    let files = Memory::new([(
        "compose.yaml",
        "services:\n  app:\n    image: x\n    environment:\n      - \"A=1\"\n      - B\n      - C=c d\n",
    )]);
    let project = files.load();
    let environment = &project.services[0].environment;
    let texts: Vec<_> = environment
        .iter()
        .map(|entry| (files.text(entry.name_at), files.text(entry.at)))
        .collect();
    assert_eq!(texts, [("A", "1"), ("B", "B"), ("C", "c d")]);
}

#[test]
fn environment_and_env_file_differ_by_mechanism() {
    let files = Memory::new([
        (
            "compose.yaml",
            "services: {app: {image: x, environment: {A: 1}, env_file: a.env}}\n",
        ),
        ("a.env", "A=2\nHTTP_PROXY=\"http://p:1\"\n"),
    ]);
    let project = files.load();
    let entries: Vec<_> = project.services[0]
        .environment
        .iter()
        .map(|entry| {
            let how = project.provenance.hop(entry.hop).how;
            (
                entry.name.as_ref(),
                entry.value.as_ref().unwrap().as_known().unwrap(),
                how,
            )
        })
        .collect();
    assert_eq!(
        entries,
        [
            ("HTTP_PROXY", "http://p:1", Mechanism::ComposeEnvFile),
            ("A", "1", Mechanism::ComposeEnvironment)
        ]
    );
    assert!(project.services[0].env_files[0].file.is_some());
}

#[test]
fn merged_in_files_leave_a_hop() {
    let files = Memory::new([
        ("compose.yaml", "include: [sub/compose.yaml]\n"),
        (
            "sub/compose.yaml",
            "services: {db: {build: {context: ., args: {A: 1, V: '${V}', W: }}}}\n",
        ),
        ("sub/.env", "V=v\nW=w\n"),
    ]);
    let project = files.load();
    let args = &project.services[0].build.as_ref().unwrap().args;
    let hop = project.provenance.hop(args[0].hop);
    assert_eq!(hop.how, Mechanism::ComposeMerge);
    assert_eq!(files.text(hop.at.unwrap()), "sub/compose.yaml");
    assert_eq!(args[1].value.as_ref().unwrap().as_known(), Some("v"));
    assert_eq!(
        args[2].value, None,
        "a name alone sees the outer environment only"
    );
}

#[test]
fn inline_dockerfiles_map_back() {
    let text = "services:\n  app:\n    build:\n      dockerfile_inline: |\n        FROM x:${T:-1}\n        RUN echo $$A\n";
    let files = Memory::new([("compose.yaml", text)]);
    let project = files.load();
    let build = project.services[0].build.as_ref().unwrap();
    let Dockerfile::Inline(inline, at) = &build.dockerfile else {
        panic!("{build:?}");
    };
    let derived = inline.value.as_known().unwrap();
    assert_eq!(derived, "FROM x:1\nRUN echo $A\n");
    let map = inline.map.as_ref().unwrap();
    let run = derived.find("RUN echo").unwrap();
    assert_eq!(&text[map.span(run, run + 8).range()], "RUN echo");
    assert!(at.span.contains(text.find("FROM").unwrap()));
}

#[test]
fn flags_and_client_proxies_come_on_top() {
    let files = Memory::new([(
        "compose.yaml",
        "services:\n  app:\n    build: {context: ., args: {HTTP_PROXY: , X: file}}\n",
    )]);
    let mut project = files.load();
    let proxy = |kind| ClientProxy {
        kind,
        value: "http://c:1".into(),
        at: None,
    };
    let proxies = ClientProxies {
        entries: vec![proxy(ProxyKind::Http), proxy(ProxyKind::All)],
    };
    let service = project.services[0].clone();
    let args = project.build_args(&service, &[Flag::parse("X=flag")], &proxies);
    let shown: Vec<_> = args
        .iter()
        .map(|arg| {
            (
                arg.name.as_str(),
                arg.value.as_ref().unwrap().as_known().unwrap(),
            )
        })
        .collect();
    assert_eq!(shown, [("X", "flag"), ("HTTP_PROXY", "http://c:1")]);
    assert_eq!(
        project.container_environment(&service, &[], &proxies).len(),
        4
    );
}

#[test]
fn what_is_broken_leaves_the_rest() {
    let files = Memory::new([(
        "compose.yaml",
        "services:\n  a:\n    build: {context: ., args: {A: 1}}\n  b:\n    image: \"${X:?no}\"\n    enviroment: {}\n  c:\n    image: x\n    build\n  d:\n    build: ./d\n",
    )]);
    let project = files.load();
    let kinds: Vec<_> = project
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.kind.level() == Level::Error)
        .map(|diagnostic| diagnostic.kind)
        .collect();
    for kind in [
        DiagnosticKind::Syntax,
        DiagnosticKind::RequiredVariable,
        DiagnosticKind::Schema,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} in {kinds:?}");
    }
    let build = project.service("d").unwrap().build.as_ref().unwrap();
    assert_eq!(build.dockerfile_path().as_deref(), Some("/p/d/Dockerfile"));
    assert_eq!(
        project
            .service("a")
            .unwrap()
            .build
            .as_ref()
            .unwrap()
            .args
            .len(),
        1
    );
}

/// Rules of facts/compose.md 5 that no recorded case shows alone.
#[test]
fn later_files_over_earlier_ones() {
    let files = Memory::new([
        (
            "compose.yaml",
            "services:\n  app:\n    build:\n      context: .\n      args: [A=1, B=1]\n      additional_contexts: {l: ./l}\n      secrets: [s]\n      extra_hosts: [h=1.1.1.1]\n    environment: {E: 1, F: 1}\n    secrets: [s]\nsecrets: {s: {file: s}}\n",
        ),
        (
            "compose.override.yml",
            "services:\n  app:\n    build:\n      args: {A: , B: !reset null, C: 3}\n      additional_contexts: [m=./m]\n      secrets: [s]\n      extra_hosts: {h: 2.2.2.2}\n    environment: {E: , F: !reset null}\n    secrets: [s]\n",
        ),
    ]);
    let project = files.load();
    assert!(!project.has_errors(), "{:?}", project.diagnostics);
    let service = &project.services[0];
    let build = service.build.as_ref().unwrap();
    let args: Vec<_> = build
        .args
        .iter()
        .map(|arg| {
            (
                arg.name.as_ref(),
                arg.value.as_ref().and_then(|value| value.as_known()),
            )
        })
        .collect();
    // Null erases the value; `!reset` of a name does not reach a list.
    assert_eq!(args, [("A", None), ("B", Some("1")), ("C", Some("3"))]);
    assert_eq!(build.additional_contexts.len(), 2);
    assert_eq!(build.secrets.len(), 2);
    assert_eq!(service.secrets.len(), 1);
    assert_eq!(
        build.extra_hosts,
        [(
            "h".to_owned(),
            vec!["1.1.1.1".to_owned(), "2.2.2.2".to_owned()]
        )]
    );
    let environment: Vec<_> = service
        .environment
        .iter()
        .map(|entry| entry.name.as_ref())
        .collect();
    assert_eq!(environment, ["E"]);
}

/// What Compose 2.40.3 said of lines behind `services: {a: {image: x}}`
/// (`fixtures/conformance/refusals`).
#[test]
fn what_compose_refuses_is_an_error_and_nothing_else_is() {
    let table = include_str!("../fixtures/conformance/refusals/snippets.tsv");
    for line in table.lines() {
        let (written, message) = line.split_once('\t').expect("two columns");
        let parts = written.split("\\\\").map(|part| part.replace("\\n", "\n"));
        let lines = parts.collect::<Vec<_>>().join("\\");
        let compose = format!("services:\n  a:\n    image: x\n{lines}\n");
        let files = Memory::new([("compose.yaml", compose)]);
        let project = files.load();
        let mut said = project.diagnostics.iter();
        let error = said.find(|said| said.kind.level() == Level::Error);
        assert_eq!(
            error.is_some(),
            !message.is_empty(),
            "Compose says {message:?} of {written}, docklint {error:?}"
        );
    }
}

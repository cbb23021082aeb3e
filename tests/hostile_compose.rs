//! Inputs made to hang, overflow or break out: each gives a diagnostic, soon and in little memory.
//! The bounds are wide, these tests look for growth, not for milliseconds.

use std::time::{Duration, Instant};

use docklint::model::compose::{DiagnosticKind, Project};

#[path = "support/memory.rs"]
mod memory;
use memory::Memory;

const SOON: Duration = Duration::from_secs(60);

/// Loads one compose file and gives what it says of `kind`.
fn diagnose(text: String, kind: DiagnosticKind) {
    let start = Instant::now();
    let files = Memory::new([("compose.yaml", text)]);
    let project = files.load();
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    expect(&project, kind);
}

fn expect(project: &Project<'_>, kind: DiagnosticKind) {
    let found = project
        .diagnostics
        .iter()
        .any(|diagnostic| diagnostic.kind == kind);
    let shown: Vec<_> = project.diagnostics.iter().take(5).collect();
    assert!(found, "no {kind:?} in {shown:?}");
}

#[test]
fn billion_laughs() {
    let mut text = "x-0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        let items = vec![before; 9].join(",");
        text.push_str(&format!("x-{level}: &a{level} [{items}]\n"));
    }
    text.push_str("services: {app: {image: x}}\n");
    diagnose(text, DiagnosticKind::Alias);
}

#[test]
fn doubling_maps() {
    let mut text = "x-0: &a0 {k: v}\n".to_owned();
    for level in 1..40 {
        let before = level - 1;
        text.push_str(&format!(
            "x-{level}: &a{level} {{a: *a{before}, b: *a{before}}}\n"
        ));
    }
    text.push_str("services: {app: {image: x}}\n");
    diagnose(text, DiagnosticKind::Alias);
}

#[test]
fn quadratic_aliases() {
    let long = vec!["x"; 20_000].join(",");
    let uses = vec!["*a"; 20_000].join(",");
    let text = format!("x-a: &a [{long}]\nx-b: [{uses}]\nservices: {{app: {{image: x}}}}\n");
    diagnose(text, DiagnosticKind::Alias);
}

#[test]
fn merge_keys_that_double() {
    let mut text = "x-0: &a0 {k: v}\n".to_owned();
    for level in 1..40 {
        let before = level - 1;
        text.push_str(&format!(
            "x-{level}: &a{level}\n  <<: [*a{before}, *a{before}]\n"
        ));
    }
    text.push_str("services: {app: {image: x}}\n");
    diagnose(text, DiagnosticKind::Alias);
}

#[test]
fn an_alias_to_itself() {
    diagnose(
        "x-a: &a {b: {c: *a}}\nservices: {app: {image: x}}\n".into(),
        DiagnosticKind::Alias,
    );
    diagnose(
        "x-a: &a\n  <<: *a\nservices: {app: {image: x}}\n".into(),
        DiagnosticKind::Alias,
    );
}

#[test]
fn aliases_that_nest() {
    let mut text = "x-0: &a0 [x]\n".to_owned();
    for level in 1..2_000 {
        text.push_str(&format!("x-{level}: &a{level} [*a{}]\n", level - 1));
    }
    text.push_str("services: {app: {image: x}}\n");
    diagnose(text, DiagnosticKind::Alias);
}

#[test]
fn more_than_is_looked_at() {
    let services: String = (0..20_001)
        .map(|i| format!("  s{i}: {{image: x}}\n"))
        .collect();
    diagnose(format!("services:\n{services}"), DiagnosticKind::TooMuch);
    let variables = "$A ".repeat(100_001);
    let text = format!("services: {{app: {{image: x, command: '{variables}'}}}}\n");
    diagnose(text, DiagnosticKind::TooMuch);
    let items = "a,".repeat(200_001);
    let text = format!("services: {{app: {{image: x}}}}\nx-a: [{items}]\n");
    diagnose(text, DiagnosticKind::TooMuch);
    let settings: String = (0..50_001).map(|i| format!("A{i}=b\n")).collect();
    let files = Memory::new([
        ("compose.yaml", "services: {app: {image: x}}\n".to_owned()),
        (".env", settings),
    ]);
    expect(&files.load(), DiagnosticKind::TooMuch);
    let includes: String = (0..2_001).map(|i| format!("- f{i}.yaml\n")).collect();
    let files = Memory::new([("compose.yaml", format!("include:\n{includes}"))]);
    expect(&files.load(), DiagnosticKind::TooMuch);
    let files: String = (0..8_200).map(|i| format!("f{i}.env,")).collect();
    let text = format!("services: {{app: {{image: x, env_file: [{files}]}}}}\n");
    let files = Memory::new([("compose.yaml", text), ("f0.env", "A=b\n".to_owned())]);
    expect(&files.load(), DiagnosticKind::TooMuch);
}

#[test]
fn deep_flow() {
    diagnose("[".repeat(100_000), DiagnosticKind::Syntax);
    diagnose("{a: ".repeat(100_000), DiagnosticKind::Syntax);
    let closed = "[".repeat(100_000) + &"]".repeat(100_000);
    diagnose(closed, DiagnosticKind::Syntax);
}

#[test]
fn deep_block() {
    diagnose("- ".repeat(100_000) + "x", DiagnosticKind::Syntax);
    let mut text = String::new();
    for depth in 0..3_000 {
        text.push_str(&" ".repeat(depth));
        text.push_str("a:\n");
    }
    diagnose(text, DiagnosticKind::Syntax);
}

#[test]
fn seven_megabytes() {
    let mut text = "services:\n".to_owned();
    let mut index = 0;
    while text.len() < 7_000_000 {
        text.push_str(&format!(
            "  s{index}:\n    image: x:${{T:-1}}\n    build: {{context: ., args: {{A: '${{B-c}}', D: }}}}\n"
        ));
        index += 1;
    }
    let start = Instant::now();
    let files = Memory::new([
        ("compose.yaml", text),
        ("compose.override.yaml", "services: {s1: {image: y}}".into()),
    ]);
    let project = files.load();
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    // More than is looked at: that is told, and Compose would not refuse the project.
    assert!(project.services.len() > 10_000);
    expect(&project, DiagnosticKind::TooMuch);
    assert!(!project.has_errors(), "{:?}", project.diagnostics.first());
}

#[test]
fn many_keys_twice_and_many_documents() {
    diagnose("a: 1\n".repeat(100_000), DiagnosticKind::Syntax);
    diagnose(
        "---\nservices: {a: {image: x}}\n".repeat(50_000),
        DiagnosticKind::TooMuch,
    );
}

#[test]
fn many_syntax_errors() {
    diagnose(
        "services:\n  a: [\n  b: }\n".repeat(20_000),
        DiagnosticKind::Syntax,
    );
    diagnose("\t: \"\n".repeat(100_000), DiagnosticKind::Syntax);
}

#[test]
fn many_comments_and_variables() {
    let text = "# c\n".repeat(300_000) + "services: {a: {image: x}}\n";
    let files = Memory::new([("compose.yaml", text)]);
    assert!(!files.load().has_errors());
    let text = format!(
        "services: {{a: {{image: '{}'}}}}\n",
        "${A:-${B:-c}}$$".repeat(20_000)
    );
    let files = Memory::new([("compose.yaml", text)]);
    assert!(!files.load().has_errors());
    let deep = "${A:-".repeat(50_000);
    diagnose(
        format!("services: {{a: {{image: '{deep}'}}}}\n"),
        DiagnosticKind::Template,
    );
}

#[test]
fn an_include_circle() {
    let files = Memory::new([
        (
            "compose.yaml",
            "include: [b.yaml]\nservices: {a: {image: a}}\n",
        ),
        ("b.yaml", "include: [c.yaml]\nservices: {b: {image: b}}\n"),
        ("c.yaml", "include: [b.yaml]\nservices: {c: {image: c}}\n"),
    ]);
    expect(&files.load(), DiagnosticKind::Include);
    let files = Memory::new([(
        "compose.yaml",
        "include: [compose.yaml]\nservices: {a: {image: a}}\n",
    )]);
    expect(&files.load(), DiagnosticKind::Include);
}

#[test]
fn includes_that_double() {
    // Each file includes the next one twice: 2^19 loads if nothing stopped it.
    let names: Vec<&'static str> = (0..20)
        .map(|index| &*Box::leak(format!("f{index}.yaml").into_boxed_str()))
        .collect();
    let mut list = vec![("compose.yaml", "include: [f0.yaml, ./f0.yaml]\n".to_owned())];
    for pair in names.windows(2) {
        list.push((pair[0], format!("include: [{0}, ./{0}]\n", pair[1])));
    }
    list.push((names[19], "services: {a: {image: x}}\n".to_owned()));
    let start = Instant::now();
    let files = Memory::new(list);
    let project = files.load();
    expect(&project, DiagnosticKind::TooMuch);
    assert!(!project.has_errors(), "{:?}", project.diagnostics.first());
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
}

#[test]
fn extends_itself_and_in_circles() {
    diagnose(
        "services: {a: {extends: a}}\n".into(),
        DiagnosticKind::Extends,
    );
    diagnose(
        "services: {a: {extends: {service: a, file: compose.yaml}}}\n".into(),
        DiagnosticKind::Extends,
    );
    let files = Memory::new([
        (
            "compose.yaml",
            "services: {a: {extends: {service: b, file: b.yaml}}}\n",
        ),
        (
            "b.yaml",
            "services: {b: {extends: {service: a, file: compose.yaml}}}\n",
        ),
    ]);
    expect(&files.load(), DiagnosticKind::Extends);
}

#[test]
fn extends_in_a_long_chain() {
    let mut text = "services:\n  s0: {image: x}\n".to_owned();
    for index in 1..5_000 {
        text.push_str(&format!("  s{index}: {{extends: s{}}}\n", index - 1));
    }
    let files = Memory::new([("compose.yaml", text)]);
    assert!(!files.load().has_errors());
    let mut text = "services:\n".to_owned();
    for index in 0..5_000 {
        text.push_str(&format!("  s{index}: {{extends: s{}}}\n", index + 1));
    }
    diagnose(text + "  s5000: {image: x}\n", DiagnosticKind::TooMuch);
}

#[test]
fn extends_that_copies_much() {
    let mut text = "services:\n  base:\n    image: x\n    environment:\n".to_owned();
    for index in 0..5_000 {
        text.push_str(&format!("      A{index}: v\n"));
    }
    for index in 0..5_000 {
        text.push_str(&format!("  s{index}: {{extends: base}}\n"));
    }
    diagnose(text, DiagnosticKind::TooMuch);
}

#[test]
fn variables_that_double() {
    let mut dotenv = "N0=0123456789\n".to_owned();
    for index in 0..60 {
        dotenv.push_str(&format!("N{}=$N{index}$N{index}\n", index + 1));
    }
    let files = Memory::new([
        (
            "compose.yaml",
            "services: {a: {image: '$N60'}}\n".to_owned(),
        ),
        (".env", dotenv),
    ]);
    let start = Instant::now();
    let project = files.load();
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    let image = project.services[0].image.as_ref();
    let known = image.and_then(|image| image.value.as_known());
    assert_eq!(known, None, "too long to be worked out");
}

#[test]
fn an_env_file_of_many_services() {
    let lines: String = (0..10_000).map(|index| format!("N{index}=v\n")).collect();
    let services = (0..5_000).map(|index| format!("  s{index}: {{image: x, env_file: e.env}}\n"));
    let text = format!("services:\n{}", services.collect::<String>());
    let files = Memory::new([("compose.yaml", text), ("e.env", lines)]);
    let start = Instant::now();
    expect(&files.load(), DiagnosticKind::TooMuch);
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
}

/// The same fault a hundred thousand times is told a hundred times.
#[test]
fn faults_without_end() {
    let texts = ["1: a\n", "a: 1\n"].map(|line| line.repeat(100_000));
    for text in texts {
        let files = Memory::new([("compose.yaml", text)]);
        let project = files.load();
        assert!(project.has_errors());
        assert!(
            project.diagnostics.len() <= 300,
            "{}",
            project.diagnostics.len()
        );
    }
}

#[test]
fn paths_out_of_the_root_are_not_read() {
    let files = Memory::new([(
        "compose.yaml",
        "services:\n  a:\n    build: {context: ../../../etc}\n    env_file: ../../../etc/passwd\n  \
         b: {extends: {file: ../x.yaml, service: b}}\nsecrets: {s: {file: /etc/shadow}}\n",
    )]);
    let project = files.load();
    let outside = project
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.kind == DiagnosticKind::OutsideRoot);
    assert_eq!(outside.count(), 3, "{:#?}", project.diagnostics);
}

#[test]
fn arguments_without_end_are_left_out() {
    let args: String = (0..50_010)
        .map(|index| format!("        A{index}: v\n"))
        .collect();
    let text = format!("services:\n  a:\n    build:\n      context: .\n      args:\n{args}");
    let files = Memory::new([("compose.yaml", text)]);
    let project = files.load();
    expect(&project, DiagnosticKind::TooMuch);
    let build = project.services[0].build.as_ref().expect("it is built");
    assert_eq!(build.args.len(), 50_000);
}

/// Many entries of one kind: what is searched from end to end shows here.
#[test]
fn many_of_each() {
    let list = |name: &str, item: &dyn Fn(usize) -> String| {
        let items: Vec<String> = (0..20_000).map(item).collect();
        format!("{name}: [{}]\n", items.join(", "))
    };
    let text = format!(
        "services:\n  a:\n    image: x\n    {}    {}    {}    {}    build:\n      context: .\n      {}      {}      {}",
        list("environment", &|index| format!("E{index}=v")),
        list("depends_on", &|_| "a".to_owned()),
        list("links", &|index| format!("l{index}")),
        list("networks", &|index| format!("n{index}")),
        list("args", &|index| format!("A{index}=v")),
        list("extra_hosts", &|index| format!("h{index}=1.1.1.1")),
        list("additional_contexts", &|index| format!("c{index}=./c")),
    );
    let start = Instant::now();
    let files = Memory::new([
        ("compose.yaml", text.clone()),
        ("compose.override.yaml", text),
    ]);
    let mut project = files.load();
    let service = project.services[0].clone();
    project.build_args(
        &service,
        &[],
        &docklint::model::compose::ClientProxies::default(),
    );
    assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
}

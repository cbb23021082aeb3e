//! The published schemas: what docklint writes and reads keeps to them, and they say no more than it
//! understands.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "support/files.rs"]
mod files;
#[path = "support/program.rs"]
mod program;
#[path = "support/schema.rs"]
mod schema;
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use docklint::config::ConfigFile;
use docklint::rules;
use serde_json::Value;

const CONFIG: &str = "docklint.schema.json";

fn read(path: &str) -> Value {
    serde_json::from_slice(&fs::read(support::root(path)).unwrap()).unwrap()
}

/// A configuration, checked by docklint and by its schema, which must agree.
fn is_valid(toml: &str) -> bool {
    let understood = toml::from_str::<ConfigFile>(toml).is_ok();
    let value: toml::Value = toml::from_str(toml).unwrap();
    let conforms = schema::conforms(&read(CONFIG), &serde_json::to_value(value).unwrap());
    assert_eq!(understood, conforms.is_ok(), "{toml}\n{conforms:?}");
    understood
}

#[test]
fn the_readmes_configuration_is_valid() {
    let readme = fs::read_to_string(support::root("README.md")).unwrap();
    let readme = readme.replace("\r\n", "\n");
    let (_, configure) = readme.split_once("\n## Configure\n").unwrap();
    let (_, toml) = configure.split_once("```toml\n").unwrap();
    let (toml, _) = toml.split_once("\n```").unwrap();
    assert!(is_valid(toml));
    // Every key is shown.
    for key in keys("", "zzz = 1") {
        assert!(toml.contains(&key), "README shows `{key}`");
    }
    let ran = program::docklint(
        &[
            ("docklint.toml", toml),
            ("Dockerfile", "FROM a\n"),
            ("compose.yaml", "services:\n  a:\n    image: a\n"),
            ("deploy/compose.prod.yaml", "services: {}\n"),
        ],
        &["."],
    );
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
}

#[test]
fn the_pages_configurations_are_valid() {
    let pages = fs::read_dir(support::root("rules")).unwrap();
    for page in pages {
        let text = fs::read_to_string(page.unwrap().path()).unwrap();
        for toml in text
            .replace("\r\n", "\n")
            .split("```toml file=docklint.toml\n")
            .skip(1)
        {
            assert!(is_valid(toml.split("\n```").next().unwrap()));
        }
    }
}

#[test]
fn what_init_writes_is_valid_with_and_without_its_comments() {
    let compose = "services: {a: {build: {context: ., args: {HTTP_PROXY: ''}}}}\n";
    let projects: [&[(&str, &str)]; 3] = [
        &[],
        &[(
            "Dockerfile",
            "FROM a\nENV GOPROXY=\"https://a.example,direct\" API_TOKEN=s3cr3tv4lu3\n",
        )],
        &[
            ("compose.yaml", compose),
            ("vendor/x/Dockerfile", "FROM a\nRUN x\n"),
        ],
    ];
    for project in projects {
        let text = program::printed(program::docklint(project, &["init", "--stdout"]));
        assert!(is_valid(&text));
        let examples = text.lines().filter_map(|line| line.strip_prefix("# "));
        let is_toml = |line: &&str| {
            line.starts_with('[')
                || line
                    .split_once(" = ")
                    .is_some_and(|(key, _)| !key.contains(' '))
        };
        let examples: Vec<&str> = examples.filter(is_toml).collect();
        assert!(examples.len() > 10, "{text}");
        assert!(is_valid(&examples.join("\n")), "{text}");
    }
}

/// The keys that docklint knows where the last line of `toml` stands: its complaint about one that it
/// does not know names them.
fn keys(at: &str, toml: &str) -> BTreeSet<String> {
    let error = toml::from_str::<ConfigFile>(toml).unwrap_err();
    let message = error.message();
    assert!(
        message.starts_with("unknown field `zzz`"),
        "{at}: {message}"
    );
    let quoted = message.split('`').skip(1).step_by(2);
    quoted.skip(1).map(str::to_owned).collect()
}

#[test]
fn the_schema_has_the_keys_that_docklint_knows() {
    let schema = read(CONFIG);
    let tables = [
        ("", "zzz = 1"),
        ("/$defs/override", "[[overrides]]\nzzz = 1"),
        ("/$defs/build", "[[builds]]\nzzz = 1"),
        ("/$defs/files", "[files]\nzzz = 1"),
        ("/$defs/compose", "[compose]\nzzz = 1"),
        ("/$defs/network", "[network]\nzzz = 1"),
        ("/$defs/secrets", "[secrets]\nzzz = 1"),
        ("/$defs/base-image", "[base-images.x]\nzzz = 1"),
        ("/$defs/setting", "[rules.x]\nzzz = 1"),
        ("/$defs/regex", "[secrets]\nnames = [{ zzz = 1 }]"),
    ];
    let mut closed = 0;
    for (at, toml) in tables {
        let table = schema.pointer(at).unwrap();
        assert_eq!(table["additionalProperties"], false, "{at}");
        let described = table["properties"].as_object().unwrap();
        let described: BTreeSet<String> = described.keys().cloned().collect();
        assert_eq!(described, keys(at, toml), "{at}");
        closed += 1;
    }
    let text = schema.to_string();
    let all = text.matches("\"additionalProperties\":false").count();
    assert_eq!(all, closed, "each closed table is compared");
    for word in [
        "engine = 'zzz'",
        "fail-level = 'zzz'",
        "rules.x = 'zzz'",
        "[[overrides]]\npaths = []",
    ] {
        assert!(!is_valid(word));
    }
}

#[test]
fn the_schema_has_the_names_of_all_rules() {
    let mut names: BTreeSet<&str> = BTreeSet::from(["all"]);
    for entry in rules::all() {
        let info = entry.page.info();
        names.insert(entry.id);
        names.extend(info.aliases.iter().chain(info.groups.iter()));
    }
    let path = support::root(CONFIG);
    let text = fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let (before, rest) = text
        .split_once("--test schemas`.\",\n      \"enum\": [\n")
        .unwrap();
    let (_, after) = rest.split_once("      ]").unwrap();
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("        \"{name}\""))
        .collect();
    let names = names.join(",\n");
    let expected =
        format!("{before}--test schemas`.\",\n      \"enum\": [\n{names}\n      ]{after}");
    files::check_file(CONFIG, &expected).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn each_schema_is_printed_as_it_is_published() {
    for (name, path) in [
        ("config", CONFIG),
        ("baseline", "docklint-baseline.schema.json"),
        ("output", "docklint-output.schema.json"),
        ("resolve", "docklint-resolve.schema.json"),
        ("resolve-compose", "docklint-resolve-compose.schema.json"),
        ("resolve-machine", "docklint-resolve-machine.schema.json"),
        ("trace", "docklint-trace.schema.json"),
    ] {
        let printed = program::printed(program::docklint(&[], &["schema", name]));
        let printed: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(printed, read(path), "{name}");
    }
}

/// What docklint reports of every fixture, in a format.
fn reported(arguments: &[&str]) -> Vec<Value> {
    let fixtures = ["fixtures/projects", "fixtures/seed-article", "tests/trace"];
    let reports = fixtures.map(|fixture| {
        let output = Command::new(env!("CARGO_BIN_EXE_docklint"))
            .current_dir(support::root(""))
            .args(["check", "--pedantic", fixture])
            .args(arguments)
            .output()
            .unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    });
    let broken = [
        ("docklint.toml", "engine = 'x'\n"),
        ("Dockerfile", "FROM a\n"),
    ];
    let arguments = [&["check", "."], arguments].concat();
    let broken = program::docklint(&broken, &arguments);
    let broken = serde_json::from_slice(&broken.stdout).unwrap();
    reports.into_iter().chain([broken]).collect()
}

#[test]
fn reports_are_what_their_schema_says() {
    let schema = read("docklint-output.schema.json");
    for report in reported(&["--format=json", "--statistics"]) {
        assert_eq!(schema::validate(&schema, &report), Ok(()));
    }
}

#[test]
fn sarif_is_what_oasis_says() {
    let schema = read("fixtures/sarif/sarif-schema-2.1.0.json");
    for report in reported(&["--format=sarif"]) {
        assert_eq!(schema::conforms(&schema, &report), Ok(()));
    }
}

/// What the documentation of GitLab's code quality report requires.
#[test]
fn gitlab_has_its_required_fields() {
    for report in reported(&["--format=gitlab"]) {
        let issues = report.as_array().unwrap();
        let mut fingerprints = BTreeSet::new();
        for issue in issues {
            for field in ["description", "check_name", "fingerprint"] {
                assert!(!issue[field].as_str().unwrap().is_empty(), "{issue}");
            }
            let severity = issue["severity"].as_str().unwrap();
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
            let path = issue["location"]["path"].as_str().unwrap();
            assert!(!path.starts_with("./") && !path.starts_with('/'), "{path}");
            assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
            assert!(fingerprints.insert(issue["fingerprint"].as_str().unwrap()));
        }
    }
}

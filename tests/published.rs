//! What others build on: the hooks, the action, the packages, and what the documents tell people to
//! write. They must agree with the program and with each other.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use docklint::source::FileKind;
use regex::Regex;
use serde_json::Value;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const DOCUMENTS: [&str; 4] = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/ci.md",
    "docs/editors.md",
];

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_yaml_ng::from_str(text).unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap()
}

/// A fenced block of a document: its language, the file it is for, its text.
struct Block {
    document: &'static str,
    language: String,
    file: Option<String>,
    text: String,
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for document in DOCUMENTS {
        let text = read(document);
        let mut open: Option<Block> = None;
        for line in text.lines() {
            match (&mut open, line.strip_prefix("```")) {
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => block.text += &format!("{line}\n"),
                (None, Some(info)) => {
                    let mut words = info.split_whitespace();
                    open = Some(Block {
                        document,
                        language: words.next().unwrap_or_default().to_owned(),
                        file: words
                            .find_map(|word| word.strip_prefix("file="))
                            .map(str::to_owned),
                        text: String::new(),
                    });
                }
                (None, None) => {}
            }
        }
    }
    blocks
}

fn block(document: &str, file: &str) -> String {
    let mut blocks = blocks().into_iter();
    let found =
        blocks.find(|block| block.document == document && block.file.as_deref() == Some(file));
    found.unwrap().text
}

fn docklint(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_docklint"))
        .args(args)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_the_documents_tell_to_write_can_be_read() {
    let mut read = 0;
    for block in blocks() {
        let place = format!("{}: {:?}", block.document, block.file);
        match block.language.as_str() {
            "yaml" => drop(serde_yaml_ng::from_str::<Value>(&block.text).expect(&place)),
            "json" => drop(serde_json::from_str::<Value>(&block.text).expect(&place)),
            "toml" => drop(toml::from_str::<toml::Table>(&block.text).expect(&place)),
            _ => continue,
        }
        read += 1;
    }
    assert!(read >= 8, "{read} blocks were read");
}

#[test]
fn options_in_the_documents_and_the_action_exist() {
    let known: BTreeSet<String> = ["check", "resolve", "trace", "rules", "explain"]
        .iter()
        .flat_map(|command| long_options(&docklint(&[command, "--help"])))
        .chain(["--version".to_owned(), "--help".to_owned()])
        .collect();
    assert!(known.contains("--stdin-filename"), "{known:?}");
    let mut seen = 0;
    let mut texts: Vec<(&str, String)> = blocks()
        .into_iter()
        .map(|block| (block.document, block.text))
        .collect();
    texts.push(("action.yml", read("action.yml")));
    // Up to a pipe: what stands behind it is another program.
    let calls = Regex::new(r"(?:^|[ /&])docklint(?:[ \x22][^|&]*)").unwrap();
    let others = ["docker ", "cargo ", "pip", "git ", "pre-commit "];
    for (place, text) in texts {
        for line in text.lines() {
            let Some(call) = calls.find(line) else {
                continue;
            };
            let before = &line[..call.start()];
            if others.iter().any(|other| before.contains(other)) {
                continue;
            }
            for option in long_options(call.as_str()) {
                assert!(known.contains(&option), "{place}: {option} in {line:?}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 15, "{seen} options were looked at");
    // Those that the action puts together.
    for option in long_options(&read("action.yml")) {
        let of_cargo = ["--quiet", "--locked", "--path", "--root"];
        assert!(
            known.contains(&option) || of_cargo.contains(&option.as_str()),
            "{option}"
        );
    }
}

fn long_options(text: &str) -> Vec<String> {
    let option = Regex::new("(?:^|[\\s\\[(\"`])(--[a-z][a-z-]+)").unwrap();
    let found = option.captures_iter(text);
    found.map(|found| found[1].to_owned()).collect()
}

#[test]
fn versions_are_in_step() {
    let pyproject: toml::Table = toml::from_str(&read("pyproject.toml")).unwrap();
    let project = pyproject["project"].as_table().unwrap();
    let cargo: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    // Wheel and npm packages take theirs from Cargo.toml when they are made.
    assert!(project.get("version").is_none());
    assert_eq!(project["dynamic"].as_array().unwrap().len(), 1);
    let npm = json("npm/package.json");
    assert_eq!(
        (npm.get("version"), npm.get("optionalDependencies")),
        (None, None)
    );
    for key in ["name", "description", "license"] {
        let told = cargo["package"][key].as_str();
        assert_eq!(project[key].as_str(), told, "pyproject.toml: {key}");
        assert_eq!(npm[key].as_str(), told, "npm/package.json: {key}");
    }
    let version = Regex::new(r"(?:docklint==|docklint@v|rev: v)([0-9][0-9A-Za-z.-]*)").unwrap();
    let mut seen = 0;
    for document in DOCUMENTS {
        for found in version.captures_iter(&read(document)) {
            assert_eq!(&found[1], VERSION, "{document}: {}", &found[0]);
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen} versions were looked at");
}

#[test]
fn the_hooks_pass_what_docklint_knows_and_nothing_else() {
    let hooks = yaml(&read(".pre-commit-hooks.yaml"));
    let hooks = hooks.as_array().unwrap();
    let ids: Vec<&str> = hooks
        .iter()
        .map(|hook| hook["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["docklint", "docklint-dockerfile", "docklint-compose"]);
    let all: &[FileKind] = &FileKind::ALL;
    let kinds = [
        all,
        &[FileKind::Dockerfile],
        &[FileKind::Compose, FileKind::Dotenv],
    ];
    for (hook, kinds) in hooks.iter().zip(kinds) {
        let pattern = |key: &str| Regex::new(hook[key].as_str().unwrap().trim()).unwrap();
        let (files, exclude) = (pattern("files"), pattern("exclude"));
        for path in paths() {
            let kind = FileKind::from_path(&path).filter(|kind| kinds.contains(kind));
            let passed = files.is_match(&path) && !exclude.is_match(&path);
            // In the drop-ins' folders docklint also looks for those that are misnamed.
            let name = path.rsplit('/').next().unwrap();
            let is_misnamed = kind == Some(FileKind::Unit) && !name.contains(".conf");
            if passed || !is_misnamed {
                assert_eq!(passed, kind.is_some(), "{}: {path} is {kind:?}", hook["id"]);
            }
        }
    }
    // The hook that installs a wheel is written out: it is the same hook.
    let mut written_out = 0;
    for written in documented_hooks() {
        let id = &written["id"];
        let hook = hooks.iter().find(|hook| &hook["id"] == id).unwrap();
        if written["language"].is_string() {
            for key in ["entry", "files", "exclude", "require_serial"] {
                assert_eq!(written[key], hook[key], "docs/ci.md: {id}: {key}");
            }
            written_out += 1;
        }
    }
    assert_eq!(written_out, 1);
}

/// The hooks in what the documents tell people to write.
fn documented_hooks() -> Vec<Value> {
    let configs = blocks()
        .into_iter()
        .filter(|block| block.file.as_deref() == Some(".pre-commit-config.yaml"))
        .map(|block| yaml(&block.text));
    let repos = configs.flat_map(|config| config["repos"].as_array().unwrap().clone());
    repos
        .flat_map(|repo| repo["hooks"].as_array().unwrap().clone())
        .collect()
}

#[test]
fn a_file_name_is_no_option_to_a_hook() {
    let hooks = yaml(&read(".pre-commit-hooks.yaml"));
    let mut entries = 0;
    for hook in [hooks.as_array().unwrap().clone(), documented_hooks()].concat() {
        let Some(entry) = hook["entry"].as_str() else {
            continue;
        };
        assert!(hook["args"].is_null(), "a project's own would replace them");
        let mut words = entry.split(' ');
        assert_eq!(words.next(), Some("docklint"));
        let folder = tempfile::tempdir().unwrap();
        let name = "--output=json=x.Dockerfile";
        fs::write(folder.path().join(name), "RNU x\n").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_docklint"))
            .args(words)
            .arg(name)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{entry}: {said}");
        assert!(said.contains(&format!("{name}:1:1")), "{entry}: {said}");
        assert!(!folder.path().join("x.Dockerfile").exists(), "{entry}");
        entries += 1;
    }
    assert!(entries >= 5, "{entries} entries were tried");
}

/// Names like those that are known, in folders like those that matter.
fn paths() -> Vec<String> {
    let folders = "
        / a/ etc/docker/ .docker/ home/x/.docker/ docker/ .github/workflows/ docker.service.d/ service.d/
        etc/systemd/system/docker.service.d/ etc/systemd/system/ nginx.service.d/ docker.d/ docker.conf.d/
        docker.service.conf.d/ docker.services.d/ dockerd.service.d/ docker-ce.service.d/ docker-service.d/
        docker@.service.d/ docker.socket.d/ docker-foo.d/ etc/default/ etc/sysconfig/ default/";
    let names = "
        Dockerfile dockerfile Dockerfile.dev Dockerfile-dev Dockerfile_dev Dockerfiles api.Dockerfile
        api.dockerfile Containerfile Containerfile.dev Dockerfile.md Dockerfile.orig Dockerfile.dockerignore
        .dockerignore mydockerfile dockerfile.go compose.yml compose.yaml docker-compose.yml
        docker-compose.yaml compose.dev.yml docker-compose.prod.yaml docker-compose-dev.yml docker-compose_x.yml
        composer.yml compose-dev.yml mycompose.yml docker-composer.yml compose.json docker-compose.yml.bak .env
        .envrc prod.env .env.md docker.service nginx.service xdocker.service http-proxy.conf https-proxy.conf
        http_proxy.conf https_proxy.conf docker-proxy.conf x.conf docker.conf docker-x.conf README.md daemon.json
        mydaemon.json config.json docker Makefile";
    let suffixes = ["", ".j2", ".tmpl", ".in", ".erb.tpl", ".bak"];
    let mut paths = Vec::new();
    for folder in folders.split_whitespace() {
        for name in names.split_whitespace() {
            let path = format!("{}{name}", folder.trim_start_matches('/'));
            paths.extend(suffixes.iter().map(|suffix| format!("{path}{suffix}")));
        }
    }
    paths
}

#[test]
fn no_text_given_to_the_action_becomes_a_command() {
    let action = yaml(&read("action.yml"));
    let inputs = action["inputs"].as_object().unwrap();
    let document = read("docs/ci.md");
    for name in inputs.keys() {
        assert!(
            read("action.yml").contains(&format!("inputs.{name}")),
            "{name} is used"
        );
        assert!(
            document.contains(&format!("| `{name}` |")),
            "{name} is documented"
        );
    }
    let mut workflows = vec![action.clone()];
    workflows.extend(
        blocks()
            .iter()
            .filter(|block| block.file.as_deref() == Some(".github/workflows/docklint.yml"))
            .map(|block| yaml(&block.text)),
    );
    for workflow in &workflows {
        for step in steps(workflow) {
            // rustup and cargo obey files in the folder that they are started in.
            let compiles = step["run"]
                .as_str()
                .is_some_and(|run| run.contains("cargo "));
            if compiles {
                assert_eq!(step["working-directory"], "${{ github.action_path }}");
            }
            if let Some(run) = step["run"].as_str() {
                assert!(!run.contains("${{"), "{run}");
            }
            let Some(action) = step["uses"].as_str() else {
                continue;
            };
            let (name, revision) = action.split_once('@').unwrap();
            if name == "OWNER/docklint" {
                let given = step["with"].as_object();
                let given = given.into_iter().flat_map(|given| given.keys());
                given.for_each(|input| assert!(inputs.contains_key(input), "{input}"));
            } else {
                assert_eq!(revision.len(), 40, "{action}: tags can be moved");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn what_a_stranger_brings_hides_nothing() {
    let text = read("docs/ci.md");
    let text = text
        .split("### Pull requests from strangers")
        .nth(1)
        .unwrap();
    let text = text
        .split("```yaml file=.github/workflows/docklint.yml")
        .nth(1);
    let workflow = yaml(text.and_then(|text| text.split("```").next()).unwrap());
    let steps = steps(&workflow);
    let with = &steps.last().unwrap()["with"];
    let config = with["config"].as_str().unwrap();
    let mut args = vec!["--config", config];
    args.extend(with["args"].as_str().unwrap().lines());

    let bad = "FROM alpine:3.22\nRNU x\n";
    let suppressed = &format!("# docklint: ignore-file[build-error]\n{bad}");
    for (name, text) in [
        ("docklint.toml", "[rules]\nignore = ['all']\n"),
        ("Dockerfile", suppressed),
        (".gitignore", "Dockerfile\n"),
        (".docklint-baseline.json", ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let docklint = |args: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_docklint"));
            let output = command.args(args).current_dir(folder.path()).output();
            output.unwrap().status.code()
        };
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        fs::create_dir(folder.path().join(".base")).unwrap();
        write(config, "");
        write("Dockerfile", bad);
        match text {
            "" => assert_eq!(docklint(&["baseline"]), Some(0)),
            _ => write(name, text),
        }
        assert_eq!(docklint(&["."]), Some(0), "{name} hides it");
        assert_eq!(docklint(&args), Some(1), "{name} hides nothing");
    }
}

/// The steps of a workflow or action.
fn steps(workflow: &Value) -> Vec<&Value> {
    let own = workflow.pointer("/runs/steps").and_then(Value::as_array);
    let jobs = workflow["jobs"].as_object();
    let jobs = jobs.into_iter().flat_map(|jobs| jobs.values());
    let of_jobs = jobs.filter_map(|job| job["steps"].as_array());
    own.into_iter().chain(of_jobs).flatten().collect()
}

#[cfg(unix)]
#[test]
fn the_action_lints_what_it_is_told_to() {
    let action = yaml(&read("action.yml"));
    let script = steps(&action)[1]["run"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bin = folder.path().join("docklint/bin");
    fs::create_dir_all(&bin).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_docklint"), bin.join("docklint")).unwrap();
    let bad = "FROM alpine:3.22\nRUN wget $(touch pwned) $NO\n";
    fs::write(folder.path().join("bad $(touch pwned).Dockerfile"), bad).unwrap();
    fs::write(folder.path().join("Dockerfile"), "RNU x\n").unwrap();
    fs::write(folder.path().join("ci.toml"), "[rules]\nignore = ['all']\n").unwrap();
    let run = |paths: &str, args: &str, config: &str, upload: &str| {
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(folder.path())
            .env("RUNNER_TEMP", folder.path())
            .envs([
                ("PATHS", paths),
                ("ARGS", args),
                ("CONFIG", config),
                ("UPLOAD", upload),
            ])
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), stdout)
    };
    let (code, said) = run(
        "bad $(touch pwned).Dockerfile\nDockerfile\n",
        "",
        "",
        "false",
    );
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("::error file=Dockerfile"), "{said}");
    assert_eq!(run(".", "", "ci.toml", "false").0, Some(0));
    assert_eq!(run(".", "--isolated\n--ignore=all", "", "false").0, Some(0));
    assert_eq!(
        run("", "--kind; touch pwned", "", "false").0,
        Some(2),
        "no option"
    );
    let (code, said) = run(".", "", "", "true");
    assert_eq!(code, Some(1));
    assert!(said.starts_with("Dockerfile:1:1: error["), "{said}");
    let sarif = fs::read_to_string(folder.path().join("docklint.sarif")).unwrap();
    assert!(serde_json::from_str::<Value>(&sarif).is_ok());
    assert!(!folder.path().join("pwned").exists());
}

#[cfg(unix)]
#[test]
fn labels_are_relative_to_what_the_document_says() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().canonicalize().unwrap();
    for folder in ["shop/.git", "shop/web", "shop/db", "desk"] {
        fs::create_dir_all(home.join(folder)).unwrap();
    }
    let home = home.to_str().unwrap();
    let here = |path: &str| path.replace("home/me", home.trim_start_matches('/'));
    let file = here("/home/me/shop/web/Dockerfile");
    fs::write(&file, "RNU x\n").unwrap();
    let row = Regex::new(r"(?m)^  \|.*\| `(/[^`]*)` \| `([^`]*)` \|$").unwrap();
    let document = read("docs/editors.md");
    let mut rows = 0;
    for found in row.captures_iter(&document) {
        let output = Command::new(env!("CARGO_BIN_EXE_docklint"))
            .args(["-", "--format=json", "--stdin-filename", &file])
            .current_dir(here(&found[1]))
            .stdin(fs::File::open(&file).unwrap())
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let label = &report["findings"][0]["labels"][0];
        assert_eq!(label["file"], here(&found[2]), "started in {}", &found[1]);
        rows += 1;
    }
    assert_eq!(rows, 5);
}

#[test]
fn the_problem_matchers_read_what_concise_writes() {
    let matcher = json("docs/problem-matcher.json");
    let pattern = &matcher["problemMatcher"][0]["pattern"][0];
    let tasks: Value =
        serde_json::from_str(&block("docs/editors.md", ".vscode/tasks.json")).unwrap();
    let task = &tasks["tasks"][0];
    assert_eq!(&task["problemMatcher"]["pattern"], pattern);

    let folder = tempfile::tempdir().unwrap();
    let text = "ARG A=1\nFROM alpine:3.22\nRUN wget http://x.example/$A\nRNU x\n";
    fs::create_dir(folder.path().join("a: b")).unwrap();
    fs::write(folder.path().join("a: b/Dockerfile"), text).unwrap();
    let args: Vec<&str> = task["args"]
        .as_array()
        .unwrap()
        .iter()
        .map(|arg| arg.as_str().unwrap())
        .collect();
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docklint"));
        let command = command
            .args(args)
            .args([".", "absent"])
            .current_dir(folder.path());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let all = |args: &[&str]| run(&[args, &["--pedantic"]].concat());
    let report: Value = serde_json::from_str(&all(&["--format", "json"])).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let severities: BTreeSet<&str> = findings
        .iter()
        .map(|it| it["severity"].as_str().unwrap())
        .collect();
    assert!(severities.len() >= 2, "{severities:?}");

    let regexp = Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let said = all(&args);
    let mut lines = said.lines();
    for finding in findings {
        let line = lines.next().unwrap();
        let found = regexp.captures(line).unwrap_or_else(|| panic!("{line}"));
        let group = |name: &str| {
            let index = usize::try_from(pattern[name].as_u64().unwrap()).unwrap();
            found[index].to_owned()
        };
        let labels = finding["labels"].as_array().unwrap();
        let primary = labels
            .iter()
            .find(|label| label["role"] == "primary")
            .unwrap();
        assert_eq!(group("file"), primary["file"]);
        assert_eq!(group("line"), primary["start"]["line"].to_string());
        assert_eq!(group("column"), primary["start"]["column"].to_string());
        assert_eq!(group("severity"), finding["severity"]);
        assert_eq!(group("code"), finding["rule"]);
        assert_eq!(group("message"), finding["message"]);
    }
    let found = regexp.captures(lines.next().unwrap()).unwrap();
    assert_eq!(
        (&found[1], found.get(2), &found[4]),
        ("absent", None, "error")
    );
}

#[test]
fn the_programs_own_image_is_clean() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Dockerfile");
    let said = docklint(&[
        "--isolated",
        "--pedantic",
        "--format=concise",
        file.to_str().unwrap(),
    ]);
    assert_eq!(said, "");
    let text = read("Dockerfile");
    assert!(text.contains("\nUSER ") && text.contains("\nFROM scratch\n"));
}

#[test]
fn the_crate_holds_the_program_and_no_more() {
    let output = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let files: BTreeSet<&str> = list.lines().collect();
    for file in &files {
        let top = file.split(['/', '\\']).next().unwrap();
        let is_known = ["src", "rules", "README.md", "CHANGELOG.md"].contains(&top)
            || ["Cargo.", "LICENSE-", ".cargo_vcs_info"]
                .iter()
                .any(|start| top.starts_with(start))
            || top.ends_with(".schema.json");
        assert!(is_known, "{file}");
    }
    for needed in [
        "src/main.rs",
        "src/model/base_images.tsv",
        "rules/README.md",
        "LICENSE-MIT",
    ] {
        assert!(files.contains(needed), "{needed} is missing:\n{list}");
    }
}

#[test]
fn npm_has_a_package_for_each_platform_that_a_release_builds() {
    let platforms = json("npm/platforms.json");
    let mut names = BTreeSet::new();
    for platform in platforms.as_array().unwrap() {
        let (name, target) = (
            platform["name"].as_str().unwrap(),
            platform["target"].as_str().unwrap(),
        );
        let (os, cpu) = name.split_once('-').unwrap();
        let of_os = match os {
            "linux" => "unknown-linux-musl",
            "darwin" => "apple-darwin",
            _ => "pc-windows-msvc",
        };
        let of_cpu = if cpu == "x64" { "x86_64" } else { "aarch64" };
        assert_eq!(target, format!("{of_cpu}-{of_os}"));
        assert!(names.insert(name));
    }
    assert_eq!(names.len(), 6);
}

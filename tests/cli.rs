//! The program as people and editors run it.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A suppression that hides nothing: a warning that needs no other rule.
const WARNING: &str = "# docklint: ignore-file[syntax-error]\nFROM a\n";

struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Run {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("{error}\nstdout: {}\nstderr: {}", self.stdout, self.stderr)
        })
    }

    fn strings(&self, list: &str, key: &str) -> Vec<String> {
        let json = self.json();
        let entries = json.pointer(list).and_then(Value::as_array).unwrap();
        let text = |entry: &Value| entry[key].as_str().unwrap().to_owned();
        entries.iter().map(text).collect()
    }

    /// Path and kind of each error.
    fn errors(&self) -> Vec<String> {
        let kinds = self.strings("/errors", "kind");
        let files = self.strings("/errors", "file");
        let pairs = files.iter().zip(kinds);
        pairs.map(|(file, kind)| format!("{file} {kind}")).collect()
    }

    fn skipped(&self) -> Vec<String> {
        self.strings("/files/skipped", "file")
    }

    fn checked(&self) -> u64 {
        self.json()["files"]["checked"].as_u64().unwrap()
    }

    /// The paths of the findings' first labels.
    fn found(&self) -> Vec<String> {
        let json = self.json();
        let findings = json["findings"].as_array().unwrap();
        let path = |finding: &Value| finding["labels"][0]["file"].as_str().unwrap().to_owned();
        findings.iter().map(path).collect()
    }
}

fn docklint(folder: &Path, args: &[&str], stdin: &[u8]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docklint"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(name);
    }
    let mut child = command
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input may have closed it.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn json(folder: &Path, args: &[&str]) -> Run {
    docklint(folder, &[&["--format=json"], args].concat(), b"")
}

/// A folder with these files; a path that ends in `/` is a folder.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        if name.ends_with('/') {
            fs::create_dir_all(path).unwrap();
            continue;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn a_folder_is_searched_as_git_sees_it() {
    let folder = project(&[
        (".gitignore", "ignored/\n*.local\n"),
        (".git/", ""),
        (".git/Dockerfile", WARNING),
        ("b/Dockerfile", WARNING),
        ("a.Dockerfile", WARNING),
        (".devcontainer/Dockerfile", WARNING),
        ("ignored/Dockerfile", WARNING),
        ("Dockerfile.local", WARNING),
        ("Dockerfile.md", WARNING),
        ("docs/notes.txt", WARNING),
    ]);
    let run = json(folder.path(), &[]);
    let expected = [".devcontainer/Dockerfile", "a.Dockerfile", "b/Dockerfile"];
    assert_eq!(run.found(), expected);
    assert_eq!(run.code, Some(1));
    let named = ["check", "ignored/Dockerfile", "b", "b/Dockerfile"];
    let run = docklint(
        folder.path(),
        &[&named[..], &["--format=json"]].concat(),
        b"",
    );
    let once = ["b/Dockerfile", "ignored/Dockerfile"];
    assert_eq!(run.found(), once);
}

/// What a pull request lists in its own `.gitignore` is still there.
#[test]
fn what_git_ignores_can_be_searched_too() {
    let folder = project(&[
        (".gitignore", "a/\n"),
        (".git/info/exclude", "b.Dockerfile\n"),
        (".git/Dockerfile", WARNING),
        ("a/Dockerfile", WARNING),
        ("b.Dockerfile", WARNING),
    ]);
    let all = ["a/Dockerfile", "b.Dockerfile"];
    let nothing: [&str; 0] = [];
    assert_eq!(json(folder.path(), &[]).found(), nothing);
    let run = json(folder.path(), &["--no-respect-gitignore"]);
    assert_eq!(
        (run.found(), run.code),
        (all.map(String::from).to_vec(), Some(1))
    );
    // The project may say so, and the command line wins over it.
    fs::write(
        folder.path().join("docklint.toml"),
        "respect-gitignore = false\n",
    )
    .unwrap();
    assert_eq!(json(folder.path(), &[]).found(), all);
    assert_eq!(json(folder.path(), &["--isolated"]).found(), nothing);
    assert_eq!(
        json(folder.path(), &["--respect-gitignore"]).found(),
        nothing
    );
    let last = ["--respect-gitignore", "--no-respect-gitignore"];
    assert_eq!(json(folder.path(), &last).found(), all);
    // Files that only a configuration knows are met on a second walk.
    let kinds = "respect-gitignore = false\n[files]\ndockerfile = ['*.docker']\n";
    fs::write(folder.path().join("docklint.toml"), kinds).unwrap();
    fs::write(folder.path().join("a/x.docker"), WARNING).unwrap();
    let found = ["a/Dockerfile", "a/x.docker", "b.Dockerfile"];
    assert_eq!(json(folder.path(), &[]).found(), found);
}

/// Where it is said in vain, somebody should know: what is searched is another thing.
#[test]
fn what_is_said_of_gitignore_is_judged_without_any_file() {
    let folder = project(&[
        (".git/", ""),
        (".gitignore", "Dockerfile\n"),
        ("docklint.toml", "respect-gitignore = 5\n"),
        ("Dockerfile", WARNING),
    ]);
    let run = json(folder.path(), &["."]);
    assert_eq!(run.errors(), ["docklint.toml invalid-config"]);
    assert_eq!(run.code, Some(2));
    // What is searched is said here.
    let run = json(folder.path(), &["--isolated", "."]);
    assert_eq!((run.checked(), run.code), (0, Some(0)));

    let nested = [
        (".git/", ""),
        ("a/docklint.toml", "\nrespect-gitignore = false\n"),
        ("a/Dockerfile", WARNING),
        ("b/Dockerfile", WARNING),
    ];
    let folder = project(&nested);
    let run = json(folder.path(), &["."]);
    assert_eq!(run.errors(), ["a/docklint.toml invalid-config"]);
    assert_eq!(run.json()["errors"][0]["start"]["line"], 2);
    assert_eq!(run.found(), ["b/Dockerfile"]);
    // Named, it holds for everything.
    let run = json(folder.path(), &["--config=a/docklint.toml", "."]);
    assert_eq!(run.found().len(), 2);
}

/// A baseline is made of what a run with the same option finds.
#[test]
fn a_baseline_knows_what_git_ignores_if_it_is_to() {
    let folder = project(&[(".gitignore", "a/\n"), ("a/Dockerfile", WARNING)]);
    let baseline = ["baseline", "--no-respect-gitignore"];
    assert_eq!(docklint(folder.path(), &baseline, b"").code, Some(0));
    let run = json(folder.path(), &["--no-respect-gitignore"]);
    assert_eq!(
        (run.found().len(), run.checked(), run.code),
        (0, 1, Some(0))
    );
}

/// What is shown is what is checked.
#[test]
fn a_trace_follows_what_git_ignores_if_it_is_to() {
    let dockerfile = "FROM alpine\nARG HTTP_PROXY\nRUN curl a.example\n";
    let folder = project(&[(".gitignore", "a/\n"), ("a/Dockerfile", dockerfile)]);
    for (option, code) in [("--respect-gitignore", 2), ("--no-respect-gitignore", 0)] {
        let run = docklint(folder.path(), &["trace", "HTTP_PROXY", option], b"");
        assert_eq!(run.code, Some(code), "{}", run.stderr);
    }
}

#[test]
fn gitignore_counts_without_a_repository_too() {
    let folder = project(&[
        (".gitignore", "x/\n"),
        ("x/Dockerfile", WARNING),
        ("Dockerfile", "FROM a\n"),
    ]);
    let run = json(folder.path(), &["."]);
    assert_eq!((run.checked(), run.code), (1, Some(0)));
}

#[test]
fn paths_are_shown_from_the_current_folder() {
    let folder = project(&[(".git/", ""), ("a/Dockerfile", WARNING), ("b/", "")]);
    let run = json(&folder.path().join("b"), &["../a"]);
    assert_eq!(run.found(), ["../a/Dockerfile"]);
    let named = folder.path().join("a/Dockerfile");
    let elsewhere = project(&[]);
    let run = json(elsewhere.path(), &[named.to_str().unwrap()]);
    assert_eq!(run.found(), ["a/Dockerfile"], "from the root elsewhere");
}

#[test]
fn nothing_is_lost_in_silence() {
    let folder = project(&[("Dockerfile", "FROM a\n"), ("x.Dockerfile", "")]);
    let utf16 = folder.path().join("Dockerfile.utf16");
    fs::write(utf16, b"\xff\xfeF\0R\0").unwrap();
    let huge = fs::File::create(folder.path().join("Dockerfile.huge")).unwrap();
    huge.set_len(8 * 1024 * 1024 + 1).unwrap();
    let run = json(folder.path(), &[".", "absent/Dockerfile"]);
    let expected = [
        "Dockerfile.huge file-too-large",
        "Dockerfile.utf16 not-utf-8",
        "absent/Dockerfile not-found",
    ];
    assert_eq!(run.errors(), expected);
    assert_eq!((run.checked(), run.code), (2, Some(2)));
}

#[test]
fn what_is_named_must_be_known() {
    let folder = project(&[
        ("build", "FROM a\n"),
        ("notes", "hello\n"),
        ("compose.yml", "services:\n"),
    ]);
    let run = json(folder.path(), &["build", "notes", "compose.yml"]);
    assert_eq!(run.errors(), ["notes unknown-kind"]);
    assert_eq!((run.checked(), run.skipped()), (2, vec![]));
    let run = json(folder.path(), &["--kind=dockerfile", "notes"]);
    assert_eq!((run.checked(), run.errors().len()), (1, 0));
}

#[test]
fn standard_input_goes_by_its_name() {
    let folder = project(&[
        ("Dockerfile", "FROM a\n"),
        ("docklint.toml", "[rules]\nunused-suppression = 'error'\n"),
    ]);
    let lint = |args: &[&str]| {
        let args = [&["--format=json"], args].concat();
        docklint(folder.path(), &args, WARNING.as_bytes())
    };
    let run = lint(&["--stdin-filename=Dockerfile", "-"]);
    assert_eq!(run.found(), ["Dockerfile"]);
    assert_eq!(run.json()["findings"][0]["severity"], "error");
    let run = lint(&["--stdin-filename=Dockerfile", "-", "Dockerfile", "."]);
    assert_eq!(run.checked(), 1, "standard input stands for the file");
    assert_eq!(run.found(), ["Dockerfile"]);

    let run = lint(&["--stdin-filename=x/notes.txt", "-"]);
    assert_eq!(run.errors(), ["x/notes.txt unknown-kind"]);
    assert_eq!(run.code, Some(2));
    let run = lint(&["--stdin-filename=x/notes.txt", "--kind=dockerfile", "-"]);
    assert_eq!(run.found(), ["x/notes.txt"]);
    let run = lint(&["-"]);
    assert_eq!(run.found(), ["-"], "told by its content");
    let run = lint(&["--stdin-filename=Dockerfile", "."]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
}

#[test]
fn exit_codes_tell_findings_from_failure() {
    let folder = project(&[("Dockerfile", WARNING), ("clean.Dockerfile", "FROM a\n")]);
    let code = |args: &[&str]| docklint(folder.path(), args, b"").code;
    assert_eq!(code(&["clean.Dockerfile"]), Some(0));
    assert_eq!(code(&["."]), Some(1));
    assert_eq!(code(&["--fail-level=error"]), Some(0));
    assert_eq!(code(&["--ignore=unused-suppression"]), Some(0));
    assert_eq!(code(&["--select=syntax-error,build-error"]), Some(0));
    let none_is_unused = code(&["--no-ignores"]);
    assert_eq!(none_is_unused, Some(0));
    assert_eq!(code(&[".", "absent"]), Some(2));
    assert_eq!(code(&["--no-such-option"]), Some(2));
    assert_eq!(code(&["--help"]), Some(0));
    let empty = project(&[]);
    let run = docklint(empty.path(), &[], b"");
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains("Nothing to lint"), "{}", run.stdout);
}

#[test]
fn unknown_rules_are_wrong_usage() {
    let folder = project(&[("Dockerfile", "FROM a\n")]);
    let run = docklint(folder.path(), &["--select=sintax-error"], b"");
    assert_eq!(run.code, Some(2));
    let suggestion = "did you mean `syntax-error`?";
    assert!(run.stderr.contains(suggestion), "{}", run.stderr);
}

#[test]
fn configuration_errors_say_where() {
    let folder = project(&[
        ("a/Dockerfile", WARNING),
        ("a/docklint.toml", "\n egnine = 'podman'\n"),
        ("b/Dockerfile", WARNING),
        ("b/.docklint.toml", "[rules]\nno-such-rule = 'off'\n"),
        ("c/Dockerfile", WARNING),
    ]);
    let run = json(folder.path(), &["."]);
    let expected = [
        "a/docklint.toml invalid-config",
        "b/.docklint.toml invalid-config",
    ];
    assert_eq!(run.errors(), expected);
    let start = &run.json()["errors"][0]["start"];
    assert_eq!(
        *start,
        serde_json::json!({"offset": 2, "line": 2, "column": 2})
    );
    let messages = run.strings("/errors", "message");
    assert_eq!(messages[0], "unknown key `egnine`; did you mean `engine`?");
    let unknown = "there is no rule or group `no-such-rule`";
    assert!(messages[1].contains(unknown), "{}", messages[1]);
    assert_eq!(run.skipped(), ["a/Dockerfile", "b/Dockerfile"]);
    assert_eq!(run.found(), ["c/Dockerfile"]);
    assert_eq!(run.code, Some(2));

    let run = json(folder.path(), &["--isolated", "."]);
    assert_eq!(run.found().len(), 3);
    let run = json(folder.path(), &["--config=a/docklint.toml", "c"]);
    assert_eq!(run.errors(), ["a/docklint.toml invalid-config"]);
    let run = json(folder.path(), &["--config=absent.toml", "c"]);
    assert_eq!(run.errors(), ["absent.toml invalid-config"]);
}

#[test]
fn configuration_sets_levels_and_excludes() {
    let top = "exclude = ['vendor/']\nfail-level = 'error'\n[rules]\nunused-suppression = 'info'\n";
    let folder = project(&[
        (".git/", ""),
        ("docklint.toml", top),
        ("Dockerfile", WARNING),
        ("vendor/Dockerfile", WARNING),
        ("sub/docklint.toml", "[rules]\nignore = ['all']\n"),
        ("sub/Dockerfile", WARNING),
    ]);
    let run = json(folder.path(), &["."]);
    assert_eq!(run.found(), ["Dockerfile"]);
    assert_eq!(run.json()["findings"][0]["severity"], "info");
    assert_eq!((run.checked(), run.skipped().len()), (2, 0));
    assert_eq!(run.code, Some(0));
    let run = json(folder.path(), &["vendor/Dockerfile"]);
    assert_eq!((run.checked(), run.skipped().len()), (0, 1));
    let run = json(folder.path(), &["--select=files", "."]);
    let command_line_wins = ["Dockerfile", "sub/Dockerfile"];
    assert_eq!(run.found(), command_line_wins);
    let run = json(folder.path(), &["--fail-level=info", "."]);
    assert_eq!(run.code, Some(1));
}

#[test]
fn suppressions_are_judged() {
    let text = "# docklint: ignore-file[no-such-rule, syntax-error] why\nFROM a\nRUN true # docklint: ignore[syntax-error]\n";
    let folder = project(&[("Dockerfile", text)]);
    let run = json(folder.path(), &["Dockerfile"]);
    let expected = ["unknown-rule", "unused-suppression", "unused-suppression"];
    assert_eq!(run.strings("/findings", "rule"), expected);
    let own = "# docklint: ignore-file[unused-suppression]\n";
    fs::write(folder.path().join("Dockerfile"), [own, WARNING].concat()).unwrap();
    let run = json(folder.path(), &["Dockerfile"]);
    assert!(run.found().is_empty());
}

#[test]
fn reports_go_to_files_as_well() {
    let folder = project(&[("Dockerfile", WARNING)]);
    let outputs = [
        "-q",
        "--output=json=out.json",
        "--output",
        "sarif=out.sarif",
    ];
    let run = docklint(folder.path(), &outputs, b"");
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    for name in ["out.json", "out.sarif"] {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        serde_json::from_str::<Value>(&text).unwrap();
    }
    let run = docklint(folder.path(), &["--output=json=absent/out.json"], b"");
    assert_eq!(run.code, Some(2));
    assert!(run.stdout.contains("unused-suppression"), "the run goes on");
    for wrong in ["--output=json", "--output=yaml=x"] {
        assert_eq!(docklint(folder.path(), &[wrong], b"").code, Some(2));
    }
}

#[test]
fn colours_follow_the_option() {
    let folder = project(&[("Dockerfile", WARNING)]);
    let colored = |args: &[&str]| docklint(folder.path(), args, b"").stdout.contains('\u{1b}');
    assert!(!colored(&["."]), "no terminal, no colours");
    assert!(colored(&["--color=always", "."]));
}

#[test]
fn verbose_says_what_is_read() {
    let folder = project(&[("Dockerfile.j2", "FROM a\n")]);
    let run = docklint(folder.path(), &["-v", "."], b"");
    let line = "Dockerfile.j2 (dockerfile template)";
    assert!(run.stderr.contains(line), "{}", run.stderr);
}

#[test]
fn completions_and_the_manual_come_from_the_definition() {
    let folder = project(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = docklint(folder.path(), &["completions", shell], b"");
        assert_eq!(run.code, Some(0));
        assert!(run.stdout.contains("stdin-filename"), "{shell}");
    }
    let run = docklint(folder.path(), &["man"], b"");
    assert!(run.stdout.contains("Exit codes"), "{}", run.stdout);

    let run = docklint(folder.path(), &["man", "--out=pages/man1"], b"");
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
    let pages = folder.path().join("pages/man1");
    let page = |name: &str| fs::read_to_string(pages.join(name)).unwrap();
    let top = page("docklint.1").replace(r"\-", "-");
    let commands: Vec<&str> = top
        .lines()
        .filter_map(|line| line.strip_suffix("(1)"))
        .collect();
    assert!(commands.contains(&"docklint-check"), "{top}");
    for command in &commands {
        assert!(page(&format!("{command}.1")).contains("NAME"), "{command}");
    }
    assert!(page("docklint-check.1").contains(r"\-\-stdin\-filename"));
    assert_eq!(fs::read_dir(&pages).unwrap().count(), commands.len() + 1);

    let run = docklint(folder.path(), &["man", "--out=pages/man1/docklint.1"], b"");
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("docklint.1: "), "{}", run.stderr);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    fn fifo(path: &Path) {
        let made = Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    }

    #[test]
    fn pipes_sockets_and_devices_are_not_opened() {
        let folder = project(&[("a/Dockerfile", "FROM a\n"), ("Dockerfile/x", "")]);
        fifo(&folder.path().join("Dockerfile.pipe"));
        let _socket = UnixListener::bind(folder.path().join("Dockerfile.sock")).unwrap();
        let run = json(folder.path(), &["."]);
        let met = ["Dockerfile.pipe", "Dockerfile.sock"];
        assert_eq!(run.skipped(), met);
        assert_eq!((run.checked(), run.code), (1, Some(0)));
        let run = json(folder.path(), &["Dockerfile.pipe"]);
        assert_eq!(run.errors(), ["Dockerfile.pipe not-a-file"]);
        assert_eq!(run.code, Some(2));
        let run = json(folder.path(), &["--kind=dockerfile", "/dev/zero"]);
        assert!(run.errors()[0].ends_with("not-a-file"));
    }

    #[test]
    fn a_gitignore_that_would_block_the_walk_is_not_opened() {
        let folder = project(&[("a/Dockerfile", WARNING), ("b/Dockerfile", WARNING)]);
        fifo(&folder.path().join("a/.gitignore"));
        let run = json(folder.path(), &["."]);
        assert_eq!(run.found(), ["b/Dockerfile"]);
        assert_eq!(run.errors(), ["a unreadable"]);
        symlink("/dev/zero", folder.path().join(".gitignore")).unwrap();
        let searched = json(folder.path(), &["--no-respect-gitignore"]);
        assert_eq!(searched.found(), ["a/Dockerfile", "b/Dockerfile"]);
        let run = json(folder.path(), &["."]);
        assert_eq!(run.errors(), [". unreadable"]);
        let run = json(folder.path(), &["a"]);
        assert_eq!(run.errors(), ["a unreadable"]);
    }

    #[test]
    fn links_lead_no_further_than_the_root() {
        let outside = project(&[("Dockerfile", WARNING)]);
        let folder = project(&[(".git/", ""), ("real/Dockerfile", WARNING)]);
        let link = |target: &Path, name| symlink(target, folder.path().join(name)).unwrap();
        link(&outside.path().join("Dockerfile"), "Dockerfile.outside");
        link(outside.path(), "folder");
        link(Path::new("gone"), "Dockerfile.gone");
        link(Path::new("Dockerfile.loop"), "Dockerfile.loop");
        link(Path::new("real/Dockerfile"), "Dockerfile.link");

        let run = json(folder.path(), &["."]);
        assert_eq!(run.found(), ["real/Dockerfile"], "not twice");
        assert_eq!(run.skipped(), ["Dockerfile.gone", "Dockerfile.outside"]);
        assert_eq!(run.errors(), ["Dockerfile.loop unreadable"]);
        let run = json(folder.path(), &["Dockerfile.gone"]);
        assert_eq!(run.errors(), ["Dockerfile.gone dangling-link"]);

        let named = ["Dockerfile.link", "Dockerfile.outside", "folder/Dockerfile"];
        let run = json(folder.path(), &named);
        assert_eq!(run.found(), ["Dockerfile.link"]);
        let errors = run.errors();
        assert!(
            errors.iter().all(|error| error.ends_with(" outside-root")),
            "{errors:?}"
        );
        assert_eq!(errors.len(), 2);
    }

    #[test]
    fn what_may_not_be_read_is_an_error() {
        let folder = project(&[
            ("Dockerfile", "FROM a\n"),
            ("closed/Dockerfile", "FROM a\n"),
            ("a/Dockerfile", WARNING),
        ]);
        let set = |path: &str, mode| {
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(folder.path().join(path), mode).unwrap();
        };
        set("Dockerfile", 0o000);
        set("closed", 0o000);
        // The superuser may read everything.
        let may_read = fs::File::open(folder.path().join("Dockerfile")).is_ok();
        let run = json(folder.path(), &["."]);
        set("closed", 0o700);
        assert_eq!(run.found(), ["a/Dockerfile"]);
        if !may_read {
            assert_eq!(run.errors(), ["Dockerfile unreadable", "closed unreadable"]);
            assert_eq!(run.code, Some(2));
        }
    }

    // macOS refuses such names.
    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_not_unicode_are_read() {
        let folder = project(&[]);
        let name = OsStr::from_bytes(b"Dockerfile.\xff");
        fs::write(folder.path().join(name), WARNING).unwrap();
        let run = json(folder.path(), &["."]);
        assert_eq!(run.found(), ["Dockerfile.\u{fffd}"]);
    }

    #[test]
    fn a_broken_pipe_is_success() {
        let folder = project(&[("Dockerfile", WARNING)]);
        let program = env!("CARGO_BIN_EXE_docklint");
        let script = format!("{{ sleep 0.2; '{program}' Dockerfile; echo $? >&2; }} | true");
        let mut shell = Command::new("sh");
        let output = shell
            .args(["-c", &script])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "0\n");
    }
}

#[test]
fn a_group_is_said_to_be_one_where_a_rule_is_wanted() {
    let folder = project(&[("Dockerfile", "# docklint: ignore-file[proxy]\nFROM a\n")]);
    let said = "is a group of rules, and one rule is wanted; `docklint rules` lists them";
    let run = docklint(folder.path(), &["explain", "secrets"], b"");
    assert_eq!(run.code, Some(2));
    assert_eq!(run.stderr, format!("docklint: `secrets` {said}\n"));
    let run = json(folder.path(), &[]);
    let messages = run.strings("/findings", "message");
    assert_eq!(messages, [format!("`proxy` {said}")]);
}

#[test]
fn what_is_named_elsewhere_and_cannot_be_read_is_shown_as_given() {
    let folder = project(&[("notes", "hello\n")]);
    let elsewhere = project(&[]);
    let named = folder.path().join("notes");
    let named = named.to_str().unwrap();
    let run = json(elsewhere.path(), &[named]);
    let shown = named.replace('\\', "/");
    assert_eq!(run.errors(), [format!("{shown} unknown-kind")]);
}

#[test]
fn a_machine_that_is_not_there_is_wrong_usage() {
    let folder = project(&[("Dockerfile", "FROM a\n")]);
    for args in [
        &["--host=absent"][..],
        &["trace", "A", "--host=absent"],
        &["resolve", "--host=absent"],
    ] {
        let run = docklint(folder.path(), args, b"");
        assert_eq!(run.code, Some(2), "{args:?}");
        assert!(run.stderr.contains("no such folder"), "{}", run.stderr);
    }
}

#[test]
fn a_configuration_behind_another_is_told_of() {
    let folder = project(&[
        (".git/", ""),
        ("Dockerfile", "FROM a\n"),
        ("docklint.toml", ""),
        (".docklint.toml", ""),
    ]);
    let said = "docklint: .docklint.toml: not read: the docklint.toml beside it holds\n";
    for args in [&[][..], &["-v"], &["trace", "A"], &["baseline"]] {
        let run = docklint(folder.path(), args, b"");
        assert_eq!(run.stderr.matches(said).count(), 1, "{}", run.stderr);
    }
    fs::remove_file(folder.path().join("docklint.toml")).unwrap();
    let run = docklint(folder.path(), &["-v"], b"");
    assert!(!run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn a_quiet_run_says_why_it_failed() {
    let quiet = |files: &[(&str, &str)], args: &[&str]| {
        let folder = project(files);
        let run = docklint(folder.path(), &[&["-q"], args].concat(), b"");
        assert_eq!(run.stdout, "");
        (run.code, run.stderr)
    };
    let broken = [("docklint.toml", "x = 1\n"), ("Dockerfile", "FROM a\n")];
    let (code, said) = quiet(&broken, &[]);
    assert_eq!(code, Some(2));
    assert!(said.starts_with("docklint: docklint.toml:1:1: "), "{said}");
    let (code, said) = quiet(&broken[1..], &["--baseline=absent"]);
    assert_eq!(code, Some(2));
    assert!(said.starts_with("docklint: absent: "), "{said}");
    assert_eq!(quiet(&broken[1..], &[]), (Some(0), String::new()));
    let folder = project(&broken[1..]);
    let run = docklint(folder.path(), &["baseline", "-q"], b"");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    let run = docklint(folder.path(), &["baseline", "-v"], b"");
    assert!(
        run.stderr.contains("Dockerfile (dockerfile)"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_slip_of_a_command_is_no_path() {
    let folder = project(&[("Dockerfile", "FROM a\n")]);
    let run = docklint(folder.path(), &["exlpain", "proxy-baked"], b"");
    assert_eq!(run.code, Some(2));
    let hint = "did you mean `docklint explain`?";
    assert_eq!(run.stdout.matches(hint).count(), 1, "{}", run.stdout);
    let run = docklint(folder.path(), &["Dockerfile", "exlpain"], b"");
    assert!(!run.stdout.contains("did you mean"), "{}", run.stdout);
}

#[test]
fn what_a_configuration_excludes_stays_out_though_it_is_named() {
    let folder = project(&[
        (".git/", ""),
        ("docklint.toml", "exclude = ['third_party/**']\n"),
        ("third_party/Dockerfile", WARNING),
    ]);
    let run = docklint(folder.path(), &["third_party/Dockerfile"], b"");
    assert_eq!(run.code, Some(0));
    let said = "Skipped third_party/Dockerfile: excluded by the configuration\n\
        Nothing was linted: all files are skipped\n";
    assert_eq!(run.stdout, said);
    let help = docklint(folder.path(), &["check", "--help"], b"").stdout;
    assert!(!help.contains("in any case"), "{help}");
}

#[test]
fn folders_named_like_files_are_told_to_who_asks() {
    let folder = project(&[("a/dockerfile/", ""), ("Dockerfile", "FROM a\n")]);
    let run = docklint(folder.path(), &[], b"");
    assert_eq!(run.stdout, "Nothing to report in 1 file\n");
    let run = docklint(folder.path(), &["-v"], b"");
    let said = "docklint: a/dockerfile skipped: a folder, not a file\n";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

/// What a compose file refers to may lead through a folder that is a link.
#[cfg(unix)]
#[test]
fn links_to_folders_do_not_lead_out_of_the_root() {
    let compose = "services:\n  a:\n    build: ./out\n  b:\n    build: ./in\n";
    let folder = project(&[
        ("root/.git/", ""),
        ("root/compose.yaml", compose),
        ("root/b/Dockerfile", "FROM a\n"),
        ("outside/Dockerfile", "FROM a\n"),
    ]);
    let root = folder.path().join("root");
    std::os::unix::fs::symlink("../outside", root.join("out")).unwrap();
    std::os::unix::fs::symlink("b", root.join("in")).unwrap();
    let run = docklint(&root, &["-v", "compose.yaml"], b"");
    assert!(run.stderr.contains("in/Dockerfile"), "{}", run.stderr);
    assert!(!run.stderr.contains("out/Dockerfile"), "{}", run.stderr);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
}

//! `--fix`, `--diff`, `--add-suppressions` and `docklint baseline` as people run them.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "support/schema.rs"]
mod schema;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use docklint::report::Format;
use serde_json::Value;
use tempfile::TempDir;

/// One suggested fix: a bare ARG below the second FROM.
const OUT_OF_SCOPE: &str = "ARG V=1\r\nFROM a\r\nRUN echo $V\r\n";
const FIXED: &str = "ARG V=1\r\nFROM a\r\nARG V\r\nRUN echo $V\r\n";
/// One safe fix: `%40` in a drop-in is a specifier.
const DROP_IN: &str = "etc/systemd/system/docker.service.d/a.conf";
const PERCENT: &str = "[Service]\nEnvironment=HTTP_PROXY=http://u:p%40x@h:1\n";

/// A path below the package's root.
fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn read(folder: &TempDir, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap()
}

fn run(folder: &Path, args: &[&str], stdin: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_docklint"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn a_diff_writes_nothing_and_a_fix_does() {
    let folder = project(&[("Dockerfile", OUT_OF_SCOPE)]);
    let (code, out, _) = run(folder.path(), &["--diff", "--fix-suggested"], "");
    assert_eq!(code, Some(1));
    assert!(
        out.contains("@@ -1,3 +1,4 @@\n") && out.contains("\n+ARG V\r\n"),
        "{out}"
    );
    assert_eq!(read(&folder, "Dockerfile"), OUT_OF_SCOPE);
    let (code, out, err) = run(folder.path(), &["--diff"], "");
    assert_eq!((code, &*out), (Some(0), ""), "it is not safe");
    assert!(err.contains("1 more fix is suggested"), "{err}");
    let (code, out, _) = run(folder.path(), &["--fix-suggested"], "");
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("Fixed 1 finding; 0 left"), "{out}");
    assert_eq!(read(&folder, "Dockerfile"), FIXED);
}

#[test]
fn safe_fixes_reach_masked_bytes_that_a_diff_does_not_show() {
    let folder = project(&[(DROP_IN, PERCENT)]);
    let (code, out, _) = run(folder.path(), &["--diff"], "");
    assert_eq!(code, Some(1));
    assert!(
        out.contains("(masked: no patch)") && !out.contains("p%40x"),
        "{out}"
    );
    run(folder.path(), &["--fix"], "");
    assert!(read(&folder, DROP_IN).contains("p%%40x@h"));
}

#[test]
fn standard_input_comes_out_fixed() {
    let folder = project(&[]);
    let args = ["--fix-suggested", "-", "--stdin-filename=Dockerfile"];
    let (code, out, err) = run(folder.path(), &args, OUT_OF_SCOPE);
    assert_eq!((code, &*out), (Some(0), FIXED), "{err}");
    assert!(!folder.path().join("Dockerfile").exists());
}

#[cfg(unix)]
#[test]
fn a_link_is_refused_and_nothing_is_lost() {
    let folder = project(&[("real", OUT_OF_SCOPE)]);
    std::os::unix::fs::symlink("real", folder.path().join("Dockerfile")).unwrap();
    let (code, out, _) = run(folder.path(), &["--fix-suggested", "Dockerfile"], "");
    assert_eq!(code, Some(2));
    assert!(
        out.contains("symbolic link") && out.contains("1 warning"),
        "{out}"
    );
    assert_eq!(read(&folder, "real"), OUT_OF_SCOPE);
}

#[cfg(unix)]
#[test]
fn files_with_other_names_are_refused_and_these_stay() {
    let outside = project(&[("backup", OUT_OF_SCOPE)]);
    let folder = project(&[("Dockerfile.a", OUT_OF_SCOPE)]);
    for (from, to) in [("backup", "Dockerfile"), ("Dockerfile.a", "Dockerfile.b")] {
        let of = if to == "Dockerfile" {
            &outside
        } else {
            &folder
        };
        fs::hard_link(of.path().join(from), folder.path().join(to)).unwrap();
    }
    let (code, out, _) = run(folder.path(), &["--fix-suggested"], "");
    assert_eq!(code, Some(2));
    assert_eq!(out.matches("other names (hard links)").count(), 3, "{out}");
    for path in ["Dockerfile", "Dockerfile.a", "Dockerfile.b"] {
        assert_eq!(read(&folder, path), OUT_OF_SCOPE);
    }
    assert_eq!(read(&outside, "backup"), OUT_OF_SCOPE);
}

#[test]
fn suppressions_are_added_once() {
    let folder = project(&[("Dockerfile", OUT_OF_SCOPE)]);
    let (code, ..) = run(folder.path(), &["--add-suppressions=later"], "");
    assert_eq!(code, Some(0));
    let text = read(&folder, "Dockerfile");
    assert!(
        text.contains("# docklint: ignore[arg-out-of-scope] later\r\nRUN echo"),
        "{text}"
    );
    run(folder.path(), &["--add-suppressions"], "");
    assert_eq!(read(&folder, "Dockerfile"), text);
}

#[test]
fn a_suppression_hides_no_more_than_was_found() {
    // What stands above everything belongs to the first item, what stands in none is left.
    let text = "a: [b\n";
    let folder = project(&[("compose.yaml", text)]);
    let (code, _, err) = run(folder.path(), &["--add-suppressions"], "");
    assert_eq!(
        (code, &*read(&folder, "compose.yaml")),
        (Some(1), text),
        "{err}"
    );
    assert!(err.contains("docklint baseline"), "{err}");
}

#[test]
fn a_masked_diff_shows_where_but_not_what() {
    let secret = ["Synth3tic", "Pw"].concat();
    let text = format!(
        "FROM a\nENV http_proxy=http://u:{secret}@h:1/ DB_PASSWORD={secret}\nRUN echo $V\nARG V=1\n"
    );
    let folder = project(&[
        ("Dockerfile", &text),
        (DROP_IN, &PERCENT.replace("p%40x", &format!("{secret}%40x"))),
    ]);
    let (_, out, err) = run(folder.path(), &["--diff", "--fix-suggested"], "");
    assert_eq!(
        out,
        "--- Dockerfile (masked: no patch)
+++ Dockerfile
@@ line 1 @@
 FROM a
 ENV http_proxy=http://u:***********@h:1/ DB_PASSWORD=***********
-RUN echo $V
 ARG V=1
+RUN echo $V
--- etc/systemd/system/docker.service.d/a.conf (masked: no patch)
+++ etc/systemd/system/docker.service.d/a.conf
@@ line 1 @@
 [Service]
-Environment=HTTP_PROXY=http://u:***************@h:1
+Environment=HTTP_PROXY=http://u:****************@h:1
"
    );
    let (_, out, err_fixed) = run(folder.path(), &["--fix-suggested"], "");
    assert!(out.contains("Fixed 2 findings"), "{out}");
    assert!(![out, err, err_fixed].concat().contains(&secret));
    assert_eq!(read(&folder, "Dockerfile").matches(&secret).count(), 2);
}

#[test]
fn protected_files_and_the_machines_own_stay() {
    let folder = project(&[("Dockerfile", OUT_OF_SCOPE), ("b/Dockerfile", OUT_OF_SCOPE)]);
    let path = folder.path().join("Dockerfile");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions.clone()).unwrap();
    let (code, out, _) = run(folder.path(), &["--fix-suggested"], "");
    assert_eq!(code, Some(2));
    assert!(
        out.contains("read-only") && out.contains("Fixed 1 finding"),
        "{out}"
    );
    assert_eq!(read(&folder, "Dockerfile"), OUT_OF_SCOPE);
    assert_eq!(read(&folder, "b/Dockerfile"), FIXED);

    let folder = project(&[("Dockerfile", "FROM a\n")]);
    let host = project(&[(DROP_IN, PERCENT)]);
    let option = format!("--host={}", host.path().display());
    let (code, out, err) = run(folder.path(), &["--fix", &option], "");
    assert_eq!(code, Some(2), "{out}");
    assert!(out.contains("the machine's own file"), "{out} {err}");
    assert_eq!(read(&host, DROP_IN), PERCENT);
}

#[test]
fn a_fix_reaches_the_file_beside() {
    let compose = "services:\n  a:\n    build:\n      context: .\n      args:\n        GOPROXY: https://p.example\n";
    let dockerfile = "FROM golang:1.24\nRUN go install a.example/b@v1\n";
    let folder = project(&[("compose.yaml", compose), ("Dockerfile", dockerfile)]);
    let (code, out, _) = run(folder.path(), &["--fix-suggested", "compose.yaml"], "");
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("Fixed 1 finding"), "{out}");
    assert!(read(&folder, "Dockerfile").starts_with("FROM golang:1.24\nARG GOPROXY\n"));
    assert_eq!(read(&folder, "compose.yaml"), compose);
}

#[test]
fn unused_suppressions_go() {
    let text = "services:\r\n  # docklint: ignore[proxy-missing] old\r\n  a: # docklint: ignore[proxy-baked]\r\n    image: b\r\n";
    let folder = project(&[("compose.yaml", text)]);
    let (code, out, _) = run(folder.path(), &["--fix"], "");
    assert_eq!(code, Some(0), "{out}");
    let left = "services:\r\n  a:\r\n    image: b\r\n";
    assert_eq!(read(&folder, "compose.yaml"), left);

    // In a here-document it may be text.
    let text = "FROM a\nCOPY <<E /x\n# docklint: ignore[proxy-baked]\nE\n";
    let folder = project(&[("Dockerfile", text)]);
    run(folder.path(), &["--fix"], "");
    assert_eq!(read(&folder, "Dockerfile"), text);

    // What hides a matter of taste is not unused where those are not looked for.
    let compose = "services:\n  a:\n    build:\n      context: .\n      args:\n        # docklint: ignore[build-arg-not-consumed]\n        X: y\n";
    let folder = project(&[("Dockerfile", "FROM a\n"), ("compose.yaml", compose)]);
    run(folder.path(), &["--fix-suggested"], "");
    assert_eq!(read(&folder, "compose.yaml"), compose);
}

#[test]
fn drop_ins_keep_their_line_ends() {
    let unit = "[Service]\r\nExecStart=/usr/bin/dockerd\r\n";
    let folder = project(&[
        ("etc/systemd/system/docker.service", unit),
        (
            DROP_IN,
            "[Service]\r\nExecStart=/usr/bin/dockerd -H fd://\r\n",
        ),
    ]);
    run(folder.path(), &["--fix-suggested"], "");
    let expected = "[Service]\r\nExecStart=\r\nExecStart=/usr/bin/dockerd -H fd://\r\n";
    assert_eq!(read(&folder, DROP_IN), expected);
}

/// How many findings are told and hidden, and how many entries are stale.
fn counts(folder: &Path) -> (usize, u64, u64) {
    let (_, out, err) = run(folder, &["--format=json"], "");
    let json: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
    let number = |key: &str| json["summary"][key].as_u64().unwrap();
    let told = json["findings"].as_array().unwrap().len();
    (told, number("baselined"), number("stale"))
}

#[test]
fn a_baseline_survives_edits_and_knows_what_is_new() {
    let text = "ARG V=1\nFROM a\nRUN echo $V\n";
    let folder = project(&[("sub/Dockerfile", text)]);
    let (top, sub) = (folder.path(), folder.path().join("sub"));
    assert_eq!(counts(top).0, 1);
    assert_eq!(run(top, &["baseline"], "").0, Some(0));
    let written: Value = serde_json::from_str(&read(&folder, ".docklint-baseline.json")).unwrap();
    let described = fs::read_to_string(root("docklint-baseline.schema.json")).unwrap();
    schema::validate(&serde_json::from_str(&described).unwrap(), &written).unwrap();
    assert_eq!(counts(top), (0, 1, 0));
    assert_eq!(counts(&sub), (0, 1, 0), "wherever it is called");

    for edited in [
        format!("# above\n\n{text}"),
        text.replace("RUN", "   RUN"),
        text.replace('\n', "\r\n"),
    ] {
        write(top, "sub/Dockerfile", &edited);
        assert_eq!(counts(top), (0, 1, 0), "{edited}");
    }
    let more = format!("{text}FROM b\nRUN echo $V\n");
    write(top, "sub/Dockerfile", &more);
    assert_eq!(counts(top), (1, 1, 0), "one more of the same kind is new");

    write(top, "sub/Dockerfile", "FROM a\n");
    assert_eq!(counts(top), (0, 0, 1));
    fs::rename(sub.join("Dockerfile"), top.join("Dockerfile")).unwrap();
    write(top, "Dockerfile", text);
    assert_eq!(counts(top), (1, 0, 1), "another file");
    run(top, &["baseline"], "");
    assert_eq!(counts(top), (0, 1, 0), "pruned");

    write(top, ".docklint-baseline.json", "{}");
    let (code, out, _) = run(top, &["--format=json"], "");
    assert_eq!(code, Some(2));
    assert!(out.contains("invalid-baseline"), "{out}");
    assert_eq!(run(top, &["--no-baseline", "-q"], "").0, Some(1));
}

#[test]
fn entries_of_a_baseline_that_hide_nothing_are_told_with_every_report() {
    let text = "ARG V=1\nFROM a\nRUN echo $V\nFROM b\nRUN echo $V\n";
    let folder = project(&[("Dockerfile", text)]);
    run(folder.path(), &["baseline"], "");
    for format in Format::ALL {
        write(folder.path(), "Dockerfile", text);
        let args = ["--format", format.name()];
        let (_, _, err) = run(folder.path(), &args, "");
        assert_eq!(err, "", "{args:?}");
        write(folder.path(), "Dockerfile", "FROM a\n");
        let (code, out, err) = run(folder.path(), &args, "");
        let said = "docklint: 2 entries of the baseline hide nothing any more: `docklint baseline` removes them\n";
        assert_eq!((code, &*err), (Some(0), said), "{args:?}");
        assert!(!out.contains("any more"), "{out}");
    }
    let (_, out, err) = run(folder.path(), &["--quiet"], "");
    assert_eq!((&*out, &*err), ("", ""));
}

#[test]
fn standard_input_comes_out_whatever_becomes_of_it() {
    let excluded = "exclude = [\"Dockerfile\"]\n";
    for (config, name, expected) in [
        (excluded, "Dockerfile", Some(0)),
        ("broken", "Dockerfile", Some(2)),
        ("", "unknown.kind", Some(2)),
    ] {
        let folder = project(&[("docklint.toml", config)]);
        for option in ["--fix", "--fix-suggested", "--add-suppressions"] {
            let name = format!("--stdin-filename={name}");
            let args = [option, "-", &name];
            let (code, out, err) = run(folder.path(), &args, OUT_OF_SCOPE);
            assert_eq!((code, &*out), (expected, OUT_OF_SCOPE), "{args:?}: {err}");
            assert_ne!(err, "");
        }
    }
    let folder = project(&[]);
    let large = format!("FROM a\n#{}\n", "x".repeat(9 << 20));
    let (code, out, _) = run(
        folder.path(),
        &["--fix", "--stdin-filename=Dockerfile"],
        &large,
    );
    assert_eq!((code, out == large), (Some(2), true));
    let args = [
        "--fix",
        "--select=no-such-rule",
        "--stdin-filename=Dockerfile",
    ];
    let (code, out, _) = run(folder.path(), &args, OUT_OF_SCOPE);
    assert_eq!((code, &*out), (Some(2), OUT_OF_SCOPE));
}

#[test]
fn with_standard_input_nothing_else_changes() {
    let compose = "services:\n  a:\n    build:\n      context: .\n      args:\n        GOPROXY: https://p.example\n";
    let dockerfile = "FROM golang:1.24\nRUN go install a.example/b@v1\n";
    let folder = project(&[("compose.yaml", compose), ("Dockerfile", dockerfile)]);
    let args = ["--fix-suggested", "-", "--stdin-filename=compose.yaml"];
    let (_, out, err) = run(folder.path(), &args, compose);
    assert_eq!(
        (&*out, &*read(&folder, "Dockerfile")),
        (compose, dockerfile)
    );
    assert!(err.contains("docklint: Dockerfile: not changed"), "{err}");
}

#[test]
fn a_comment_is_no_part_of_a_value() {
    for args in [
        "{GOPROXY: \"https://p.example\", GREETING: \"hello\n world\"}",
        "{GOPROXY: \"https://p.example\", GREETING: 'hello\n world'}",
        "{GOPROXY: \"https://p.example\", GREETING: hello\n world}",
    ] {
        let compose = format!(
            "services:\n  a:\n    build:\n      context: .\n      args: {}\n",
            args.replace('\n', "\n         ")
        );
        let files = [
            ("compose.yaml", &*compose),
            (
                "Dockerfile",
                "FROM golang:1.24\nRUN go install a.example/b@v1\n",
            ),
        ];
        let folder = project(&files);
        let (code, out, err) = run(
            folder.path(),
            &["--add-suppressions", "--pedantic", "compose.yaml"],
            "",
        );
        assert_eq!(read(&folder, "compose.yaml"), compose, "{out}");
        assert_eq!(code, Some(1), "{out}");
        assert!(err.contains("no comment hides this finding"), "{err}");
    }
}

#[test]
fn a_comment_stands_above_the_key_of_a_folded_dockerfile() {
    for inline in [
        ">\n        FROM a\n\n        RUN echo $V\n\n        ARG V=1\n",
        "\"FROM a\\n\\\n        RUN echo $V\\n\\\n        ARG V=1\"\n",
        "|\n        FROM a\n        RUN echo $V\n        ARG V=1\n",
    ] {
        let inline = inline.replace("$V", "$$V");
        let key = format!("      dockerfile_inline: {inline}");
        let compose = format!("services:\n  a:\n    build:\n      context: .\n{key}");
        let folder = project(&[("compose.yaml", &compose)]);
        let (code, out, err) = run(folder.path(), &["--add-suppressions"], "");
        assert_eq!(code, Some(0), "{out} {err}");
        let text = read(&folder, "compose.yaml");
        let comment = "# docklint: ignore[";
        match inline.starts_with('|') {
            true => assert!(
                text.contains("|\n        FROM a\n        # docklint: ignore["),
                "{text}"
            ),
            false => assert!(
                text.contains(&format!("      {comment}")) && text.ends_with(&key),
                "{text}"
            ),
        }
    }
}

#[cfg(unix)]
#[test]
fn links_lead_nothing_out_of_the_project() {
    use std::os::unix::fs::symlink;
    let outside = project(&[("x", "theirs")]);
    let folder = project(&[("Dockerfile", OUT_OF_SCOPE)]);
    let (top, theirs) = (folder.path(), outside.path().join("x"));
    for name in [".docklint-baseline.json", "docklint.toml"] {
        symlink(&theirs, top.join(name)).unwrap();
    }
    for args in [&["baseline", "--isolated"][..], &["init", "--force"]] {
        let (code, _, err) = run(top, args, "");
        assert_eq!(code, Some(2), "{args:?} {err}");
        assert!(err.contains("is a symbolic link"), "{err}");
    }
    fs::remove_file(&theirs).unwrap();
    run(top, &["baseline", "--isolated"], "");
    assert!(!theirs.exists());
    fs::remove_file(top.join("docklint.toml")).unwrap();
    write(top, "docklint.toml", "# old\n");
    assert_eq!(run(top, &["init", "--force"], "").0, Some(0));
    assert!(read(&folder, "docklint.toml").contains("requires-docklint"));
}

#[test]
fn a_baseline_of_another_version_is_replaced_and_what_is_none_is_not() {
    let folder = project(&[("Dockerfile", OUT_OF_SCOPE)]);
    let name = ".docklint-baseline.json";
    for (text, expected) in [
        ("{\"version\": 9, \"findings\": []}", Some(0)),
        ("[]", Some(2)),
        ("{\"version\": 9}", Some(2)),
    ] {
        write(folder.path(), name, text);
        let (code, _, err) = run(folder.path(), &["baseline"], "");
        assert_eq!(code, expected, "{err}");
        assert_eq!(read(&folder, name) == text, code == Some(2));
        assert_eq!(err.contains("delete the file"), code == Some(2), "{err}");
    }
}

#[test]
fn a_baseline_knows_variables_files_with_other_line_ends() {
    let env = "HTTP_PROXY=http://proxy.corp.example:3128\n";
    let compose = "services:\n  a:\n    build: .\n";
    let files = [
        (".env", env),
        ("compose.yaml", compose),
        ("Dockerfile", "FROM a\nRUN apk add git\n"),
    ];
    let folder = project(&files);
    let before = counts(folder.path()).0;
    assert!(before > 0);
    run(folder.path(), &["baseline"], "");
    write(folder.path(), ".env", &env.replace('\n', "\r\n"));
    assert_eq!(counts(folder.path()), (0, before as u64, 0));
}

#[test]
fn a_report_goes_where_it_is_said_to_or_it_is_told() {
    let folder = project(&[("Dockerfile", OUT_OF_SCOPE)]);
    let top = folder.path();
    for option in [
        "--format=json",
        "--output=json=x",
        "--statistics",
        "--fail-level=error",
    ] {
        let (code, _, err) = run(top, &["--diff", option], "");
        assert_eq!(code, Some(2), "{option}");
        assert!(err.contains("cannot be used with"), "{err}");
    }
    let (code, out, _) = run(top, &["--output=json=absent/x", "--output=json=there"], "");
    assert_eq!(code, Some(2));
    assert!(out.contains("Reports: there (json)"), "{out}");
    let (code, out, err) = run(top, &["--output=json=Dockerfile"], "");
    assert_eq!(
        (code, &*read(&folder, "Dockerfile")),
        (Some(2), OUT_OF_SCOPE)
    );
    assert!(
        !out.contains("Reports") && err.contains("not written"),
        "{out} {err}"
    );
}

#[test]
fn many_fixes_at_one_place_are_made_in_one_run() {
    let names: Vec<String> = (0..150).map(|number| format!("V{number}")).collect();
    let lines = |pattern: &str| -> String {
        names
            .iter()
            .map(|name| pattern.replace('?', name))
            .collect()
    };
    let dockerfile = [
        lines("ARG ?=1\n"),
        "FROM a\n".to_owned(),
        lines("RUN echo $?\n"),
    ]
    .concat();
    let folder = project(&[("Dockerfile", &dockerfile)]);
    let (code, out, err) = run(folder.path(), &["--fix-suggested"], "");
    assert_eq!(code, Some(0), "{out} {err}");
    assert!(out.contains("Fixed 150 findings; 0 left"), "{out}");
}

/// sudo takes no `-E` beside `-i`.
#[test]
fn a_login_through_sudo_has_no_fix() {
    for sudo in ["sudo --login", "sudo -i", "sudo -i -u app"] {
        let text = format!(
            "FROM debian\nENV https_proxy=http://proxy.corp.example:3128\nRUN {sudo} curl https://x.example\n"
        );
        let folder = project(&[("Dockerfile", &text)]);
        let args = ["--select=sudo-drops-environment", "--fix-suggested"];
        let (code, out, _) = run(folder.path(), &args, "");
        assert_eq!(code, Some(1));
        assert!(out.contains("`sudo -E` without `-i`"), "{out}");
        assert_eq!(read(&folder, "Dockerfile"), text);
    }
}

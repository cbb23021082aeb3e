//! Whatever stands in a unit, an environment file, `daemon.json` or `config.json`: nothing panics,
//! every span lies in its file and on char boundaries, every edit can be applied.

use docklint::model::client;
use docklint::model::daemon::{self, Facts, Manager, Request, Scope};
use docklint::source::{FileId, FileKind, Location, MemoryTree, SourceFile, Span};
use docklint::syntax::unit::{EntryKind, Unescape};
use docklint::syntax::{environment_file, json, unit};
use proptest::prelude::*;

/// Pieces that mean something to one of the grammars, and some that mean nothing to any.
const PIECES: [&str; 62] = [
    "[Service]",
    "[Unit]",
    "[X-a]",
    "[",
    "]",
    "Environment",
    "EnvironmentFile",
    "ExecStart",
    "PassEnvironment",
    "UnsetEnvironment",
    "=",
    "==",
    "HTTP_PROXY",
    "NO_PROXY",
    "Http_Proxy",
    "http://",
    "u:p@h:1",
    "%40",
    "%%",
    "%n",
    "%C3",
    "%",
    "\\",
    "\\\n",
    "\\ ",
    "\\x41",
    "\\u00e9",
    "\\t",
    "\"",
    "'",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "#",
    ";",
    "/etc/e",
    "-",
    "/dev/null",
    ",",
    "$A",
    "${A}",
    "é",
    "\u{a0}",
    "\u{feff}",
    "＝",
    "内",
    "\u{ffff}",
    "{",
    "}",
    "\"proxies\"",
    "\"http-proxy\"",
    "\"default\"",
    "\"httpProxy\"",
    ":",
    "null",
    "1e5",
    "\\ud800",
    "export ",
    "dockerd",
];

fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn file(id: u32, bytes: Vec<u8>) -> SourceFile {
    SourceFile::new(FileId(id), format!("f{id}"), FileKind::Unit, bytes)
}

fn check(file: &SourceFile, span: Span) {
    let text = file.text();
    let (start, end) = (span.start as usize, span.end as usize);
    assert!(
        start <= end && end <= text.len(),
        "{span:?} in {} bytes",
        text.len()
    );
    assert!(
        text.is_char_boundary(start) && text.is_char_boundary(end),
        "{span:?} in {text:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn units(bytes in soup()) {
        let file = file(0, bytes);
        let unit = unit::parse(&file);
        prop_assert!(unit.read <= unit.entries.len());
        let spans = unit.comments.iter().copied().chain(unit.stop.map(|stop| stop.span));
        spans.for_each(|span| check(&file, span));
        for entry in &unit.entries {
            check(&file, entry.span);
            let EntryKind::Assignment { key, value } = &entry.kind else {
                continue;
            };
            check(&file, key.span());
            for unescape in [Unescape::C, Unescape::CRelaxed, Unescape::Plain] {
                for word in value.words(unescape).flatten() {
                    check(&file, word.span);
                    check(&file, word.span_of(0, word.bytes.len()));
                    word.escapes.iter().for_each(|escape| check(&file, escape.span));
                }
            }
        }
    }

    #[test]
    fn environment_files(bytes in soup()) {
        let file = file(0, bytes);
        let parsed = environment_file::parse(&file);
        for assignment in &parsed.assignments {
            check(&file, assignment.span());
            check(&file, assignment.value_span);
            assignment.dropped_backslashes.iter().for_each(|&span| check(&file, span));
        }
        parsed.no_equals.iter().chain(&parsed.comments).for_each(|&span| check(&file, span));
    }

    #[test]
    fn json_texts(bytes in soup()) {
        let file = file(0, bytes);
        for error in json::parse(&file).errors {
            check(&file, error.span);
        }
        for problem in client::read(&file).problems {
            check(&file, problem.at.span);
        }
    }

    #[test]
    fn daemons(fragment in soup(), drop_in in soup(), environment in soup(), options in soup()) {
        let fragment = [b"[Service]\nExecStart=/usr/bin/dockerd $A\n".to_vec(), fragment].concat();
        let drop_in = [b"[Service]\nEnvironmentFile=/etc/e\n".to_vec(), drop_in].concat();
        let files = [
            ("/usr/lib/systemd/system/docker.service", fragment),
            ("/etc/systemd/system/docker.service.d/a.conf", drop_in),
            ("/etc/e", environment),
            ("/etc/docker/daemon.json", options),
        ];
        let files: Vec<_> = files.into_iter().enumerate().map(|(id, (path, bytes))| {
            (path, std::sync::Arc::new(file(u32::try_from(id).expect("few"), bytes)))
        }).collect();
        let mut tree = MemoryTree::default();
        for (path, file) in &files {
            tree.add_file(path, std::sync::Arc::clone(file));
        }
        for scope in [Scope::Machine, Scope::Shipped] {
            let daemon = daemon::load(&Request {
                tree: &tree,
                unit: "docker.service",
                manager: Manager::System,
                scope,
                facts: Facts::default(),
            });
            let inside = |at: Location| check(&files[at.file.0 as usize].1, at.span);
            for found in &daemon.diagnostics {
                found.at.into_iter().for_each(inside);
                found.related.iter().for_each(|related| inside(related.at));
                let edits = found.repair.iter().flat_map(|repair| &repair.edits);
                edits.for_each(|(at, _)| inside(*at));
            }
            for variable in daemon.environment.values() {
                variable.at.into_iter().for_each(inside);
                let hops = daemon.provenance.story(variable.hop).into_iter();
                hops.filter_map(|hop| daemon.provenance.hop(hop).at).for_each(inside);
            }
            daemon.go_proxy().for_url("https://example.com/");
        }
    }
}

/// A machine's root with everything that must never be opened or followed for ever.
#[cfg(unix)]
#[test]
fn fifos_loops_and_masks_neither_block_nor_escape() {
    use docklint::source::{FileTree, HostTree, TreeEntry};
    use std::os::unix::fs::symlink;

    let root = tempfile::tempdir().expect("a folder");
    let at = |path: &str| root.path().join(path);
    let folder = "etc/systemd/system/docker.service.d";
    std::fs::create_dir_all(at(folder)).expect("folders");
    std::fs::create_dir_all(at("usr/lib/systemd/system")).expect("folders");
    std::fs::write(
        at("usr/lib/systemd/system/docker.service"),
        "[Service]\nExecStart=/d\n",
    )
    .expect("a file");
    let fifo = at(folder).join("fifo.conf");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    let made = made.is_ok_and(|status| status.success());
    symlink("b.conf", at(folder).join("a.conf")).expect("a link");
    symlink("a.conf", at(folder).join("b.conf")).expect("a link");
    symlink("/dev/null", at(folder).join("null.conf")).expect("a link");
    symlink("/dev/zero", at(folder).join("zero.conf")).expect("a link");
    symlink(root.path(), at("etc/systemd/system/loop.d")).expect("a link");
    // An absolute link to a file outside of the root stays inside and leads nowhere.
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "[Service]\nEnvironment=LEAK=1\n").expect("a file");
    symlink(secret.path(), at(folder).join("out.conf")).expect("a link");
    symlink(
        "../../../../../../../../../../etc/hostname",
        at(folder).join("up.conf"),
    )
    .expect("a link");

    let tree = HostTree::new(root.path(), FileId(0));
    if made {
        assert_eq!(
            tree.entry(&format!("/{folder}/fifo.conf")),
            Some(TreeEntry::Other)
        );
    }
    let daemon = daemon::load(&Request {
        tree: &tree,
        unit: "docker.service",
        manager: Manager::System,
        scope: Scope::Machine,
        facts: Facts::default(),
    });
    assert!(daemon.environment.is_empty());
    assert_eq!(tree.into_files().len(), 1);
}

//! `--host=ROOT` on roots that somebody laid out to hurt: nothing blocks, and nothing outside ROOT
//! is read.

#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use docklint::model::daemon::{self, Facts, Manager, Request, Scope};
use docklint::source::{FileId, FileKind, FileTree, HostTree, TreeEntry};

const DROP_INS: &str = "etc/systemd/system/docker.service.d";

/// What must never be seen: it stands in the files outside of ROOT.
const OUTSIDE: &str = "outside.corp.example";

struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    /// A machine whose daemon starts, with a drop-in that has something to report.
    fn new() -> Self {
        let machine = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        let outside = machine.folder.path().join("outside");
        std::fs::create_dir_all(&outside).expect("a folder");
        let text = format!("[Service]\nEnvironment=HTTP_PROXY=http:/{OUTSIDE}:3128\n");
        std::fs::write(outside.join("x.conf"), text).expect("it can be written");
        std::fs::create_dir_all(machine.folder.path().join("project")).expect("a folder");
        machine.write(
            "usr/lib/systemd/system/docker.service",
            "[Service]\nExecStart=/usr/bin/dockerd -H fd://\n",
        );
        machine.write(
            &format!("{DROP_INS}/50-own.conf"),
            "[Service]\nEnvironment=HTTPS_PROXY=http:/proxy.corp.example:3128\n",
        );
        machine
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    fn outside(&self) -> PathBuf {
        self.folder.path().join("outside")
    }

    fn at(&self, path: &str) -> PathBuf {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("it can be made");
        path
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.at(path), text).expect("it can be written");
    }

    fn link(&self, path: &str, target: impl AsRef<Path>) {
        symlink(target, self.at(path)).expect("a link");
    }

    fn make(&self, program: &str, path: &str, arguments: &[&str]) -> bool {
        let status = Command::new(program)
            .arg(self.at(path))
            .args(arguments)
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    }

    /// What docklint says; fails if it takes longer than anything here is worth.
    fn check(&self) -> String {
        let mut child = Command::new(env!("CARGO_BIN_EXE_docklint"))
            .current_dir(self.folder.path().join("project"))
            .args(["--isolated", "--format", "concise"])
            .arg(format!("--host={}", self.root().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("docklint runs");
        let begun = Instant::now();
        while child.try_wait().expect("a child").is_none() {
            if begun.elapsed() > Duration::from_secs(20) {
                child.kill().expect("it can be ended");
                panic!("docklint waits for something below ROOT");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let Output { stdout, stderr, .. } = child.wait_with_output().expect("output");
        let said = String::from_utf8_lossy(&stdout) + String::from_utf8_lossy(&stderr);
        assert!(!said.contains(OUTSIDE), "{said}");
        said.into_owned()
    }

    /// The same, and the drop-in of [`Machine::new`] is still judged.
    fn reads_the_rest(&self) {
        let said = self.check();
        assert!(
            said.contains("50-own.conf:2:13: error[proxy-malformed]"),
            "{said}"
        );
    }
}

#[test]
fn fifos_are_not_opened() {
    let machine = Machine::new();
    let paths = [
        format!("{DROP_INS}/10-fifo.conf"),
        "etc/docker/daemon.json".to_owned(),
        "etc/default/docker".to_owned(),
        "etc/os-release".to_owned(),
        "etc/hostname".to_owned(),
        "etc/systemd/system.conf".to_owned(),
        "etc/environment".to_owned(),
        "root/.docker/config.json".to_owned(),
        "home/ann/.docker/config.json".to_owned(),
    ];
    for path in &paths {
        assert!(machine.make("mkfifo", path, &[]), "{path}");
    }
    machine.write(
        &format!("{DROP_INS}/20-files.conf"),
        "[Service]\nEnvironmentFile=-/etc/default/docker\nEnvironmentFile=-/etc/default/*\nEnvironment=A=%H%o\n",
    );
    machine.reads_the_rest();
}

#[test]
fn a_fifo_in_the_place_of_a_folder_or_of_the_unit() {
    let machine = Machine::new();
    assert!(machine.make("mkfifo", "etc/systemd/system/docker.service", &[]));
    assert!(machine.make("mkfifo", "run/systemd/system/docker.service.d", &[]));
    assert!(machine.make("mkfifo", "home", &[]));
    machine.check();
}

#[test]
fn devices_are_not_opened() {
    let machine = Machine::new();
    // Only root can make one.
    if machine.make(
        "mknod",
        &format!("{DROP_INS}/10-zero.conf"),
        &["c", "1", "5"],
    ) {
        machine.make("mknod", "etc/docker/daemon.json", &["c", "1", "5"]);
        machine.reads_the_rest();
    }
    let machine = Machine::new();
    machine.link(&format!("{DROP_INS}/10-zero.conf"), "/dev/zero");
    machine.link("etc/docker/daemon.json", "/dev/zero");
    machine.reads_the_rest();
}

#[test]
fn links_in_circles_end() {
    let machine = Machine::new();
    machine.link(&format!("{DROP_INS}/10-self.conf"), "10-self.conf");
    machine.link(&format!("{DROP_INS}/11-a.conf"), "12-b.conf");
    machine.link(&format!("{DROP_INS}/12-b.conf"), "11-a.conf");
    machine.link("run/systemd/system", "/run/systemd/system");
    machine.link("usr/local/lib/systemd", "..");
    machine.link("home", "home");
    machine.link("etc/docker", "/etc/docker");
    machine.link("root/.docker/config.json", "config.json");
    machine.reads_the_rest();
}

#[test]
fn links_stay_below_the_root() {
    let machine = Machine::new();
    let up = "../../../../../../../../../../../../../..";
    let outside = machine.outside();
    let relative = format!("{up}{}/x.conf", outside.display());
    machine.link(&format!("{DROP_INS}/10-up.conf"), relative);
    machine.link(
        &format!("{DROP_INS}/11-absolute.conf"),
        outside.join("x.conf"),
    );
    machine.link("run/systemd/system/docker.service.d", &outside);
    machine.link(
        "usr/lib/systemd/system/service.d",
        format!("{up}{}", outside.display()),
    );
    machine.link("home", &outside);
    machine.link("etc/docker", &outside);
    machine.link("root/.docker", &outside);
    machine.write(
        &format!("{DROP_INS}/20-files.conf"),
        &format!(
            "[Service]\nEnvironmentFile=-{}/x.conf\nEnvironmentFile=-/etc/../../../..{}/x.conf\n",
            outside.display(),
            outside.display()
        ),
    );
    machine.reads_the_rest();
}

#[test]
fn null_masks_need_no_dev_below_the_root() {
    let machine = Machine::new();
    machine.write(
        "usr/lib/systemd/system/docker.service.d/60-packaged.conf",
        "[Service]\nEnvironment=NO_PROXY=.corp.example\n",
    );
    machine.link(&format!("{DROP_INS}/60-packaged.conf"), "/dev/null");
    machine.reads_the_rest();

    machine.link("etc/systemd/system/docker.service", "/dev/null");
    let said = machine.check();
    assert!(said.contains("is masked: it does not start"), "{said}");
}

#[test]
fn a_root_that_is_none() {
    let machine = Machine::new();
    std::fs::remove_dir_all(machine.root()).expect("it can be removed");
    machine.check();
    let made = Command::new("mkfifo").arg(machine.root()).status();
    assert!(made.is_ok_and(|status| status.success()));
    machine.check();
}

/// A machine's root with everything that must never be opened or followed for ever.
#[test]
fn fifos_loops_and_masks_neither_block_nor_escape() {
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

/// systemd writes `\x2d` for a hyphen in the names of units: a backslash is no separator here.
#[test]
fn names_with_backslashes_are_names() {
    let root = tempfile::tempdir().expect("a folder");
    let text = "[Service]\nEnvironment=HTTP_PROXY=http://proxy.corp.example:3128\n";
    std::fs::write(root.path().join("a\\x2db.conf"), text).expect("a file");
    symlink("a\\x2db.conf", root.path().join("link.conf")).expect("a link");
    let tree = HostTree::new(root.path(), FileId(0));
    let target = TreeEntry::Link("a\\x2db.conf".to_owned());
    assert_eq!(tree.entry("/link.conf"), Some(target));
    let file = tree
        .read("/a\\x2db.conf", FileKind::Unit)
        .expect("it is read");
    assert!(file.path().ends_with("/a\\x2db.conf"), "{}", file.path());
}

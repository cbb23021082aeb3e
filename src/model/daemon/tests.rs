//! What the recorded cases do not show: rules of facts/systemd-daemon-go.md, one by one.

mod assign;
mod daemon_json;

use super::*;
use crate::source::{FileId, MemoryTree, SourceFile};
use crate::syntax::{environment_file, unit};

const UNIT: &str = "[Service]\nType=notify\nExecStart=/usr/bin/dockerd -H fd://\n";
const DROP_IN: &str = "/etc/systemd/system/docker.service.d/p.conf";

fn tree(files: &[(&str, &[u8])]) -> MemoryTree {
    let mut tree = MemoryTree::default();
    for (id, (path, bytes)) in files.iter().enumerate() {
        let id = FileId(u32::try_from(id).unwrap());
        tree.add_file(
            path,
            SourceFile::new(id, (*path).into(), FileKind::Unit, bytes.to_vec()),
        );
    }
    tree
}

fn load_tree(tree: &MemoryTree, scope: Scope) -> Daemon {
    load(&Request {
        tree,
        unit: "docker.service",
        manager: Manager::System,
        scope,
        facts: Facts::default(),
    })
}

/// A machine with the packaged unit and these files.
fn machine(files: &[(&str, &str)]) -> Daemon {
    let mut all: Vec<(&str, &[u8])> =
        vec![("/usr/lib/systemd/system/docker.service", UNIT.as_bytes())];
    all.extend(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    load_tree(&tree(&all), Scope::Machine)
}

/// A machine whose drop-in's `[Service]` holds these lines.
fn drop_in(lines: &str) -> Daemon {
    machine(&[(DROP_IN, &format!("[Service]\n{lines}"))])
}

fn get<'d>(daemon: &'d Daemon, name: &str) -> Option<&'d str> {
    daemon
        .environment
        .get(name)
        .and_then(|variable| variable.value.as_known())
}

fn causes(daemon: &Daemon) -> Vec<Cause> {
    daemon.diagnostics.iter().map(|found| found.cause).collect()
}

#[track_caller]
fn expect(lines: &str, name: &str, value: Option<&str>, expected: &[Cause]) {
    let daemon = drop_in(lines);
    assert_eq!(get(&daemon, name), value, "{lines}");
    assert_eq!(causes(&daemon), expected, "{lines}");
}

#[test]
fn words_of_environment() {
    let http = "HTTP_PROXY";
    expect(
        "Environment=HTTP_PROXY=p:1 # by=ops",
        http,
        Some("p:1"),
        &[Cause::InlineComment],
    );
    expect(
        "Environment=HTTP_PROXY=p:1 ; note",
        http,
        Some("p:1"),
        &[Cause::InlineComment],
    );
    expect(
        "Environment=“HTTP_PROXY=p:1”",
        http,
        None,
        &[Cause::NoAssignment],
    );
    expect(
        "Environment=\"HTTP_PROXY=http://u:o'b@p:1\"",
        http,
        Some("http://u:o'b@p:1"),
        &[],
    );
    expect(
        "Environment=A=1 HTTP_PROXY=http://u:x%40@p:1 B=2",
        "B",
        Some("2"),
        &[Cause::UnknownSpecifier],
    );
    expect(
        "Environment=HTTP_PROXY=http://u:%f0@p:1",
        http,
        Some("http://u:/docker0@p:1"),
        &[Cause::SpecifierReplaced],
    );
    expect(
        "Environment=\"HTTP_PROXY=http://CORP\\name:x@p:1\"",
        http,
        Some("http://CORP\name:x@p:1"),
        &[Cause::EscapeReplaced],
    );
    expect(
        "Environment=NO_PROXY=a, b,\\\n c",
        "NO_PROXY",
        Some("a,"),
        &[Cause::SplitAtBlank],
    );
    expect(
        "Environment=\"HTTP_PROXY=p:1\", \"NO_PROXY=a\"",
        http,
        Some("p:1,"),
        &[Cause::MalformedProxy],
    );
    expect(
        "Environment=HTTP_PROXY=a:1\nEnvironment=HTTP_PROXY=b:1",
        http,
        Some("b:1"),
        &[],
    );
    expect(
        "Enviroment=HTTP_PROXY=a:1",
        http,
        None,
        &[Cause::UnknownKey],
    );
    expect(
        "[service]\nEnvironment=HTTP_PROXY=a:1",
        http,
        None,
        &[Cause::UnknownSection],
    );
    expect(
        "[Service] # x\nEnvironment=HTTP_PROXY=a:1",
        http,
        None,
        &[Cause::BrokenHeader],
    );
    expect("Environment=HTTP_PROXY=a:1\\", http, Some("a:1"), &[]);
}

#[test]
fn bytes_that_are_not_utf8_end_a_drop_in_and_refuse_a_unit() {
    let bad = b"[Service]\nEnvironment=A=1\nEnvironment=B=\xe9\nEnvironment=C=3\n";
    let files: [(&str, &[u8]); 2] = [
        ("/usr/lib/systemd/system/docker.service", UNIT.as_bytes()),
        (DROP_IN, bad),
    ];
    let daemon = load_tree(&tree(&files), Scope::Machine);
    assert_eq!((get(&daemon, "A"), get(&daemon, "C")), (Some("1"), None));
    assert_eq!(causes(&daemon), [Cause::NotUtf8]);
    assert!(daemon.starts);
    let broken: [(&str, &[u8]); 1] = [("/usr/lib/systemd/system/docker.service", bad)];
    let daemon = load_tree(&tree(&broken), Scope::Machine);
    assert_eq!(
        (daemon.load_state, daemon.starts),
        (LoadState::Error, false)
    );
}

#[test]
fn what_takes_settings_back() {
    let file = ("/etc/e", "HTTP_PROXY=f:1\n");
    let with_file = |lines: &str| machine(&[(DROP_IN, &format!("[Service]\n{lines}")), file]);
    let daemon = with_file("EnvironmentFile=/etc/e\nEnvironment=HTTP_PROXY=a:1");
    assert_eq!(
        (get(&daemon, "HTTP_PROXY"), causes(&daemon)),
        (Some("f:1"), vec![Cause::FileWins])
    );
    let daemon = with_file("Environment=HTTP_PROXY=a:1\nEnvironmentFile=/etc/e");
    assert_eq!(
        (get(&daemon, "HTTP_PROXY"), causes(&daemon)),
        (Some("f:1"), vec![])
    );
    expect(
        "UnsetEnvironment=HTTP_PROXY\nEnvironment=HTTP_PROXY=a:1",
        "HTTP_PROXY",
        None,
        &[Cause::Unset],
    );
    expect(
        "UnsetEnvironment=HTTP_PROXY=b:1\nEnvironment=HTTP_PROXY=a:1",
        "HTTP_PROXY",
        Some("a:1"),
        &[],
    );
    expect(
        "Environment=\nEnvironment=HTTP_PROXY=a:1",
        "HTTP_PROXY",
        Some("a:1"),
        &[],
    );
}

#[test]
fn files_that_keep_the_daemon_from_starting() {
    for (lines, cause) in [
        ("EnvironmentFile=/etc/none", Cause::EnvironmentFileMissing),
        ("EnvironmentFile=/etc/*.none", Cause::EnvironmentFileMissing),
        (
            "EnvironmentFile=/etc/systemd",
            Cause::EnvironmentFileUnreadable,
        ),
        ("ExecStart=/usr/bin/dockerd", Cause::SecondExecStart),
        ("ExecStart=", Cause::NoExecStart),
        (
            "ExecStart=\nExecStart=/usr/bin/dockerd --http-proxy=http://u:%40@p:1",
            Cause::BadExecStart,
        ),
        (
            &format!("Environment=NO_PROXY={}", "h,".repeat(70_000)),
            Cause::TooLong,
        ),
    ] {
        let daemon = drop_in(lines);
        assert!(!daemon.starts, "{:.60}", lines);
        assert_eq!(causes(&daemon), [cause], "{:.60}", lines);
    }
    expect(
        "EnvironmentFile=\"/etc/e\"",
        "A",
        None,
        &[Cause::BadEnvironmentFilePath],
    );
    expect(
        "EnvironmentFile=~/e",
        "A",
        None,
        &[Cause::BadEnvironmentFilePath],
    );
}

#[test]
fn lines_of_environment_files() {
    let one = |text: &str| {
        machine(&[
            (DROP_IN, "[Service]\nEnvironmentFile=/etc/e\n"),
            ("/etc/e", text),
        ])
    };
    for (text, cause) in [
        ("\u{feff}HTTP_PROXY=p:1", Cause::FileBadName),
        ("\"HTTP_PROXY=p:1\"", Cause::FileBadName),
        ("HTTP_PROXY: p:1", Cause::FileNoEquals),
        ("HTTP_PROXY=http://CORP\\user:x@p:1", Cause::FileBackslash),
        ("# old \\\nHTTP_PROXY=p:1", Cause::SwallowedLine),
        ("HTTP_PROXY=p:1 # note", Cause::MalformedProxy),
        ("Http_Proxy=p:1", Cause::NobodyReads),
    ] {
        assert_eq!(causes(&one(text)), [cause], "{text}");
    }
}

#[test]
fn folders_nobody_reads() {
    let setting = "[Service]\nEnvironment=HTTP_PROXY=p:1\n";
    for (path, cause) in [
        (
            "/etc/systemd/system/docker-.service.d/p.conf",
            Cause::WrongDirectory,
        ),
        (
            "/etc/systemd/system/snap.docker.dockerd.service.d/p.conf",
            Cause::WrongDirectory,
        ),
        (
            "/etc/systemd/docker.service.d/p.conf",
            Cause::WrongDirectory,
        ),
        ("/etc/docker/docker.service.d/p.conf", Cause::WrongDirectory),
        ("/etc/docker/http-proxy.conf", Cause::WrongDirectory),
        (
            "/etc/systemd/system/docker.socket.d/p.conf",
            Cause::SocketUnit,
        ),
        (
            "/etc/systemd/system/docker.service.d/more/p.conf",
            Cause::Nested,
        ),
        ("/etc/systemd/system/docker.service.d/p.CONF", Cause::Suffix),
        (
            "/etc/systemd/user/docker.service.d/p.conf",
            Cause::OtherManager,
        ),
        ("/etc/environment", Cause::NotForServices),
    ] {
        let text = if path == "/etc/environment" {
            "HTTP_PROXY=p:1"
        } else {
            setting
        };
        let daemon = machine(&[(path, text)]);
        assert_eq!(causes(&daemon), [cause], "{path}");
    }
    for path in [
        "p.conf.bak",
        "p.conf.disabled",
        "README",
        "p.conf.j2",
        "p.conf~",
    ] {
        let path = format!("/etc/systemd/system/docker.service.d/{path}");
        assert_eq!(causes(&machine(&[(&path, setting)])), [], "{path}");
    }
}

#[test]
fn an_alias_brings_its_drop_ins() {
    let text = b"[Service]\nEnvironment=A=1\n";
    let mut tree = tree(&[
        ("/usr/lib/systemd/system/docker.service", UNIT.as_bytes()),
        ("/etc/systemd/system/dockerd.service.d/p.conf", text),
    ]);
    assert_eq!(get(&load_tree(&tree, Scope::Machine), "A"), None);
    tree.add_link(
        "/etc/systemd/system/dockerd.service",
        "/usr/lib/systemd/system/docker.service",
    );
    assert_eq!(get(&load_tree(&tree, Scope::Machine), "A"), Some("1"));
}

#[test]
fn flags_and_file_beat_the_environment() {
    let unit = (
        DROP_IN,
        "[Service]\nEnvironment=HTTP_PROXY=e:1 https_proxy=e:2 NO_PROXY=e\nExecStart=\nExecStart=/usr/bin/dockerd --no-proxy f\n",
    );
    let json = (
        "/etc/docker/daemon.json",
        "{\"proxies\": {\"http-proxy\": \"j:1\"}}",
    );
    let daemon = machine(&[unit, json]);
    assert!(daemon.starts && daemon.diagnostics.is_empty());
    let shown = |setting: &Option<ProxySetting>| {
        let setting = setting.as_ref().unwrap();
        (setting.value.as_known().unwrap().to_owned(), setting.from)
    };
    assert_eq!(
        shown(&daemon.proxies.http),
        ("j:1".to_owned(), Mechanism::DaemonJson)
    );
    assert_eq!(
        shown(&daemon.proxies.https),
        ("e:2".to_owned(), Mechanism::UnitEnvironment)
    );
    assert_eq!(
        shown(&daemon.proxies.no_proxy),
        ("f".to_owned(), Mechanism::DaemonFlag)
    );
    assert_eq!(
        daemon.go_proxy().for_url("http://x/").as_deref(),
        Some("http://j:1")
    );
    let both = (
        "/etc/docker/daemon.json",
        "{\"proxies\": {\"no-proxy\": \"j\"}}",
    );
    let daemon = machine(&[unit, both]);
    assert_eq!(
        (daemon.starts, causes(&daemon)),
        (false, vec![Cause::JsonConflict])
    );
}

#[test]
fn variables_are_replaced_in_command_lines_only() {
    let daemon = drop_in(
        "Environment=\"O=--debug --no-proxy='x y' z\" V=1\nExecStart=\nExecStart=/usr/bin/dockerd $O --a=${V} --b=$V $NONE $$V",
    );
    let words: Vec<_> = daemon
        .command
        .iter()
        .filter_map(|word| word.as_known())
        .collect();
    assert_eq!(
        words,
        [
            "/usr/bin/dockerd",
            "--debug",
            "--no-proxy=x y",
            "z",
            "--a=1",
            "--b=$V",
            "$V"
        ]
    );
}

#[test]
fn what_a_repository_ships_is_judged_without_the_rest_of_the_machine() {
    let shipped = |text: &str| load_tree(&tree(&[(DROP_IN, text.as_bytes())]), Scope::Shipped);
    let daemon = shipped("[Service]\nEnvironment=HTTP_PROXY=p:1\nEnvironmentFile=/etc/e\n");
    assert!(daemon.starts && daemon.environment_is_partial && daemon.diagnostics.is_empty());
    assert_eq!(
        causes(&shipped("[Service]\nExecStart=/usr/bin/dockerd\n")),
        [Cause::SecondExecStart]
    );
    assert_eq!(
        causes(&shipped(
            "[Service]\nExecStart=\nExecStart=/usr/bin/dockerd\n"
        )),
        []
    );
}

#[test]
fn provenance_leads_back_to_the_bytes() {
    let daemon = machine(&[
        (DROP_IN, "[Service]\nEnvironmentFile=/etc/e\n"),
        ("/etc/e", "A=1\n"),
    ]);
    let variable = daemon.environment.get("A").unwrap();
    let story = daemon.provenance.story(variable.hop);
    let files: Vec<_> = story
        .iter()
        .filter_map(|&hop| daemon.provenance.hop(hop).at)
        .map(|at| at.file)
        .collect();
    assert_eq!(files, [FileId(1), FileId(2)]);
}

#[test]
fn placeholders_are_neither_wrong_nor_right() {
    for lines in [
        "Environment=\"HTTP_PROXY={{ http_proxy }}\"",
        "Environment=HTTP_PROXY={{ http_proxy }}",
        "Environment=\"HTTP_PROXY=http://{{ user }}:{{ password | urlencode }}@{{ host }}:3128\"",
        "{% if http_proxy %}\nEnvironment=\"HTTP_PROXY=<%= proxy %>\"\n{% endif %}",
        "Environment=HTTP_PROXY=@PROXY@",
    ] {
        let daemon = drop_in(lines);
        assert_eq!(causes(&daemon), [], "{lines}");
        let value = daemon
            .environment
            .get("HTTP_PROXY")
            .map(|variable| &variable.value);
        assert_eq!(
            value,
            Some(&Value::Unknown(crate::model::Unknown::Template)),
            "{lines}"
        );
    }
    let wrong = "Environment=\"HTTP_PROXY=http://u:p%40@h:1\" A={{ x }}\nenvironment=A=1";
    assert_eq!(causes(&drop_in(wrong)), [Cause::UnknownKey]);
}

#[test]
fn options_are_checked_like_variables() {
    let json = "{\"proxies\": {\"http-proxy\": \"http://u:p%@h:1\", \"no-proxy\": \"a b\"}}";
    let daemon = machine(&[("/etc/docker/daemon.json", json)]);
    assert_eq!(
        causes(&daemon),
        [Cause::MalformedProxy, Cause::NoProxyEntry]
    );
    assert!(daemon.starts);
    assert_eq!(daemon.go_proxy().for_url("http://x/"), None);
}

#[test]
fn all_proxy_alone_serves_no_pull() {
    let all = "Environment=all_proxy=socks5://p:1 NO_PROXY=localhost\n";
    assert_eq!(causes(&drop_in(all)), [Cause::NobodyReads]);
    let both = format!("{all}Environment=https_proxy=http://p:1\n");
    assert_eq!(causes(&drop_in(&both)), []);
    assert_eq!(causes(&drop_in("Environment=ALL_PROXY=\n")), []);
}

#[test]
fn a_template_says_at_least_the_names() {
    let lines = "Environment=\"HTTP_PROXY={{ proxy }}\" \"HTTP_PROXYS={{ proxy }}\"\n";
    let daemon = drop_in(lines);
    assert_eq!(causes(&daemon), [Cause::NobodyReads]);
    assert_eq!(daemon.diagnostics[0].name.as_deref(), Some("HTTP_PROXYS"));
}

#[test]
fn lines_without_end_are_left_out() {
    let lines = "Environment=A=b\n".repeat(unit::MAX_ENTRIES);
    let daemon = drop_in(&lines);
    assert_eq!(causes(&daemon), [Cause::TooMuch]);
    assert!(daemon.starts && daemon.environment_is_partial);
    // systemd reads it all: neither is the unit broken nor known to lack a command or a file.
    let unit = format!("[Service]\n{lines}ExecStart=/usr/bin/dockerd\n");
    let files: [(&str, &[u8]); 2] = [
        ("/usr/lib/systemd/system/docker.service", unit.as_bytes()),
        ("/etc/default/docker", b"HTTP_PROXY=http://p.example:1\n"),
    ];
    let daemon = load_tree(&tree(&files), Scope::Machine);
    assert_eq!(causes(&daemon), [Cause::TooMuch]);
    assert!(daemon.starts && daemon.environment_is_partial);
    let lines = format!(
        "[Manager]\n{}",
        "DefaultEnvironment=A=b\n".repeat(unit::MAX_ENTRIES)
    );
    let daemon = machine(&[("/etc/systemd/system.conf", &lines)]);
    assert_eq!(causes(&daemon), [Cause::TooMuch]);
    assert!(daemon.environment_is_partial);
    let settings = "A=b\n".repeat(environment_file::MAX_ASSIGNMENTS + 1);
    let daemon = machine(&[
        (DROP_IN, "[Service]\nEnvironmentFile=/etc/proxy\n"),
        ("/etc/proxy", &settings),
    ]);
    assert_eq!(causes(&daemon), [Cause::TooMuch]);
}

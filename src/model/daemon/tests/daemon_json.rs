//! Which `daemon.json` dockerd reads.

use super::*;

#[test]
fn a_daemon_json_is_read_in_one_place() {
    const PROXIES: &str = r#"{"proxies": {"http-proxy": "http://p.example:1"}}"#;
    const USUAL: &str = "/etc/docker/daemon.json";
    let started = |flag: &str, path: &str, text: &str| {
        let unit = format!("[Service]\nExecStart=\nExecStart=/usr/bin/dockerd{flag}\n");
        let daemon = machine(&[(DROP_IN, &unit), (path, text)]);
        (causes(&daemon), daemon.proxies.http.is_some())
    };
    assert_eq!(started("", USUAL, PROXIES), (vec![], true));
    let other = " --config-file=/etc/docker/other.json";
    assert_eq!(
        started(other, USUAL, PROXIES),
        (vec![Cause::JsonNotRead], false)
    );
    assert_eq!(started(other, USUAL, "{}"), (vec![], false));
    let same = " --config-file /etc/docker/../docker/daemon.json";
    assert_eq!(started(same, USUAL, PROXIES), (vec![], true));
    let among = "/etc/systemd/system/docker.service.d/daemon.json";
    assert_eq!(
        started("", among, PROXIES),
        (vec![Cause::JsonNotRead], false)
    );
    // Nothing is known of what an empty path was meant to be.
    for empty in [" --config-file=\"\"", " --config-file ${UNSET}"] {
        assert_eq!(started(empty, USUAL, PROXIES).0, [], "{empty}");
    }
    let named = format!(" --config-file={among}");
    assert_eq!(started(&named, among, PROXIES), (vec![], true));
}

/// The unit that is not here, or the file of settings, may bring the variable.
#[test]
fn a_daemon_json_that_a_variable_names_out_of_sight_is_not_known() {
    const PROXIES: &[u8] = br#"{"proxies": {"http-proxy": "http://p.example:1"}}"#;
    let told = |lines: &str| {
        let unit = format!("[Service]\nExecStart=\n{lines}\n");
        let files = [
            (DROP_IN, unit.as_bytes()),
            ("/etc/docker/daemon.json", PROXIES),
        ];
        causes(&load_tree(&tree(&files), Scope::Shipped))
    };
    for lines in [
        "ExecStart=/usr/bin/dockerd --config-file ${CONF}",
        "ExecStart=/usr/bin/dockerd --config-file $CONF",
        "ExecStart=/usr/bin/dockerd --config-file=${FOLDER}/a.json",
        "EnvironmentFile=-/etc/sysconfig/docker\nExecStart=/usr/bin/dockerd --config-file ${CONF}",
    ] {
        assert_eq!(told(lines), [], "{lines}");
    }
    let set = "Environment=CONF=/etc/a.json\nExecStart=/usr/bin/dockerd --config-file ${CONF}";
    assert_eq!(told(set), [Cause::JsonNotRead]);
}

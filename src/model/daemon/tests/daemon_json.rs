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
    let named = format!(" --config-file={among}");
    assert_eq!(started(&named, among, PROXIES), (vec![], true));
}

use super::*;
use crate::source::{FileId, FileKind};

fn config(text: &str) -> ClientConfig {
    read(&SourceFile::new(
        FileId(0),
        "config.json".into(),
        FileKind::ClientConfig,
        text.into(),
    ))
}

fn names(variables: Vec<ClientVariable>) -> Vec<String> {
    let shown = variables.into_iter();
    shown.map(|v| format!("{}={}", v.name, v.value)).collect()
}

#[test]
fn builds_get_four_names_and_containers_ten() {
    let config = config(
        r#"{"proxies": {"default": {"httpProxy": "a", "HTTPSProxy": "b", "noProxy": "c",
            "ftpProxy": "", "allProxy": "e"}}}"#,
    );
    let mut provenance = Provenance::default();
    assert_eq!(
        names(config.build_args(None, &mut provenance)),
        ["HTTP_PROXY=a", "HTTPS_PROXY=b", "NO_PROXY=c"]
    );
    assert_eq!(
        names(config.container_environment(None, &mut provenance)).len(),
        8
    );
    let causes: Vec<_> = config.problems.iter().map(|p| p.cause).collect();
    assert_eq!(causes, [ProblemCause::AllProxyInBuilds]);
}

#[test]
fn an_entry_for_the_address_stands_alone() {
    let config = config(
        r#"{"proxies": {"default": {"httpProxy": "a", "noProxy": "b"}, "unix:///x.sock": {"noProxy": "only"}}}"#,
    );
    let mut provenance = Provenance::default();
    let args = |address, provenance: &mut Provenance| names(config.build_args(address, provenance));
    assert_eq!(
        args(Some("unix:///x.sock"), &mut provenance),
        ["NO_PROXY=only"]
    );
    assert_eq!(
        args(Some("tcp://y"), &mut provenance),
        ["HTTP_PROXY=a", "NO_PROXY=b"]
    );
    let problem = &config.problems[0];
    assert_eq!(problem.cause, ProblemCause::LosesDefault);
    assert!(problem.message.contains("`httpProxy`") && !problem.message.contains("`noProxy`"));
}

#[test]
fn wrong_keys_are_told_apart() {
    let causes =
        |text| -> Vec<ProblemCause> { config(text).problems.iter().map(|p| p.cause).collect() };
    assert_eq!(
        causes(r#"{"proxies": {"default": {"http-proxy": "a"}}}"#),
        [ProblemCause::UnknownKey]
    );
    assert_eq!(
        causes(r#"{"proxies": {"httpProxy": "a"}}"#),
        [ProblemCause::Misplaced]
    );
    assert_eq!(
        causes(r#"{"httpProxy": "a", "auths": {}}"#),
        [ProblemCause::Misplaced]
    );
    assert_eq!(
        causes(r#"{"proxies": {"default": {"noProxy": ["a"]}}}"#),
        [ProblemCause::WrongType]
    );
}

#[test]
fn the_client_refuses_what_is_no_json() {
    let broken = config("{\"proxies\": {\"default\": {\"httpProxy\": \"http://p.example:1\",}}}");
    let causes: Vec<_> = broken.problems.iter().map(|it| it.cause).collect();
    assert_eq!(causes, [ProblemCause::Syntax]);
    assert!(broken.entries.is_empty(), "none of it reaches a build");
    assert!(config("{{ proxies | to_json }}").problems.is_empty());
}

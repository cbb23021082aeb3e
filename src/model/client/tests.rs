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

/// docker 28.2.2, `docker create` against a socket that records what it is asked for.
#[test]
fn what_is_of_the_wrong_type_is_left_out_and_the_rest_is_read() {
    let is_told = |text: &str, place: &str, words: &str| {
        let config = config(text);
        let [problem] = config.problems.as_slice() else {
            panic!("{text}: {:?}", config.problems);
        };
        assert_eq!(problem.cause, ProblemCause::WrongType, "{text}");
        assert_eq!(text.get(problem.at.span.range()), Some(place), "{text}");
        assert!(problem.message.contains(words), "{}", problem.message);
        names(config.build_args(None, &mut Provenance::default()))
    };
    let string = is_told(
        r#"{"proxies": "http://p:1"}"#,
        r#""http://p:1""#,
        "takes no proxy from it",
    );
    assert!(string.is_empty());
    let list = is_told("[]", "[]", "takes nothing from the file");
    assert!(list.is_empty());
    let default = is_told(
        r#"{"proxies": {"default": {"httpProxy": "a"}, "default": "x"}}"#,
        r#""x""#,
        "has no proxies for daemons without an entry",
    );
    assert!(default.is_empty());
    let one = is_told(
        r#"{"proxies": {"default": {"httpProxy": "a"}, "tcp://d:1": ["x"]}}"#,
        r#"["x"]"#,
        "has no proxies for `tcp://d:1`",
    );
    assert_eq!(one, ["HTTP_PROXY=a"]);
    // Go stores the entry with its zero value: `default` does not hold for its address.
    let config = config(r#"{"proxies": {"default": {"httpProxy": "a"}, "tcp://d:1": "x"}}"#);
    let of_its_own = config.build_args(Some("tcp://d:1"), &mut Provenance::default());
    assert!(of_its_own.is_empty(), "{of_its_own:?}");
    let key = is_told(
        r#"{"proxies": {"default": {"httpProxy": "a", "httpProxy": 1}}}"#,
        "1",
        "reads the file without it",
    );
    assert_eq!(key, ["HTTP_PROXY=a"]);
}

#[test]
fn null_takes_away_what_an_equal_key_brought() {
    let args = |text: &str| names(config(text).build_args(None, &mut Provenance::default()));
    let default = r#""proxies": {"default": {"httpProxy": "a"}}"#;
    assert!(args(&format!(r#"{{{default}, "proxies": null}}"#)).is_empty());
    assert_eq!(
        args(&format!(r#"{{{default}, "proxies": "x"}}"#)),
        ["HTTP_PROXY=a"]
    );
    let lost = config(r#"{"proxies": {"default": {"httpProxy": "a"}, "tcp://d:1": null}}"#);
    assert_eq!(lost.problems[0].cause, ProblemCause::LosesDefault);
    assert!(config("null").problems.is_empty());
}

#[test]
fn the_client_takes_nothing_from_what_is_no_json() {
    let broken = config("{\"proxies\": {\"default\": {\"httpProxy\": \"http://p.example:1\",}}}");
    let causes: Vec<_> = broken.problems.iter().map(|it| it.cause).collect();
    assert_eq!(causes, [ProblemCause::Syntax]);
    assert!(broken.entries.is_empty(), "none of it reaches a build");
    let marked = config("\u{feff}{\"proxies\": {\"default\": {\"httpProxy\": \"a\"}}}");
    assert_eq!(marked.problems[0].cause, ProblemCause::Syntax);
    assert!(marked.entries.is_empty(), "it does not skip the mark");
    let behind = config("{\"proxies\": {\"default\": {\"httpProxy\": \"a\"}}} and more");
    assert!(behind.problems.is_empty(), "{:?}", behind.problems);
    assert_eq!(behind.entries.len(), 1);
    assert!(config("{{ proxies | to_json }}").problems.is_empty());
}

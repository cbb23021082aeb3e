//! What is found in each notation.

use super::*;
use crate::secrets::names::may_be_secret;

fn values(text: &str, notation: Notation) -> Vec<&str> {
    let accepts = |_: &str, value: &str| !value.is_empty();
    find(text, notation, &may_be_secret, &accepts)
        .map(|found| &text[found.value])
        .collect()
}

#[test]
fn every_notation() {
    let plain = Notation::default();
    for (text, value) in [
        ("ARG DB_PASSWORD=v", "v"),
        ("ENV DB_PASSWORD the value \nRUN x", "the value"),
        ("ONBUILD ENV DB_PASSWORD v\\\n w", "v\\\n w"),
        ("ENV A=b TOKEN=\"v w\" C=d", "v w"),
        ("Environment=\"API_TOKEN=v w\" B=c", "v w"),
        ("  password: v w # note", "v w"),
        ("{\"auths\":{\"r\":{\"auth\":\"v\"}}}", "v"),
        ("curl -H \"Authorization: Bearer v\" u", "v"),
        ("curl -d '{\\\"password\\\":\\\"v\\\"}'", "v"),
        ("//r.example/:_authToken=v", "v"),
        ("mysql --password=v x", "v"),
        ("[\"--password=v w\", \"x\"]", "v w"),
        ("export TOKEN='v w'", "v w"),
        ("TOKEN=\"v\"'w' x", "\"v\"'w'"),
        ("password = v", "v"),
        ("https://h/?token=v&x=y", "v"),
        ("echo ${DB_PASSWORD:-v} x", "v"),
        ("<password>v</password>", "v"),
        ("openssl -passin pass:v x", "v"),
        ("TOKEN+=v", "v"),
    ] {
        assert_eq!(values(text, plain), [value], "{text}");
    }
}

#[test]
fn yaml_and_messages() {
    let yaml = Notation {
        multiline: true,
        back_quotes: false,
        flow: true,
    };
    assert_eq!(values("  - DB_PASSWORD=v w\n  - A=b", yaml), ["v w"]);
    assert_eq!(
        values("a:\n  password: |\n    v\n    w\n  b: c", yaml),
        ["    v\n    w"]
    );
    assert_eq!(values("a:\n  token:\n    v\n  b: c", yaml), ["v"]);
    assert_eq!(
        values("secrets:\n  db_password:\n    file: ./x\n    b: c", yaml),
        [] as [&str; 0]
    );
    assert_eq!(values("secrets: [npm_token]", yaml), [] as [&str; 0]);
    let message = Notation {
        back_quotes: true,
        flow: false,
        ..Notation::default()
    };
    assert_eq!(values("`DB_PASSWORD=v` is kept in `ENV`", message), ["v"]);
    assert_eq!(values("`ENV DB_PASSWORD v w` is kept", message), ["v w"]);
    assert_eq!(
        values("the secret `NPM_TOKEN` reaches the image", message),
        [] as [&str; 0]
    );
}

use docklint::source::FileKind;
use docklint::syntax::json::{self, Json, Node};
use serde_json::Value;

use super::{assert_in_order, assert_inside, slice, source};

/// Values stand in their parents in order, and what `serde_json` can read means the same here.
pub fn json(bytes: &[u8]) {
    let file = source(FileKind::DaemonJson, bytes);
    let document = json::parse(&file);
    for error in &document.errors {
        assert!(!error.kind.message().is_empty());
        slice(file.text(), error.span);
    }
    if let Some(root) = &document.root {
        assert_node(file.text(), root);
    }
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        assert_eq!(document.errors, []);
        assert!(document.root.is_some_and(|root| same(&root, &value)));
    }
}

fn assert_node(text: &str, node: &Node) {
    slice(text, node.span);
    let children: Vec<&Node> = match &node.value {
        Json::Array(items) => items.iter().collect(),
        Json::Object(members) => {
            for member in members {
                assert!(slice(text, member.key_span).starts_with('"'));
                assert!(member.key_span.end <= member.value.span.start);
                assert_inside(member.key_span, node.span);
            }
            members.iter().map(|member| &member.value).collect()
        }
        _ => Vec::new(),
    };
    assert_in_order(children.iter().map(|child| child.span));
    for child in children {
        assert_inside(child.span, node.span);
        assert_node(text, child);
    }
}

/// `serde_json` keeps the last of several members with one key.
fn same(node: &Node, value: &Value) -> bool {
    match (&node.value, value) {
        (Json::Null, Value::Null) | (Json::Number, Value::Number(_)) => true,
        (Json::Bool(own), Value::Bool(value)) => own == value,
        (Json::String(own), Value::String(value)) => own == value,
        (Json::Array(items), Value::Array(values)) => {
            items.len() == values.len() && items.iter().zip(values).all(|(a, b)| same(a, b))
        }
        (Json::Object(members), Value::Object(values)) => values.iter().all(|(key, value)| {
            let mut named = members.iter().rev().filter(|member| member.key == *key);
            named.next().is_some_and(|last| same(&last.value, value))
        }),
        _ => false,
    }
}

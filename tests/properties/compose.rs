//! The compose model on any files, and the YAML reader beside another one.

use docklint::model::compose::ProcessEnvironment;
use docklint::syntax::yaml::{Kind, NodeId, Tree, Typed, format_float};
use proptest::prelude::*;
use serde_yaml_ng::Value;

use super::memory::Memory;
use super::{compose_file, env_file, mutate, pieces, times};

/// As text: the model reads what `source` made of the bytes.
fn lossy(bytes: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = String> {
    bytes.prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

proptest! {
    #![proptest_config(times(2))]

    #[test]
    fn projects_never_panic(
        compose in lossy(mutate::soup(pieces::COMPOSE)),
        over in lossy(compose_file()),
        env in lossy(env_file()),
        is_whole: bool,
    ) {
        let whole = format!("services:\n  app:\n    image: x\n    env_file: .env\n{compose}");
        let files = Memory::new([
            ("compose.yaml", whole.clone()),
            ("compose.override.yaml", over),
            (".env", env),
        ]);
        let process = ProcessEnvironment { is_whole, ..ProcessEnvironment::default() };
        let project = files.load_with(&process);
        for diagnostic in &project.diagnostics {
            let places = diagnostic.at.iter().chain(diagnostic.related.iter().map(|(at, _)| at));
            for at in places {
                let lies_inside = at.span.is_empty() || !files.text(*at).is_empty();
                prop_assert!(lies_inside, "{:?}", diagnostic);
            }
        }
    }

    #[test]
    fn agrees_with_serde_yaml(value in value()) {
        let block = serde_yaml_ng::to_string(&value).expect("a value can be written");
        agree(&block, &value);
        let flow = serde_json::to_string_pretty(&value).expect("a value can be written");
        agree(&flow, &value);
    }
}

/// Values whose text means the same in YAML 1.2 and to go-yaml: no octals, dates or underscores.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "[a-zA-Zé:# \\-\n'\"{}\\[\\],&*!|>%@`~]{0,14}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..6).prop_map(|map| {
                Value::Mapping(
                    map.into_iter()
                        .map(|(key, value)| (Value::from(key), value))
                        .collect(),
                )
            }),
        ]
    })
}

fn agree(text: &str, value: &Value) {
    let tree = Tree::parse(text);
    assert_eq!(tree.errors, [], "{text}");
    assert!(same(&tree, tree.documents[0], value), "{text}");
}

fn same(tree: &Tree<'_>, id: NodeId, value: &Value) -> bool {
    let node = tree.node(id);
    match (&node.kind, value) {
        (Kind::Sequence(items), Value::Sequence(values)) => {
            items.len() == values.len()
                && items
                    .iter()
                    .zip(values)
                    .all(|(id, value)| same(tree, *id, value))
        }
        (Kind::Mapping(pairs), Value::Mapping(values)) => {
            pairs.len() == values.len()
                && pairs.iter().zip(values).all(|((key, id), (name, value))| {
                    same(tree, *key, name) && same(tree, *id, value)
                })
        }
        (Kind::Scalar(text, _), value) => match (node.typed(), value) {
            (Some(Ok(Typed::Null)), Value::Null) => true,
            (Some(Ok(Typed::Bool(own))), Value::Bool(value)) => own == *value,
            (Some(Ok(Typed::Int(own))), Value::Number(value)) => {
                own.to_string() == value.to_string()
            }
            (Some(Ok(Typed::Float(own))), Value::Number(value)) => value
                .as_f64()
                .is_some_and(|value| format_float(value) == format_float(own)),
            (Some(Ok(Typed::Text)), Value::String(value)) => text == value,
            _ => false,
        },
        _ => false,
    }
}

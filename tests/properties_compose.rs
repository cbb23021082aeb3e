//! Properties of the YAML and `.env` readers and of the compose model, on texts put together at
//! random from the pieces their grammars are made of.

use docklint::model::compose::ProcessEnvironment;
use docklint::source::Span;
use docklint::syntax::yaml::{Kind, NodeId, Tree, Typed, format_float};
use docklint::syntax::{dotenv, template::Template};
use proptest::prelude::*;
use serde_yaml_ng::Value;

#[path = "support/memory.rs"]
mod memory;
use memory::Memory;

/// Texts that look like YAML, `.env` and templates, and are not quite.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "services:\n",
        "  app:\n",
        "    image: x\n",
        "    build: .\n",
        "    environment:\n",
        "      - A=1\n",
        "      B: ${C:-d}\n",
        "a",
        "é",
        "\u{1F600}",
        ":",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "  ",
        "\t",
        "\r\n",
        "#c",
        " # c\n",
        "'",
        "\"",
        "\\",
        "\\u00e9",
        "\\x4",
        "|",
        "|-\n",
        ">\n",
        "&a ",
        "*a",
        "<<: *a\n",
        "!reset ",
        "!override ",
        "!!int ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "$",
        "${",
        "}",
        ":?",
        ":+",
        "$$",
        "=",
        "export ",
        "A=",
        "0x1f",
        "08",
        "1e9",
        "2024-01-01",
        "~",
        "extends: app\n",
        "include: [compose.yaml]\n",
        "\u{feff}",
        "\u{85}",
        "\u{1a}",
        "? ",
        "@",
        "`",
        "args: {A: }\n",
        "env_file: .env\n",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

fn check_span(text: &str, span: Span) {
    assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn yaml_spans_lie_in_the_text(text in text()) {
        let tree = Tree::parse(&text);
        let mut open: Vec<NodeId> = tree.documents.clone();
        while let Some(id) = open.pop() {
            let node = tree.node(id);
            check_span(&text, node.span);
            match &node.kind {
                Kind::Scalar(value, _) => {
                    let map = node.text_map(&text);
                    for (offset, c) in value.char_indices() {
                        check_span(&text, map.span(offset, offset + c.len_utf8()));
                    }
                }
                Kind::Sequence(items) => open.extend(items),
                Kind::Mapping(pairs) => open.extend(pairs.iter().flat_map(|(key, value)| [key, value])),
                Kind::Alias(_) => {}
            }
        }
        for error in &tree.errors {
            check_span(&text, error.span);
            error.earlier.iter().for_each(|span| check_span(&text, *span));
        }
        tree.comments.iter().for_each(|span| check_span(&text, *span));
    }

    #[test]
    fn dotenv_spans_lie_in_the_text(text in text()) {
        for file in [dotenv::parse(&text), dotenv::parse_raw(&text)] {
            for entry in &file.entries {
                check_span(&text, entry.name_span);
                prop_assert_eq!(&text[entry.name_span.range()], entry.name.as_ref());
                let Some(value) = &entry.value else { continue };
                check_span(&text, value.span);
                for (offset, c) in value.text.char_indices() {
                    check_span(&text, value.map.span(offset, offset + c.len_utf8()));
                }
            }
            file.errors.iter().for_each(|error| check_span(&text, error.span));
            file.comments.iter().for_each(|span| check_span(&text, *span));
        }
    }

    #[test]
    fn templates_never_panic(text in text()) {
        if let Some(Err(error)) = Template::parse(&text) {
            prop_assert!(text.get(error.range).is_some());
        }
    }

    #[test]
    fn projects_never_panic(compose in text(), over in text(), env in text(), is_whole: bool) {
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

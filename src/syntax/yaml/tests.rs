use super::*;

fn scalar<'t>(tree: &'t Tree<'_>, path: &[&str]) -> &'t Node<'t> {
    let mut id = tree.documents[0];
    for name in path {
        let Kind::Mapping(pairs) = &tree.resolved(id).kind else {
            panic!("{name}: no mapping")
        };
        id = pairs
            .iter()
            .find(|(key, _)| tree.text(*key).is_some_and(|key| key == name))
            .unwrap()
            .1;
    }
    tree.node(id)
}

fn typed(text: &str) -> Typed {
    let text = format!("k: {text}\n");
    let tree = Tree::parse(&text);
    scalar(&tree, &["k"]).typed().unwrap().unwrap()
}

#[test]
fn scalars_are_typed_as_go_yaml_does() {
    for text in [
        "yes", "no", "on", "y", "12:30", "1.2.3", "0x", "+", "._1", "1e", "0b2", "''", "'1'",
    ] {
        assert_eq!(typed(text), Typed::Text, "{text}");
    }
    for (text, value) in [
        ("0755", 493),
        ("0o755", 493),
        ("0xff", 255),
        ("0b11", 3),
        ("1_000", 1000),
        ("-0x10", -16),
        ("+1", 1),
        ("0", 0),
        ("18446744073709551615", 18_446_744_073_709_551_615),
    ] {
        assert_eq!(typed(text), Typed::Int(value), "{text}");
    }
    for (text, shown) in [
        ("1.10", "1.1"),
        ("1e3", "1000"),
        ("1e6", "1e+06"),
        ("1e21", "1e+21"),
        (".5", "0.5"),
        ("08", "8"),
        ("1.e2", "100"),
        (".inf", "+Inf"),
        ("-.Inf", "-Inf"),
        (".nan", "NaN"),
        ("0.00001", "1e-05"),
        ("123456.5", "123456.5"),
        ("-0.0", "-0"),
        ("99999999999999999999", "1e+20"),
    ] {
        assert!(
            matches!(typed(text), Typed::Float(value) if format_float(value) == shown),
            "{text}"
        );
    }
    for text in [
        "2024-01-31",
        "2024-1-2T3:04:05Z",
        "2024-01-02 03:04:05.6",
        "2024-01-02t03:04:05+01:00",
    ] {
        assert_eq!(typed(text), Typed::Timestamp, "{text}");
    }
    for text in [
        "2024-02-30",
        "2024-01-02T03:04",
        "2024-13-01",
        "20240-01-01",
    ] {
        assert_eq!(typed(text), Typed::Text, "{text}");
    }
    assert_eq!(typed("~"), Typed::Null);
    assert_eq!(typed("TRUE"), Typed::Bool(true));
    assert_eq!(typed("!!str 5"), Typed::Text);
    assert_eq!(typed("!!int \"7\""), Typed::Int(7));
    assert_eq!(typed("!mine 5"), Typed::Text);
    let tree = Tree::parse("k: !!int x\n");
    assert!(scalar(&tree, &["k"]).typed().unwrap().is_err());
}

#[test]
fn spans_are_the_bytes_of_the_node() {
    let text = "é: &a 'é''s'\nlist:\n  - x # c\n  - {b: \"y\"}\n\n# end\nalias: *a\n";
    let tree = Tree::parse(text);
    let slice = |span: Span| &text[span.range()];
    assert_eq!(slice(scalar(&tree, &["é"]).span), "'é''s'");
    assert_eq!(
        slice(scalar(&tree, &["list"]).span),
        "- x # c\n  - {b: \"y\"}"
    );
    assert_eq!(slice(scalar(&tree, &["alias"]).span), "*a");
    let comments: Vec<_> = tree.comments.iter().map(|&span| slice(span)).collect();
    assert_eq!(comments, ["# c", "# end"]);
}

#[test]
fn text_maps_lead_back() {
    let text = "a: |\n    one\n      two $X\n    three\nb: \"t\\tq \\u00e9 $Y\"\nc: 'it''s $Z'\nd: >-\n  folded\n  $W\n\n  more\n";
    let tree = Tree::parse(text);
    for (key, variable) in [("a", "$X"), ("b", "$Y"), ("c", "$Z"), ("d", "$W")] {
        let node = scalar(&tree, &[key]);
        let Kind::Scalar(value, _) = &node.kind else {
            panic!()
        };
        let at = value.find(variable).unwrap();
        let span = node.text_map(text).span(at, at + 2);
        assert_eq!(&text[span.range()], variable, "{key}");
    }
    let node = scalar(&tree, &["a"]);
    let span = node.text_map(text).span(4, 12);
    assert_eq!(
        &text[span.range()],
        "  two $X",
        "indentation is not part of the text"
    );
}

#[test]
fn duplicate_keys_name_both_places() {
    let text = "a: 1\nb: {c: 1, c: 2}\na: 2\n";
    let tree = Tree::parse(text);
    let found: Vec<_> = tree
        .errors
        .iter()
        .map(|error| (error.span.start, error.earlier.unwrap().start))
        .collect();
    assert_eq!(found, [(15, 9), (21, 0)]);
}

#[test]
fn a_broken_line_leaves_the_other_services() {
    let text = "services:\n  a:\n    image: x\n    environment:\n      K: [1, 2\n  b:\n    image: \"y\n  c:\n    image: z\n";
    for broken in [
        "services:\n  a:\n    image: x\n    build\n  b:\n    image: y\n  c:\n    image: z\n",
        "services:\n  a:\n    image: x\n  b:\n    image: {y\n  c:\n    image: z\n",
        "services:\n  a:\n    image: x\n  b:\n    image: y\n    \tfoo: x\n  c:\n    image: z\n",
        "services:\n  a:\n    image: x\n  b:\n   image: y\n    foo: x\n  c:\n    image: z\n",
        "services:\n  a:\n    image: x\n  b:\n    image: y: z\n  c:\n    image: z\n",
    ] {
        let tree = Tree::parse(broken);
        assert!(!tree.errors.is_empty(), "{broken}");
        let Kind::Scalar(image, _) = &scalar(&tree, &["services", "c", "image"]).kind else {
            panic!()
        };
        assert_eq!(image, "z", "{broken}");
        scalar(&tree, &["services", "a", "image"]);
    }
    let tree = Tree::parse(text);
    assert!(!tree.errors.is_empty());
    scalar(&tree, &["services", "a", "image"]);
}

#[test]
fn unknown_anchors_are_reported_and_read_on() {
    let tree = Tree::parse("a: *nope\nb: 1\n");
    assert_eq!(tree.errors.len(), 1);
    scalar(&tree, &["b"]);
}

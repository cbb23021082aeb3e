use docklint::source::{FileKind, Span};
use docklint::syntax::yaml::{Kind, NodeId, Style, Tree};

use super::{assert_inside, assert_mapped, slice, source};

/// Nodes stand in their parents, aliases lead to nodes, and scalars know where they come from.
pub fn yaml(bytes: &[u8]) {
    let file = source(FileKind::Compose, bytes);
    let text = file.text();
    let tree = Tree::parse(text);
    let whole = Span::new(0, text.len());
    let mut open: Vec<(NodeId, Span)> = tree.documents.iter().map(|&id| (id, whole)).collect();
    let mut seen = 0;
    while let Some((id, outer)) = open.pop() {
        let node = tree.node(id);
        slice(text, node.span);
        assert_inside(node.span, outer);
        seen += 1;
        match &node.kind {
            Kind::Scalar(value, style) => {
                assert_mapped(text, value, &node.text_map(text));
                assert_quotes(slice(text, node.span), *style);
                assert!(node.typed().is_some());
            }
            Kind::Sequence(items) => open.extend(items.iter().map(|&id| (id, node.span))),
            Kind::Mapping(pairs) => {
                let children = pairs.iter().flat_map(|&(key, value)| [key, value]);
                open.extend(children.map(|id| (id, node.span)));
            }
            Kind::Alias(target) => assert!(tree.node(*target).span.start <= node.span.start),
        }
    }
    assert!(seen <= tree.len(), "no node has two parents");
    for &comment in &tree.comments {
        assert!(slice(text, comment).starts_with('#'));
    }
    for error in &tree.errors {
        slice(text, error.span);
        if let Some(earlier) = error.earlier {
            slice(text, earlier);
        }
    }
}

fn assert_quotes(written: &str, style: Style) {
    let quote = match style {
        Style::SingleQuoted => '\'',
        Style::DoubleQuoted => '"',
        _ => return,
    };
    assert!(written.starts_with(quote), "{written:?}");
}

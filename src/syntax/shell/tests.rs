use super::*;

fn simple_words(text: &str) -> Vec<Vec<String>> {
    let script = parse(text, Dialect::Bash);
    let mut found = Vec::new();
    words_of_list(&mut found, &script.body);
    found
}

fn words_of_list(found: &mut Vec<Vec<String>>, list: &List<'_>) {
    for item in &list.items {
        for pipeline in std::iter::once(&item.first).chain(item.rest.iter().map(|(_, p)| p)) {
            for command in &pipeline.commands {
                words_of_command(found, command);
            }
        }
    }
}

fn words_of_command(found: &mut Vec<Vec<String>>, command: &Command<'_>) {
    match &command.kind {
        CommandKind::Simple(simple) => found.push(
            simple
                .words
                .iter()
                .map(|word| word.literal().map_or("?".into(), |text| text.into_owned()))
                .collect(),
        ),
        CommandKind::Group(body) | CommandKind::Subshell(body) => words_of_list(found, body),
        CommandKind::If { branches, .. } => {
            for (condition, body) in branches {
                words_of_list(found, condition);
                words_of_list(found, body);
            }
        }
        CommandKind::While { body, .. } | CommandKind::For { body, .. } => {
            words_of_list(found, body)
        }
        CommandKind::Case { arms, .. } => {
            arms.iter().for_each(|arm| words_of_list(found, &arm.body))
        }
        CommandKind::Function { body, .. } => words_of_command(found, body),
        _ => {}
    }
}

#[test]
fn words_are_unquoted() {
    assert_eq!(
        simple_words(r#"g\o "m o"d 'a'"b"c "" $'t\tx' # comment"#),
        [["go", "m od", "abc", "", "t\tx"]]
    );
}

#[test]
fn constructs_nest() {
    assert_eq!(
        simple_words(
            "if a; then { b; (c) } fi; while d; do e; done; case x in y) f;; *) g; esac; h() { i; }"
        ),
        [["a"], ["b"], ["c"], ["e"], ["f"], ["g"], ["i"]]
    );
}

#[test]
fn reading_goes_on_after_an_error() {
    let damaged = [
        ("go mod download ) ; npm ci", vec!["go", "npm"]),
        (
            "curl x | ; npm ci; case a in *) wget z",
            vec!["curl", "npm", "wget"],
        ),
        ("if true; then npm ci", vec!["true", "npm"]),
        ("echo \"open && npm ci", vec!["echo", "npm"]),
        ("done; npm ci", vec!["npm"]),
        ("cat <<EOF\nno end", vec!["cat"]),
        ("npm ci && && curl x", vec!["npm", "curl"]),
    ];
    for (text, names) in damaged {
        let script = parse(text, Dialect::Sh);
        assert!(!script.errors.is_empty(), "{text}");
        let found: Vec<_> = simple_words(text)
            .iter()
            .map(|words| words[0].clone())
            .collect();
        assert_eq!(found, names, "{text}");
    }
}

#[test]
fn here_documents_belong_to_their_operators() {
    let text = "cat <<A; cat <<-'B'\none $X\nA\n\ttwo $Y\n\tB\nnpm ci\n";
    let script = parse(text, Dialect::Sh);
    assert_eq!(script.errors, []);
    let names: Vec<_> = references(&script).iter().map(|found| found.name).collect();
    assert_eq!(names, ["X"]);
    assert_eq!(script.here_documents[1].body.literal().unwrap(), "two $Y\n");
    assert_eq!(simple_words(text).last().unwrap(), &["npm", "ci"]);
}

#[test]
fn spans_point_at_the_text() {
    let text = "A=1 curl \"é$X\"'y' >/dev/null";
    let script = parse(text, Dialect::Sh);
    let command = &script.body.items[0].first.commands[0];
    let CommandKind::Simple(simple) = &command.kind else {
        panic!("not simple");
    };
    assert_eq!(&text[command.span.range()], text);
    assert_eq!(&text[simple.assignments[0].span.range()], "A=1");
    assert_eq!(&text[simple.words[1].span.range()], "\"é$X\"'y'");
    assert_eq!(&text[simple.words[1].parts[1].span.range()], "$X");
    assert_eq!(&text[command.redirections[0].span.range()], ">/dev/null");
}

#[test]
fn templates_are_parts_of_their_own() {
    let text = "{% if p %}A={{ p }};{% endif %} npm ci @PKG@ && <%= cmd %> x '{{.Dir}}' {a,{b,c}}";
    let script = parse(text, Dialect::Bash);
    assert_eq!(script.errors, []);
    assert!(script.has_template_blocks);
    assert_eq!(
        simple_words(text),
        [
            vec![],
            vec!["npm", "ci", "?"],
            vec!["?", "x", "?", "{a,{b,c}}"]
        ]
    );
}

#[test]
fn deep_nesting_is_stepped_over() {
    for open in [
        "(",
        "{ ",
        "$(",
        "\"$(",
        "${x:-",
        "if ",
        "$((",
        "`",
        "case x in y) ",
        "((",
        "<(",
        "! ",
    ] {
        let text = open.repeat(10_000);
        let script = parse(&text, Dialect::Bash);
        drop(script);
    }
}

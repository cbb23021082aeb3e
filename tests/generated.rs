//! Files that are generated from the code: `DOCKLINT_BLESS=1 cargo test` rewrites them.

#[path = "support/files.rs"]
mod files;
mod support;

use docklint::rules;

/// The index of the rules, which the code forge shows below the folder.
#[test]
fn rules_readme() {
    let mut text = String::from(
        "<!-- Written by `DOCKLINT_BLESS=1 cargo test --test generated` from the pages' front matter. -->\n\
         # Rules\n\n\
         One page for each rule: what it finds, why that matters, how to fix it and when the rule is wrong,\n\
         with examples that the test suite runs. `docklint explain RULE` shows a page in a terminal.\n\n\
         | rule | severity | groups | fix | what it finds |\n\
         | --- | --- | --- | --- | --- |\n",
    );
    for entry in rules::all() {
        let info = entry.page.info();
        let (id, summary) = (info.id, info.summary.replace('|', "\\|"));
        let severity = info.severity.as_str();
        let severity = if info.pedantic {
            format!("{severity}, pedantic")
        } else {
            severity.to_owned()
        };
        text += &format!(
            "| [{id}]({id}.md) | {severity} | {} | {} | {summary} |\n",
            info.groups, info.fix
        );
    }
    files::check_file("rules/README.md", &text).unwrap_or_else(|error| panic!("{error}"));
}

//! What the model and the flow say of any Dockerfile points into it, and fixes mend.

use std::collections::BTreeMap;

use docklint::check::Outcome;
use docklint::finding::{Edit, Finding, Fix, fix};
use docklint::flow::{Request, Trees, Workspace};
use docklint::model::dockerfile::Action;
use docklint::source::{FileKind, Span};
use proptest::prelude::*;

use super::{check, dockerfile, parsers};

fn assert_span(text: &str, span: Span, what: &str) {
    assert!(text.get(span.range()).is_some(), "{what}: {span:?}");
}

/// Everything the model and the flow point at lies in the file.
fn assert_workspace(text: &str, workspace: &Workspace<'_>) {
    for build in &workspace.builds {
        let model = &build.model;
        for used in &model.uses {
            assert_span(text, used.span, "use");
        }
        for error in &model.errors {
            assert_span(text, error.span, "build error");
            for related in &error.related {
                assert_span(text, *related, "related to a build error");
            }
        }
        for setting in build.settings() {
            assert_span(text, setting.name_span, "name");
            assert_span(text, setting.value_span, "value");
            for hop in model.provenance.story(setting.hop) {
                if let Some(at) = model.provenance.hop(hop).at {
                    assert_span(text, at.span, "hop");
                }
            }
        }
        for step in &model.steps {
            assert!(step.uses.end <= model.uses.len());
            if let Action::Run(run) = &step.action {
                for (_, span) in &run.mounts {
                    assert_span(text, *span, "mount");
                }
            }
            for (_, _, hop) in model.process_environment(step) {
                model.provenance.hop(hop);
            }
        }
    }
}

/// How often each story is told.
fn told(outcome: &Outcome) -> BTreeMap<(&'static str, &str), usize> {
    let mut told = BTreeMap::new();
    for finding in &outcome.findings {
        *told
            .entry((finding.rule, finding.message.as_str()))
            .or_default() += 1;
    }
    told
}

fn fixed(outcome: &Outcome, fix: &Fix) -> String {
    let edits: Vec<&Edit> = fix.edits.iter().collect();
    fix::apply(outcome.sources[0].text(), &edits).expect("edits of one fix fit together")
}

/// A fix mends what it is for.
fn assert_mends(outcome: &Outcome, finding: &Finding, fix: &Fix) {
    let after = check::run(FileKind::Dockerfile, fixed(outcome, fix).as_bytes());
    let key = (finding.rule, finding.message.as_str());
    let before = told(outcome)[&key];
    let left = told(&after).get(&key).copied().unwrap_or(0);
    assert!(
        left < before,
        "{}: `{}` changes nothing",
        finding.rule,
        fix.title
    );
}

proptest! {
    #[test]
    fn models_point_into_the_text(bytes in dockerfile()) {
        let sources = [parsers::source(FileKind::Dockerfile, &bytes)];
        let trees = Trees::parse(&sources);
        let request = Request::default();
        assert_workspace(sources[0].text(), &Workspace::new(&trees, &request));
    }

    #[test]
    fn fixes_mend_what_they_are_for_and_fit_together(bytes in dockerfile()) {
        let outcome = check::run(FileKind::Dockerfile, &bytes);
        // Text stands for bytes that are not UTF-8; no fix is written back to such a file.
        if outcome.sources[0].invalid().is_empty() {
            let fixes = outcome.findings.iter().flat_map(|finding| {
                finding.fixes.iter().map(move |fix| (finding, fix))
            });
            let mut edits = Vec::new();
            for (finding, fix) in fixes {
                assert_mends(&outcome, finding, fix);
                edits.push(fix.edits.as_slice());
            }
            let taken = fix::compatible(&edits);
            let together: Vec<&Edit> = taken.iter().flat_map(|&index| edits[index]).collect();
            prop_assert!(fix::apply(outcome.sources[0].text(), &together).is_ok());
        }
    }
}

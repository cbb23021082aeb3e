//! Runs one case.

use std::collections::BTreeMap;
use std::ops::Range;

use docklint::check::{self, Outcome};
use docklint::finding::fix;
use docklint::report::{Format, RenderOptions, render};
use docklint::source::{FileId, FileKind, SourceFile};

use crate::case::{Case, CasePage, Verdict};
use crate::expand::expand;
use crate::support;

/// Checks that a case keeps its promise.
pub fn check(page: &CasePage, index: usize) -> Result<(), String> {
    let case = &page.cases[index];
    match case.verdict {
        Verdict::Bad => {
            let frame = bad(page, case)?;
            let shown = case.frame.as_ref().map_or("", |block| &block.text);
            same(shown, &frame)
        }
        Verdict::Good => {
            let outcome = lint(page, &sources(case), case)?;
            match outcome.findings.iter().all(|it| allowed(case, it.rule)) {
                true => Ok(()),
                false => Err(format!("it is not silent:\n{}", frames(&outcome)?)),
            }
        }
        Verdict::Fix => {
            let fixed = fixed(page, index)?;
            for file in &case.files {
                let found = fixed.get(&file.path).map_or("", String::as_str);
                same(&expand(&file.block.text).0, found)?;
            }
            Ok(())
        }
    }
}

/// What a page should hold for a case, and where.
pub fn blessed(page: &CasePage, index: usize) -> Option<(Range<usize>, String)> {
    let case = &page.cases[index];
    match (case.verdict, &case.frame) {
        (Verdict::Bad, Some(block)) => Some((block.range.clone(), bad(page, case).ok()?)),
        (Verdict::Bad, None) => {
            let frame = bad(page, case).ok()?;
            Some((case.end..case.end, format!("\n```text\n{frame}```\n")))
        }
        (Verdict::Fix, _) => match &case.files[..] {
            // A template stands for its value; what it expands to must not be written.
            [file] if expand(&file.block.text).1.is_empty() => {
                let text = fixed(page, index).ok()?.remove(&file.path)?;
                Some((file.block.range.clone(), text))
            }
            _ => None,
        },
        (Verdict::Good, _) => None,
    }
}

/// The frames of a `Bad` case, if the rule speaks and no other does.
fn bad(page: &CasePage, case: &Case) -> Result<String, String> {
    let outcome = lint(page, &sources(case), case)?;
    let frames = frames(&outcome)?;
    if !outcome.findings.iter().any(|it| it.rule == page.rule) {
        return Err(format!("`{}` finds nothing here\n{frames}", page.rule));
    }
    let mut values = case.files.iter().flat_map(|it| expand(&it.block.text).1);
    if values.any(|value| value.len() >= 8 && frames.contains(&value)) {
        return Err("the frame shows what a template stands for".into());
    }
    let other = |rule: &str| rule != page.rule && !allowed(case, rule);
    match outcome.findings.iter().find(|it| other(it.rule)) {
        Some(finding) => Err(format!("`{}` speaks as well\n{frames}", finding.rule)),
        None => Ok(frames),
    }
}

/// The files of the `Bad` case above after the rule's fixes, each finding's first. Then the rule
/// must be silent.
fn fixed(page: &CasePage, index: usize) -> Result<BTreeMap<String, String>, String> {
    let case = page
        .mended_by(index)
        .ok_or("there is no `Bad` case above")?;
    let mut files = sources(case);
    let outcome = lint(page, &files, case)?;
    let fixes: Vec<_> = outcome
        .findings
        .iter()
        .filter(|finding| finding.rule == page.rule)
        .filter_map(|finding| Some(&*finding.fixes.first()?.edits))
        .collect();
    let taken = fix::compatible(&fixes);
    for source in &outcome.sources {
        let edits: Vec<_> = taken
            .iter()
            .flat_map(|&index| fixes[index])
            .filter(|edit| edit.file == source.id())
            .collect();
        let text = fix::apply(source.text(), &edits).map_err(|error| error.to_string())?;
        files.insert(source.path().to_owned(), text);
    }
    let again = lint(page, &files, case)?;
    match again.findings.iter().any(|it| it.rule == page.rule) {
        true => Err(format!("the rule still speaks:\n{}", frames(&again)?)),
        false => Ok(files),
    }
}

/// The files that a case hands to docklint, by path.
fn sources(case: &Case) -> BTreeMap<String, String> {
    case.files
        .iter()
        .map(|file| (file.path.clone(), expand(&file.block.text).0))
        .collect()
}

/// Lints files as the program would, with the page's rule on even if it is pedantic.
fn lint(
    _page: &CasePage,
    files: &BTreeMap<String, String>,
    _case: &Case,
) -> Result<Outcome, String> {
    let mut sources = Vec::new();
    for (path, text) in files {
        let kind = kind(path).ok_or(format!("docklint does not read `{path}`"))?;
        let id = FileId(u32::try_from(sources.len()).unwrap_or(u32::MAX));
        sources.push(SourceFile::new(id, path.clone(), kind, text.clone().into()));
    }
    Ok(check::check(sources))
}

fn kind(path: &str) -> Option<FileKind> {
    let name = path.rsplit('/').next()?;
    name.starts_with("Dockerfile")
        .then_some(FileKind::Dockerfile)
}

fn allowed(case: &Case, rule: &str) -> bool {
    case.allow.iter().any(|allowed| allowed == rule)
}

/// The human report without its last lines.
fn frames(outcome: &Outcome) -> Result<String, String> {
    let mut out = Vec::new();
    render(Format::Human, outcome, &RenderOptions::default(), &mut out)
        .map_err(|error| error.to_string())?;
    let report = String::from_utf8(out).map_err(|error| error.to_string())?;
    let frames = report
        .rfind("\nFor more about")
        .map_or("", |at| &report[..at]);
    Ok(frames.to_owned())
}

fn same(shown: &str, found: &str) -> Result<(), String> {
    if shown == found {
        return Ok(());
    }
    Err(format!(
        "the page is out of date; `DOCKLINT_BLESS=1 cargo test --test pages` rewrites it\n{}",
        support::difference(shown, found)
    ))
}

//! Runs one case.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use docklint::finding::{Edit, fix};
use docklint::rules;
use docklint::source::{FileId, Span};
use serde_json::Value;

use crate::case::{Case, CasePage, Verdict};
use crate::expand::expand;
use crate::support;

/// What docklint says about a case.
struct Report {
    /// The human report without its last lines.
    frames: String,
    /// The findings of the JSON report.
    findings: Vec<Value>,
}

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
            let report = lint(page, &sources(case), case)?;
            match report.rules().all(|rule| allowed(case, rule)) {
                true => Ok(()),
                false => Err(format!("it is not silent:\n{}", report.frames)),
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

/// Checks that `allow` is refused for a rule exactly if it would silence none of the page's findings.
pub fn check_allow(page: &CasePage) -> Result<(), String> {
    let mut silenced = false;
    for case in page
        .cases
        .iter()
        .filter(|case| case.verdict == Verdict::Bad)
    {
        let mut files = sources(case);
        let said = lint(page, &files, case)?;
        let config = files.entry("docklint.toml".to_owned()).or_default();
        config.push_str("\n[rules.all]\nallow = [{ regex = '.*' }]\n");
        let left = lint(page, &files, case)?;
        let count = |report: &Report| report.rules().filter(|rule| *rule == page.rule).count();
        silenced |= count(&left) < count(&said);
    }
    let refused = rules::why_no_allow(&page.rule).map_err(|error| error.to_string())?;
    match (silenced, refused) {
        (true, Some(_)) => Err("its findings name variables: it takes `allow`".into()),
        (false, None) => Err("no finding names a variable: it belongs to `NO_VARIABLES`".into()),
        _ => Ok(()),
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
    let report = lint(page, &sources(case), case)?;
    let other = |rule: &&str| *rule != page.rule && !allowed(case, rule);
    if let Some(rule) = report.rules().find(other) {
        return Err(format!("`{rule}` speaks as well\n{}", report.frames));
    }
    if report.findings.is_empty() {
        return Err(format!("`{}` finds nothing here", page.rule));
    }
    let mut values = case.files.iter().flat_map(|it| expand(&it.block.text).1);
    if values.any(|value| value.len() >= 8 && report.frames.contains(&value)) {
        return Err("the frame shows what a template stands for".into());
    }
    Ok(report.frames)
}

/// The files of the `Bad` case above after the rule's fixes, each finding's first. Then the rule
/// must be silent.
fn fixed(page: &CasePage, index: usize) -> Result<BTreeMap<String, String>, String> {
    let case = page
        .mended_by(index)
        .ok_or("there is no `Bad` case above")?;
    let mut files = sources(case);
    let report = lint(page, &files, case)?;
    let paths: Vec<String> = files.keys().cloned().collect();
    let fixes: Vec<Vec<Edit>> = report
        .findings
        .iter()
        .filter(|finding| finding["rule"] == *page.rule)
        .map(|finding| edits(finding, &paths))
        .collect::<Result<_, _>>()?;
    let fixes: Vec<&[Edit]> = fixes.iter().map(Vec::as_slice).collect();
    let taken = fix::compatible(&fixes);
    for (file, (_, text)) in (0u32..).zip(&mut files) {
        let edits: Vec<&Edit> = taken
            .iter()
            .flat_map(|&index| fixes[index])
            .filter(|edit| edit.file == FileId(file))
            .collect();
        *text = fix::apply(text, &edits).map_err(|error| error.to_string())?;
    }
    let again = lint(page, &files, case)?;
    match again.rules().any(|rule| rule == page.rule) {
        true => Err(format!("the rule still speaks:\n{}", again.frames)),
        false => Ok(files),
    }
}

/// The edits of a finding's first fix; a file's id is its place in `paths`.
fn edits(finding: &Value, paths: &[String]) -> Result<Vec<Edit>, String> {
    let fix = &finding["fixes"][0];
    let edits = fix["edits"]
        .as_array()
        .ok_or(format!("there is no fix, or it is withheld: {fix}"))?;
    let edit = |edit: &Value| {
        let offset = |end: &str| usize::try_from(edit[end]["offset"].as_u64()?).ok();
        let file = paths.iter().position(|path| edit["file"] == **path)?;
        Some(Edit {
            file: FileId(u32::try_from(file).ok()?),
            span: Span::new(offset("start")?, offset("end")?),
            text: edit["text"].as_str()?.to_owned(),
        })
    };
    let edits = edits.iter().map(edit).collect::<Option<_>>();
    edits.ok_or(format!("the edits are not understood: {fix}"))
}

/// The files that a case hands to docklint, by path.
fn sources(case: &Case) -> BTreeMap<String, String> {
    case.files
        .iter()
        .map(|file| (file.path.clone(), expand(&file.block.text).0))
        .collect()
}

/// Lints files with the program itself: once for the frames and once for the findings.
fn lint(page: &CasePage, files: &BTreeMap<String, String>, case: &Case) -> Result<Report, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    // The project's root.
    write(&folder.path().join(".git/HEAD"), "")?;
    for (path, text) in files {
        write(&folder.path().join(path), text)?;
    }
    let human = docklint(folder.path(), "human", page, case)?;
    let json = docklint(folder.path(), "json", page, case)?;
    let json: Value = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    let frames = human
        .rfind("\nFor more about")
        .map_or("", |at| &human[..at]);
    Ok(Report {
        frames: frames.to_owned(),
        findings: json["findings"].as_array().cloned().unwrap_or_default(),
    })
}

fn docklint(folder: &Path, format: &str, page: &CasePage, case: &Case) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docklint"));
    command
        .current_dir(folder)
        .args(["check", ".", "--format", format])
        .args(&case.args);
    if page.is_pedantic {
        command.args(["--select", &page.rule]);
    }
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "CI", "COLUMNS"] {
        command.env_remove(variable);
    }
    let output = command.output().map_err(|error| error.to_string())?;
    match output.status.code() {
        Some(0 | 1) => String::from_utf8(output.stdout).map_err(|error| error.to_string()),
        code => Err(format!(
            "docklint ended with {code:?}\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

impl Report {
    /// The rules that speak.
    fn rules(&self) -> impl Iterator<Item = &str> {
        self.findings
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap_or_default())
    }
}

fn allowed(case: &Case, rule: &str) -> bool {
    case.allow.iter().any(|allowed| allowed == rule)
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

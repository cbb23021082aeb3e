//! Runs every example of every rule page: `cargo test --test pages`, or one with its name behind it.
//! `DOCKLINT_BLESS=1` writes the frames that `Bad` cases show and the files that `Fix` cases lead to.

mod case;
#[path = "../support/expand.rs"]
mod expand;
mod run;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use case::{CasePage, Verdict};
use docklint::finding::Severity;
use docklint::rules;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("registry", || registry().map_err(Failed::from))];
    for path in paths() {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text.replace("\r\n", "\n"),
            Err(error) => {
                trials.push(Trial::test(name, move || Err(error.to_string().into())));
                continue;
            }
        };
        let text = if support::blessing() {
            bless(&path, &name, &text)
        } else {
            text
        };
        trials.extend(page_trials(&name, &text));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The pages; those with `_` or a capital in front are about the folder, not about a rule.
fn paths() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(support::root("rules"))
        .expect("the folder of pages")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".md") && name.starts_with(|c: char| c.is_ascii_lowercase())
        })
        .collect();
    paths.sort();
    paths
}

/// Each rule has a page and each page has a rule.
fn registry() -> Result<(), String> {
    let pages: Vec<String> = paths()
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    let rules: Vec<&str> = rules::all().iter().map(|entry| entry.id).collect();
    if pages == rules {
        return Ok(());
    }
    Err(format!(
        "rules/ and the registry in src/rules/mod.rs differ\npages: {pages:?}\nrules: {rules:?}"
    ))
}

fn page_trials(name: &str, text: &str) -> Vec<Trial> {
    let page = match CasePage::parse(name, text) {
        Ok(page) => Arc::new(page),
        Err(error) => return vec![Trial::test(name, move || Err(error.into()))],
    };
    let whole = {
        let (page, text) = (Arc::clone(&page), text.to_owned());
        Trial::test(format!("{name}::page"), move || {
            check_page(&page, &text).map_err(Failed::from)
        })
    };
    let cases = (0..page.cases.len()).map(|index| {
        let page = Arc::clone(&page);
        let name = format!("{name}::{}", page.cases[index].heading);
        Trial::test(name, move || run::check(&page, index).map_err(Failed::from))
    });
    let allow = {
        let page = Arc::clone(&page);
        Trial::test(format!("{name}::allow"), move || {
            run::check_allow(&page).map_err(Failed::from)
        })
    };
    [whole, allow].into_iter().chain(cases).collect()
}

/// What every page has, so that a reader finds it and a program can read it.
fn check_page(page: &CasePage, text: &str) -> Result<(), String> {
    const SECTIONS: [&str; 4] = [
        "What it finds",
        "Why it matters",
        "How to fix",
        "When it is wrong",
    ];
    let front: Vec<(&str, &str)> = rules::fields(text).collect();
    let keys: Vec<&str> = front.iter().map(|(key, _)| *key).collect();
    let wanted: Vec<&str> = rules::KEYS
        .into_iter()
        .filter(|key| *key != "aliases" || keys.contains(key))
        .collect();
    if keys != wanted {
        return Err(format!(
            "front matter has {keys:?}, it should have {wanted:?}"
        ));
    }
    let value = |wanted: &str| {
        let field = front.iter().find(|(key, _)| *key == wanted);
        field.map_or("", |(_, value)| value)
    };
    let of = |key: &str, allowed: &[&str]| {
        let known = allowed.contains(&value(key));
        known
            .then_some(())
            .ok_or(format!("{key}: one of {allowed:?}"))
    };
    of("id", &[&page.rule])?;
    of("default", &["on", "pedantic"])?;
    of("fix", &["none", "sometimes", "always"])?;
    if Severity::parse(value("severity")).is_none() {
        return Err("severity: error, warning or info".into());
    }
    if value("summary").len() > 100 || value("summary").ends_with('.') {
        return Err("summary: one line without a full stop, at most 100 bytes".into());
    }
    if page.sections != SECTIONS {
        return Err(format!(
            "sections are {:?}, not {SECTIONS:?}",
            page.sections
        ));
    }
    for verdict in [Verdict::Bad, Verdict::Good] {
        if !page.cases.iter().any(|case| case.verdict == verdict) {
            return Err(format!("there is no `## {verdict:?}: …` case"));
        }
    }
    let fixes = page.cases.iter().any(|case| case.verdict == Verdict::Fix);
    if fixes == (value("fix") == "none") {
        return Err("`fix` says whether there are `## Fix: …` cases".into());
    }
    Ok(())
}

/// Rewrites a page with what its cases yield today. A case that fails is left as it is, and then
/// fails as a test.
fn bless(path: &std::path::Path, name: &str, text: &str) -> String {
    let Ok(page) = CasePage::parse(name, text) else {
        return text.to_owned();
    };
    let mut blessed = text.to_owned();
    // From the end, so that the places of earlier cases stay.
    for index in (0..page.cases.len()).rev() {
        if let Some((range, block)) = run::blessed(&page, index) {
            blessed.replace_range(range, &block);
        }
    }
    if blessed != text {
        std::fs::write(path, &blessed).expect("the page can be written");
    }
    blessed
}

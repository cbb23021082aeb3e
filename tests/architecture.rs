//! The house rules that a compiler does not know: which module may use which, and how large files
//! may grow.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use docklint::rules;

/// The modules of `src/` in their order, each with those it may use besides itself. The tables in
/// `src/lib.rs` and CONTRIBUTING have the same order.
const MAY_USE: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("syntax", &["source"]),
    ("model", &["source", "syntax"]),
    ("secrets", &[]),
    ("flow", &["source", "syntax", "model", "secrets"]),
    ("finding", &["source", "secrets"]),
    ("config", &["source", "model", "secrets", "finding", "flow"]),
    (
        "rules",
        &[
            "source", "syntax", "model", "flow", "secrets", "finding", "config",
        ],
    ),
    (
        "check",
        &[
            "source", "model", "flow", "secrets", "finding", "config", "rules",
        ],
    ),
    (
        "load",
        &[
            "source", "model", "secrets", "flow", "finding", "config", "rules", "check",
        ],
    ),
    (
        "fix",
        &["source", "flow", "finding", "rules", "check", "load"],
    ),
    (
        "report",
        &[
            "source", "model", "flow", "secrets", "finding", "rules", "check",
        ],
    ),
    (
        "cli",
        &[
            "source", "syntax", "model", "flow", "secrets", "finding", "config", "rules", "check",
            "load", "fix", "report",
        ],
    ),
];

/// The crate's roots: the map, and the program.
const ROOTS: &[(&str, &[&str])] = &[("lib", &[]), ("main", &["cli"])];

/// The files of `report/` that pass source text through the redaction door. Renderers see what
/// comes out of it.
const DOORS: &[&str] = &[
    "report/diff/mod.rs",
    "report/mod.rs",
    "report/place.rs",
    "report/points.rs",
    "report/view.rs",
    "report/resolve/mod.rs",
    "report/resolve/view.rs",
    "report/trace/feeds.rs",
    "report/trace/mod.rs",
    "report/trace/outside.rs",
    "report/trace/view.rs",
];

/// Types that hold raw source text.
const RAW: &[&str] = &["SourceFile", "Outcome"];

/// Lines a file may have.
const LONGEST: usize = 600;

/// A source file: its path below `src/`, with `/`, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The module at the top of the path.
    fn module(&self) -> &str {
        let top = self.path.split('/').next().unwrap();
        top.trim_end_matches(".rs")
    }

    /// The lines that are code, without comments at their end.
    fn code(&self) -> impl Iterator<Item = &str> {
        let lines = self.text.lines().map(|line| match line.find("//") {
            // `://` stands in strings.
            Some(at) if !line[..at].ends_with(':') => &line[..at],
            _ => line,
        });
        lines.filter(|line| !line.trim().is_empty())
    }

    /// The modules that paths from `crate::` lead to.
    fn uses(&self) -> BTreeSet<String> {
        let code: Vec<&str> = self.code().collect();
        let code = code.join("\n");
        let mut used = BTreeSet::new();
        for (at, found) in code.match_indices("crate::") {
            let is_path =
                !code[..at].ends_with(|c: char| c == '$' || c == '_' || c.is_alphanumeric());
            if is_path {
                used.extend(heads(&code[at + found.len()..]));
            }
        }
        used
    }
}

/// The first names of a path, or of each path between braces: `{a::b, c::{d, e}}` leads to a and c.
fn heads(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        let text = text.trim_start();
        let end = text.find(|c: char| c != '_' && !c.is_alphanumeric());
        text[..end.unwrap_or(text.len())].to_owned()
    };
    let Some(group) = path.strip_prefix('{') else {
        return vec![name(path)];
    };
    let mut names = vec![name(group)];
    let mut depth = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn heads_are_read_through_nested_braces() {
    assert_eq!(heads("a::b;"), ["a"]);
    assert_eq!(heads("{a::b, c::{d, e::{f}}, g};"), ["a", "c", "g"]);
    assert_eq!(heads("{\n    a::b,\n    c,\n};"), ["a", "c"]);
}

/// The Rust files below `src/`.
fn files() -> Vec<File> {
    let files = files_below("src");
    assert!(files.len() > 50, "the files were found");
    files
}

fn files_below(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&root).unwrap();
                files.push(File {
                    path: below.to_string_lossy().replace('\\', "/"),
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    files
}

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn imports_run_one_way() {
    let mut faults = Vec::new();
    for file in files() {
        let module = file.module().to_owned();
        let mut known = MAY_USE.iter().chain(ROOTS);
        let Some((_, allowed)) = known.find(|(name, _)| *name == module) else {
            faults.push(format!("{}: `{module}` has no place in MAY_USE", file.path));
            continue;
        };
        for used in file.uses() {
            if used != module && !allowed.contains(&used.as_str()) {
                faults.push(format!("{}: `{module}` may not use `{used}`", file.path));
            }
        }
    }
    report(&faults);
}

#[test]
fn the_table_of_modules_has_no_circle() {
    for (place, (module, used)) in MAY_USE.iter().enumerate() {
        for name in *used {
            let earlier = MAY_USE[..place].iter().any(|(earlier, _)| earlier == name);
            assert!(earlier, "`{module}` uses `{name}`, which stands behind it");
        }
    }
}

/// The modules that the rows of a table begin with: those lines that start with `begin`, up to `end`.
fn rows(path: &str, begin: &str, end: char) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix(begin));
    rows.map(|row| {
        row.split(end)
            .next()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned()
    })
    .collect()
}

#[test]
fn the_modules_have_one_order_wherever_it_is_told() {
    let order: Vec<&str> = MAY_USE.iter().map(|(module, _)| *module).collect();
    assert_eq!(rows("src/lib.rs", "//! | [`", '`'), order, "src/lib.rs");
    let told = rows("CONTRIBUTING.md", "| `src/", '`');
    assert_eq!(told, order, "CONTRIBUTING.md");
}

#[test]
fn what_is_allowed_has_its_reason_on_its_line() {
    let mut faults = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        for file in files_below(folder) {
            for line in file.code() {
                let allows = ["[allow(", "[expect("].iter().any(|it| line.contains(it));
                if allows && line.trim_start().starts_with('#') && !line.contains("reason = \"") {
                    faults.push(format!("{folder}/{}: {}", file.path, line.trim()));
                }
            }
        }
    }
    report(&faults);
}

#[test]
fn renderers_cannot_name_what_holds_raw_text() {
    let mut faults = Vec::new();
    for file in files() {
        if !file.path.starts_with("report/") || DOORS.contains(&file.path.as_str()) {
            continue;
        }
        // Tests make outcomes to render.
        let code: Vec<&str> = file
            .code()
            .take_while(|line| *line != "#[cfg(test)]")
            .collect();
        for line in code {
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).collect();
            // A constant tells nothing about a file.
            let raw = RAW.iter().find(|raw| words.contains(raw));
            if let Some(raw) = raw.filter(|_| !line.contains("SourceFile::INVALID")) {
                faults.push(format!("{}: names `{raw}`: {}", file.path, line.trim()));
            }
        }
    }
    report(&faults);
}

#[test]
fn nothing_prints_past_the_command_line() {
    let mut faults = Vec::new();
    for file in files() {
        for line in file.code() {
            let prints = ["println!", "print!(", "dbg!(", "todo!(", "unimplemented!("];
            if prints.iter().any(|print| line.contains(print)) {
                faults.push(format!("{}: {}", file.path, line.trim()));
            }
            let writes = line.contains("stdout()") || line.contains("stderr()");
            if writes && file.module() != "cli" {
                faults.push(format!("{}: {}", file.path, line.trim()));
            }
        }
    }
    report(&faults);
}

#[test]
fn files_are_short() {
    let mut faults = Vec::new();
    for file in files() {
        let lines = file.text.lines().count();
        if lines > LONGEST {
            faults.push(format!("{}: {lines} lines", file.path));
        }
    }
    report(&faults);
}

#[test]
fn every_rule_has_a_page_and_every_file_a_line_in_the_registry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages: BTreeSet<String> = fs::read_dir(root.join("rules"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter_map(|name| Some(name.strip_suffix(".md")?.to_owned()))
        .filter(|name| name != "README")
        .collect();
    let registered: BTreeSet<String> = rules::all().iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(pages, registered);

    // A file that implements a rule is named as its page.
    let rule_files = files().into_iter().filter_map(|file| {
        let name = file.path.strip_prefix("rules/")?.trim_end_matches(".rs");
        let is_rule = file.code().any(|line| line.starts_with("impl Rule for "));
        is_rule.then(|| name.replace('_', "-"))
    });
    assert_eq!(rule_files.collect::<BTreeSet<_>>(), pages);
}

//! `docklint explain RULE`: the rule's page.

use std::io;

use super::args::Color;
use super::output::Stdout;
use super::{Exit, complain};
use crate::finding::Severity;
use crate::report::Paint;
use crate::rules::{self, RuleEntry, UnknownRule};
use crate::secrets::Names;

pub(super) fn run(rule: &str, color: Color) -> io::Result<Exit> {
    let out = Stdout::new(color);
    match explain(rule, out.color) {
        Ok(page) => out.print(&page).map(|()| Exit::Clean),
        Err(unknown) => {
            complain(&Names::BUILT_IN, None, &unknown.to_string());
            Ok(Exit::Failed)
        }
    }
}

/// The page of a rule: for a terminal with colours, otherwise as the Markdown it is.
pub fn explain(name: &str, color: bool) -> Result<String, UnknownRule> {
    let entry = rules::find(name).ok_or_else(|| UnknownRule::among_rules(name))?;
    let page = if color {
        header(entry, Paint(true)) + &terminal(&entry.page.shown(), Paint(true))
    } else {
        header(entry, Paint(false)) + "\n" + &entry.page.shown()
    };
    Ok(page.replace("\r\n", "\n"))
}

/// What the front matter says, in two lines.
fn header(entry: &RuleEntry, paint: Paint) -> String {
    let info = entry.page.info();
    let severity = paint.severity(info.severity, info.severity.as_str());
    let id = paint.bold(info.id);
    let off = if info.pedantic {
        ", off unless asked for"
    } else {
        ""
    };
    let since = paint.dim(&format!(
        "{} · reads {} · since {}",
        info.groups, info.reads, info.since
    ));
    format!("{id}: {}\n{severity}{off} · {since}\n", info.summary)
}

/// Light Markdown for a terminal: headings stand out, examples are indented under their file's name.
fn terminal(body: &str, paint: Paint) -> String {
    let mut out = String::with_capacity(body.len() + 512);
    let mut in_block = false;
    for line in body.lines() {
        let line = line.trim_end();
        if let Some(info) = line.strip_prefix("```") {
            in_block = !in_block;
            if let Some(title) = Some(info).filter(|_| in_block).and_then(block_title) {
                out += &format!("  {}\n", paint.dim(title));
            }
        } else if in_block {
            out += &format!("    {line}\n");
        } else if let Some(heading) = line.strip_prefix("## ") {
            out += &format!("{}\n", self::heading(heading, paint));
        } else if line.starts_with("# ") {
            // The header has said it.
        } else {
            out += &inline(line, paint);
            out.push('\n');
        }
    }
    squeeze(&out)
}

/// What stands above an example: its file, or what it is.
fn block_title(info: &str) -> Option<&str> {
    match info.split_once("file=") {
        Some((_, file)) => Some(file),
        None if info == "args" => Some("with the options"),
        None => None,
    }
}

fn heading(heading: &str, paint: Paint) -> String {
    match heading.split_once(": ") {
        Some(("Bad", what)) => format!(
            "{} {}",
            paint.severity(Severity::Error, "Bad:"),
            paint.bold(what)
        ),
        Some((verdict @ ("Good" | "Fix"), what)) => {
            let verdict = paint.good(&format!("{verdict}:"));
            format!("{verdict} {}", paint.bold(what))
        }
        _ => paint.bold(heading),
    }
}

/// `code` in its colour; the rest of Markdown reads well as it is.
fn inline(line: &str, paint: Paint) -> String {
    let mut parts = line.split('`').enumerate().peekable();
    let mut out = String::with_capacity(line.len() + 32);
    while let Some((at, part)) = parts.next() {
        if at % 2 == 0 {
            out += part;
        } else if parts.peek().is_some() {
            out += &paint.code(part);
        } else {
            // The line has one backquote too few.
            out.push('`');
            out += part;
        }
    }
    out
}

/// At most one blank line in a row.
fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.lines() {
        if !(line.is_empty() && blank) {
            out += line;
            out.push('\n');
        }
        blank = line.is_empty();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_gets_the_markdown() {
        let page = explain("syntax-error", false).unwrap();
        assert!(page.starts_with("syntax-error: The file cannot be parsed\nerror · files"));
        assert!(page.contains("\n```dockerfile file=Dockerfile\n"));
        assert!(!page.contains('\u{1b}'));
    }

    #[test]
    fn no_page_shows_what_tests_make_of_it() {
        for rule in ["proxy-credentials", "credential-literal"] {
            let page = explain(rule, false).unwrap();
            assert!(page.contains("********") && !page.contains("{{"), "{page}");
        }
    }

    #[test]
    fn a_terminal_gets_headings_and_indented_examples() {
        let body =
            "# x\n\n## Bad: y\n\n```ini file=a.conf\n[Service]\n```\nSee `ENV` and a ` mark.\n";
        assert_eq!(
            terminal(body, Paint(false)),
            "\nBad: y\n\n  a.conf\n    [Service]\nSee ENV and a ` mark.\n"
        );
    }

    #[test]
    fn a_slip_is_told_what_was_meant() {
        let error = explain("syntax-eror", false).unwrap_err();
        assert_eq!(error.suggestion, Some("syntax-error"));
    }
}

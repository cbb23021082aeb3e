//! `docklint rules`: what there is to find.

use std::io;

use serde::Serialize;

use super::Exit;
use super::args::{Color, ListFormat};
use super::output::Stdout;
use crate::report::Paint;
use crate::rules;

pub(super) fn run(format: ListFormat, color: Color) -> io::Result<Exit> {
    let out = Stdout::new(color);
    let text = match format {
        ListFormat::Human => table(out.color),
        ListFormat::Json => json()?,
    };
    out.print(&text).map(|()| Exit::Clean)
}

/// The rules as a table.
pub fn table(color: bool) -> String {
    let paint = Paint(color);
    let width = rules::all().iter().map(|entry| entry.id.len()).max();
    let width = width.unwrap_or_default();
    let mut out = String::new();
    for entry in rules::all() {
        let info = entry.page.info();
        let id = format!("{:width$}", info.id);
        let severity = format!("{:7}", info.severity.as_str());
        let severity = paint.severity(info.severity, &severity);
        let pedantic = if info.pedantic { " (pedantic)" } else { "" };
        let groups = paint.dim(&format!("[{}]", info.groups));
        out += &format!(
            "{}  {severity}  {}{pedantic} {groups}\n",
            paint.bold(&id),
            info.summary
        );
    }
    out
}

/// The rules for programs.
pub fn json() -> serde_json::Result<String> {
    let rules = rules::all()
        .iter()
        .map(|entry| {
            let info = entry.page.info();
            Rule {
                id: info.id,
                summary: info.summary,
                severity: info.severity.as_str(),
                groups: info.groups.iter().collect(),
                default: !info.pedantic,
                since: info.since,
                fix: info.fix,
                reads: info.reads.iter().collect(),
                aliases: info.aliases.iter().collect(),
                url: rules::url(info.id),
            }
        })
        .collect();
    let mut json = serde_json::to_string(&Rules { version: 1, rules })?;
    json.push('\n');
    Ok(json)
}

#[derive(Serialize)]
struct Rules {
    version: u32,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
struct Rule {
    id: &'static str,
    summary: &'static str,
    severity: &'static str,
    groups: Vec<&'static str>,
    /// Whether it runs unless asked not to.
    default: bool,
    since: &'static str,
    fix: &'static str,
    reads: Vec<&'static str>,
    aliases: Vec<&'static str>,
    url: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_name_every_rule() {
        let json: serde_json::Value = serde_json::from_str(&json().unwrap()).unwrap();
        for (index, entry) in rules::all().iter().enumerate() {
            assert_eq!(json["rules"][index]["id"], entry.id);
            assert!(table(false).contains(entry.page.info().summary));
        }
    }
}

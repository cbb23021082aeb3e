//! `gosumdb-off`: modules are fetched without asking the checksum database.

use std::collections::BTreeSet;

use super::{Rule, Sink};
use crate::flow::{Analysis, Workspace};

pub(super) struct GosumdbOff;

type Test = fn(&str) -> bool;

/// Settings that switch it off, with what of their value does.
const SWITCHES: [(&str, Test); 4] = [
    ("GOSUMDB", |value| value == "off"),
    ("GONOSUMDB", |value| {
        value.split(',').any(|pattern| pattern == "*")
    }),
    ("GOPRIVATE", |value| {
        value.split(',').any(|pattern| pattern == "*")
    }),
    ("GOFLAGS", |value| {
        value
            .split_whitespace()
            .any(|flag| matches!(flag, "-insecure" | "--insecure"))
    }),
];

impl Rule for GosumdbOff {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) {
            return;
        }
        let mut told = BTreeSet::new();
        for download in build.go_downloads() {
            for (name, switches_off) in SWITCHES {
                let Some(setting) = download.sees(name) else {
                    continue;
                };
                let (Some(value), Some(at)) = (setting.value, setting.at) else {
                    continue;
                };
                if !switches_off(value) || !told.insert((name, at)) {
                    continue;
                }
                let finding = sink
                    .report(
                        at,
                        "switched off here",
                        format!("`{name}={value}` keeps Go from checking modules against the checksum database"),
                    )
                    .about(name)
                    .help("name only what the database cannot know, as in `GONOSUMDB=git.corp.example`, or a database that your proxy serves");
                if !download.executed.holds(at) {
                    finding.after(download.executed.location(), "fetches modules here");
                }
            }
        }
    }
}

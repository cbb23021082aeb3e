//! One byte, one finding: when several rules see the same cause, one of them speaks.

use hashbrown::HashMap;

use crate::finding::Finding;
use crate::source::{FileId, Span};

/// Rows of rules that can see the same cause, the most telling first. `*` stands for any beginning.
const ROWS: &[&[&str]] = &[
    &["syntax-error", "build-error", "compose-error"],
    &["*-error", "*-malformed"],
    &[
        "*-error",
        "arg-declared-late",
        "arg-out-of-scope",
        "env-from-undeclared",
        "build-arg-not-consumed",
        "export-lost",
        "sudo-drops-environment",
        "goproxy-inconsistent",
    ],
    &[
        "*-error",
        "proxy-runtime-only",
        "proxy-missing",
        "proxy-daemon-only",
        "dotenv-proxy-unused",
    ],
    &[
        "*-error",
        "inline-dockerfile-interpolated",
        "compose-undefined-variable",
    ],
];

/// The row of secrets. One goes from variable to variable, so that it makes no difference which one a
/// finding names. It has no `*-error`: a file that does not parse gives a secret away all the same.
const SECRETS: &[&str] = &[
    "credential-literal",
    "proxy-credentials",
    "secret-in-env",
    "secret-in-run",
    "secret-in-arg",
    "secret-in-compose",
    "proxy-baked",
];

/// Drops each finding whose primary place already belongs to the story of a finding that stands
/// before it in a row. Keeps the order.
pub(super) fn one_per_cause(findings: Vec<Finding>) -> Vec<Finding> {
    let mut silent = vec![false; findings.len()];
    for row in ROWS {
        silence(row, same_variable, &findings, &mut silent);
    }
    silence(SECRETS, |_, _| true, &findings, &mut silent);
    findings
        .into_iter()
        .zip(silent)
        .filter(|(_, silent)| !silent)
        .map(|(finding, _)| finding)
        .collect()
}

fn silence(
    row: &[&str],
    may_be_one: impl Fn(Option<&str>, Option<&str>) -> bool,
    findings: &[Finding],
    silent: &mut [bool],
) {
    let mut stories = Stories::default();
    let mut ranked = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        if let Some(rank) = row.iter().position(|entry| names(entry, finding.rule)) {
            ranked.push((index, rank));
            stories.add(finding, rank);
        }
    }
    // A row with one kind of finding has nothing to decide: the common case.
    if ranked.windows(2).all(|pair| pair[0].1 == pair[1].1) {
        return;
    }
    stories.index();
    for (index, rank) in ranked {
        silent[index] |= stories.tell(&findings[index], rank, &may_be_one);
    }
}

/// Whether an entry of a row stands for `rule`.
fn names(entry: &str, rule: &str) -> bool {
    match entry.strip_prefix('*') {
        Some(end) => rule.ends_with(end),
        None => entry == rule,
    }
}

/// The places in the stories of a row's findings.
#[derive(Default)]
struct Stories<'a> {
    files: HashMap<FileId, Vec<Place<'a>>>,
}

struct Place<'a> {
    span: Span,
    /// The furthest end of this place and those before it: where a search backwards may stop.
    reach: u32,
    rank: usize,
    variable: Option<&'a str>,
}

impl<'a> Stories<'a> {
    /// Takes the places a finding is about; related ones are mere context.
    fn add(&mut self, finding: &'a Finding, rank: usize) {
        for label in &finding.labels {
            if label.role.is_on_the_way() {
                let places = self.files.entry(label.location.file).or_default();
                places.push(Place {
                    span: label.location.span,
                    reach: 0,
                    rank,
                    variable: finding.variable.as_deref(),
                });
            }
        }
    }

    fn index(&mut self) {
        for places in self.files.values_mut() {
            places.sort_by_key(|place| place.span);
            let mut reach = 0;
            for place in places {
                reach = reach.max(place.span.end);
                place.reach = reach;
            }
        }
    }

    /// Whether a story of a rank before `rank` goes through the finding's primary place.
    fn tell(
        &self,
        finding: &Finding,
        rank: usize,
        may_be_one: impl Fn(Option<&str>, Option<&str>) -> bool,
    ) -> bool {
        let Some(primary) = finding.primary() else {
            return false;
        };
        let Some(places) = self.files.get(&primary.file) else {
            return false;
        };
        let begun = places.partition_point(|place| place.span.start <= primary.span.end);
        places[..begun]
            .iter()
            .rev()
            .take_while(|place| place.reach >= primary.span.start)
            .any(|place| {
                place.rank < rank
                    && overlap(place.span, primary.span)
                    && may_be_one(place.variable, finding.variable.as_deref())
            })
    }
}

/// Whether two spans share a byte, or an empty one lies in or at the edge of the other.
fn overlap(a: Span, b: Span) -> bool {
    if a.is_empty() || b.is_empty() {
        a.start <= b.end && b.start <= a.end
    } else {
        a.start < b.end && b.start < a.end
    }
}

/// Findings about different variables have different causes.
fn same_variable(a: Option<&str>, b: Option<&str>) -> bool {
    a.is_none() || b.is_none() || a == b
}

#[cfg(test)]
mod tests {
    use super::super::REGISTRY;
    use super::*;
    use crate::finding::{Role, Severity};
    use crate::source::Location;

    fn at(start: usize, end: usize) -> Location {
        Location {
            file: FileId(0),
            span: Span::new(start, end),
        }
    }

    fn finding(rule: &'static str, place: Location, variable: &str) -> Finding {
        let mut finding = Finding::new(rule, Severity::Warning, place, "", rule);
        finding.about(variable);
        finding
    }

    fn left(findings: &[Finding]) -> Vec<&'static str> {
        one_per_cause(findings.to_vec())
            .iter()
            .map(|finding| finding.rule)
            .collect()
    }

    #[test]
    fn rows_name_rules_that_there_are() {
        let is_rule = |entry: &str| REGISTRY.iter().any(|rule| names(entry, rule.id));
        let entries = ROWS.iter().copied().chain([SECRETS]).flatten();
        let unknown: Vec<_> = entries.filter(|entry| !is_rule(entry)).collect();
        assert_eq!(unknown, [&""; 0]);
    }

    #[test]
    fn the_first_of_a_row_speaks() {
        let findings = [
            finding("goproxy-inconsistent", at(10, 17), "GOPROXY"),
            finding("arg-out-of-scope", at(8, 20), "GOPROXY"),
            finding("arg-out-of-scope", at(30, 40), "GOPROXY"),
        ];
        assert_eq!(left(&findings), ["arg-out-of-scope", "arg-out-of-scope"]);
    }

    #[test]
    fn a_story_covers_the_places_on_its_way() {
        let mut secret = finding("secret-in-env", at(20, 30), "TOKEN");
        secret.before(at(0, 9), "comes from here");
        let declared = finding("secret-in-arg", at(4, 9), "TOKEN");
        assert_eq!(left(&[declared.clone(), secret.clone()]), ["secret-in-env"]);

        let mut other = secret.clone();
        other.about("API_TOKEN");
        assert_eq!(left(&[declared.clone(), other]), ["secret-in-env"]);

        secret.labels[0].role = Role::Related;
        assert_eq!(left(&[declared, secret]).len(), 2);
    }

    #[test]
    fn different_variables_rows_and_places_all_speak() {
        let findings = [
            finding("arg-out-of-scope", at(0, 9), "GOPROXY"),
            finding("env-from-undeclared", at(0, 9), "GOPRIVATE"),
            finding("proxy-baked", at(0, 9), "GOPROXY"),
            finding("env-from-undeclared", at(9, 12), "GOPROXY"),
        ];
        assert_eq!(left(&findings).len(), 4);
    }

    #[test]
    fn what_takes_a_mirror_away_speaks_for_the_download_that_lacks_it() {
        let download = finding("goproxy-inconsistent", at(40, 60), "GOPROXY");
        for cause in ["export-lost", "sudo-drops-environment", "arg-out-of-scope"] {
            let mut cause = finding(cause, at(0, 9), "GOPROXY");
            cause.after(at(40, 60), "needed here");
            assert_eq!(left(&[cause.clone(), download.clone()]), [cause.rule]);
        }
    }

    #[test]
    fn errors_silence_all_but_secrets() {
        let findings = [
            finding("syntax-error", at(5, 5), ""),
            finding("proxy-malformed", at(0, 9), ""),
            finding("env-from-undeclared", at(0, 9), ""),
            finding("secret-in-env", at(0, 9), ""),
        ];
        assert_eq!(left(&findings), ["syntax-error", "secret-in-env"]);
    }
}

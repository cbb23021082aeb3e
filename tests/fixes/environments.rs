//! A fix changes what it is for: commands that it does not touch run as before, with the same
//! environment but for the variables that the finding speaks of, and nothing is broken by it.

use std::collections::{BTreeMap, BTreeSet};

use docklint::finding::{Applicability, Edit, Finding, Fix, Severity};
use docklint::fix::{self, Change, Round};
use docklint::flow::{Trees, Workspace};
use docklint::load::Edited;
use docklint::source::{FileId, FileKind, Location, SourceFile, Span};

use crate::{Project, found, projects};

/// A build and a place.
type Place = (usize, Location);

/// What the commands of all builds see, by their place: for each of them, name and value.
type Environments = BTreeMap<Place, Vec<BTreeMap<String, String>>>;

pub fn of(round: &Round, names: &BTreeSet<String>) -> Environments {
    let trees = Trees::parse(&round.outcome.sources);
    let workspace = Workspace::new(&trees, &round.request);
    let mut seen = Environments::new();
    for (index, build) in workspace.builds.iter().enumerate() {
        let steps = 0..build.model.steps.len();
        for executed in steps.flat_map(|step| build.executed(step)) {
            let Location { file, span } = executed.location();
            let at = round.outcome.sources[file.0 as usize].on_disk(span);
            let values = names.iter().filter_map(|name| {
                let sights: Vec<_> = executed.sights(name).collect();
                let values = sights.iter().map(|sight| sight.map(|sight| sight.value));
                let is_seen = sights.iter().any(Option::is_some);
                is_seen.then(|| (name.clone(), format!("{:?}", values.collect::<Vec<_>>())))
            });
            let values = values.collect();
            seen.entry((index, at)).or_default().push(values);
        }
    }
    seen
}

pub fn names(sources: &[SourceFile]) -> BTreeSet<String> {
    let texts = sources
        .iter()
        .filter(|file| file.kind() != FileKind::Dockerignore);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = texts.flat_map(|file| file.text().split(move |c| !is_part(c)));
    let names: BTreeSet<&str> = words.filter(|word| !word.is_empty()).collect();
    let both = names
        .iter()
        .flat_map(|name| [name.to_string(), name.to_ascii_lowercase()]);
    both.collect()
}

/// Where a place is once edits are made; none if they touch it.
fn moved(at: Location, edits: &[Edit]) -> Option<Location> {
    let Location { file, span } = at;
    let mut shift = 0;
    for edit in edits.iter().filter(|edit| edit.file == file) {
        if edit.span.end < span.start {
            shift += i64::try_from(edit.text.len()).unwrap();
            shift -= i64::try_from(edit.span.len()).unwrap();
        } else if edit.span.start <= span.end {
            return None;
        }
    }
    let moved = |offset: u32| usize::try_from(i64::from(offset) + shift).unwrap();
    let span = Span::new(moved(span.start), moved(span.end));
    Some(Location { file, span })
}

/// What a finding is about: its variable, or else the words of what it says; and the words of the lines
/// it points at that use one of them.
fn words(finding: &Finding, sources: &[SourceFile]) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c| !is_part(c)).filter(|word| !word.is_empty());
        words.map(plain).collect()
    };
    let mut about = words(finding.variable.as_ref().unwrap_or(&finding.message));
    let lines = finding.labels.iter().flat_map(|label| {
        let Location { file, span } = label.location;
        let source = &sources[file.0 as usize];
        let lines = source.lines().line(span.range().start)..=source.lines().line(span.range().end);
        let text = source.text().split('\n');
        text.skip(lines.start() - 1).take(lines.count())
    });
    let uses = |line: &&str| {
        let mut used = line.split('$').skip(1);
        used.any(|rest| {
            let rest = rest.trim_start_matches('{');
            about.contains(&plain(rest.split(|c| !is_part(c)).next().unwrap_or("")))
        })
    };
    let made_of: Vec<_> = lines.filter(uses).map(words).collect();
    about.extend(made_of.into_iter().flatten());
    about
}

/// A name without what `HTTP_PROXY`, `http_proxy`, `httpProxy` and `http-proxy` differ in.
fn plain(name: &str) -> String {
    name.replace(['_', '-'], "").to_ascii_lowercase()
}

/// What changed that a finding does not speak of, a line each. `now_at` says where a command is now.
fn differences(
    before: &Environments,
    after: &Environments,
    now_at: impl Fn(Location) -> Option<Location>,
    may_change: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut differences = Vec::new();
    for ((build, at), saw) in before {
        let Some(now_at) = now_at(*at) else {
            continue;
        };
        let sees = after.get(&(*build, now_at)).map_or(&[][..], Vec::as_slice);
        if sees.len() != saw.len() {
            differences.push(format!("{at:?} runs otherwise"));
        }
        for (saw, sees) in saw.iter().zip(sees) {
            let names: BTreeSet<&String> = saw.keys().chain(sees.keys()).collect();
            let mut changed = names.into_iter();
            while let Some(name) = changed.find(|name| saw.get(*name) != sees.get(*name)) {
                if !may_change(name) {
                    let (was, is) = (saw.get(name), sees.get(name));
                    differences.push(format!("{at:?}: {name} was {was:?}, is {is:?}"));
                }
            }
        }
    }
    differences
}

/// What the only fix that is applied changes beside what it is for.
fn side_effects(project: &Project, round: &Round, finding: &Finding, fix: &Fix) -> Vec<String> {
    let mut changes = vec![Change {
        rules: vec![finding.rule],
        edits: fix.edits.clone(),
    }];
    let lint = |edited: &Edited| Ok(project.lint(edited));
    let mended = fix::in_rounds(lint, |_| std::mem::take(&mut changes)).unwrap();
    let sources = &round.outcome.sources;
    let mut names = names(sources);
    names.extend(self::names(&mended.last.outcome.sources));
    let words = words(finding, sources);
    let mut effects = differences(
        &of(round, &names),
        &of(&mended.last, &names),
        |at| moved(at, &fix.edits),
        |name| words.contains(&plain(name)),
    );
    let before = found(&round.outcome);
    let after = found(&mended.last.outcome);
    let is_broken =
        |rule: &str| matches!(rule, "build-error" | "syntax-error") || rule.starts_with("dropin-");
    let new = after
        .difference(&before)
        .filter(|(rule, _)| is_broken(rule));
    effects.extend(new.map(|(rule, message)| format!("new: {rule}: {message}")));
    effects
}

#[test]
fn fixes_change_the_variables_they_are_about() {
    let mut all = Vec::new();
    let mut count = 0;
    for project in projects() {
        let round = project.lint(&Edited::default());
        for finding in &round.outcome.findings {
            for fix in &finding.fixes {
                count += 1;
                let found = side_effects(&project, &round, finding, fix);
                let rule = finding.rule;
                all.extend(
                    found
                        .iter()
                        .map(|it| format!("{}: {rule}: {it}", project.name)),
                );
            }
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    assert!(count > 50, "only {count} fixes");
}

#[test]
fn what_a_fix_should_not_do_is_noticed() {
    let text = "FROM a AS one\nRUN b $V\nENV W=1\nRUN c\n";
    let project = Project::new("wrong", &[("Dockerfile".to_owned(), text.to_owned())]);
    let round = project.lint(&Edited::default());
    let file = FileId(0);
    let at = |word: &str| Span::at(text.find(word).unwrap());
    let finding = |at: Span, message: &str| {
        let span = Span::new(at.range().start, at.range().start + 1);
        Finding::new("one", Severity::Info, Location { file, span }, "", message)
    };
    let effects = |finding: &Finding, span: Span, text: &str| {
        let edits = vec![Edit {
            file,
            span,
            text: text.to_owned(),
        }];
        let fix = Fix {
            title: String::new(),
            applicability: Applicability::Suggested,
            edits,
        };
        side_effects(&project, &round, finding, &fix).len()
    };
    let about_v = finding(at("b $V"), "`V`");
    assert_eq!(effects(&about_v, at("RUN b"), "ARG V=1\n"), 0);
    assert_eq!(
        effects(&about_v, at("RUN b"), "ARG V=1\nARG X=1\n"),
        2,
        "`b` and `c` see X"
    );
    assert_eq!(
        effects(&about_v, at("RUN c"), "ENV W=2\n"),
        1,
        "`c` sees another W"
    );
    let line = Span::new(at("RUN c").range().start, text.len());
    assert_eq!(
        effects(&about_v, line, ""),
        0,
        "what is touched is not compared"
    );
    assert_eq!(
        effects(&about_v, at("RUN c"), "SHELL [\"python\"]\n"),
        1,
        "`c` does not run"
    );
    let about_c = finding(at("c\n"), "");
    assert_eq!(
        effects(&about_c, at("RUN c"), "ENV W=2\n"),
        1,
        "a label at a command excuses nothing"
    );
    assert_eq!(
        effects(&about_c, at("RUN c"), "RNU d\n"),
        1,
        "it is a build error"
    );
    let mut about_w = finding(at("b $V"), "`V`");
    about_w.about("W");
    assert_eq!(
        effects(&about_w, at("RUN b"), "ARG V=1\n"),
        2,
        "it is about W, whatever else it says"
    );
}

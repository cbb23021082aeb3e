//! What fixes promise, on every example of every rule page and on the shipped fixtures: the finding is
//! gone, nothing new appears, a second run changes nothing, and a safe fix changes no command's
//! environment.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../pages/case.rs"]
#[allow(dead_code, reason = "the pages' own test uses all of it")]
mod case;
mod environments;
mod examples;
#[path = "../support/expand.rs"]
mod expand;
#[path = "../support/folder.rs"]
mod folder;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use case::CasePage;
use docklint::check::{self, Options};
use docklint::config::Origin;
use docklint::finding::Edit;
use docklint::fix::{self, Change, Mended, Round};
use docklint::flow::{self, Trees, Workspace};
use docklint::load::{CHECKED_KINDS, Edited, LoadRequest, load};
use docklint::model::dockerfile::Action;
use docklint::rules::{self, Choice};
use docklint::source::{Request, Span};

/// A path below the package's root.
fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A project on disk, linted in process.
struct Project {
    name: String,
    folder: tempfile::TempDir,
}

impl Project {
    fn new(name: &str, files: &[(String, String)]) -> Self {
        let files = files.iter();
        let files = files.map(|(path, text)| (path.as_str(), text.as_str()));
        Self {
            name: name.to_owned(),
            folder: folder::folder_of(files),
        }
    }

    fn lint(&self, edited: &Edited) -> Round {
        let paths = [self.folder.path().to_owned()];
        let files = Request {
            around: false,
            respect_gitignore: None,
            paths: &paths,
            stdin_name: None,
            kind: None,
            kinds: CHECKED_KINDS,
        };
        let choice = Choice {
            pedantic: true,
            ..Choice::default()
        };
        let rounds = docklint::flow::Rounds::default();
        let wanted = LoadRequest {
            files,
            origin: Origin::Nearest,
            choice,
            builds: flow::Request::default(),
            host: None,
            edited,
        };
        let loaded = load(&rounds, wanted, std::io::empty()).unwrap();
        let options = Options {
            selections: loaded.selections,
            request: loaded.request,
            ..Options::default()
        };
        Round {
            outcome: check::check(loaded.sources, &options),
            root: loaded.root,
            selections: options.selections,
            request: options.request,
            fail_levels: loaded.fail_levels,
            stdin: None,
        }
    }

    fn mend(&self, with_suggested: bool) -> Mended {
        let pick = |round: &Round| fix::of_findings(round, with_suggested);
        fix::in_rounds(|edited| Ok(self.lint(edited)), pick).unwrap()
    }
}

/// A build argument that is passed in one file and declared in another.
fn two_files() -> Project {
    let files = [
        (
            "Dockerfile",
            "FROM golang:1.24\nRUN go install a.example/b@v1\n",
        ),
        (
            "compose.yaml",
            "services:\n  a:\n    build:\n      context: .\n      args:\n        GOPROXY: https://p.example\n        http_proxy: http://h:1\n",
        ),
    ];
    Project::new(
        "two",
        &files.map(|(path, text)| (path.to_owned(), text.to_owned())),
    )
}

#[test]
fn what_somebody_changes_meanwhile_stays() {
    let project = two_files();
    let mut mended = project.mend(true);
    assert_eq!(mended.files.len(), 1);
    let path = project.folder.path().join("Dockerfile");
    fs::write(&path, "FROM changed\n").unwrap();
    assert!(!mended.write());
    assert_eq!(fs::read_to_string(&path).unwrap(), "FROM changed\n");
    assert_eq!(mended.refused()[0].kind, "changed");
    assert!(mended.fixed().is_empty(), "nothing is told to be fixed");

    let mut mended = two_files().mend(true);
    fs::remove_file(mended.last.root.folder().join("Dockerfile")).unwrap_err();
    assert!(!mended.write(), "the folder is gone");
}

#[test]
fn files_of_every_shape_keep_their_bytes() {
    let fixed: &[(&[u8], &[u8])] = &[
        (b"", b""),
        (b"\xef\xbb\xbf", b"\xef\xbb\xbf"),
        (b"FROM a\rRUN $V\r", b"FROM a\rRUN $V\r"),
        // The last line has no end.
        (
            b"FROM a\nRUN echo $V\nARG V=1",
            b"FROM a\nARG V=1\nRUN echo $V\n",
        ),
        (
            b"\xef\xbb\xbfARG V=1\r\nFROM a\r\nRUN echo $V \xff",
            b"\xef\xbb\xbfARG V=1\r\nFROM a\r\nARG V\r\nRUN echo $V \xff",
        ),
        // What is no text cannot be moved.
        (
            b"FROM a\nRUN echo $V\nARG V=\xff\n",
            b"FROM a\nRUN echo $V\nARG V=\xff\n",
        ),
    ];
    for (before, after) in fixed {
        let project = Project::new("shape", &[]);
        let path = project.folder.path().join("Dockerfile");
        fs::write(&path, before).unwrap();
        assert!(project.mend(true).write());
        let is = fs::read(&path).unwrap();
        assert_eq!(is, *after, "{}", String::from_utf8_lossy(&is));
    }
}

/// Every page's cases, and the shipped fixtures.
fn projects() -> Vec<Project> {
    let mut projects = Vec::new();
    for entry in fs::read_dir(root("rules")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "README" || path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        for case in CasePage::parse(&name, &text).unwrap().cases {
            let files = case.files.iter();
            let files = files.map(|file| (file.path.clone(), expand::expand(&file.block.text).0));
            let files: Vec<_> = files.collect();
            projects.push(Project::new(&format!("{name}: {}", case.heading), &files));
        }
    }
    let fixtures = fs::read_dir(root("fixtures/projects")).unwrap();
    let fixtures = fixtures.map(|entry| entry.unwrap().path());
    for folder in fixtures.chain([root("fixtures/seed-article")]) {
        let mut files = Vec::new();
        read(&folder, &folder, &mut files);
        projects.push(Project::new(&folder.to_string_lossy(), &files));
    }
    projects
}

fn read(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let below = path.strip_prefix(root).unwrap();
            files.push((below.to_string_lossy().into_owned(), text));
        }
    }
}

/// Rule and message of each finding.
fn found(outcome: &check::Outcome) -> BTreeSet<(&'static str, String)> {
    let findings = outcome.findings.iter();
    findings
        .map(|finding| (finding.rule, finding.message.clone()))
        .collect()
}

/// The bare `ARG`s of stages that get no value, though another `ARG` of the name has a default: a fix
/// that writes one mends nothing.
fn hollow(round: &Round) -> usize {
    let trees = Trees::parse(&round.outcome.sources);
    let workspace = Workspace::new(&trees, &round.request);
    let mut count = 0;
    for build in &workspace.builds {
        let stages = build
            .model
            .steps
            .iter()
            .filter_map(|step| match &step.action {
                Action::Arg(declarations) => Some(declarations),
                _ => None,
            });
        let all: Vec<_> = stages.flatten().collect();
        let with_default = |name: &str| {
            let mut all = all.iter().copied().chain(&build.model.globals);
            all.any(|other| other.name == name && other.default_span.is_some())
        };
        let mut bare = all.iter().filter(|it| it.default_span.is_none());
        count += bare
            .by_ref()
            .filter(|it| it.value.is_none() && with_default(&it.name))
            .count();
    }
    count
}

/// What is wrong with what rounds came to.
fn faults(project: &Project, mended: &mut Mended, with_suggested: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(first) = &mended.first else {
        return faults;
    };
    let before = found(first);
    for (rule, message) in found(&mended.last.outcome).difference(&before) {
        // A matter of taste may come to light where a setting arrives at last.
        if rules::find(rule).is_some_and(|rule| rule.page.info().pedantic) {
            continue;
        }
        faults.push(format!("new: {rule}: {message}"));
    }
    for change in fix::of_findings(&mended.last, with_suggested) {
        faults.push(format!("not gone: {:?}", change.rules));
    }
    if !with_suggested {
        let names = environments::names(&first.sources);
        let seen = |round: &Round| {
            environments::of(round, &names)
                .into_values()
                .collect::<Vec<_>>()
        };
        let original = project.lint(&Edited::default());
        if seen(&original) != seen(&mended.last) {
            faults.push("another environment".to_owned());
        }
    }
    if hollow(&mended.last) > hollow(&project.lint(&Edited::default())) {
        faults.push("an ARG without the value it is for".to_owned());
    }
    if !mended.write() {
        faults.push(format!("not written: {:?}", mended.refused()));
    }
    if !project.mend(with_suggested).files.is_empty() {
        faults.push("a second run changes more".to_owned());
    }
    faults
}

fn check_all(with_suggested: bool, least: usize) {
    let mut all = Vec::new();
    let mut changed = 0;
    for project in projects() {
        let mut mended = project.mend(with_suggested);
        changed += usize::from(!mended.files.is_empty());
        let faults = faults(&project, &mut mended, with_suggested);
        all.extend(
            faults
                .iter()
                .map(|fault| format!("{}: {fault}", project.name)),
        );
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    assert!(changed >= least, "only {changed} projects have fixes");
}

#[test]
fn safe_fixes_mend_and_change_nothing_else() {
    check_all(false, 5);
}

#[test]
fn suggested_fixes_mend_and_bring_nothing_new() {
    check_all(true, 20);
}

#[test]
fn rounds_end_and_say_why() {
    let files = [("Dockerfile".to_owned(), "FROM a\n".to_owned())];
    let project = Project::new("rounds", &files);
    let edit = |round: &Round, text: &str| {
        let source = &round.outcome.sources[0];
        let span = Span::new(5, source.text().trim_end().len());
        let edit = Edit {
            file: source.id(),
            span,
            text: text.to_owned(),
        };
        vec![Change {
            rules: vec!["x"],
            edits: vec![edit],
        }]
    };
    let mend = |pick: &dyn Fn(&Round) -> Vec<Change>| {
        fix::in_rounds(|edited| Ok(project.lint(edited)), pick).unwrap()
    };
    let back_and_forth = mend(&|round| {
        let is_first = round.outcome.sources[0].text() == "FROM a\n";
        edit(round, if is_first { "b" } else { "a" })
    });
    assert_eq!(back_and_forth.stop, Some(fix::Stop::Circle));
    assert!(back_and_forth.files.is_empty() && back_and_forth.fixed().is_empty());
    let endless = mend(&|round| {
        let text = round.outcome.sources[0].text();
        edit(round, &"b".repeat(text.len()))
    });
    assert_eq!(endless.stop, Some(fix::Stop::Rounds));
    let nothing = mend(&|round| edit(round, "a"));
    assert_eq!((nothing.stop, nothing.fixed().len()), (None, 0));
}

#[test]
fn what_did_not_help_is_not_done_again() {
    let text = "FROM a\nRUN b\nRUN c\n".to_owned();
    let project = Project::new("in vain", &[("Dockerfile".to_owned(), text)]);
    // A fix behind `FROM` whose finding stays, and one that works its way down.
    let change = |rule: &'static str, at: usize, text: &str| Change {
        rules: vec![rule],
        edits: vec![Edit {
            file: docklint::source::FileId(0),
            span: Span::new(at, at),
            text: text.to_owned(),
        }],
    };
    let pick = |round: &Round| {
        let text = round.outcome.sources[0].text();
        let next = text.match_indices("RUN ").map(|(at, _)| at + 4);
        let next = next.filter(|at| !text[*at..].starts_with("-E ")).min();
        let mut changes = vec![change("stays", 4, " -E")];
        changes.extend(next.map(|at| change("helps", at, "-E ")));
        changes
    };
    let mended = fix::in_rounds(|edited| Ok(project.lint(edited)), pick).unwrap();
    let after: Vec<&[u8]> = mended.files.values().map(|file| &*file.after).collect();
    assert_eq!(after, [b"FROM -E a\nRUN -E b\nRUN -E c\n"]);
    assert_eq!(mended.stop, None);
    let in_vain: Vec<_> = mended
        .in_vain
        .iter()
        .map(|(path, rule)| (path.as_str(), *rule))
        .collect();
    assert_eq!(in_vain.len(), 1);
    assert_eq!(in_vain[0].1, "stays");
}

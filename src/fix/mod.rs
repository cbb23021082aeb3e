//! Mending files: rounds of editing and linting in memory, then writing.
//!
//! Fixes that want the same bytes come in later rounds, and each round is judged on what the files
//! then hold, with all that they refer to.

mod suppressing;
mod tried;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use hashbrown::HashMap;

use crate::check::{FixedFile, Outcome, RunError};
use crate::finding::fix::{apply_on_disk, compatible};
use crate::finding::{Applicability, Edit, Severity};
use crate::flow;
use crate::load::Edited;
use crate::rules::Selections;
use crate::source::{FileId, Root, SIZE_LIMIT, SourceFile};

use tried::Tried;

pub use suppressing::Suppressing;
pub use write::{Refusal, replace};

/// A lint run, and what is needed to go on from it.
#[derive(Debug)]
pub struct Round {
    /// What it found.
    pub outcome: Outcome,
    /// The project root.
    pub root: Root,
    /// Which rules ran for which file.
    pub selections: Selections,
    /// What was told about builds.
    pub request: flow::Request,
    /// The least severity that fails the run, for each file.
    pub fail_levels: Vec<Severity>,
    /// Standard input, if it was asked for.
    pub stdin: Option<FileId>,
}

/// Edits that belong together.
#[derive(Clone, Debug)]
pub struct Change {
    /// The rules they are for.
    pub rules: Vec<&'static str>,
    /// The edits, in file order, not overlapping.
    pub edits: Vec<Edit>,
}

/// A file that was changed.
#[derive(Debug)]
pub struct Changed {
    /// What was read.
    pub before: SourceFile,
    /// What it is to hold.
    pub after: Vec<u8>,
    /// Whether it is standard input.
    pub is_stdin: bool,
    /// How often it was changed for a rule.
    fixed: BTreeMap<&'static str, usize>,
}

impl Changed {
    /// The file as it is to be.
    pub fn changed(&self) -> SourceFile {
        let before = &self.before;
        let (path, bytes) = (before.path().to_owned(), self.after.clone());
        SourceFile::new(before.id(), path, before.kind(), bytes)
    }
}

/// What rounds came to.
#[derive(Debug)]
pub struct Mended {
    /// The first run, if the last is another one.
    pub first: Option<Outcome>,
    /// The last run: what is left.
    pub last: Round,
    /// The files that changed, by their location.
    pub files: BTreeMap<String, Changed>,
    /// Why some files stay as they are, by their location.
    refused: HashMap<String, Option<RunError>>,
    /// Paths of files that only stay as they are because nothing but standard input is changed.
    pub beside: BTreeSet<String>,
    /// Fixes that were made and did not help, by path and rule: they are not made again.
    pub in_vain: BTreeSet<(String, &'static str)>,
    /// Why there may be more to change, if there may.
    pub stop: Option<Stop>,
    tried: Tried,
}

/// Why rounds ended before there was nothing more to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// There were too many.
    Rounds,
    /// The files hold again what they held before.
    Circle,
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rounds => write!(
                f,
                "stopped after {MOST_ROUNDS} rounds of changes: run docklint again for the rest"
            ),
            Self::Circle => f.write_str("stopped: the changes that are left undo each other"),
        }
    }
}

/// So many rounds are made at most: some fixes of a stage go to the same place, one a round.
const MOST_ROUNDS: usize = 100;

/// The fixes of a run's findings: the safe ones, and those that are suggested if they are wanted.
pub fn of_findings(round: &Round, with_suggested: bool) -> Vec<Change> {
    let fits = |applicability| with_suggested || applicability == Applicability::Safe;
    let findings = round.outcome.findings.iter();
    let fixes = findings.filter_map(|finding| {
        let mut fixes = finding.fixes.iter();
        let fix = fixes.find(|fix| fits(fix.applicability) && is_text(&fix.edits))?;
        let (rules, edits) = (vec![finding.rule], fix.edits.clone());
        Some(Change { rules, edits })
    });
    fixes.collect()
}

/// Whether what edits write is text. What they copy from a place that is none would be lost.
fn is_text(edits: &[Edit]) -> bool {
    edits.iter().all(|edit| !edit.text.contains(NO_TEXT))
}

/// What stands in a [`SourceFile`]'s text for a byte that is none.
const NO_TEXT: char = '\u{1a}';

/// Lints, changes what `pick` says, and begins anew until there is nothing more to change. Nothing
/// is written.
pub fn in_rounds(
    mut lint: impl FnMut(&Edited) -> io::Result<Round>,
    mut pick: impl FnMut(&Round) -> Vec<Change>,
) -> io::Result<Mended> {
    let mut mended = Mended {
        first: None,
        last: lint(&Edited::default())?,
        files: BTreeMap::new(),
        refused: HashMap::new(),
        beside: BTreeSet::new(),
        in_vain: BTreeSet::new(),
        stop: None,
        tried: Tried::default(),
    };
    let mut seen = BTreeSet::from([mended.state()]);
    for round in 0.. {
        let changes = pick(&mended.last);
        let changes = mended.allowed(changes);
        if round == MOST_ROUNDS && !changes.is_empty() {
            mended.stop = Some(Stop::Rounds);
        }
        if round == MOST_ROUNDS || !mended.apply(&changes) {
            break;
        }
        let files = mended.files.iter();
        let edited = files.map(|(location, file)| (location.clone(), file.after.clone()));
        let next = lint(&edited.collect())?;
        let previous = std::mem::replace(&mut mended.last, next);
        mended.first.get_or_insert(previous.outcome);
        if !seen.insert(mended.state()) {
            mended.stop = Some(Stop::Circle);
            break;
        }
    }
    Ok(mended)
}

impl Mended {
    /// What tells what the files hold now from what they held in other rounds.
    fn state(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (location, file) in &self.files {
            (location, &file.after).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The changes that change something, in files that may be changed.
    fn allowed(&mut self, mut changes: Vec<Change>) -> Vec<Change> {
        changes.retain(|change| {
            let sources = &self.last.outcome.sources;
            let replaces = |edit: &Edit| {
                let source = sources.get(edit.file.0 as usize);
                source.is_some_and(|source| source.slice(edit.span) != edit.text)
            };
            let mut edits = change.edits.iter();
            change.edits.iter().any(replaces) && edits.all(|edit| self.may_change(edit.file))
        });
        changes.retain(|change| !self.is_in_vain(change));
        changes
    }

    /// Whether a change was made already and its finding is still there.
    fn is_in_vain(&mut self, change: &Change) -> bool {
        let source = |edit: &Edit| self.last.outcome.sources.get(edit.file.0 as usize);
        let location = |edit: &Edit| Some(source(edit)?.location().to_owned());
        let is_again = self.tried.has(change, location);
        if let Some(source) = change.edits.first().and_then(source).filter(|_| is_again) {
            let rules = change.rules.iter();
            let told = rules.map(|rule| (source.path().to_owned(), *rule));
            self.in_vain.extend(told);
        }
        is_again
    }

    /// Applies what goes together; whether anything changed.
    fn apply(&mut self, changes: &[Change]) -> bool {
        let groups: Vec<&[Edit]> = changes.iter().map(|change| &*change.edits).collect();
        let taken = compatible(&groups);
        let mut taken: Vec<&Change> = taken.into_iter().map(|index| &changes[index]).collect();
        let texts = loop {
            let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
            for edit in taken.iter().flat_map(|change| &change.edits) {
                by_file.entry(edit.file).or_default().push(edit);
            }
            let texts = by_file.iter();
            let texts = texts.map(|(&file, edits)| (file, self.edited(file, edits)));
            let texts: BTreeMap<FileId, Option<Vec<u8>>> = texts.collect();
            // A change is made whole or not at all.
            let is_possible = |edit: &Edit| texts.get(&edit.file).is_some_and(Option::is_some);
            let before = taken.len();
            taken.retain(|change| change.edits.iter().all(is_possible));
            if taken.len() == before {
                break texts;
            }
        };
        for (file, text) in texts {
            let made = taken.iter().flat_map(|&change| {
                let edits = change.edits.iter().filter(move |edit| edit.file == file);
                edits.map(move |edit| (change, edit))
            });
            let source = &self.last.outcome.sources[file.0 as usize];
            self.tried.add(source.location(), made.collect());
            self.change(file, text.unwrap_or_default());
        }
        for change in &taken {
            self.count(change);
        }
        self.forget_unchanged();
        !taken.is_empty()
    }

    /// A file's bytes with these edits; none if it would be too large to be linted again.
    fn edited(&self, file: FileId, edits: &[&Edit]) -> Option<Vec<u8>> {
        let source = self.last.outcome.sources.get(file.0 as usize)?;
        let after = apply_on_disk(source, edits).ok()?;
        (after.len() as u64 <= SIZE_LIMIT).then_some(after)
    }

    /// A file that holds again what was read is none that changed.
    fn forget_unchanged(&mut self) {
        self.files
            .retain(|_, file| file.after != *file.before.bytes());
    }

    fn change(&mut self, file: FileId, after: Vec<u8>) {
        let source = &self.last.outcome.sources[file.0 as usize];
        let is_stdin = self.last.stdin == Some(file);
        let entry = self.files.entry(source.location().to_owned());
        let changed = entry.or_insert_with(|| Changed {
            before: source.clone(),
            after: Vec::new(),
            is_stdin,
            fixed: BTreeMap::new(),
        });
        changed.after = after;
    }

    /// Counts a change where it begins: for a fix with edits in two files as one.
    fn count(&mut self, change: &Change) {
        let first = change.edits.first().map(|edit| edit.file);
        let source = first.and_then(|file| self.last.outcome.sources.get(file.0 as usize));
        let Some(changed) = source.and_then(|source| self.files.get_mut(source.location())) else {
            return;
        };
        for rule in &change.rules {
            *changed.fixed.entry(rule).or_default() += 1;
        }
    }

    /// Whether a file may be changed. If not, the reason is told once.
    fn may_change(&mut self, file: FileId) -> bool {
        let round = &self.last;
        let Some(source) = round.outcome.sources.get(file.0 as usize) else {
            return false;
        };
        if source.is_part() || round.stdin == Some(file) {
            return !source.is_part();
        }
        // Whoever pipes a text through does not expect that anything else changes.
        if round.stdin.is_some() {
            self.beside.insert(source.path().to_owned());
            return false;
        }
        let known = self.refused.entry(source.location().to_owned());
        let refused = known.or_insert_with(|| {
            let refusal = match round.request.is_on_host(file) {
                true => Err(Refusal::OnHost),
                false => write::check(&round.root, source.location()).map(drop),
            };
            refusal.err().map(|why| why.about(source))
        });
        refused.is_none()
    }

    /// Writes the files, but not standard input. Those that cannot be written, or hold by now what
    /// nobody has read, stay as they are, and are told; whether there is none of them.
    pub fn write(&mut self) -> bool {
        let root = &self.last.root;
        let on_disk = || self.files.values().filter(|file| !file.is_stdin);
        let mut refused = Vec::new();
        let mut ready = Vec::new();
        // A fix may have edits in several files: as few as possible are written without the others.
        for file in on_disk() {
            let (location, before) = (file.before.location(), file.before.bytes());
            match write::check_unchanged(root, location, &before) {
                Ok(_) => ready.push(file),
                Err(why) => refused.push((file, why)),
            }
        }
        for file in ready {
            let (location, before) = (file.before.location(), file.before.bytes());
            if let Err(why) = write::write(root, location, &before, &file.after) {
                refused.push((file, why));
            }
        }
        let errors: Vec<(String, RunError)> = refused
            .into_iter()
            .map(|(file, why)| (file.before.location().to_owned(), why.about(&file.before)))
            .collect();
        let is_whole = errors.is_empty();
        for (location, error) in errors {
            self.files.remove(&location);
            self.refused.insert(location, Some(error));
        }
        is_whole
    }

    /// What was done, by file.
    pub fn fixed(&self) -> Vec<FixedFile> {
        let files = self.files.values().filter(|file| !file.fixed.is_empty());
        let fixed = files.map(|file| FixedFile {
            path: file.before.path().to_owned(),
            rules: file.fixed.clone(),
        });
        fixed.collect()
    }

    /// Why some files stay as they are, sorted.
    pub fn refused(&self) -> Vec<RunError> {
        let mut refused: Vec<RunError> = self.refused.values().flatten().cloned().collect();
        refused.sort();
        refused
    }

    /// What standard input is to be.
    pub fn typed(&self) -> Edited {
        let typed = self.files.iter().filter(|(_, file)| file.is_stdin);
        let typed = typed.map(|(location, file)| (location.clone(), file.after.clone()));
        typed.collect()
    }
}

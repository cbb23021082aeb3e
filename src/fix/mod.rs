//! Mending files: rounds of editing and linting in memory, then writing.
//!
//! Fixes that want the same bytes come in later rounds, and each round is judged on what the files
//! then hold, with all that they refer to.

mod suppressing;
mod write;

use std::collections::BTreeMap;
use std::io;

use hashbrown::HashMap;

use crate::check::{FixedFile, Outcome, RunError};
use crate::finding::fix::{apply_on_disk, compatible};
use crate::finding::{Applicability, Edit, Severity};
use crate::flow;
use crate::load::Edited;
use crate::rules::Selections;
use crate::source::{FileId, Root, SIZE_LIMIT, SourceFile};

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
    };
    for _ in 0..MOST_ROUNDS {
        let changes = pick(&mended.last);
        if !mended.apply(changes) {
            break;
        }
        let files = mended.files.iter();
        let edited = files.map(|(location, file)| (location.clone(), file.after.clone()));
        let next = lint(&edited.collect())?;
        let previous = std::mem::replace(&mut mended.last, next);
        mended.first.get_or_insert(previous.outcome);
    }
    Ok(mended)
}

impl Mended {
    /// Applies what goes together; whether anything changed.
    fn apply(&mut self, mut changes: Vec<Change>) -> bool {
        changes.retain(|change| {
            let mut edits = change.edits.iter();
            !change.edits.is_empty() && edits.all(|edit| self.may_change(edit.file))
        });
        let groups: Vec<&[Edit]> = changes.iter().map(|change| &*change.edits).collect();
        let taken = compatible(&groups);
        let taken: Vec<&Change> = taken.into_iter().map(|index| &changes[index]).collect();
        let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in taken.iter().flat_map(|change| &change.edits) {
            by_file.entry(edit.file).or_default().push(edit);
        }
        let mut is_changed = false;
        for (file, edits) in &by_file {
            is_changed |= self.change(*file, edits);
        }
        for change in taken {
            self.count(change);
        }
        is_changed
    }

    fn change(&mut self, file: FileId, edits: &[&Edit]) -> bool {
        let source = &self.last.outcome.sources[file.0 as usize];
        let Ok(after) = apply_on_disk(source, edits) else {
            return false;
        };
        // A file that is too large to be read would never be linted again.
        if after == *source.bytes() || after.len() as u64 > SIZE_LIMIT {
            return false;
        }
        let is_stdin = self.last.stdin == Some(file);
        let entry = self.files.entry(source.location().to_owned());
        let changed = entry.or_insert_with(|| Changed {
            before: source.clone(),
            after: Vec::new(),
            is_stdin,
            fixed: BTreeMap::new(),
        });
        changed.after = after;
        true
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

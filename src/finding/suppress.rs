//! Suppression comments: `# docklint: ignore[rule-id, …] reason` on a line of its own directly above
//! an instruction, key or assignment, or inside its continuation; `# docklint: ignore-file[…]`
//! anywhere. At the end of a line they count only in YAML and `.env`: in Dockerfiles and units a
//! `#` there is part of the value.

mod adding;
mod comment;
mod cure;

pub use adding::{Addition, Additions, Wanted, additions};

use std::collections::BTreeMap;

use comment::{Comment, Syntax, comments};

use super::{Edit, Finding, Label, Role};
use crate::source::{FileId, Location, SourceFile, Span};

/// The suppression comments of a run.
#[derive(Debug, Default)]
pub struct Suppressions {
    entries: Vec<Entry>,
    faults: Vec<(Location, Fault, Option<Cure>)>,
    unknown: Vec<(Location, String, Option<Span>)>,
    /// The entries by what they reach. Scopes of one class do not overlap, so the last one that
    /// starts before a finding is the only one that can hold it.
    reach: BTreeMap<(FileId, &'static str, Class, u32), usize>,
}

/// One rule named in one comment.
#[derive(Debug)]
struct Entry {
    rule: &'static str,
    /// The rule's name in the comment.
    location: Location,
    scope: Span,
    /// What to remove for it to be gone; the last rule takes the comment with it. None where the
    /// comment may be text of a here-document or of a block scalar.
    removal: Option<Span>,
    used: bool,
}

/// How a comment that suppresses nothing is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cure {
    /// What it does, as an instruction.
    pub title: &'static str,
    /// Bytes and what to write for them, in file order.
    pub edits: Vec<(Span, String)>,
}

/// What a comment reaches; the narrowest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Line,
    Item,
    File,
}

const CLASSES: [Class; 3] = [Class::Line, Class::Item, Class::File];

/// Why a comment suppresses nothing, whatever the rules find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// At the end of a line where `#` starts no comment.
    Trailing,
    /// Not in the form of a suppression.
    Malformed,
    /// On a line of its own with nothing directly below.
    NothingBelow,
    /// Above `# escape=` or another parser directive.
    DisablesDirective,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Trailing => {
                "at the end of a line `#` starts no comment here: put the suppression on a line of its own above"
            }
            Self::Malformed => {
                "not a suppression: write `# docklint: ignore[rule-id] reason` or `# docklint: ignore-file[rule-id] reason`"
            }
            Self::NothingBelow => {
                "suppresses nothing: it stands neither directly above an instruction, key or assignment nor inside one"
            }
            Self::DisablesDirective => {
                "a comment above a parser directive turns the directive into a comment: move the suppression below it"
            }
        })
    }
}

/// Something to tell about a suppression comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// It hid nothing, although its rule ran on all of the file.
    Unused(&'static str, Option<Span>),
    /// It names no rule.
    Unknown(String, Option<Span>),
    /// It cannot hide anything.
    Faulty(Fault, Option<Cure>),
}

/// Faulty comments of one file that are told, and as many unknown rules in them: to say what was meant
/// costs more than to read it.
const MOST_TOLD: usize = 2_000;

/// Rules in comments of one file for which a way to take them out is worked out.
const MOST_REMOVABLE: usize = 5_000;

impl Suppressions {
    /// Reads the comments of a file.
    ///
    /// `items` gives the spans of its instructions, keys or assignments in file order, without
    /// overlap; it is asked only if the file has a suppression. `is_cut` says that docklint looks at its
    /// first part only. `resolve` gives the id for a rule's name or alias.
    pub fn add(
        &mut self,
        file: &SourceFile,
        items: impl FnOnce() -> Vec<Span>,
        is_cut: bool,
        resolve: impl Fn(&str) -> Option<&'static str>,
    ) {
        let Some(syntax) = Syntax::of(file.kind()) else {
            return;
        };
        let mut items = Some(items);
        let mut spans = Vec::new();
        for comment in comments(file.text(), &syntax) {
            if let Some(items) = items.take() {
                spans = items();
            }
            self.take(file, &comment, &syntax, &spans, is_cut, &resolve);
        }
    }

    fn take(
        &mut self,
        file: &SourceFile,
        comment: &Comment<'_>,
        syntax: &Syntax,
        items: &[Span],
        is_cut: bool,
        resolve: &impl Fn(&str) -> Option<&'static str>,
    ) {
        let location = |span| Location {
            file: file.id(),
            span,
        };
        let read = comment.directive().and_then(|directive| {
            Ok((
                comment.scope(directive.whole_file, syntax, items)?,
                directive,
            ))
        });
        // Nobody knows what stands behind the last item of a file that is cut.
        let is_behind = is_cut
            && items
                .last()
                .is_none_or(|last| last.start as usize <= comment.start);
        let ((class, scope), directive) = match read {
            Ok(read) => read,
            Err(_) if is_behind => return,
            Err(_) if has_many(&self.faults, MOST_TOLD, |(at, ..)| at, file) => return,
            Err(fault) => {
                let end = file.line_end();
                let cure = comment.cure(fault, syntax, items, end, resolve);
                return self.faults.push((location(comment.span()), fault, cure));
            }
        };
        // What stands above everything belongs to the first item.
        let is_first = class == Class::Item && items.first() == Some(&scope);
        let scope = match is_first {
            true => Span { start: 0, ..scope },
            false => scope,
        };
        // Looked at to take it out, if it turns out to be useless.
        let is_removable = !has_many(&self.entries, MOST_REMOVABLE, |it| &it.location, file)
            && comment.is_surely_one(syntax, items);
        for (index, &(name, span)) in directive.rules.iter().enumerate() {
            let location = location(span);
            let removal = comment.without(&directive, index);
            let removal = removal.filter(|_| is_removable);
            let Some(rule) = resolve(name) else {
                if is_behind || has_many(&self.unknown, MOST_TOLD, |(at, ..)| at, file) {
                    continue;
                }
                self.unknown.push((location, name.to_owned(), removal));
                continue;
            };
            // The first of two equal ones does the work; the other one is unused.
            self.reach
                .entry((file.id(), rule, class, scope.start))
                .or_insert(self.entries.len());
            self.entries.push(Entry {
                rule,
                location,
                scope,
                removal,
                // Nor what there would be to hide in all of it.
                used: is_cut,
            });
        }
    }

    /// Whether comments hide the finding. They hide places, each that starts in what a comment is
    /// about: the primary one and those like it. While one of them is left, the finding stands there.
    pub fn hides(&mut self, finding: &mut Finding) -> bool {
        let mut kept = Vec::with_capacity(finding.labels.len());
        let mut hidden = Vec::new();
        let mut vacant = None;
        for label in finding.labels.drain(..) {
            let can_hide = matches!(label.role, Role::Primary | Role::Alike);
            let scope = can_hide.then(|| self.scope_of(finding.rule, label.location));
            match scope.flatten() {
                None => kept.push(label),
                Some(scope) => {
                    hidden.push(scope);
                    if label.role == Role::Primary {
                        vacant = Some((kept.len(), label.text));
                    }
                }
            }
        }
        finding.labels = kept;
        if let Some((at, text)) = vacant {
            let mut labels = finding.labels.iter();
            let Some(next) = labels.position(|label| label.role == Role::Alike) else {
                return true;
            };
            let location = finding.labels.remove(next).location;
            let role = Role::Primary;
            finding.labels.insert(
                at,
                Label {
                    location,
                    role,
                    text,
                },
            );
        }
        // What is to stay as it is must not be mended along with the rest.
        finding.fixes.retain(|fix| {
            let mut edits = fix.edits.iter();
            !edits.any(|edit| hidden.iter().any(|scope| touches(edit, scope)))
        });
        false
    }

    /// What the narrowest comment that hides a place is about.
    fn scope_of(&mut self, rule: &'static str, place: Location) -> Option<Location> {
        let Location { file, span } = place;
        for class in CLASSES {
            let (from, to) = ((file, rule, class, 0), (file, rule, class, span.start));
            let Some((_, &index)) = self.reach.range(from..=to).next_back() else {
                continue;
            };
            let Some(entry) = self.entries.get_mut(index) else {
                continue;
            };
            if span.start < entry.scope.end {
                entry.used = true;
                let span = entry.scope;
                return Some(Location { file, span });
            }
        }
        None
    }

    /// What is to be told, once all findings were judged. `ran` says whether a rule ran for a file:
    /// only then is it known that there was nothing to hide.
    pub fn complaints(&self, ran: impl Fn(FileId, &str) -> bool) -> Vec<(Location, Complaint)> {
        let unused = self
            .entries
            .iter()
            .filter(|entry| !entry.used && ran(entry.location.file, entry.rule))
            .map(|entry| (entry.location, Complaint::Unused(entry.rule, entry.removal)));
        let unknown = self.unknown.iter().map(|(location, name, removal)| {
            (*location, Complaint::Unknown(name.clone(), *removal))
        });
        let faulty = self
            .faults
            .iter()
            .map(|(location, fault, cure)| (*location, Complaint::Faulty(*fault, cure.clone())));
        unused.chain(unknown).chain(faulty).collect()
    }
}

/// Whether the end of a list, to which files add one after the other, has so many of this file.
fn has_many<T>(list: &[T], most: usize, at: fn(&T) -> &Location, file: &SourceFile) -> bool {
    let first = list.len().checked_sub(most).and_then(|at| list.get(at));
    first.is_some_and(|first| at(first).file == file.id())
}

/// Whether an edit changes what a comment is about.
fn touches(edit: &Edit, scope: &Location) -> bool {
    let (edited, kept) = (edit.span, scope.span);
    edit.file == scope.file && edited.start < kept.end && kept.start < edited.end
}

#[cfg(test)]
mod tests;

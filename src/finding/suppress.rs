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

/// Faulty comments that are told in one run, and unknown rules in them: to say what was meant costs
/// more than to read it.
const MOST_TOLD: usize = 2_000;

/// Rules in comments for which a way to take them out is worked out.
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
        let is_told = self.faults.len() + self.unknown.len() < MOST_TOLD;
        let ((class, scope), directive) = match read {
            Ok(read) => read,
            Err(_) if is_behind || !is_told => return,
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
        let is_removable = self.entries.len() + self.unknown.len() < MOST_REMOVABLE
            && comment.is_surely_one(syntax, items);
        for (index, &(name, span)) in directive.rules.iter().enumerate() {
            let location = location(span);
            let removal = comment.without(&directive, index);
            let removal = removal.filter(|_| is_removable);
            let Some(rule) = resolve(name) else {
                if is_behind || !is_told {
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

/// Whether an edit changes what a comment is about.
fn touches(edit: &Edit, scope: &Location) -> bool {
    let (edited, kept) = (edit.span, scope.span);
    edit.file == scope.file && edited.start < kept.end && kept.start < edited.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Applicability, Severity};
    use crate::source::FileKind;

    /// Every line that is neither blank nor a comment is an item, continued by a backslash.
    fn items(text: &str) -> Vec<Span> {
        let mut items: Vec<Span> = Vec::new();
        let mut continued = false;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let body = line.trim_start_matches('\u{feff}').trim();
            let start = at + (line.len() - line.trim_start().len());
            at += line.len();
            if body.is_empty() || body.starts_with(['#', ';']) {
                continue;
            }
            let span = Span::new(start, start + body.len());
            match items.last_mut() {
                Some(last) if continued => *last = last.to(span),
                _ => items.push(span),
            }
            continued = body.ends_with('\\');
        }
        items
    }

    fn resolve(name: &str) -> Option<&'static str> {
        ["one", "two"].into_iter().find(|rule| *rule == name)
    }

    /// The texts that rule `one` finds ("!" in the text) and no comment hides, then the complaints
    /// with the text they are about.
    fn judge(kind: FileKind, text: &str) -> (Vec<usize>, Vec<(Complaint, String)>) {
        let file = SourceFile::new(FileId(3), "f".into(), kind, text.into());
        let mut suppressions = Suppressions::default();
        suppressions.add(&file, || items(text), false, resolve);
        let mut left = Vec::new();
        for (at, _) in text.match_indices('!') {
            let location = Location {
                file: file.id(),
                span: Span::new(at, at + 1),
            };
            let mut finding = Finding::new("one", Severity::Warning, location, "", "");
            if !suppressions.hides(&mut finding) {
                left.push(file.lines().line(at));
            }
        }
        let complaints = suppressions.complaints(|_, rule| rule == "one");
        let complaints = complaints.into_iter().map(|(at, complaint)| {
            let complaint = match complaint {
                Complaint::Unused(..) => complaint,
                Complaint::Unknown(name, _) => Complaint::Unknown(name, None),
                Complaint::Faulty(fault, _) => Complaint::Faulty(fault, None),
            };
            (complaint, file.slice(at.span).to_owned())
        });
        (left, complaints.collect())
    }

    fn dockerfile(text: &str) -> (Vec<usize>, Vec<(Complaint, String)>) {
        judge(FileKind::Dockerfile, text)
    }

    fn fault(fault: Fault, at: &str) -> Vec<(Complaint, String)> {
        vec![(Complaint::Faulty(fault, None), at.to_owned())]
    }

    #[test]
    fn a_line_above_hides_in_the_next_instruction_only() {
        let (left, complaints) =
            dockerfile("FROM a\n# docklint: ignore[one] because\nRUN !a && \\\n  !b\nRUN !c\n");
        assert_eq!((left, complaints), (vec![5], vec![]));
        let (left, complaints) =
            dockerfile("  #docklint:ignore[ two , one ]\r\n# why\r\n  RUN !\r\n");
        assert_eq!((left, complaints), (vec![], vec![]));
    }

    /// The places left of one finding about every "!" of a Dockerfile, the primary one first, and
    /// how many of its two fixes: one that removes what is at the last "!", one at the file's end.
    fn left_of_one(text: &str) -> Option<(Vec<usize>, usize)> {
        let kind = FileKind::Dockerfile;
        let file = SourceFile::new(FileId(3), "f".into(), kind, text.into());
        let mut suppressions = Suppressions::default();
        suppressions.add(&file, || items(text), false, resolve);
        let mut places = text.match_indices('!').map(|(at, _)| Location {
            file: file.id(),
            span: Span::new(at, at + 1),
        });
        let mut finding = Finding::new("one", Severity::Warning, places.next()?, "first", "");
        finding.also(places, "too");
        let last = finding.labels.last()?.location.span;
        for span in [last, Span::at(text.len())] {
            let (file, text) = (file.id(), String::new());
            finding.fix("", Applicability::Safe, vec![Edit { file, span, text }]);
        }
        if suppressions.hides(&mut finding) {
            return None;
        }
        assert_eq!(finding.labels[0].role, Role::Primary);
        assert_eq!(finding.labels[0].text, "first");
        assert_eq!(
            suppressions.complaints(|_, _| true),
            [],
            "every comment hides something"
        );
        let lines = finding.labels.iter();
        let lines = lines.map(|label| file.lines().line(label.location.span.start as usize));
        Some((lines.collect(), finding.fixes.len()))
    }

    #[test]
    fn a_finding_stays_for_the_places_that_are_left() {
        let ignore = "# docklint: ignore[one]";
        let left = |text: &str| left_of_one(&text.replace('#', ignore));
        assert_eq!(left("A !\nB !\nC !\n"), Some((vec![1, 2, 3], 2)));
        assert_eq!(left("A !\n#\nB !\nC !\n"), Some((vec![1, 4], 2)));
        assert_eq!(left("A !\nB !\n#\nC !\n"), Some((vec![1, 2], 1)));
        assert_eq!(
            left("#\nA !\nB !\nC !\n"),
            Some((vec![3, 4], 2)),
            "it moves"
        );
        assert_eq!(left("#\nA !\n#\nB !\nC !\n"), Some((vec![5], 2)));
        assert_eq!(left("#\nA !\n#\nB !\n#\nC !\n"), None);
    }

    #[test]
    fn a_line_inside_a_continuation_hides_in_it() {
        let (left, _) = dockerfile("RUN !a && \\\n# docklint: ignore[one]\n  !b\nRUN !c\n");
        assert_eq!(left, [4]);
    }

    #[test]
    fn a_file_comment_hides_everywhere() {
        let (left, complaints) =
            dockerfile("# escape=`\n# docklint: ignore-file[one]\nRUN !\nRUN !\n");
        assert_eq!((left, complaints), (vec![], vec![]));
        let (left, _) = dockerfile("RUN !\n# docklint: ignore-file[one]");
        assert!(left.is_empty());
    }

    #[test]
    fn unused_ones_are_told_if_their_rule_ran() {
        let (_, complaints) = dockerfile("# docklint: ignore[two, one]\nRUN a\n");
        let [(Complaint::Unused("one", Some(removal)), at)] = &complaints[..] else {
            panic!("{complaints:?}");
        };
        assert_eq!((*removal, &**at), (Span::new(22, 27), "one"));
        let (_, complaints) =
            dockerfile("# docklint: ignore[one]\n# docklint: ignore[one]\nRUN !\n");
        assert_eq!(complaints.len(), 1, "the second one has nothing left to do");
    }

    /// The text without its unused rules, one after the other.
    fn without_unused(kind: FileKind, text: &str) -> String {
        let mut text = text.to_owned();
        loop {
            let (_, complaints) = judge(kind, &text);
            let removals = complaints
                .into_iter()
                .filter_map(|(complaint, _)| match complaint {
                    Complaint::Unused(_, removal) => removal,
                    _ => None,
                });
            let Some(removal) = removals.into_iter().next() else {
                return text;
            };
            text.replace_range(removal.range(), "");
        }
    }

    #[test]
    fn a_comment_goes_with_its_last_rule() {
        for (text, left) in [
            ("# docklint: ignore[one]\nRUN a\n", "RUN a\n"),
            (
                "\u{feff}# docklint: ignore[one] x\r\nRUN a\r\n",
                "\u{feff}RUN a\r\n",
            ),
            (
                "A\n  # docklint: ignore[ one , one ] x\n  RUN a",
                "A\n  RUN a",
            ),
            ("RUN a\n# docklint: ignore-file[one]", "RUN a\n"),
            (
                "RUN a \\\n  # docklint: ignore[one]\n  b\n",
                "RUN a \\\n  b\n",
            ),
            // It may be text.
            (
                "RUN a <<E \\\n# docklint: ignore[one]\nE\n",
                "RUN a <<E \\\n# docklint: ignore[one]\nE\n",
            ),
            // To some readers more than a comment.
            (
                "# docklint: ignore[one]\rRUN b\nRUN a",
                "# docklint: ignore[one]\rRUN b\nRUN a",
            ),
            (
                "# docklint: ignore[two, one] x\nRUN a\n",
                "# docklint: ignore[two] x\nRUN a\n",
            ),
            (
                "# docklint: ignore[one , two] x\nRUN a\n",
                "# docklint: ignore[two] x\nRUN a\n",
            ),
        ] {
            assert_eq!(without_unused(FileKind::Dockerfile, text), left, "{text}");
        }
    }

    #[test]
    fn unknown_rules_are_told() {
        let (_, complaints) = dockerfile("# docklint: ignore[öne]\nRUN !\n");
        assert_eq!(
            complaints,
            [(Complaint::Unknown("öne".into(), None), "öne".into())]
        );
    }

    #[test]
    fn the_end_of_a_line_is_no_place_in_dockerfiles_and_units() {
        let comment = "# docklint: ignore[one] x";
        for kind in [FileKind::Dockerfile, FileKind::Unit] {
            let (left, complaints) = judge(kind, &format!("ENV A=! {comment}\n"));
            assert_eq!(
                (left, complaints),
                (vec![1], fault(Fault::Trailing, comment))
            );
        }
        for kind in [FileKind::Compose, FileKind::Dotenv] {
            let (left, complaints) = judge(kind, &format!("A: ! {comment}\nB: !\n"));
            assert_eq!((left, complaints), (vec![2], vec![]));
        }
    }

    #[test]
    fn comments_that_cannot_hide_anything_are_told() {
        for (text, why) in [
            ("# docklint: ignore one", Fault::Malformed),
            ("# docklint: ignore[]", Fault::Malformed),
            ("# docklint: ignore[one", Fault::Malformed),
            ("# docklint: off", Fault::Malformed),
            ("# docklint: ignore[one]", Fault::NothingBelow),
        ] {
            let (left, complaints) = dockerfile(&format!("{text}\n\nRUN !\n"));
            assert_eq!((left, complaints), (vec![3], fault(why, text)));
        }
        let (_, complaints) = dockerfile("# docklint: ignore-file[one]\n# escape=`\nRUN !\n");
        assert_eq!(
            complaints,
            fault(Fault::DisablesDirective, "# docklint: ignore-file[one]")
        );
    }

    #[test]
    fn mentions_are_not_comments() {
        for text in [
            "RUN echo docklint: ignore[one]\n",
            "RUN a#docklint: ignore[one]\n",
            "# see docklint: ignore[one]\nRUN a\n",
            "# write # docklint: ignore[one]\nRUN a\n",
            "RUN echo # docklint: says\n",
        ] {
            assert_eq!(dockerfile(text), (vec![], vec![]), "{text}");
        }
        let json = judge(FileKind::DaemonJson, "# docklint: ignore[one]\n{}\n");
        assert_eq!(json.1, []);
    }

    #[test]
    fn units_have_two_comment_characters() {
        let (left, complaints) = judge(FileKind::Unit, "; docklint: ignore[one]\nEnvironment=!\n");
        assert_eq!((left, complaints), (vec![], vec![]));
    }

    proptest::proptest! {
        /// Whatever the text, nothing panics and every complaint has its place in it.
        #[test]
        fn any_text_is_read(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "# ", "docklint:", " ignore[", "ignore-file[", "one", "é", ",", "]", "\n", "\r\n",
                "\u{feff}", "\t", ";", "RUN !", "\\\n", "# escape=`\n",
            ]), 0..40)
        ) {
            let text = parts.concat();
            for kind in FileKind::ALL {
                judge(kind, &text);
            }
        }
    }
}

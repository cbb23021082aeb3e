//! Writing suppression comments for what is found.

use std::collections::{BTreeMap, BTreeSet};

use super::comment::{Comment, Syntax, comments, is_directive};
use super::{Class, Edit};
use crate::source::{SourceFile, Span};

/// A place to hide, and for which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The first byte of the place.
    pub at: u32,
    /// The rule.
    pub rule: &'static str,
    /// Hide the rule in the whole file: a narrower comment did not do.
    pub in_whole_file: bool,
}

/// A comment, new or with more rules, and for which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// The rules it hides.
    pub rules: Vec<&'static str>,
    /// The edit that writes it.
    pub edit: Edit,
}

/// Where a comment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    /// On top of the file.
    File,
    /// Above the line at this offset, for the item that begins there.
    Above { line: usize, item: usize },
    /// At the end of the line at this offset.
    Behind { line: usize },
}

impl Spot {
    /// What a comment there reaches.
    fn reach(self) -> (Class, usize) {
        match self {
            Self::File => (Class::File, 0),
            Self::Above { item, .. } => (Class::Item, item),
            Self::Behind { line } => (Class::Line, line),
        }
    }
}

/// The comments that hide `wanted` in a file; none where there are no comments. `items` as for
/// [`Suppressions::add`](super::Suppressions::add).
pub fn additions(
    file: &SourceFile,
    items: &[Span],
    wanted: &[Wanted],
    reason: &str,
) -> Option<Vec<Addition>> {
    let syntax = Syntax::of(file.kind())?;
    let mut spots: BTreeMap<Spot, BTreeSet<&'static str>> = BTreeMap::new();
    for place in wanted {
        let spot = match place.in_whole_file {
            true => Spot::File,
            false => spot(file, items, place.at as usize, &syntax),
        };
        spots.entry(spot).or_default().insert(place.rule);
    }
    let known: BTreeMap<(Class, usize), Known> = comments(file.text(), &syntax)
        .filter_map(|comment| known(&comment, &syntax, items))
        .collect();
    let additions = spots.into_iter().filter_map(|(spot, mut rules)| {
        let (span, text) = match known.get(&spot.reach()) {
            Some(known) => {
                rules.retain(|rule| !known.names.iter().any(|name| name == rule));
                (Span::at(known.end), format!(", {}", list(&rules)))
            }
            None => new(file, spot, &list(&rules), reason),
        };
        let edit = Edit {
            file: file.id(),
            span,
            text,
        };
        let rules: Vec<_> = rules.into_iter().collect();
        (!rules.is_empty()).then_some(Addition { rules, edit })
    });
    Some(additions.collect())
}

/// A comment that is there already: what it names, and the end of the last name.
struct Known {
    names: Vec<String>,
    end: usize,
}

fn known(
    comment: &Comment<'_>,
    syntax: &Syntax,
    items: &[Span],
) -> Option<((Class, usize), Known)> {
    let directive = comment.directive().ok()?;
    let (class, scope) = comment.scope(directive.whole_file, syntax, items).ok()?;
    let (_, last) = directive.rules.last()?;
    let end = last.end as usize;
    let names = directive.rules.iter().map(|(name, _)| (*name).to_owned());
    let names = names.collect();
    Some(((class, scope.start as usize), Known { names, end }))
}

fn list(rules: &BTreeSet<&'static str>) -> String {
    rules.iter().copied().collect::<Vec<_>>().join(", ")
}

/// Where the comment for a place goes: above what it stands in, if a comment can stand there.
fn spot(file: &SourceFile, items: &[Span], at: usize, syntax: &Syntax) -> Spot {
    let begun = items.partition_point(|item| item.start as usize <= at);
    let item = begun.checked_sub(1).and_then(|index| items.get(index));
    let Some(item) = item.filter(|item| at < item.end as usize) else {
        return Spot::File;
    };
    let start = item.start as usize;
    let line = file.lines().line_start(file.lines().line(start));
    let before = file.text().get(line..start).unwrap_or_default();
    if before.trim_start_matches(BOM).trim().is_empty() {
        return Spot::Above { line, item: start };
    }
    match syntax.trailing && !file.slice(*item).trim_end().contains('\n') {
        true => Spot::Behind { line },
        false => Spot::File,
    }
}

const BOM: char = '\u{feff}';

/// Where a new comment is written, and its text.
fn new(file: &SourceFile, spot: Spot, rules: &str, reason: &str) -> (Span, String) {
    let text = file.text();
    let end = match text.split_inclusive('\n').next() {
        Some(line) if line.ends_with("\r\n") => "\r\n",
        _ => "\n",
    };
    let blank = if reason.is_empty() { "" } else { " " };
    match spot {
        Spot::File => (
            Span::at(below_directives(text)),
            format!("# docklint: ignore-file[{rules}]{blank}{reason}{end}"),
        ),
        Spot::Above { line, item } => {
            let before = text.get(line..item).unwrap_or_default();
            let indent = before.trim_start_matches(BOM);
            (
                Span::at(item - indent.len()),
                format!("{indent}# docklint: ignore[{rules}]{blank}{reason}{end}"),
            )
        }
        Spot::Behind { line } => {
            let rest = text.get(line..).unwrap_or_default();
            let rest = rest.split('\n').next().unwrap_or_default();
            let rest = rest.strip_suffix('\r').unwrap_or(rest);
            (
                Span::at(line + rest.len()),
                format!(" # docklint: ignore[{rules}]{blank}{reason}"),
            )
        }
    }
}

/// Below the lines that a comment above would disable, and behind a byte order mark.
fn below_directives(text: &str) -> usize {
    let lines = text.split_inclusive('\n');
    let directives = lines.take_while(|line| line.ends_with('\n') && is_directive(line));
    match directives.map(str::len).sum() {
        0 if text.starts_with(BOM) => BOM.len_utf8(),
        end => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::fix;
    use crate::source::{FileId, FileKind};

    /// The text with comments for a rule at each `!`.
    fn with(kind: FileKind, text: &str, items: &[&str]) -> String {
        let file = SourceFile::new(FileId(0), "f".into(), kind, text.into());
        let items = items.iter().map(|item| {
            let start = text.find(item).unwrap();
            Span::new(start, start + item.len())
        });
        let items: Vec<Span> = items.collect();
        let wanted = text.match_indices('!').map(|(at, _)| Wanted {
            at: u32::try_from(at).unwrap(),
            rule: "one",
            in_whole_file: false,
        });
        let wanted: Vec<Wanted> = wanted.collect();
        let added = additions(&file, &items, &wanted, "later").unwrap();
        let edits: Vec<&Edit> = added.iter().map(|addition| &addition.edit).collect();
        fix::apply(text, &edits).unwrap()
    }

    #[test]
    fn comments_stand_above_with_the_same_indentation_and_line_end() {
        let dockerfile = FileKind::Dockerfile;
        assert_eq!(
            with(
                dockerfile,
                "\u{feff}RUN !\r\n  RUN a!!\r\n",
                &["RUN !", "RUN a!!"]
            ),
            "\u{feff}# docklint: ignore[one] later\r\nRUN !\r\n  # docklint: ignore[one] later\r\n  RUN a!!\r\n"
        );
    }

    #[test]
    fn a_comment_that_is_there_takes_the_rule() {
        assert_eq!(
            with(
                FileKind::Dockerfile,
                "# docklint: ignore[two ] why\n# x\nRUN !\n",
                &["RUN !"]
            ),
            "# docklint: ignore[two, one ] why\n# x\nRUN !\n"
        );
        let done = "# docklint: ignore[one]\nRUN !\n";
        assert_eq!(with(FileKind::Dockerfile, done, &["RUN !"]), done);
    }

    #[test]
    fn what_is_in_no_item_is_hidden_in_the_file() {
        assert_eq!(
            with(FileKind::Dockerfile, "# escape=`\n# !\nRUN x\n", &["RUN x"]),
            "# escape=`\n# docklint: ignore-file[one] later\n# !\nRUN x\n"
        );
    }

    #[test]
    fn inside_a_line_the_comment_stands_behind_it_where_it_can() {
        assert_eq!(
            with(FileKind::Compose, "a: {b: !,\n  c: d}\n", &["b: !"]),
            "a: {b: !, # docklint: ignore[one] later\n  c: d}\n"
        );
    }
}

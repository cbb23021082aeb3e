//! Writing suppression comments for what is found.

use std::collections::{BTreeMap, BTreeSet};

use super::comment::{Comment, Syntax, comments, has_inner_break};
use super::{Class, Edit};
use crate::source::{SourceFile, Span};

/// A place to hide, and for which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The first byte of the place.
    pub at: u32,
    /// The rule.
    pub rule: &'static str,
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
    /// Above the line at this offset, for the item that begins there.
    Above { line: usize, item: usize },
    /// At the end of the line at this offset.
    Behind { line: usize },
}

impl Spot {
    /// What a comment there reaches.
    fn reach(self) -> (Class, usize) {
        match self {
            Self::Above { item, .. } => (Class::Item, item),
            Self::Behind { line } => (Class::Line, line),
        }
    }
}

/// What was made of places to hide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Additions {
    /// The comments.
    pub comments: Vec<Addition>,
    /// The rules that found something where no comment can stand that hides nothing else.
    pub left: BTreeSet<&'static str>,
}

/// The comments that hide `wanted` in a file; none where there are no comments. `items` as for
/// [`Suppressions::add`](super::Suppressions::add).
pub fn additions(
    file: &SourceFile,
    items: &[Span],
    wanted: &[Wanted],
    reason: &str,
) -> Option<Additions> {
    let syntax = Syntax::of(file.kind())?;
    let mut spots: BTreeMap<Spot, BTreeSet<&'static str>> = BTreeMap::new();
    let mut left = BTreeSet::new();
    for place in wanted {
        match spot(file, items, place.at as usize, &syntax) {
            Some(spot) => {
                spots.entry(spot).or_default().insert(place.rule);
            }
            None => {
                left.insert(place.rule);
            }
        }
    }
    let known: BTreeMap<(Class, usize), Known> = comments(file.text(), &syntax)
        .filter_map(|comment| known(&comment, &syntax, items))
        .collect();
    let additions = spots.into_iter().filter_map(|(spot, mut rules)| {
        let (span, text) = match known.get(&spot.reach()) {
            Some(known) => {
                let (known_ones, new_ones) = rules
                    .iter()
                    .partition(|rule| known.names.iter().any(|name| name == *rule));
                rules = new_ones;
                // Found all the same: another comment would not do either.
                left.extend::<BTreeSet<_>>(known_ones);
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
    Some(Additions {
        comments: additions.collect(),
        left,
    })
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

/// Where the comment for a place goes: above what it stands in, if a comment can stand there. What
/// stands above everything belongs to the first item.
fn spot(file: &SourceFile, items: &[Span], at: usize, syntax: &Syntax) -> Option<Spot> {
    let begun = items.partition_point(|item| item.start as usize <= at);
    let item = match begun.checked_sub(1) {
        None => items.first()?,
        Some(index) => items.get(index).filter(|item| at < item.end as usize)?,
    };
    let start = item.start as usize;
    let line = file.lines().line_start(file.lines().line(start));
    let whole = file.text().get(line..).unwrap_or_default();
    if has_inner_break(whole.split('\n').next().unwrap_or_default()) {
        return None;
    }
    let before = whole.get(..start - line).unwrap_or_default();
    if before.trim_start_matches(BOM).trim().is_empty() {
        return Some(Spot::Above { line, item: start });
    }
    let is_one_line = !file.slice(*item).trim_end().contains('\n');
    (syntax.trailing && is_one_line).then_some(Spot::Behind { line })
}

const BOM: char = '\u{feff}';

/// Where a new comment is written, and its text.
fn new(file: &SourceFile, spot: Spot, rules: &str, reason: &str) -> (Span, String) {
    let (text, end) = (file.text(), file.line_end());
    let blank = if reason.is_empty() { "" } else { " " };
    match spot {
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
        });
        let wanted: Vec<Wanted> = wanted.collect();
        let added = additions(&file, &items, &wanted, "later").unwrap();
        let edits: Vec<&Edit> = added
            .comments
            .iter()
            .map(|addition| &addition.edit)
            .collect();
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
    fn what_is_above_everything_belongs_to_the_first_item() {
        assert_eq!(
            with(FileKind::Dockerfile, "# escape=`\n# !\nRUN x\n", &["RUN x"]),
            "# escape=`\n# !\n# docklint: ignore[one] later\nRUN x\n"
        );
    }

    #[test]
    fn what_is_in_no_item_is_left() {
        let text = "RUN x\n# !\n";
        assert_eq!(with(FileKind::Dockerfile, text, &["RUN x"]), text);
        assert_eq!(with(FileKind::Compose, "!\n", &[]), "!\n");
        let text = "a: 1\rb: !\rc: 2\r";
        assert_eq!(with(FileKind::Compose, text, &["b: !"]), text);
        let text = "a: {b: [!,\n  c]}\n";
        assert_eq!(with(FileKind::Compose, text, &["b: [!,\n  c]"]), text);
    }

    #[test]
    fn inside_a_line_the_comment_stands_behind_it_where_it_can() {
        assert_eq!(
            with(FileKind::Compose, "a: {b: !,\n  c: d}\n", &["b: !"]),
            "a: {b: !, # docklint: ignore[one] later\n  c: d}\n"
        );
    }
}

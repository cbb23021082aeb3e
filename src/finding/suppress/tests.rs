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
    let (left, complaints) = dockerfile("  #docklint:ignore[ two , one ]\r\n# why\r\n  RUN !\r\n");
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
    let (left, complaints) = dockerfile("# escape=`\n# docklint: ignore-file[one]\nRUN !\nRUN !\n");
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
    let (_, complaints) = dockerfile("# docklint: ignore[one]\n# docklint: ignore[one]\nRUN !\n");
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
fn what_one_file_has_too_much_of_is_told_of_the_next() {
    let text = "# docklint: ignore[other]\nRUN a\n".repeat(MOST_TOLD + 1);
    let file = |id| {
        let kind = FileKind::Dockerfile;
        SourceFile::new(FileId(id), "f".into(), kind, text.clone().into())
    };
    let mut suppressions = Suppressions::default();
    for id in 0..2 {
        suppressions.add(&file(id), || items(&text), false, resolve);
    }
    let complaints = suppressions.complaints(|_, _| true);
    assert_eq!(complaints.len(), 2 * MOST_TOLD);
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

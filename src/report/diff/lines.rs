//! Which lines two texts have in common: Myers' algorithm ("An O(ND) difference algorithm", 1986),
//! on what is left between their common beginning and end.

use std::ops::Range;

/// Lines that were replaced: those of the old text by those of the new one, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replaced {
    pub old: Range<usize>,
    pub new: Range<usize>,
}

/// So many lines may differ before all between the first and the last count as replaced.
const MOST_DIFFERENT: usize = 1000;

/// The lines that differ, in order.
pub(super) fn replaced(old: &[&str], new: &[&str]) -> Vec<Replaced> {
    let same = |(old, new): &(&&str, &&str)| old == new;
    let begin = old.iter().zip(new).take_while(same).count();
    let (old_rest, new_rest) = (&old[begin..], &new[begin..]);
    let pairs = old_rest.iter().rev().zip(new_rest.iter().rev());
    let end = pairs.take_while(same).count();
    let old_rest = &old_rest[..old_rest.len() - end];
    let new_rest = &new_rest[..new_rest.len() - end];
    let mut all = Vec::new();
    let mut at = (begin, begin);
    let stop = (old.len() - end, new.len() - end);
    for (x, y) in common(old_rest, new_rest) {
        push(&mut all, at, (begin + x, begin + y));
        at = (begin + x + 1, begin + y + 1);
    }
    push(&mut all, at, stop);
    all
}

fn push(all: &mut Vec<Replaced>, from: (usize, usize), to: (usize, usize)) {
    if from != to {
        all.push(Replaced {
            old: from.0..to.0,
            new: from.1..to.1,
        });
    }
}

/// The lines of a longest common part, each by its place in both texts.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let Some(rows) = rows(old, new) else {
        return Vec::new();
    };
    let mut common = Vec::new();
    let (mut x, mut y) = (old.len(), new.len());
    for (d, row) in rows.iter().enumerate().rev() {
        // A row's diagonals differ by two: `x - y` is `2 j - d`.
        let j = (x + d - y) / 2;
        let (from, comes_down) = begin(row, d, j);
        while x > from {
            (x, y) = (x - 1, y - 1);
            common.push((x, y));
        }
        match comes_down {
            true => y = y.saturating_sub(1),
            false => x = x.saturating_sub(1),
        }
    }
    common.reverse();
    common
}

/// Where diagonal `j` of `d` differences begins, and whether by a line of the new text. `row` says
/// how far the diagonals of one difference less got.
fn begin(row: &[usize], d: usize, j: usize) -> (usize, bool) {
    let left = j.checked_sub(1).and_then(|j| row.get(j));
    match (left, row.get(j)) {
        (None, None) => (0, false),
        (None, Some(&right)) => (right, true),
        (Some(&left), Some(&right)) if left < right && j < d => (right, true),
        (Some(&left), _) => (left + 1, false),
    }
}

/// For each number of differences, from 0 to that of the texts, how far the diagonals of one
/// difference less got; none if the texts differ in too many lines.
fn rows(old: &[&str], new: &[&str]) -> Option<Vec<Vec<usize>>> {
    let mut rows = Vec::new();
    let mut row: Vec<usize> = Vec::new();
    for d in 0..=(old.len() + new.len()).min(MOST_DIFFERENT) {
        let mut next = Vec::with_capacity(d + 1);
        let mut is_done = false;
        for j in 0..=d {
            let (mut x, _) = begin(&row, d, j);
            let mut y = (x + d).saturating_sub(2 * j);
            while x < old.len() && y < new.len() && old[x] == new[y] {
                (x, y) = (x + 1, y + 1);
            }
            next.push(x);
            is_done |= x == old.len() && y == new.len();
        }
        rows.push(std::mem::replace(&mut row, next));
        if is_done {
            return Some(rows);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str) -> Vec<&str> {
        text.split_terminator(' ').collect()
    }

    fn of(old: &str, new: &str) -> Vec<(Range<usize>, Range<usize>)> {
        let all = replaced(&lines(old), &lines(new));
        all.into_iter().map(|it| (it.old, it.new)).collect()
    }

    #[test]
    fn lines_that_differ_are_found_between_those_that_do_not() {
        assert_eq!(of("a b c", "a b c"), []);
        assert_eq!(of("a b c", "a x c"), [(1..2, 1..2)]);
        assert_eq!(
            of("a b c d e", "b c x d"),
            [(0..1, 0..0), (3..3, 2..3), (4..5, 4..4)]
        );
        assert_eq!(of("", "a"), [(0..0, 0..1)]);
    }

    proptest! {
        #[test]
        fn the_rest_is_equal(old in "([abc] ){0,12}", new in "([abc] ){0,12}") {
            let (old, new) = (lines(&old), lines(&new));
            let mut built: Vec<&str> = Vec::new();
            let mut at = 0;
            for Replaced { old: gone, new: come } in replaced(&old, &new) {
                prop_assert!(!gone.is_empty() || !come.is_empty());
                built.extend(&old[at..gone.start]);
                prop_assert_eq!(built.len(), come.start);
                built.extend(&new[come]);
                at = gone.end;
            }
            built.extend(&old[at..]);
            prop_assert_eq!(built, new);
        }
    }
}

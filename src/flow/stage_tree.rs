//! Which stages build on which, so that rules can ask without walking the chain each time.

use crate::model::dockerfile::{Base, Stage};

/// A step of a walk through the stages along the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// To a stage; the last one entered and not left is what it builds on.
    Enter(usize),
    /// Back out of the last stage entered.
    Leave,
}

/// Which stages build on which. A stage's subtree is a range of places in the tree's order.
#[derive(Debug)]
pub(super) struct StageTree {
    /// The range of each stage's subtree, the stage itself first; the end is included.
    ranges: Vec<(usize, usize)>,
    /// Whether an argument names the image at the root, and not only its tag.
    chosen: Vec<bool>,
}

impl StageTree {
    /// `is_chosen` tells of a stage whether an argument names its base.
    pub(super) fn of(stages: &[Stage<'_>], is_chosen: impl Fn(&Stage<'_>) -> bool) -> Self {
        // A stage builds on an earlier one.
        let parent = |stage: usize| match stages[stage].base {
            Base::Stage(parent) => Some(parent),
            Base::Image(_) | Base::Scratch => None,
        };
        let mut sizes = vec![1; stages.len()];
        for stage in (0..stages.len()).rev() {
            if let Some(parent) = parent(stage) {
                sizes[parent] += sizes[stage];
            }
        }
        let mut ranges = Vec::with_capacity(stages.len());
        let mut chosen: Vec<bool> = Vec::with_capacity(stages.len());
        // Where the next child of each stage begins, and the next root.
        let mut next_child = Vec::with_capacity(stages.len());
        let mut next_root = 0;
        for (stage, &size) in sizes.iter().enumerate() {
            let next = match parent(stage) {
                Some(parent) => &mut next_child[parent],
                None => &mut next_root,
            };
            let start = *next;
            *next += size;
            next_child.push(start + 1);
            ranges.push((start, start + size - 1));
            chosen.push(match parent(stage) {
                Some(parent) => chosen[parent],
                None => is_chosen(&stages[stage]),
            });
        }
        Self { ranges, chosen }
    }

    /// Whether a stage is `ancestor`, or builds on it.
    pub(super) fn builds_on(&self, stage: usize, ancestor: usize) -> bool {
        let (start, end) = self.ranges[ancestor];
        (start..=end).contains(&self.ranges[stage].0)
    }

    /// The places of a stage's subtree in the tree's order, its own first; the end is included.
    pub(super) fn range(&self, stage: usize) -> (usize, usize) {
        self.ranges[stage]
    }

    /// Through all stages, each behind what it builds on. Siblings keep their order.
    pub(super) fn walk(&self) -> Vec<Visit> {
        let mut order = vec![0; self.ranges.len()];
        for (stage, &(start, _)) in self.ranges.iter().enumerate() {
            order[start] = stage;
        }
        let mut visits = Vec::with_capacity(2 * order.len());
        // The ends of the subtrees that the walk is in.
        let mut open: Vec<usize> = Vec::new();
        for stage in order {
            let (start, end) = self.ranges[stage];
            while open.pop_if(|end| *end < start).is_some() {
                visits.push(Visit::Leave);
            }
            open.push(end);
            visits.push(Visit::Enter(stage));
        }
        visits
    }

    /// Whether the caller can choose the image at the root of a stage's chain.
    pub(super) fn base_is_chosen(&self, stage: usize) -> bool {
        self.chosen.get(stage) == Some(&true)
    }

    /// The subtrees of these stages in order, each with the end of the widest one so far.
    pub(super) fn subtrees(&self, stages: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
        let mut subtrees: Vec<_> = stages.map(|stage| self.ranges[stage]).collect();
        subtrees.sort_unstable();
        subtrees.dedup();
        let mut furthest = 0;
        for (_, end) in &mut subtrees {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        subtrees
    }

    /// Whether a stage lies in one of the subtrees and is not its root. Subtrees do not overlap, so
    /// one that begins before a stage and ends behind it holds it.
    pub(super) fn is_below(&self, stage: usize, subtrees: &[(usize, usize)]) -> bool {
        let (start, end) = self.ranges[stage];
        let before = subtrees.partition_point(|&(begin, _)| begin < start);
        subtrees[..before]
            .last()
            .is_some_and(|&(_, last)| last >= end)
    }
}

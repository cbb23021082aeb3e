//! Which stages build on which.

use crate::flow::Build;
use crate::model::dockerfile::Base;

/// Which stages build on which, however long the chains are.
pub(super) struct Family {
    /// For each stage, when a walk through the tree of stages enters and leaves it.
    visits: Vec<(usize, usize)>,
}

impl Family {
    pub(super) fn new(build: &Build<'_>) -> Self {
        let stages = &build.model.stages;
        // A stage stands behind the one it builds on.
        let mut sizes = vec![1_usize; stages.len()];
        for (index, stage) in stages.iter().enumerate().rev() {
            if let Base::Stage(parent) = stage.base {
                sizes[parent] += sizes[index];
            }
        }
        let mut visits = Vec::with_capacity(stages.len());
        let mut free = vec![0; stages.len()];
        let mut next_root = 0;
        for (index, stage) in stages.iter().enumerate() {
            let slot = match stage.base {
                Base::Stage(parent) => &mut free[parent],
                Base::Image(_) | Base::Scratch => &mut next_root,
            };
            let start = *slot;
            *slot += sizes[index];
            free[index] = start + 1;
            visits.push((start, start + sizes[index]));
        }
        Self { visits }
    }

    /// Whether `stage` is `ancestor`, or builds on it.
    pub(super) fn is_below(&self, stage: usize, ancestor: usize) -> bool {
        let (start, _) = self.visits[stage];
        let (from, to) = self.visits[ancestor];
        (from..to).contains(&start)
    }
}

//! An environment as a timeline: for each name the ordered changes, looked up by position.
//!
//! Stages are simulated along the tree of `FROM stage`, depth first. A stage's changes are undone
//! when its subtree is left, so a lookup costs the same however long the chain of parents is, and
//! the whole simulation costs as many entries as there are changes.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::model::{HopId, Value};

/// A moment of the simulation. What holds *at* a moment is what all earlier changes made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u32);

/// A variable's name in a [`Timeline`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NameId(usize);

/// A variable given a value.
#[derive(Clone, Debug)]
pub struct Change<'v> {
    /// The variable.
    pub name: Arc<str>,
    /// What it is from now on.
    pub value: Value<'v>,
    /// How the value came here.
    pub hop: HopId,
    /// When.
    pub at: Moment,
    /// When the name first had a value on this way; an image's environment is ordered by it.
    pub first: Moment,
}

/// The changes of one environment.
#[derive(Debug, Default)]
pub struct Timeline<'v> {
    names: HashMap<Arc<str>, NameId>,
    changes: Vec<Change<'v>>,
    /// For each name what holds from which moment on: an index into `changes`.
    history: Vec<Vec<(Moment, Option<usize>)>>,
    /// What holds now, for each name.
    current: Vec<Option<usize>>,
    /// (name, what held before) for each change that can still be undone.
    undo: Vec<(NameId, Option<usize>)>,
    now: Moment,
}

impl<'v> Timeline<'v> {
    /// The moment now.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// Gives `name` a value from now on.
    pub fn set(&mut self, name: &str, value: Value<'v>, hop: HopId) {
        let (name, id) = self.intern(name);
        let before = self.current[id.0];
        let first = before.map_or(self.now, |change| self.changes[change].first);
        self.changes.push(Change {
            name,
            value,
            hop,
            at: self.now,
            first,
        });
        self.undo.push((id, before));
        self.record(id, Some(self.changes.len() - 1));
    }

    /// The change that gave `name` its value now.
    pub fn get(&self, name: &str) -> Option<&Change<'v>> {
        let id = self.names.get(name)?;
        self.current[id.0].map(|change| &self.changes[change])
    }

    /// The change that gave `name` its value at `moment`.
    pub fn at(&self, moment: Moment, name: &str) -> Option<&Change<'v>> {
        self.change_at(moment, *self.names.get(name)?)
    }

    /// Everything that holds at `moment`, the variables changed last at the end.
    pub fn all_at(&self, moment: Moment) -> Vec<&Change<'v>> {
        let mut all: Vec<_> = (0..self.history.len())
            .filter_map(|id| self.change_at(moment, NameId(id)))
            .collect();
        all.sort_by_key(|change| change.at);
        all
    }

    /// A point to come back to with [`undo_to`](Self::undo_to).
    pub fn mark(&self) -> usize {
        self.undo.len()
    }

    /// Undoes what was set since `mark`; what held in between stays on record.
    pub fn undo_to(&mut self, mark: usize) {
        while self.undo.len() > mark {
            let Some((id, before)) = self.undo.pop() else {
                return;
            };
            self.record(id, before);
        }
    }

    fn record(&mut self, id: NameId, change: Option<usize>) {
        self.current[id.0] = change;
        self.now.0 += 1;
        self.history[id.0].push((self.now, change));
    }

    fn change_at(&self, moment: Moment, id: NameId) -> Option<&Change<'v>> {
        let history = &self.history[id.0];
        let after = history.partition_point(|&(from, _)| from <= moment);
        let (_, change) = history[after.checked_sub(1)?];
        change.map(|change| &self.changes[change])
    }

    fn intern(&mut self, name: &str) -> (Arc<str>, NameId) {
        if let Some((name, &id)) = self.names.get_key_value(name) {
            return (Arc::clone(name), id);
        }
        let (name, id) = (Arc::from(name), NameId(self.current.len()));
        self.names.insert(Arc::clone(&name), id);
        self.current.push(None);
        self.history.push(Vec::new());
        (name, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Mechanism, Provenance};

    #[test]
    fn what_a_child_sets_is_gone_in_its_sibling_and_still_on_record() {
        let hop = Provenance::default().add(Mechanism::Env, None, &[]);
        let mut timeline = Timeline::default();
        let value = |timeline: &Timeline<'_>, at| {
            timeline
                .at(at, "A")
                .and_then(|change| change.value.as_known().map(str::to_owned))
        };
        let start = timeline.now();
        timeline.set("A", Value::known("parent"), hop);
        let parent_end = timeline.now();
        let mark = timeline.mark();
        timeline.set("A", Value::known("child"), hop);
        let child_end = timeline.now();
        timeline.undo_to(mark);
        let sibling = timeline.now();

        assert_eq!(value(&timeline, start), None);
        assert_eq!(value(&timeline, parent_end).as_deref(), Some("parent"));
        assert_eq!(value(&timeline, child_end).as_deref(), Some("child"));
        assert_eq!(value(&timeline, sibling).as_deref(), Some("parent"));
    }
}

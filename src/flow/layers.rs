//! What the steps so far left in a stage, while the stages are walked along their tree.

use std::hash::Hash;

use hashbrown::HashMap;

/// What is left of each key. A stage begins with what the one below it left; its own is undone
/// when its subtree is left, so nothing is copied however many stages build on one.
#[derive(Debug)]
pub(super) struct Layers<K, V> {
    now: HashMap<K, V>,
    /// What was there before each change that can still be undone.
    undo: Vec<(K, Option<V>)>,
    /// How many changes there were when each open stage began.
    open: Vec<usize>,
}

impl<K: Clone + Eq + Hash, V> Layers<K, V> {
    pub(super) fn new() -> Self {
        Self {
            now: HashMap::new(),
            undo: Vec::new(),
            open: Vec::new(),
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.now.get(key)
    }

    /// Leaves a value; nothing of the key is left with `None`.
    pub(super) fn set(&mut self, key: K, value: Option<V>) {
        let before = match value {
            Some(value) => self.now.insert(key.clone(), value),
            None => self.now.remove(&key),
        };
        self.undo.push((key, before));
    }

    /// Begins a stage on top of the one that was entered last.
    pub(super) fn enter(&mut self) {
        self.open.push(self.undo.len());
    }

    /// Undoes what the stage that was entered last did.
    pub(super) fn leave(&mut self) {
        let begin = self.open.pop().unwrap_or_default();
        while self.undo.len() > begin
            && let Some((key, before)) = self.undo.pop()
        {
            match before {
                Some(value) => self.now.insert(key, value),
                None => self.now.remove(&key),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Layers;

    #[test]
    fn a_stage_sees_what_is_below_it_and_not_what_its_siblings_left() {
        let mut layers = Layers::new();
        layers.enter();
        layers.set("a", Some(1));
        layers.set("b", Some(1));
        layers.enter();
        layers.set("a", Some(2));
        layers.set("b", None);
        assert_eq!((layers.get(&"a"), layers.get(&"b")), (Some(&2), None));
        layers.leave();
        assert_eq!((layers.get(&"a"), layers.get(&"b")), (Some(&1), Some(&1)));
        layers.leave();
        assert_eq!(layers.get(&"a"), None);
    }
}

//! A map from names to bindings that is cheap to copy and to change: a trie over hashes of names
//! whose unchanged parts are shared. States split at every unknown exit status and every command
//! keeps its environment, so with plain maps a long script would cost its length squared.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Children of one node; 4 bits of the hash choose one.
const WIDTH: usize = 16;
const BITS: u32 = 4;

/// The map.
#[derive(Clone, Debug)]
pub(super) struct Bindings<T> {
    root: Slot<T>,
}

type Slot<T> = Option<Arc<Node<T>>>;

#[derive(Clone, Debug)]
enum Node<T> {
    /// Names with the same hash: in practice one.
    Leaf(u64, Vec<(Arc<str>, T)>),
    Branch([Slot<T>; WIDTH]),
}

impl<T> Default for Bindings<T> {
    fn default() -> Self {
        Self { root: None }
    }
}

impl<T: Clone + PartialEq> Bindings<T> {
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let hash = hash(name);
        let mut slot = &self.root;
        let mut level = 0;
        loop {
            match slot.as_deref()? {
                Node::Leaf(_, entries) => {
                    let found = entries.iter().find(|(key, _)| &**key == name);
                    return found.map(|(_, value)| value);
                }
                Node::Branch(children) => slot = children.get(child(hash, level))?,
            }
            level += 1;
        }
    }

    pub(super) fn insert(&mut self, name: &str, value: T) {
        insert(&mut self.root, hash(name), 0, (name.into(), value));
    }

    /// Every name, sorted.
    pub(super) fn names(&self) -> Vec<Arc<str>> {
        self.differing(&Self::default())
    }

    /// The names that are not bound alike in both, sorted. Shared parts cost nothing.
    pub(super) fn differing(&self, other: &Self) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        let mut pairs = vec![(&self.root, &other.root)];
        while let Some((a, b)) = pairs.pop() {
            match (a.as_deref(), b.as_deref()) {
                (Some(a), Some(b)) if std::ptr::eq(a, b) => {}
                (Some(Node::Branch(a)), Some(Node::Branch(b))) => pairs.extend(a.iter().zip(b)),
                (a, b) => {
                    let (mut left, mut right) = (Vec::new(), Vec::new());
                    entries(a, &mut left);
                    entries(b, &mut right);
                    names.extend(unequal(&left, &right));
                    names.extend(unequal(&right, &left));
                }
            }
        }
        names.sort();
        names.dedup();
        names
    }
}

/// The entries below a node. The depth is bounded by the hash's length.
fn entries<'n, T>(node: Option<&'n Node<T>>, out: &mut Vec<&'n (Arc<str>, T)>) {
    match node {
        None => {}
        Some(Node::Leaf(_, own)) => out.extend(own),
        Some(Node::Branch(children)) => {
            for child in children {
                entries(child.as_deref(), out);
            }
        }
    }
}

/// The names of `left` that `right` does not bind alike; one of the two is small.
fn unequal<T: PartialEq>(
    left: &[&(Arc<str>, T)],
    right: &[&(Arc<str>, T)],
) -> impl Iterator<Item = Arc<str>> {
    let unequal = left.iter().filter(|entry| !right.contains(entry));
    unequal.map(|(name, _)| name.clone())
}

impl<T: PartialEq> PartialEq for Bindings<T> {
    fn eq(&self, other: &Self) -> bool {
        same(&self.root, &other.root)
    }
}

/// Shared parts are equal without a look. Names are never removed (an unset variable has a binding
/// that says so), therefore equal maps have equal shapes, but for the order inside a leaf.
fn same<T: PartialEq>(a: &Slot<T>, b: &Slot<T>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            Arc::ptr_eq(a, b)
                || match (&**a, &**b) {
                    (Node::Leaf(_, a), Node::Leaf(_, b)) => a == b,
                    (Node::Branch(a), Node::Branch(b)) => a.iter().zip(b).all(|(a, b)| same(a, b)),
                    _ => false,
                }
        }
        _ => false,
    }
}

fn insert<T: Clone>(slot: &mut Slot<T>, hash: u64, level: u32, entry: (Arc<str>, T)) {
    let Some(node) = slot else {
        *slot = Some(Arc::new(Node::Leaf(hash, vec![entry])));
        return;
    };
    let node = Arc::make_mut(node);
    if let Node::Leaf(other, entries) = node {
        if *other == hash {
            match entries.iter_mut().find(|(name, _)| *name == entry.0) {
                Some(old) => *old = entry,
                None => entries.push(entry),
            }
            return;
        }
        let mut children: [Slot<T>; WIDTH] = std::array::from_fn(|_| None);
        if let Some(moved) = children.get_mut(child(*other, level)) {
            *moved = Some(Arc::new(Node::Leaf(*other, std::mem::take(entries))));
        }
        *node = Node::Branch(children);
    }
    if let Node::Branch(children) = node
        && let Some(next) = children.get_mut(child(hash, level))
    {
        insert(next, hash, level + 1, entry);
    }
}

fn child(hash: u64, level: u32) -> usize {
    (hash >> (level * BITS)) as usize % WIDTH
}

/// Hashes with a fixed key: the order of nothing that is shown depends on it.
fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::Bindings;

    #[test]
    fn copies_do_not_see_later_changes() {
        let mut first = Bindings::default();
        for n in 0..1000 {
            first.insert(&format!("N{n}"), n);
        }
        let mut second = first.clone();
        assert!(first == second);
        second.insert("N7", -7);
        assert_eq!((first.get("N7"), second.get("N7")), (Some(&7), Some(&-7)));
        assert!(first != second);
        second.insert("N7", 7);
        assert!(first == second);
        assert_eq!(first.get("N1000"), None);
        assert_eq!(first.names().len(), 1000);
        assert!(first.differing(&second).is_empty());
        second.insert("N7", -7);
        second.insert("N1000", 1000);
        assert_eq!(first.differing(&second), ["N1000".into(), "N7".into()]);
    }
}

//! The merged model between the YAML trees and the typed project: what compose-go keeps as
//! `map[string]any`, with a place for every key and value.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use crate::model::{HopId, Value};
use crate::source::{Location, TextMap};
use crate::syntax::yaml;

/// Maps with fewer entries are searched from end to end.
const SMALL_MAP: usize = 16;

/// A value and where it is written.
#[derive(Clone, Debug)]
pub struct Tree<'a> {
    /// The bytes of the value.
    pub at: Location,
    /// The value.
    pub data: Data<'a>,
}

/// A typed value.
#[derive(Clone, Debug)]
pub enum Data<'a> {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above the signed range.
    Unsigned(u64),
    /// A number with fraction or exponent.
    Float(f64),
    /// A YAML timestamp, which Compose takes nowhere.
    Timestamp,
    /// Text after interpolation.
    Text(Text<'a>),
    /// `NAME=VALUE` or `NAME`, made from a map's entry when it was merged with a list.
    Pair(Box<Pair<'a>>),
    /// A list.
    List(Vec<Tree<'a>>),
    /// A map.
    Map(Map<'a>),
}

/// Text after interpolation.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    /// What is known of it.
    pub value: Value<'a>,
    /// The interpolation that made it, if any.
    pub hop: Option<HopId>,
    /// Where each part of the text stands, for texts that are languages of their own
    /// (`dockerfile_inline`). What a variable was replaced with maps to the variable's `$`.
    pub map: Option<Arc<TextMap>>,
}

/// A map's entry as a list's item.
#[derive(Clone, Debug)]
pub struct Pair<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// Its bytes.
    pub name_at: Location,
    /// The value; `None` for a name alone.
    pub value: Option<Tree<'a>>,
}

/// A map in file order; names are unique.
#[derive(Clone, Debug, Default)]
pub struct Map<'a> {
    entries: Vec<Entry<'a>>,
    /// From names to indices, made when a large map is first searched.
    index: OnceLock<Box<HashMap<String, usize>>>,
}

/// An entry of a map.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The key.
    pub name: Cow<'a, str>,
    /// The key's bytes.
    pub at: Location,
    /// The value.
    pub value: Tree<'a>,
}

impl<'a> Tree<'a> {
    /// Text that is known and was not interpolated.
    pub fn text(at: Location, text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            at,
            data: Data::Text(Text::new(Value::known(text), None)),
        }
    }

    /// The known text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => text.value.as_known(),
            _ => None,
        }
    }

    /// The known text of a string, without a copy.
    pub fn into_text(self) -> Option<Cow<'a, str>> {
        match self.data {
            Data::Text(Text {
                value: Value::Known(text),
                ..
            }) => Some(text),
            _ => None,
        }
    }

    /// The map.
    pub fn as_map(&self) -> Option<&Map<'a>> {
        match &self.data {
            Data::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The map, to change it.
    pub fn as_map_mut(&mut self) -> Option<&mut Map<'a>> {
        match &mut self.data {
            Data::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list's items.
    pub fn as_list(&self) -> Option<&[Tree<'a>]> {
        match &self.data {
            Data::List(items) => Some(items),
            _ => None,
        }
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// The value as Go's `%v` prints it; `None` for what is no scalar. Null prints as nothing.
    pub fn to_value(&self) -> Option<Value<'a>> {
        let text = match &self.data {
            Data::Null => String::new(),
            Data::Bool(value) => value.to_string(),
            Data::Int(value) => value.to_string(),
            Data::Unsigned(value) => value.to_string(),
            Data::Float(value) => yaml::format_float(*value),
            Data::Text(text) => return Some(text.value.clone()),
            Data::Timestamp | Data::Pair(_) | Data::List(_) | Data::Map(_) => return None,
        };
        Some(Value::known(text))
    }

    /// The interpolation that made the text.
    pub fn hop(&self) -> Option<HopId> {
        match &self.data {
            Data::Text(text) => text.hop,
            _ => None,
        }
    }

    /// Number of values in the tree. Recursion is bounded by [`yaml::MAX_NESTING`].
    pub fn size(&self) -> usize {
        match &self.data {
            Data::List(items) => 1 + items.iter().map(Tree::size).sum::<usize>(),
            Data::Map(map) => 1 + map.iter().map(|entry| entry.value.size()).sum::<usize>(),
            _ => 1,
        }
    }

    /// Whether both hold the same, wherever it is written.
    pub fn same(&self, other: &Tree<'_>) -> bool {
        match (&self.data, &other.data) {
            (Data::Null, Data::Null) | (Data::Timestamp, Data::Timestamp) => true,
            (Data::Bool(a), Data::Bool(b)) => a == b,
            (Data::Int(a), Data::Int(b)) => a == b,
            (Data::Unsigned(a), Data::Unsigned(b)) => a == b,
            (Data::Float(a), Data::Float(b)) => a == b,
            (Data::Text(a), Data::Text(b)) => a.value == b.value,
            (Data::List(a), Data::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
            }
            (Data::Map(a), Data::Map(b)) => {
                a.len() == b.len()
                    && a.iter().all(|entry| {
                        b.get(&entry.name)
                            .is_some_and(|other| entry.value.same(other))
                    })
            }
            _ => false,
        }
    }
}

impl<'a> Text<'a> {
    /// A text that needs no map.
    pub fn new(value: Value<'a>, hop: Option<HopId>) -> Self {
        Self {
            value,
            hop,
            map: None,
        }
    }
}

impl<'a> Map<'a> {
    /// An empty map with room for `capacity` entries.
    pub fn with_capacity(capacity: usize) -> Self {
        let entries = Vec::with_capacity(capacity);
        Self {
            entries,
            index: OnceLock::new(),
        }
    }

    /// The entries in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry<'a>> {
        self.entries.iter()
    }

    /// The entries in order, to change them.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Entry<'a>> {
        self.entries.iter_mut()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The index of a name's entry.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        if self.entries.len() <= SMALL_MAP {
            return self.entries.iter().position(|entry| entry.name == name);
        }
        let index = self.index.get_or_init(|| {
            let names = self.entries.iter().enumerate();
            let names = names.map(|(at, entry)| (entry.name.clone().into_owned(), at));
            Box::new(names.collect())
        });
        index.get(name).copied()
    }

    /// The entry of a name.
    pub fn entry(&self, name: &str) -> Option<&Entry<'a>> {
        self.entries.get(self.position(name)?)
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Tree<'a>> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// The entry at an index.
    pub(super) fn at_mut(&mut self, index: usize) -> Option<&mut Entry<'a>> {
        self.entries.get_mut(index)
    }

    /// The value of a name, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Tree<'a>> {
        let index = self.position(name)?;
        self.at_mut(index).map(|entry| &mut entry.value)
    }

    /// Appends an entry whose name the caller knows to be new.
    pub fn push(&mut self, name: impl Into<Cow<'a, str>>, at: Location, value: Tree<'a>) {
        let name = name.into();
        if let Some(index) = self.index.get_mut() {
            index.insert(name.clone().into_owned(), self.entries.len());
        }
        self.entries.push(Entry { name, at, value });
    }

    /// Sets a name, in the place of its entry if there is one.
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, at: Location, value: Tree<'a>) {
        let name = name.into();
        match self
            .position(&name)
            .and_then(|index| self.entries.get_mut(index))
        {
            Some(entry) => *entry = Entry { name, at, value },
            None => self.push(name, at, value),
        }
    }

    /// Takes an entry out.
    pub fn remove(&mut self, name: &str) -> Option<Entry<'a>> {
        let index = self.position(name)?;
        self.index.take();
        Some(self.entries.remove(index))
    }
}

impl<'a> IntoIterator for Map<'a> {
    type Item = Entry<'a>;
    type IntoIter = std::vec::IntoIter<Entry<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a> FromIterator<Entry<'a>> for Map<'a> {
    fn from_iter<I: IntoIterator<Item = Entry<'a>>>(entries: I) -> Self {
        Self {
            entries: entries.into_iter().collect(),
            index: OnceLock::new(),
        }
    }
}

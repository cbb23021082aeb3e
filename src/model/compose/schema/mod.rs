//! The shape of a compose file: which keys exist and what they hold (compose-go validates the same
//! with a JSON schema). All violations are reported, each at its own place.

mod deploy;
mod fields;
mod service;
mod shapes;
mod texts;

use crate::source::Location;

use super::data::{Data, Map, Tree};
use super::diagnostic::{Diagnostic, DiagnosticKind, Diagnostics};

/// Checks a merged model.
pub(super) fn check(model: &Map<'_>, diagnostics: &mut Diagnostics) {
    let mut checker = Checker {
        path: Vec::new(),
        diagnostics,
    };
    checker.object(model, &fields::PROJECT, None);
}

/// What a value may be.
enum Shape {
    /// Anything.
    Any,
    /// A scalar of one of these types.
    Scalar(Types),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text that passes a test, which is described for people.
    Text(fn(&str) -> bool, &'static str),
    /// A whole number between two, or a text.
    Range(i64, i64),
    /// A list of items.
    List(&'static Shape),
    /// A list of items that all differ.
    Set(&'static Shape),
    /// A mapping.
    Map(&'static Object),
    /// The first of these whose kind of value (scalar, list, map) fits.
    Either(&'static [&'static Shape]),
}

/// The keys of a mapping.
struct Object {
    /// The known keys.
    fields: &'static [(&'static str, &'static Shape)],
    /// Keys that must be there.
    required: &'static [&'static str],
    /// What other keys may be.
    others: Others,
}

enum Others {
    /// There are none.
    Refused,
    /// `x-…`, with anything in them.
    Extensions,
    /// Any key, with this in it.
    Any(&'static Shape),
    /// Names of `[a-zA-Z0-9._-]`, with this in them.
    Names(&'static Shape),
    /// The same, and other keys with anything in them.
    NamesAndMore(&'static Shape),
}

/// A set of scalar types.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Types(u8);

impl Types {
    const NULL: Self = Self(1);
    const BOOL: Self = Self(2);
    const INT: Self = Self(4);
    const NUMBER: Self = Self(8 | 4);
    const TEXT: Self = Self(16);

    const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    fn names(self) -> Vec<&'static str> {
        let all = [
            (Self::BOOL, "boolean"),
            (Self::INT, "integer"),
            (Self::NULL, "null"),
            (Self::NUMBER, "number"),
            (Self::TEXT, "string"),
        ];
        let held = all.into_iter().filter(|&(types, _)| self.holds(types));
        let names = held.filter(|&(types, _)| !(types == Self::INT && self.holds(Self::NUMBER)));
        names.map(|(_, name)| name).collect()
    }
}

struct Checker<'d, 't> {
    path: Vec<Step<'t>>,
    diagnostics: &'d mut Diagnostics,
}

/// A part of a path.
#[derive(Clone, Copy)]
enum Step<'t> {
    Key(&'t str),
    Index(usize),
}

impl<'t> Checker<'_, 't> {
    fn report(&mut self, at: Location, what: &str) {
        let diagnostic = self.diagnostic(at, what);
        self.diagnostics.push(diagnostic);
    }

    fn diagnostic(&self, at: Location, what: &str) -> Diagnostic {
        let path: Vec<String> = self
            .path
            .iter()
            .map(|step| match step {
                Step::Key(key) => (*key).to_owned(),
                Step::Index(index) => index.to_string(),
            })
            .collect();
        let message = format!("{} {what}", path.join("."));
        let message = message.trim_start().to_owned();
        Diagnostic::new(DiagnosticKind::Schema, at, message)
    }

    fn unknown_key(&mut self, name: &str, at: Location, object: &Object) {
        let what = format!("additional properties '{name}' not allowed");
        let mut diagnostic = self.diagnostic(at, &what);
        diagnostic.known = object.fields.iter().map(|(field, _)| *field).collect();
        self.diagnostics.push(diagnostic);
    }

    /// Depth is bounded by the shapes, which are not recursive.
    fn value(&mut self, tree: &'t Tree<'_>, shape: &Shape) {
        match shape {
            Shape::Any => {}
            Shape::Scalar(types) => {
                if !types_of(tree).is_some_and(|own| types.holds(own)) {
                    let want = one_of(types.names());
                    self.report(tree.at, &format!("must be {want}"));
                }
            }
            Shape::Word(words) => self.word(tree, words),
            Shape::Text(passes, wanted) => match &tree.data {
                Data::Text(_) if tree.as_str().is_none_or(passes) => {}
                // A map's entry, which was checked there.
                Data::Pair(_) => {}
                Data::Text(_) => self.report(tree.at, &format!("must be {wanted}")),
                _ => self.report(tree.at, "must be a string"),
            },
            Shape::Range(min, max) => match tree.data {
                Data::Text(_) => {}
                Data::Int(value) if (*min..=*max).contains(&value) => {}
                Data::Int(value) if value < *min => {
                    self.report(tree.at, &format!("must be greater than or equal to {min}"));
                }
                Data::Int(_) => {
                    self.report(tree.at, &format!("must be less than or equal to {max}"))
                }
                _ => self.report(tree.at, "must be an integer or string"),
            },
            Shape::List(item) | Shape::Set(item) => {
                let Some(items) = tree.as_list() else {
                    return self.report(tree.at, "must be an array");
                };
                if matches!(shape, Shape::Set(_)) {
                    self.differing(items);
                }
                for (index, tree) in items.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    self.value(tree, item);
                    self.path.pop();
                }
            }
            Shape::Map(object) => match tree.as_map() {
                Some(map) => self.object(map, object, Some(tree)),
                None => self.report(tree.at, "must be a mapping"),
            },
            Shape::Either(shapes) => match shapes.iter().find(|shape| fits(tree, shape)) {
                Some(shape) => self.value(tree, shape),
                None => {
                    let names = shapes.iter().flat_map(|shape| kinds(shape)).collect();
                    self.report(tree.at, &format!("must be {}", one_of(names)));
                }
            },
        }
    }

    fn word(&mut self, tree: &Tree<'_>, words: &[&str]) {
        if !matches!(tree.data, Data::Text(_)) {
            self.report(tree.at, "must be a string");
        } else if tree.as_str().is_some_and(|text| !words.contains(&text)) {
            let words = words
                .iter()
                .map(|word| format!("'{word}'"))
                .collect::<Vec<_>>();
            self.report(
                tree.at,
                &format!("value must be one of {}", words.join(", ")),
            );
        }
    }

    fn differing(&mut self, items: &[Tree<'_>]) {
        let mut seen = hashbrown::HashMap::new();
        for (index, item) in items.iter().enumerate() {
            let Some(text) = item.as_str() else { continue };
            if let Some(first) = seen.insert(text, index) {
                self.report(item.at, &format!("items at {first} and {index} are equal"));
            }
        }
    }

    fn object(&mut self, map: &'t Map<'_>, object: &Object, whole: Option<&Tree<'_>>) {
        for entry in map.iter() {
            let name = entry.name.as_ref();
            self.path.push(Step::Key(name));
            let known = object.fields.iter().find(|(field, _)| *field == name);
            let shape = match (known, &object.others) {
                (Some((_, shape)), _) => Some(*shape),
                (None, Others::Any(shape)) => Some(*shape),
                (None, Others::Names(shape) | Others::NamesAndMore(shape)) if is_name(name) => {
                    Some(*shape)
                }
                (None, Others::NamesAndMore(_)) => Some(&Shape::Any),
                (None, Others::Extensions) if name.starts_with("x-") => Some(&Shape::Any),
                _ => None,
            };
            match shape {
                Some(shape) => self.value(&entry.value, shape),
                None => {
                    self.path.pop();
                    self.unknown_key(name, entry.at, object);
                    self.path.push(Step::Key(name));
                }
            }
            self.path.pop();
        }
        for name in object.required {
            if let (None, Some(whole)) = (map.get(name), whole) {
                self.report(whole.at, &format!("missing property '{name}'"));
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// The type of a scalar. A text that is not known may turn out to be anything its key takes: it
/// counts as text, which every cast key accepts.
fn types_of(tree: &Tree<'_>) -> Option<Types> {
    match tree.data {
        Data::Null => Some(Types::NULL),
        Data::Bool(_) => Some(Types::BOOL),
        Data::Int(_) | Data::Unsigned(_) => Some(Types::INT),
        Data::Float(value) if value.fract() == 0.0 => Some(Types::INT),
        Data::Float(_) => Some(Types::NUMBER),
        Data::Text(_) | Data::Pair(_) => Some(Types::TEXT),
        Data::Timestamp | Data::List(_) | Data::Map(_) => None,
    }
}

fn fits(tree: &Tree<'_>, shape: &Shape) -> bool {
    match shape {
        Shape::Any => true,
        Shape::Scalar(types) => types_of(tree).is_some_and(|own| types.holds(own)),
        Shape::Word(_) | Shape::Text(..) => matches!(tree.data, Data::Text(_)),
        Shape::Range(..) => matches!(tree.data, Data::Text(_) | Data::Int(_)),
        Shape::List(_) | Shape::Set(_) => matches!(tree.data, Data::List(_)),
        Shape::Map(_) => matches!(tree.data, Data::Map(_)),
        Shape::Either(shapes) => shapes.iter().any(|shape| fits(tree, shape)),
    }
}

fn kinds(shape: &Shape) -> Vec<&'static str> {
    match shape {
        Shape::Any => Vec::new(),
        Shape::Scalar(types) => types.names(),
        Shape::Word(_) | Shape::Text(..) => vec!["string"],
        Shape::Range(..) => vec!["integer", "string"],
        Shape::List(_) | Shape::Set(_) => vec!["array"],
        Shape::Map(_) => vec!["mapping"],
        Shape::Either(shapes) => shapes.iter().flat_map(|shape| kinds(shape)).collect(),
    }
}

/// `an a, b or c`
fn one_of(mut names: Vec<&str>) -> String {
    names.sort_unstable();
    names.dedup();
    let list = match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    };
    let article = if list.starts_with(['a', 'i']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {list}")
}

//! How a later file, or a service that extends another, is laid over an earlier one
//! (facts/compose.md 5; compose-go `override/`).

use std::borrow::Cow;

use hashbrown::{HashMap, HashSet};

use crate::source::Location;

use super::data::{Data, Entry, Map, Pair, Tree};
use super::diagnostic::{Diagnostic, DiagnosticKind, Diagnostics};

/// Lays `over` over `base`, both found at `path`.
pub(super) fn merge<'a>(
    base: Tree<'a>,
    over: Tree<'a>,
    path: &mut Vec<Cow<'a, str>>,
    diagnostics: &mut Diagnostics,
) -> Tree<'a> {
    match rule(path) {
        Rule::Replace => return over,
        Rule::Sequence => return append(base, over),
        Rule::Hosts => return append_new(base, over),
        Rule::Build => {
            return merge_maps(with_context(base), with_context(over), path, diagnostics);
        }
        Rule::DependsOn => {
            let (base, over) = (
                named(base, depends_on_default),
                named(over, depends_on_default),
            );
            return merge_maps(base, over, path, diagnostics);
        }
        Rule::Names => {
            let null = |at| Tree {
                at,
                data: Data::Null,
            };
            return merge_maps(named(base, null), named(over, null), path, diagnostics);
        }
        Rule::Logging if drivers_differ(&base, &over) => return over,
        Rule::Logging | Rule::Deep => {}
    }
    match (&base.data, &over.data) {
        (_, Data::Null) => base,
        (Data::Map(_), Data::Map(_)) => merge_maps(base, over, path, diagnostics),
        (Data::List(_), Data::List(_)) => append(base, over),
        (Data::Map(_) | Data::List(_), _) => {
            let message = format!("cannot override {}", path.join("."));
            let mut diagnostic = Diagnostic::new(DiagnosticKind::Merge, over.at, message);
            diagnostic
                .related
                .push((base.at, "it is another kind of value here".to_owned()));
            diagnostics.push(diagnostic);
            base
        }
        _ => over,
    }
}

fn merge_maps<'a>(
    mut base: Tree<'a>,
    over: Tree<'a>,
    path: &mut Vec<Cow<'a, str>>,
    diagnostics: &mut Diagnostics,
) -> Tree<'a> {
    let Data::Map(entries) = over.data else {
        return base;
    };
    let Data::Map(map) = &mut base.data else {
        return Tree {
            at: over.at,
            data: Data::Map(entries),
        };
    };
    for entry in entries {
        let known = map.position(&entry.name);
        match known.and_then(|index| map.at_mut(index)) {
            None => map.push(entry.name, entry.at, entry.value),
            Some(existing) => {
                let before = std::mem::replace(
                    &mut existing.value,
                    Tree {
                        at: entry.at,
                        data: Data::Null,
                    },
                );
                path.push(entry.name);
                existing.value = merge(before, entry.value, path, diagnostics);
                path.pop();
                // The key that counts now stands where the value does.
                if existing.value.at.file == entry.at.file {
                    existing.at = entry.at;
                }
            }
        }
    }
    base
}

enum Rule {
    Deep,
    Replace,
    Sequence,
    Hosts,
    Build,
    DependsOn,
    Names,
    Logging,
}

fn rule(path: &[Cow<'_, str>]) -> Rule {
    let mut names = [""; 4];
    for (slot, name) in names.iter_mut().zip(path) {
        *slot = name;
    }
    match names.get(..path.len()) {
        Some(["services", _, rest @ ..]) => service_rule(rest),
        Some(["networks" | "volumes", _, "labels"]) => Rule::Sequence,
        _ => Rule::Deep,
    }
}

fn service_rule(path: &[&str]) -> Rule {
    match path {
        ["command" | "entrypoint"] | ["healthcheck", "test"] | ["ulimits", _] => Rule::Replace,
        [
            "annotations" | "dns" | "dns_opt" | "dns_search" | "env_file" | "label_file"
            | "environment" | "labels" | "sysctls" | "tmpfs",
        ]
        | ["build", "args" | "additional_contexts" | "labels"]
        | ["deploy", "labels"] => Rule::Sequence,
        ["extra_hosts"] | ["build", "extra_hosts"] => Rule::Hosts,
        ["build"] => Rule::Build,
        ["depends_on"] => Rule::DependsOn,
        ["models" | "networks"] => Rule::Names,
        ["logging"] => Rule::Logging,
        _ => Rule::Deep,
    }
}

fn drivers_differ(base: &Tree<'_>, over: &Tree<'_>) -> bool {
    let driver = |tree: &Tree<'_>| tree.as_map()?.get("driver")?.as_str().map(str::to_owned);
    matches!((driver(base), driver(over)), (Some(a), Some(b)) if a != b)
}

fn append<'a>(base: Tree<'a>, over: Tree<'a>) -> Tree<'a> {
    let at = if base.is_null() { over.at } else { base.at };
    let mut items = sequence(base);
    items.extend(sequence(over));
    Tree {
        at,
        data: Data::List(items),
    }
}

/// The same without the items that are there already.
fn append_new<'a>(base: Tree<'a>, mut over: Tree<'a>) -> Tree<'a> {
    let base_at = base.at;
    let items = sequence(base);
    let known: HashSet<String> = items.iter().filter_map(item_text).collect();
    let at = over.at;
    let mut new = sequence(over);
    new.retain(|item| item_text(item).is_none_or(|text| !known.contains(&text)));
    over = Tree {
        at,
        data: Data::List(new),
    };
    append(
        Tree {
            at: base_at,
            data: Data::List(items),
        },
        over,
    )
}

/// An item as Compose compares it.
fn item_text(item: &Tree<'_>) -> Option<String> {
    match &item.data {
        Data::Pair(pair) => {
            let value = pair.value.as_ref().and_then(Tree::to_value)?;
            Some(format!("{}={}", pair.name, value.as_known()?))
        }
        _ => item.as_str().map(str::to_owned),
    }
}

/// A map's entries as `NAME=VALUE` items, a single text as a list of one.
fn sequence(tree: Tree<'_>) -> Vec<Tree<'_>> {
    match tree.data {
        Data::List(items) => items,
        Data::Map(map) => map.into_iter().flat_map(pairs).collect(),
        Data::Text(_) => vec![tree],
        _ => Vec::new(),
    }
}

fn pairs<'a>(entry: Entry<'a>) -> Vec<Tree<'a>> {
    let pair = |value: Option<Tree<'a>>, name: Cow<'a, str>, at: Location| Tree {
        at: value.as_ref().map_or(at, |value| value.at),
        data: Data::Pair(Box::new(Pair {
            name,
            name_at: at,
            value,
        })),
    };
    match entry.value.data {
        Data::Null => vec![pair(None, entry.name, entry.at)],
        // One item for each address of a host.
        Data::List(items) => items
            .into_iter()
            .map(|item| pair(Some(item), entry.name.clone(), entry.at))
            .collect(),
        _ => vec![pair(Some(entry.value), entry.name, entry.at)],
    }
}

fn with_context(tree: Tree<'_>) -> Tree<'_> {
    match tree.data {
        Data::Text(_) => {
            let at = tree.at;
            let mut map = Map::with_capacity(1);
            map.push("context", at, tree);
            Tree {
                at,
                data: Data::Map(map),
            }
        }
        _ => tree,
    }
}

fn depends_on_default<'a>(at: Location) -> Tree<'a> {
    let mut map = Map::with_capacity(2);
    map.push("condition", at, Tree::text(at, "service_started"));
    map.push(
        "required",
        at,
        Tree {
            at,
            data: Data::Bool(true),
        },
    );
    Tree {
        at,
        data: Data::Map(map),
    }
}

/// A list of names as a map from them.
pub(super) fn named<'a>(tree: Tree<'a>, value: impl Fn(Location) -> Tree<'a>) -> Tree<'a> {
    let at = tree.at;
    let Data::List(items) = tree.data else {
        return Tree {
            at,
            data: tree.data,
        };
    };
    let mut map = Map::with_capacity(items.len());
    for item in items {
        let at = item.at;
        if let Some(name) = item.into_text()
            && map.get(&name).is_none()
        {
            map.push(name, at, value(at));
        }
    }
    Tree {
        at,
        data: Data::Map(map),
    }
}

/// [`named`] with what `depends_on` means by a name alone.
pub(super) fn depends_on(tree: Tree<'_>) -> Tree<'_> {
    named(tree, depends_on_default)
}

/// Removes what later items of a service's lists define anew (compose-go `override/uncity.go`).
pub(super) fn keep_last_of_each(service: &mut Map<'_>) {
    for entry in service.iter_mut() {
        match entry.name.as_ref() {
            "annotations" | "cap_add" | "cap_drop" | "dns" | "dns_opt" | "dns_search"
            | "environment" | "labels" | "links" | "profiles" | "sysctls" | "tmpfs" | "expose"
            | "ports" => unique(&mut entry.value, name_of),
            "env_file" => unique(&mut entry.value, path_of),
            "secrets" => unique(&mut entry.value, secret_target),
            "configs" => unique(&mut entry.value, config_target),
            "volumes" => unique(&mut entry.value, volume_target),
            "build" => {
                for entry in entry.value.as_map_mut().into_iter().flat_map(Map::iter_mut) {
                    if matches!(
                        entry.name.as_ref(),
                        "args" | "additional_contexts" | "tags" | "labels"
                    ) {
                        unique(&mut entry.value, name_of);
                    }
                }
            }
            _ => {}
        }
    }
}

/// What an item of a list is told apart by.
type Key = for<'t> fn(&'t Tree<'_>) -> Option<Cow<'t, str>>;

/// A later item takes the place of an earlier one with the same key; items without one stay.
fn unique<'a>(tree: &mut Tree<'a>, key: Key) {
    let Data::List(items) = &mut tree.data else {
        return;
    };
    let mut seen = HashSet::with_capacity(items.len());
    let is_unique = items.iter().filter_map(key).all(|key| seen.insert(key));
    drop(seen);
    if is_unique {
        return;
    }
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<Tree<'a>> = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        let key = key(&item).map(Cow::into_owned);
        let place = key.map(|key| *places.entry(key).or_insert(kept.len()));
        match place.and_then(|place| kept.get_mut(place)) {
            Some(earlier) => *earlier = item,
            None => kept.push(item),
        }
    }
    *items = kept;
}

/// The part before `=`.
fn name_of<'t>(item: &'t Tree<'_>) -> Option<Cow<'t, str>> {
    match &item.data {
        Data::Pair(pair) => Some(Cow::Borrowed(&*pair.name)),
        Data::Int(number) => Some(Cow::Owned(number.to_string())),
        _ => item.as_str()?.split('=').next().map(Cow::Borrowed),
    }
}

fn path_of<'t>(item: &'t Tree<'_>) -> Option<Cow<'t, str>> {
    field_or_text(item, "path").map(Cow::Borrowed)
}

fn secret_target<'t>(item: &'t Tree<'_>) -> Option<Cow<'t, str>> {
    mount(item, "/run/secrets/")
}

fn config_target<'t>(item: &'t Tree<'_>) -> Option<Cow<'t, str>> {
    mount(item, "/")
}

fn field_or_text<'t>(item: &'t Tree<'_>, field: &str) -> Option<&'t str> {
    match item.as_map() {
        Some(map) => map.get(field)?.as_str(),
        None => item.as_str(),
    }
}

fn mount<'t>(item: &'t Tree<'_>, folder: &str) -> Option<Cow<'t, str>> {
    let map = item.as_map();
    match map.and_then(|map| map.get("target")) {
        Some(target) => target.as_str().map(Cow::Borrowed),
        None => Some(format!("{folder}{}", field_or_text(item, "source")?).into()),
    }
}

fn volume_target<'t>(item: &'t Tree<'_>) -> Option<Cow<'t, str>> {
    match item.as_map() {
        Some(map) => map.get("target")?.as_str().map(Cow::Borrowed),
        None => {
            let volume = super::canonical::Volume::parse(item.as_str()?)?;
            Some(volume.target.to_owned().into())
        }
    }
}

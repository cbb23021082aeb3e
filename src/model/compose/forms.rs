//! The long forms of a service's keys as lists: hosts, secrets, dependencies.

use hashbrown::{HashMap, HashSet};

use super::check::is_external;
use super::data::{Data, Entry, Map, Tree};
use super::project::{Dependency, EnvFile, Field, Named, Secret, SecretSource, SecretUse};

/// The known texts of a list.
pub(super) fn texts(tree: Option<&Tree<'_>>) -> Vec<String> {
    let items = tree.and_then(Tree::as_list).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// `env_file` in its long form.
pub(super) fn env_files<'a>(tree: &Tree<'a>) -> Vec<EnvFile<'a>> {
    let items = tree.as_list().unwrap_or_default().iter();
    let entries = items.filter_map(|item| {
        let map = item.as_map()?;
        let is_false = |tree: &Tree<'_>| {
            matches!(tree.data, Data::Bool(false)) || tree.as_str() == Some("false")
        };
        Some(EnvFile {
            path: Field::new(map.get("path")?)?,
            is_required: !map.get("required").is_some_and(is_false),
            is_raw: map.get("format").and_then(Tree::as_str) == Some("raw"),
            file: None,
        })
    });
    entries.collect()
}

/// `secrets` of a service or build in their long form.
pub(super) fn secret_uses<'a>(tree: &Tree<'a>) -> Vec<SecretUse<'a>> {
    let items = tree.as_list().unwrap_or_default().iter();
    let uses = items.filter_map(|item| {
        let map = item.as_map()?;
        let source = map.get("source")?.as_str()?.to_owned();
        Some(SecretUse {
            source,
            target: map.get("target").and_then(Field::new),
            at: item.at,
        })
    });
    uses.collect()
}

/// A top-level secret.
pub(super) fn secret(entry: Entry<'_>) -> Option<Secret<'_>> {
    let Data::Map(fields) = entry.value.data else {
        return None;
    };
    let field = |name: &str| {
        fields
            .get(name)
            .filter(|tree| !tree.is_null())
            .and_then(Field::new)
    };
    let source = if is_external(&fields) {
        SecretSource::External
    } else if let Some(variable) = field("environment") {
        SecretSource::Environment(variable)
    } else {
        field("file").map_or(SecretSource::Missing, SecretSource::File)
    };
    Some(Secret {
        name: entry.name,
        name_at: entry.at,
        source,
        fields,
    })
}

/// A map's names with their scalars.
pub(super) fn named<'a>(tree: &Tree<'a>) -> Vec<Named<'a>> {
    let entries = tree.as_map().into_iter().flat_map(Map::iter);
    let named = entries.filter_map(|entry| {
        let value = Field::new(&entry.value)?;
        Some(Named {
            name: entry.name.clone(),
            name_at: entry.at,
            value,
        })
    });
    named.collect()
}

/// Hosts and addresses: a map of one or several, or a list of `HOST=ADDRESS` (or `:`), where one
/// host may come more than once.
pub(super) fn hosts(tree: &Tree<'_>) -> Vec<(String, Vec<String>)> {
    let mut hosts: Vec<(String, Vec<String>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut add = |host: &str, addresses: Vec<String>| {
        let addresses = addresses.iter().map(|address| {
            let inner = address
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'));
            inner
                .filter(|inner| !inner.is_empty())
                .unwrap_or(address)
                .to_owned()
        });
        let place = *places.entry(host.to_owned()).or_insert(hosts.len());
        match hosts.get_mut(place) {
            Some((_, known)) => known.extend(addresses),
            None => hosts.push((host.to_owned(), addresses.collect())),
        }
    };
    let split = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
    for entry in tree.as_map().into_iter().flat_map(Map::iter) {
        match entry.value.as_list() {
            Some(_) => add(&entry.name, texts(Some(&entry.value))),
            None => add(
                &entry.name,
                entry
                    .value
                    .as_str()
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
            ),
        }
    }
    for item in tree.as_list().unwrap_or_default() {
        match &item.data {
            Data::Pair(pair) => {
                let address = pair
                    .value
                    .as_ref()
                    .and_then(Tree::as_str)
                    .unwrap_or_default();
                add(&pair.name, split(address));
            }
            _ => {
                let text = item.as_str().unwrap_or_default();
                let pair = text.split_once('=').or_else(|| text.split_once(':'));
                if let Some((host, address)) = pair {
                    add(host, split(address));
                }
            }
        }
    }
    hosts
}

/// `depends_on`, and what else makes a service need another (compose-go `loader/normalize.go`).
pub(super) fn dependencies(service: &Map<'_>) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |service: &str, is_required, at| {
        if seen.insert(service.to_owned()) {
            found.push(Dependency {
                service: service.to_owned(),
                is_required,
                at,
            });
        }
    };
    let depends_on = service.get("depends_on").and_then(Tree::as_map);
    for entry in depends_on.into_iter().flat_map(Map::iter) {
        let required = entry.value.as_map().and_then(|map| map.get("required"));
        let is_optional = required.is_some_and(|tree| matches!(tree.data, Data::Bool(false)));
        add(&entry.name, !is_optional, entry.at);
    }
    let items = |key: &str| service.get(key).and_then(Tree::as_list).unwrap_or_default();
    for link in items("links") {
        if let Some(text) = link.as_str() {
            add(
                text.split_once(':').map_or(text, |(service, _)| service),
                true,
                link.at,
            );
        }
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        let Some(tree) = service.get(key) else {
            continue;
        };
        if let Some(target) = tree.as_str().and_then(|text| text.strip_prefix("service:")) {
            add(target, true, tree.at);
        }
    }
    for volume in items("volumes_from") {
        let target = volume
            .as_str()
            .filter(|text| !text.starts_with("container:"));
        if let Some(target) = target.and_then(|text| text.split(':').next()) {
            add(target, true, volume.at);
        }
    }
    found
}

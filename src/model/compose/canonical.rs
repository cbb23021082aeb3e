//! Short forms to long ones, defaults and absolute paths (compose-go `transform/`, `paths/`).

use crate::model::Value;
use crate::source::Location;

use super::data::{Data, Map, Text, Tree};
use super::diagnostic::{Diagnostic, DiagnosticKind, Diagnostics};
use super::merge::{depends_on, named};
use super::path;

/// Brings the whole model into its long form. What has the wrong shape stays: the schema has
/// reported it.
pub(super) fn canonical(model: &mut Map<'_>, diagnostics: &mut Diagnostics) {
    for entry in model.iter_mut() {
        let section = entry.name.clone();
        let Some(items) = entry.value.as_map_mut() else {
            continue;
        };
        match section.as_ref() {
            "services" => {
                for service in items.iter_mut() {
                    if let Some(map) = service.value.as_map_mut() {
                        canonical_service(map, diagnostics);
                    }
                }
            }
            "volumes" | "networks" | "secrets" | "configs" => {
                for item in items.iter_mut() {
                    let place = format!("{section}.{}", item.name);
                    if let Some(map) = item.value.as_map_mut() {
                        canonical_external(map, &place, diagnostics);
                    }
                }
            }
            _ => {}
        }
    }
}

fn canonical_service(service: &mut Map<'_>, diagnostics: &mut Diagnostics) {
    for entry in service.iter_mut() {
        let value = &mut entry.value;
        match entry.name.as_ref() {
            "build" => canonical_build(value, diagnostics),
            "env_file" => each_of_one_or_more(value, |item| with_field(item, "path")),
            "dns" | "label_file" => each_of_one_or_more(value, |_| {}),
            "secrets" | "configs" => each(value, |item| with_field(item, "source")),
            "volumes" => each(value, Volume::canonical),
            "extends" => with_field(value, "service"),
            "depends_on" => replace(value, depends_on),
            "networks" | "models" => {
                replace(value, |tree| {
                    named(tree, |at| Tree {
                        at,
                        data: Data::Null,
                    })
                });
            }
            _ => {}
        }
    }
}

fn canonical_build(build: &mut Tree<'_>, diagnostics: &mut Diagnostics) {
    with_field(build, "context");
    for entry in build.as_map_mut().into_iter().flat_map(Map::iter_mut) {
        match entry.name.as_ref() {
            "secrets" => each(&mut entry.value, |item| with_field(item, "source")),
            "additional_contexts" | "ssh" => {
                let is_ssh = entry.name == "ssh";
                replace(&mut entry.value, |tree| {
                    key_values(tree, is_ssh, diagnostics)
                });
            }
            _ => {}
        }
    }
}

/// `[NAME=VALUE]` as a map. An ssh entry may be `default` alone.
fn key_values<'a>(tree: Tree<'a>, is_ssh: bool, diagnostics: &mut Diagnostics) -> Tree<'a> {
    let at = tree.at;
    let Data::List(items) = tree.data else {
        return Tree {
            at,
            data: tree.data,
        };
    };
    let mut map = Map::default();
    for item in items {
        let item_at = item.at;
        let (name, value) = match item.data {
            Data::Pair(pair) => (pair.name, pair.value),
            Data::Text(text) => {
                let (name, value) = split_text(text, item_at);
                let Some(name) = name else { continue };
                (name.into(), value)
            }
            _ => continue,
        };
        if value.is_none() && !(is_ssh && name == "default") {
            let message = if is_ssh {
                format!("invalid ssh key \"{name}\"")
            } else {
                format!("invalid value {name}, expected key=value")
            };
            diagnostics.push(Diagnostic::new(DiagnosticKind::Schema, item_at, message));
        }
        let null = Tree {
            at: item_at,
            data: Data::Null,
        };
        map.set(name, item_at, value.unwrap_or(null));
    }
    Tree {
        at,
        data: Data::Map(map),
    }
}

/// Splits `NAME=VALUE`; no name if it is not known.
pub(super) fn split_text(text: Text<'_>, at: Location) -> (Option<String>, Option<Tree<'_>>) {
    use crate::model::Piece;
    let hop = text.hop;
    let tree = |value| Tree {
        at,
        data: Data::Text(Text::new(value, hop)),
    };
    match text.value {
        Value::Known(known) => match known.split_once('=') {
            Some((name, value)) => (
                Some(name.to_owned()),
                Some(tree(Value::known(value.to_owned()))),
            ),
            None => (Some(known.into_owned()), None),
        },
        Value::Partly(mut pieces) => {
            let Some(Piece::Text(first)) = pieces.first() else {
                return (None, None);
            };
            let Some((name, rest)) = first.split_once('=') else {
                return (None, None);
            };
            let (name, rest) = (name.to_owned(), rest.to_owned());
            if let Some(first) = pieces.first_mut() {
                *first = Piece::Text(rest.into());
            }
            (Some(name), Some(tree(Value::from_pieces(pieces))))
        }
        Value::Unknown(_) => (None, None),
    }
}

fn canonical_external(map: &mut Map<'_>, place: &str, diagnostics: &mut Diagnostics) {
    let Some(external) = map.get_mut("external") else {
        return;
    };
    let at = external.at;
    let Some(old) = external.as_map() else { return };
    let name = old.get("name").cloned();
    external.data = Data::Bool(true);
    let Some(old_name) = name else { return };
    let message =
        format!("{place}: external.name is deprecated. Please set name and external: true");
    diagnostics.push(Diagnostic::new(DiagnosticKind::Deprecated, at, message));
    match map.get("name") {
        None => map.push("name", at, old_name),
        Some(name) if !name.same(&old_name) => {
            let message = format!("{place} has both name and external.name, which differ");
            diagnostics.push(Diagnostic::new(
                DiagnosticKind::Consistency,
                name.at,
                message,
            ));
        }
        Some(_) => {}
    }
}

/// A text as a map with that text in `field`.
fn with_field(tree: &mut Tree<'_>, field: &'static str) {
    if matches!(tree.data, Data::Text(_)) {
        replace(tree, |text| {
            let at = text.at;
            let mut map = Map::default();
            map.push(field, at, text);
            Tree {
                at,
                data: Data::Map(map),
            }
        });
    }
}

fn replace<'a>(tree: &mut Tree<'a>, change: impl FnOnce(Tree<'a>) -> Tree<'a>) {
    let at = tree.at;
    let before = std::mem::replace(
        tree,
        Tree {
            at,
            data: Data::Null,
        },
    );
    *tree = change(before);
}

fn each<'a>(tree: &mut Tree<'a>, change: impl Fn(&mut Tree<'a>)) {
    if let Data::List(items) = &mut tree.data {
        items.iter_mut().for_each(change);
    }
}

/// The same for a list or a single text, which becomes a list.
fn each_of_one_or_more<'a>(tree: &mut Tree<'a>, change: impl Fn(&mut Tree<'a>)) {
    if matches!(tree.data, Data::Text(_)) {
        replace(tree, |text| Tree {
            at: text.at,
            data: Data::List(vec![text]),
        });
    }
    each(tree, change);
}

/// A volume's short form, `[SOURCE:]TARGET[:OPTIONS]` (compose-go `format/volume.go`).
pub(super) struct Volume<'t> {
    pub source: Option<&'t str>,
    pub target: &'t str,
    pub is_bind: bool,
}

impl<'t> Volume<'t> {
    /// `None` for what Compose refuses: an empty part, or more than three.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let alone = |target| Self {
            source: None,
            target,
            is_bind: false,
        };
        if matches!(text.len(), 1 | 2) {
            return Some(alone(text));
        }
        let parts = Self::parts(text);
        if parts.iter().any(|part| part.is_empty()) {
            return None;
        }
        match parts.as_slice() {
            [target] => Some(alone(target)),
            [source, target] | [source, target, _] => Some(Self {
                source: Some(source),
                target,
                is_bind: is_file_path(source),
            }),
            _ => None,
        }
    }

    /// What stands between the colons; that of a drive at the start of a part is none.
    fn parts(text: &str) -> Vec<&str> {
        let mut parts = Vec::new();
        let mut rest = text;
        loop {
            let drive = drive(rest);
            let colon = rest.get(drive..).and_then(|rest| rest.find(':'));
            let Some((part, after)) = colon.and_then(|colon| rest.split_at_checked(drive + colon))
            else {
                parts.push(rest);
                return parts;
            };
            parts.push(part);
            rest = after.strip_prefix(':').unwrap_or(after);
        }
    }

    fn canonical(item: &mut Tree<'_>) {
        let Some(text) = item.as_str() else { return };
        let at = item.at;
        let Some(volume) = Volume::parse(text) else {
            return;
        };
        let mut map = Map::default();
        let kind = if volume.is_bind { "bind" } else { "volume" };
        map.push("type", at, Tree::text(at, kind));
        if let Some(source) = volume.source {
            map.push("source", at, Tree::text(at, source.to_owned()));
        }
        map.push("target", at, Tree::text(at, volume.target.to_owned()));
        item.data = Data::Map(map);
    }
}

fn is_file_path(source: &str) -> bool {
    source.starts_with(['.', '/', '~']) || source.starts_with(r"\\") || drive(source) > 0
}

/// The length of a drive of Windows, `c:`, at the start.
fn drive(text: &str) -> usize {
    let mut chars = text.chars();
    let letter = chars.next().filter(|first| first.is_alphabetic());
    match (letter, chars.next()) {
        (Some(letter), Some(':')) => letter.len_utf8() + 1,
        _ => 0,
    }
}

/// Defaults that an included or the main model gets once all its files are merged.
pub(super) fn set_defaults(model: &mut Map<'_>) {
    for service in services(model) {
        let Some(map) = service.as_map_mut() else {
            continue;
        };
        if let Some(build) = map.get_mut("build") {
            let at = build.at;
            if let Some(build) = build
                .as_map_mut()
                .filter(|build| build.get("context").is_none())
            {
                build.push("context", at, Tree::text(at, "."));
            }
        }
        let secrets = map.get_mut("secrets").map(|secrets| &mut secrets.data);
        let Some(Data::List(secrets)) = secrets else {
            continue;
        };
        for secret in secrets {
            let at = secret.at;
            let Some(secret) = secret
                .as_map_mut()
                .filter(|map| map.get("target").is_none())
            else {
                continue;
            };
            if let Some(source) = secret.get("source").and_then(Tree::as_str) {
                let target = format!("/run/secrets/{source}");
                secret.push("target", at, Tree::text(at, target));
            }
        }
    }
}

fn services<'m, 'a>(model: &'m mut Map<'a>) -> impl Iterator<Item = &'m mut Tree<'a>> {
    let services = model.get_mut("services").and_then(Tree::as_map_mut);
    services
        .into_iter()
        .flat_map(Map::iter_mut)
        .map(|entry| &mut entry.value)
}

/// Makes the model's paths absolute, from `folder`.
pub(super) fn resolve_paths(model: &mut Map<'_>, folder: &str) {
    for service in services(model) {
        if let Some(map) = service.as_map_mut() {
            resolve_service(map, folder);
        }
    }
    for section in ["secrets", "configs"] {
        let items = model.get_mut(section).and_then(Tree::as_map_mut);
        for item in items.into_iter().flat_map(Map::iter_mut) {
            let file = item.value.as_map_mut().and_then(|map| map.get_mut("file"));
            absolute(file, folder);
        }
    }
}

fn resolve_service(service: &mut Map<'_>, folder: &str) {
    for entry in service.iter_mut() {
        match entry.name.as_ref() {
            "build" => {
                for entry in entry.value.as_map_mut().into_iter().flat_map(Map::iter_mut) {
                    match entry.name.as_ref() {
                        "context" => absolute_context(&mut entry.value, folder),
                        "additional_contexts" => {
                            let contexts = entry.value.as_map_mut().into_iter();
                            for context in contexts.flat_map(Map::iter_mut) {
                                absolute_context(&mut context.value, folder);
                            }
                        }
                        "ssh" => {
                            let keys = entry.value.as_map_mut().into_iter();
                            for key in keys.flat_map(Map::iter_mut) {
                                absolute(Some(&mut key.value), folder);
                            }
                        }
                        _ => {}
                    }
                }
            }
            "env_file" | "label_file" => {
                let Data::List(items) = &mut entry.value.data else {
                    continue;
                };
                for item in items {
                    match item.as_map_mut() {
                        Some(map) => absolute(map.get_mut("path"), folder),
                        None => absolute(Some(item), folder),
                    }
                }
            }
            "extends" => {
                let file = entry.value.as_map_mut().and_then(|map| map.get_mut("file"));
                absolute(file, folder);
            }
            _ => {}
        }
    }
}

fn absolute_context(tree: &mut Tree<'_>, folder: &str) {
    let is_elsewhere = tree.as_str().is_none_or(is_remote_context);
    if !is_elsewhere {
        absolute(Some(tree), folder);
    }
}

/// Whether a context is no folder: an image, a service, a URL or a git reference.
pub(super) fn is_remote_context(context: &str) -> bool {
    context.contains("://")
        || context.starts_with("service:")
        || context.starts_with("github.com/")
        || context.starts_with("git@")
}

fn absolute(tree: Option<&mut Tree<'_>>, folder: &str) {
    let Some(Tree {
        data: Data::Text(text),
        ..
    }) = tree
    else {
        return;
    };
    let Some(known) = text.value.as_known() else {
        return;
    };
    // The home folder depends on who runs Compose.
    if known.is_empty() || known.starts_with('~') {
        return;
    }
    text.value = Value::known(path::join(folder, known));
}

//! Settings in the files that are neither Dockerfiles nor compose files.

use crate::secrets::{Place, is_login};
use crate::source::{FileKind, SourceFile, Span};
use crate::syntax::dotenv;
use crate::syntax::json::{self, Node};
use crate::syntax::unit::{self, EntryKind, Unescape};

/// A setting in a unit, `daemon.json`, `config.json` or `.env`.
#[derive(Debug)]
pub struct FileSetting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Where the value stands.
    pub span: Span,
    /// What becomes of it.
    pub place: Place,
}

/// The settings of a file of one of those kinds; none in other files, and none in files that are
/// on this machine only.
pub fn file_settings(file: &SourceFile) -> Vec<FileSetting> {
    if !file.is_shared() {
        return Vec::new();
    }
    match file.kind() {
        FileKind::Unit => of_unit(file),
        FileKind::DaemonJson => members(json::parse(file).root.as_ref(), "proxies")
            .into_iter()
            .flat_map(|proxies| of_object(proxies, Place::DaemonProxy))
            .collect(),
        FileKind::ClientConfig => members(json::parse(file).root.as_ref(), "proxies")
            .into_iter()
            .flat_map(|proxies| proxies.members().unwrap_or_default())
            .flat_map(|host| of_object(&host.value, Place::CliProxy))
            .collect(),
        FileKind::Dotenv => of_dotenv(file),
        FileKind::Dockerfile
        | FileKind::Compose
        | FileKind::EnvironmentFile
        | FileKind::Dockerignore
        | FileKind::Configuration => Vec::new(),
    }
}

/// Where a `config.json` that others can read keeps the passwords and tokens of registries
/// (upstream: `docker/cli/config/types/authconfig.go`).
pub fn registry_logins(file: &SourceFile) -> Vec<Span> {
    if file.kind() != FileKind::ClientConfig || !file.is_shared() {
        return Vec::new();
    }
    let document = json::parse(file);
    let registries = members(document.root.as_ref(), "auths").and_then(Node::members);
    let fields = registries
        .unwrap_or_default()
        .iter()
        .flat_map(|registry| registry.value.members().unwrap_or_default());
    let logins = fields.filter(|field| {
        let value = field.value.as_str();
        value.is_some_and(|value| is_login(&field.key, value))
    });
    logins.map(|field| field.value.span).collect()
}

fn of_unit(file: &SourceFile) -> Vec<FileSetting> {
    let unit = unit::parse(file);
    let mut all = Vec::new();
    for entry in &unit.entries {
        let EntryKind::Assignment { key, value } = &entry.kind else {
            continue;
        };
        if key.text != "Environment" {
            continue;
        }
        for word in value.words(Unescape::CRelaxed).map_while(Result::ok) {
            let Some((name, text)) = word.text().and_then(|text| text.split_once('=')) else {
                continue;
            };
            all.push(FileSetting {
                name: name.to_owned(),
                value: text.to_owned(),
                span: word.span_of(name.len() + 1, name.len() + 1 + text.len()),
                place: Place::SystemdEnv,
            });
        }
    }
    all
}

fn of_dotenv(file: &SourceFile) -> Vec<FileSetting> {
    dotenv::parse(file.text())
        .entries
        .into_iter()
        .filter_map(|entry| {
            let value = entry.value?;
            Some(FileSetting {
                name: entry.name.into_owned(),
                value: value.text.into_owned(),
                span: value.span,
                place: Place::ComposeEnv,
            })
        })
        .collect()
}

/// The value of a member of the root.
fn members<'n>(root: Option<&'n Node>, key: &str) -> Option<&'n Node> {
    let found = root?.members()?.iter().find(|member| member.key == key)?;
    Some(&found.value)
}

fn of_object(object: &Node, place: Place) -> impl Iterator<Item = FileSetting> {
    let members = object.members().unwrap_or_default().iter();
    members.filter_map(move |member| {
        Some(FileSetting {
            name: member.key.clone(),
            value: member.value.as_str()?.to_owned(),
            span: member.value.span,
            place,
        })
    })
}

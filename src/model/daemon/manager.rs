//! What the manager gives to every service: `DefaultEnvironment=` of `system.conf` or `user.conf`,
//! and `environment.d` for the user manager (`src/environment-d-generator`).

use std::collections::BTreeMap;

use crate::model::{Piece, Unknown, Value};
use crate::source::{FileKind, Location, TreeEntry, resolve};
use crate::syntax::environment_file;
use crate::syntax::unit::{self, EntryKind, Stop, StopCause};

use super::assign::{self, Directive};
use super::diagnostic::Diagnostic;
use super::exec;
use super::host::{Host, Manager};
use super::load::too_many;
use super::names;
use super::search;
use super::service::{Role, Service, Setting, Source};
use super::specifier::Context;

/// The manager's part of a service's environment.
#[derive(Debug, Default)]
pub(super) struct ManagerSettings {
    /// What every service gets.
    pub default: Vec<Setting>,
    /// `ManagerEnvironment=`: for the manager only, and for `PassEnvironment=`.
    pub own: Vec<Setting>,
    /// The files that were read.
    pub read: Vec<String>,
    /// Whether a file has more lines than are looked at.
    pub is_cut: bool,
}

/// Reads the manager's settings.
pub(super) fn load(
    host: &Host,
    context: &Context,
    diagnostics: &mut Vec<Diagnostic>,
) -> ManagerSettings {
    let mut settings = ManagerSettings::default();
    let name = if host.is_system() {
        "system.conf"
    } else {
        "user.conf"
    };
    let mut roots: Vec<String> = ["/etc", "/run", "/usr/local/lib", "/usr/lib"]
        .map(|root| format!("{root}/systemd"))
        .to_vec();
    if let Manager::User { home } = host.manager {
        roots.insert(0, format!("{home}/.config/systemd"));
    }
    let main = roots
        .iter()
        .map(|root| format!("{root}/{name}"))
        .find(|path| is_file(host, path));
    let directories: Vec<String> = roots
        .iter()
        .map(|root| format!("{root}/{name}.d"))
        .collect();
    let files = main
        .into_iter()
        .chain(search::pooled(host.tree, &directories));
    let (mut default, mut own) = (Service::default(), Service::default());
    for path in files {
        let Some(source) = open(host, &path, Role::Manager) else {
            continue;
        };
        let stop = apply(&source, context, &mut default, &mut own, diagnostics);
        if let Some(stop) = stop.filter(|stop| stop.why == StopCause::TooMany) {
            settings.is_cut = true;
            diagnostics.push(too_many(&source, stop));
        }
        settings.read.push(path);
    }
    settings.own = own.into_environment();
    if let Manager::User { home } = host.manager {
        environment_d(host, home, &mut default, &mut settings);
    }
    settings.default = default.into_environment();
    settings
}

fn is_file(host: &Host, path: &str) -> bool {
    resolve(host.tree, path).is_some_and(|found| found.entry == Some(TreeEntry::File))
}

/// Opens a file of the tree, links followed.
pub(super) fn open(host: &Host, path: &str, role: Role) -> Option<Source> {
    let found = resolve(host.tree, path)?;
    let regular = found.entry == Some(TreeEntry::File);
    let file = regular.then(|| host.tree.read(&found.path, FileKind::Unit))?;
    Some(Source {
        path: path.to_owned(),
        file: file?,
        role,
    })
}

/// Applies a file; what ends its reading before its end.
fn apply(
    source: &Source,
    context: &Context,
    default: &mut Service,
    own: &mut Service,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Stop> {
    let unit = unit::parse(&source.file);
    let mut in_section = false;
    for entry in unit.entries.get(..unit.read).unwrap_or_default() {
        let (key, value) = match &entry.kind {
            EntryKind::Section(name) => {
                in_section = name.text == "Manager";
                continue;
            }
            EntryKind::Assignment { key, value } if in_section => (key, value),
            _ => continue,
        };
        let target = match key.text.as_ref() {
            "DefaultEnvironment" => &mut *default,
            "ManagerEnvironment" => &mut *own,
            _ => continue,
        };
        if value.text.is_empty() {
            target.clear_environment(source.location(entry.span));
            continue;
        }
        let directive = Directive {
            source,
            context,
            key: &key.text,
            value,
            line: entry.line,
            order: 0,
        };
        for setting in assign::read(&directive, diagnostics) {
            target.set(setting);
        }
    }
    unit.stop
}

/// `environment.d/*.conf`, pooled by name, with `${NAME}` replaced.
fn environment_d(host: &Host, home: &str, default: &mut Service, settings: &mut ManagerSettings) {
    let mut directories = vec![format!("{home}/.config/environment.d")];
    directories.extend(
        ["/etc", "/run", "/usr/local/lib", "/usr/lib"].map(|root| format!("{root}/environment.d")),
    );
    let mut known: BTreeMap<String, Value<'static>> = BTreeMap::new();
    known.insert("HOME".to_owned(), assign::known(home));
    for path in search::pooled(host.tree, &directories) {
        let Some(source) = open(host, &path, Role::Manager) else {
            continue;
        };
        let file = environment_file::parse(&source.file);
        settings.is_cut |= file.cut.is_some();
        for assignment in file.assignments {
            if !names::is_valid(&assignment.name) {
                continue;
            }
            let value = interpolate(&assignment.value, &known);
            known.insert(assignment.name.clone(), value.clone());
            let at: Location = source.location(assignment.span());
            default.set(Setting {
                name: assignment.name,
                value,
                at,
                path: path.clone(),
                role: Role::Manager,
                order: 0,
            });
        }
        settings.read.push(path);
    }
}

/// `replace_env` with `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+alternative}`.
fn interpolate(text: &str, known: &BTreeMap<String, Value<'static>>) -> Value<'static> {
    let mut pieces: Vec<Piece<'static>> = Vec::new();
    let mut rest = text;
    let close = exec::last_brace(text);
    while let Some((before, after)) = rest.split_once('$') {
        pieces.push(Piece::Text(before.to_owned().into()));
        if let Some(tail) = after.strip_prefix('$') {
            pieces.push(Piece::Text("$".into()));
            rest = tail;
            continue;
        }
        let (expression, tail) = exec::braced(after, close).unwrap_or_else(|| {
            let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            after.split_at(end.unwrap_or(after.len()))
        });
        rest = tail;
        if expression.is_empty() {
            pieces.push(Piece::Text("$".into()));
            continue;
        }
        pieces.extend(lookup(expression, known));
    }
    pieces.push(Piece::Text(rest.to_owned().into()));
    Value::from_pieces(pieces)
}

fn lookup(expression: &str, known: &BTreeMap<String, Value<'static>>) -> Vec<Piece<'static>> {
    let cut = |mark| expression.split_once(mark);
    let (name, default, alternative) = match (cut(":-"), cut(":+")) {
        (Some((name, default)), _) => (name, Some(default), None),
        (_, Some((name, alternative))) => (name, None, Some(alternative)),
        _ => (expression, None, None),
    };
    let text = |text: &str| vec![Piece::Text(text.to_owned().into())];
    match known.get(name).filter(|value| !value.is_empty()) {
        Some(_) if alternative.is_some() => text(alternative.unwrap_or_default()),
        Some(Value::Known(value)) => vec![Piece::Text(value.clone())],
        Some(Value::Partly(pieces)) => pieces.clone(),
        Some(Value::Unknown(why)) => vec![Piece::Unknown(*why)],
        // The manager's own environment holds a handful of names of every session.
        None if matches!(
            name,
            "PATH" | "USER" | "LOGNAME" | "SHELL" | "LANG" | "XDG_RUNTIME_DIR"
        ) =>
        {
            vec![Piece::Unknown(Unknown::ProcessEnvironment)]
        }
        None => text(default.unwrap_or_default()),
    }
}

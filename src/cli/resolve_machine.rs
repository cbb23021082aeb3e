//! `docklint resolve` for what configures daemons and clients.

use std::path::{Path, PathBuf};

use crate::flow::{Workspace, daemon_of};
use crate::report::resolve::machine::MachineView;
use crate::source::{self, FileKind, SourceFile};

/// Whether a file configures a daemon or a client.
pub(super) fn concerns(file: &SourceFile) -> bool {
    file.kind() == FileKind::ClientConfig || configures_daemon(file.kind())
}

fn configures_daemon(kind: FileKind) -> bool {
    matches!(
        kind,
        FileKind::Unit | FileKind::EnvironmentFile | FileKind::DaemonJson
    )
}

/// What `file` belongs to; none if that is no daemon.
pub(super) fn view(workspace: &Workspace<'_>, file: &SourceFile) -> Option<MachineView> {
    if file.kind() == FileKind::ClientConfig {
        return Some(MachineView::new(workspace, |_| false, |id| id == file.id()));
    }
    if workspace.request.host.is_some() {
        return Some(MachineView::new(workspace, |one| one.is_on_host, |_| false));
    }
    let daemon = daemon_of(&workspace.machine.daemons, file, workspace.request)?;
    let is_this = |one: &_| std::ptr::eq(one, daemon);
    Some(MachineView::new(workspace, is_this, |_| false))
}

/// Where a daemon's files stand below the machine's root.
const FOLDERS: [&str; 10] = [
    "etc/systemd",
    "run/systemd",
    "usr/local/lib/systemd",
    "usr/lib/systemd",
    "lib/systemd",
    ".config/systemd",
    ".local/share/systemd",
    "etc/docker",
    "etc/default",
    "etc/sysconfig",
];

/// The folders that hold the rest of what configures the daemon that `path` is about. The machine's
/// root may be a home directory: it is not walked as a whole.
pub(super) fn companions(path: &Path, kind: Option<FileKind>) -> Vec<PathBuf> {
    // What cannot be located cannot be loaded either: loading says so.
    let path = std::path::absolute(path).unwrap_or_default();
    let kind = kind.or_else(|| FileKind::from_path(&source::slashed(&path)));
    let (Some(folder), true) = (path.parent(), kind.is_some_and(configures_daemon)) else {
        return Vec::new();
    };
    let is_drop_ins = folder.extension().is_some_and(|extension| extension == "d");
    let drop_ins = is_drop_ins.then_some(folder);
    let is_root = |root: &&Path| {
        let below = path.strip_prefix(root);
        below.is_ok_and(|below| FOLDERS.iter().any(|known| below.starts_with(known)))
    };
    let root = path.ancestors().find(is_root);
    // Drop-ins that stand anywhere else stand for themselves (`model::daemon::shipped`).
    let root = root.or(drop_ins.and_then(Path::parent)).unwrap_or(folder);
    let known = FOLDERS.iter().map(|known| root.join(known));
    known
        .filter(|folder| folder.is_dir())
        .chain(drop_ins.map(Path::to_owned))
        .collect()
}

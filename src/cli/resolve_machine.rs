//! `docklint resolve` for what configures daemons and clients.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::{ListFormat, ResolveArgs};
use super::output::Stdout;
use super::{Exit, complain};
use crate::config::Origin;
use crate::flow::{Request, Trees, Workspace};
use crate::load::{CHECKED_KINDS, load};
use crate::report::RenderOptions;
use crate::report::resolve::machine::MachineView;
use crate::rules::Choice;
use crate::source::{self, FileKind, SourceFile};

/// Whether a file configures a daemon or a client.
pub(super) fn concerns(file: &SourceFile) -> bool {
    matches!(
        file.kind(),
        FileKind::Unit | FileKind::EnvironmentFile | FileKind::DaemonJson | FileKind::ClientConfig
    )
}

/// Resolves what `file` belongs to: a daemon takes the files of a whole folder.
pub(super) fn run(
    args: &ResolveArgs,
    file: &SourceFile,
    sources: &[SourceFile],
    builds: &Request,
) -> io::Result<Exit> {
    let trees = Trees::parse(sources);
    let workspace = Workspace::new(&trees, builds);
    if file.kind() == FileKind::ClientConfig {
        let view = MachineView::new(&workspace, |_| false, |id| id == file.id());
        return print(args, &view);
    }
    if builds.host.is_some() {
        let view = MachineView::new(&workspace, |one| one.is_on_host, |_| false);
        return print(args, &view);
    }
    let Some(daemon) = workspace.machine.daemons.first() else {
        complain("this file configures no daemon");
        return Ok(Exit::Failed);
    };
    let paths = folders(args, file, &daemon.root);
    let request = source::Request {
        paths: &paths,
        stdin_name: None,
        kind: None,
        kinds: CHECKED_KINDS,
    };
    let loaded = load(
        &request,
        Origin::Nearest,
        &Choice::default(),
        args.build.request(),
        None,
        io::empty(),
    )?;
    let trees = Trees::parse(&loaded.sources);
    let whole = Workspace::new(&trees, &loaded.request);
    let same = |one: &crate::flow::ConfiguredDaemon| {
        one.root == daemon.root && one.service == daemon.service
    };
    // A file that only its name on the command line tells is not found in its folder.
    match whole.machine.daemons.iter().any(same) {
        true => print(args, &MachineView::new(&whole, same, |_| false)),
        false => print(args, &MachineView::new(&workspace, same, |_| false)),
    }
}

/// Where a daemon's files stand below the machine's root.
const FOLDERS: [&str; 8] = [
    "etc/systemd",
    "run/systemd",
    "usr/local/lib/systemd",
    "usr/lib/systemd",
    "lib/systemd",
    ".config/systemd",
    ".local/share/systemd",
    "etc/docker",
];

/// The folders of the daemon's files, written as the file's path was. The root may be a home
/// directory: it is not walked as a whole.
fn folders(args: &ResolveArgs, file: &SourceFile, root: &str) -> Vec<PathBuf> {
    let typed = source::slashed(&args.place.path);
    let below = file.location().strip_prefix(root);
    let root = below
        .and_then(|below| typed.strip_suffix(below))
        .unwrap_or(root);
    let own = args.place.path.parent();
    let own = own.filter(|own| !own.as_os_str().is_empty());
    let own = own.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let known = FOLDERS.iter().map(|folder| Path::new(root).join(folder));
    known
        .filter(|folder| folder.is_dir())
        .chain([own])
        .collect()
}

fn print(args: &ResolveArgs, view: &MachineView) -> io::Result<Exit> {
    let mut out = Stdout::new(args.color);
    let options = RenderOptions {
        color: out.color,
        ..RenderOptions::default()
    };
    match args.format {
        ListFormat::Human => view.human(&options, &mut out.writer)?,
        ListFormat::Json => view.json(&mut out.writer)?,
    }
    out.writer.flush()?;
    Ok(Exit::Clean)
}

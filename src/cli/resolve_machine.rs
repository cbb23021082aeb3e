//! `docklint resolve` for what configures daemons and clients.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::{ListFormat, ResolveArgs};
use super::output::Stdout;
use super::{Exit, complain};
use crate::config::Origin;
use crate::flow::{ConfiguredDaemon, Request, Trees, Workspace};
use crate::load::{CHECKED_KINDS, Loaded, load};
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

/// Resolves the machine's own daemons and clients.
pub(super) fn host(args: &ResolveArgs) -> io::Result<Exit> {
    let loaded = read(&[], args, args.build.host.clone())?;
    let trees = Trees::parse(&loaded.sources);
    let workspace = Workspace::new(&trees, &loaded.request);
    let view = MachineView::new(&workspace, |_| true, |_| true);
    if view.daemons.is_empty() && view.clients.is_empty() {
        complain("this machine has no unit, drop-in, daemon.json or config.json");
        return Ok(Exit::Failed);
    }
    print(args, &view)
}

/// Resolves what `file`, typed as `typed`, belongs to: a daemon takes the files of a whole folder.
pub(super) fn run(
    args: &ResolveArgs,
    typed: &Path,
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
    let alone = workspace.machine.daemons.first();
    let root = alone.map_or_else(|| root_of(file), |daemon| daemon.root.as_str());
    let whole = read(&folders(typed, file, root), args, None)?;
    let trees = Trees::parse(&whole.sources);
    let whole = Workspace::new(&trees, &whole.request);
    let same = |one: &ConfiguredDaemon| {
        one.root == root && alone.is_none_or(|daemon| one.service == daemon.service)
    };
    // A file that only its name on the command line tells is not found in its folder.
    let view = match whole.machine.daemons.iter().any(same) {
        true => MachineView::new(&whole, same, |_| false),
        false => MachineView::new(&workspace, same, |_| false),
    };
    if view.daemons.is_empty() {
        complain("no unit or drop-in beside this file reads it");
        return Ok(Exit::Failed);
    }
    print(args, &view)
}

fn read(paths: &[PathBuf], args: &ResolveArgs, host: Option<PathBuf>) -> io::Result<Loaded> {
    let request = source::Request {
        paths,
        stdin_name: None,
        kind: None,
        kinds: CHECKED_KINDS,
    };
    load(
        &request,
        Origin::Nearest,
        &Choice::default(),
        args.build.request(),
        host,
        io::empty(),
    )
}

/// The folder that stands for the root above an environment file of Docker's packages.
fn root_of(file: &SourceFile) -> &str {
    let location = file.location();
    let mut ends = ["etc/default/docker", "etc/sysconfig/docker"].into_iter();
    ends.find_map(|end| location.strip_suffix(end))
        .unwrap_or(location)
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

/// The folders of the daemon's files, written as the file's path was. The root may be a home
/// directory: it is not walked as a whole.
fn folders(path: &Path, file: &SourceFile, root: &str) -> Vec<PathBuf> {
    let typed = source::slashed(path);
    let below = file.location().strip_prefix(root);
    let root = below
        .and_then(|below| typed.strip_suffix(below))
        .unwrap_or(root);
    let own = path.parent();
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

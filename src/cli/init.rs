//! `docklint init`: a configuration with comments, fitted to the files that are there. It changes no
//! finding before somebody takes a `#` away.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::slice;

use super::args::{BuildArgs, Color, InitArgs, SearchArgs};
use super::loading::{load_all, tell};
use super::output::Stdout;
use super::{Exit, complain};
use crate::config;
use crate::finding::redact::Door;
use crate::fix::replace;
use crate::flow::go::tidy;
use crate::flow::{Rounds, Trees, Workspace};
use crate::load::Loaded;
use crate::secrets::Names;
use crate::source::{FileKind, slashed};

pub(super) fn run(args: &InitArgs) -> io::Result<Exit> {
    let folder = args.folder.strip_prefix(".").unwrap_or(&args.folder);
    let path = folder.join(config::NAMES[0]);
    let shown = slashed(&path);
    let refuse = |message: &str| {
        complain(&Names::BUILT_IN, Some(&shown), message);
        Ok(Exit::Failed)
    };
    let there = config::NAMES.map(|name| args.folder.join(name));
    if !args.stdout && !args.force && there.iter().any(|path| path.symlink_metadata().is_ok()) {
        return refuse("there is a configuration; --force replaces it");
    }
    // `replace` would follow it to wherever whoever made the project wants.
    if !args.stdout && path.is_symlink() {
        return refuse("is a symbolic link: it stays as it is");
    }
    if !args.folder.is_dir() {
        return refuse("there is no such folder");
    }
    let rounds = Rounds::default();
    let loaded = load_all(
        &rounds,
        slice::from_ref(&args.folder),
        None,
        &BuildArgs::default(),
        &SearchArgs::default(),
    )?;
    let told = tell(&loaded);
    let text = configuration(&Hints::of(&loaded));
    if args.stdout {
        Stdout::new(Color::Never).print(&text)?;
        return Ok(told);
    }
    let written = match args.force {
        true => replace(&path, text.as_bytes()),
        // Whoever made one in the meantime keeps it.
        false => File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes())),
    };
    match written {
        Ok(()) => {
            writeln!(
                io::stdout(),
                "Wrote {}",
                Door::new(&Names::BUILT_IN).path(&shown)
            )?;
            Ok(told)
        }
        Err(error) => refuse(&format!("cannot write it: {error}")),
    }
}

/// What the files say that a configuration may be about.
#[derive(Debug, Default)]
struct Hints {
    /// How many files of each kind there are.
    kinds: Vec<(FileKind, usize)>,
    /// Folders of somebody else's files that hold some of them.
    vendored: BTreeSet<String>,
    /// The values that `GOPROXY` has.
    goproxy: BTreeSet<String>,
    /// Whether a proxy is set anywhere.
    has_proxy: bool,
}

/// Names of folders that projects keep other people's files in, and files that are wrong on purpose.
const VENDORED: [&str; 6] = [
    "vendor",
    "node_modules",
    "third_party",
    "testdata",
    "fixtures",
    "examples",
];

impl Hints {
    fn of(loaded: &Loaded<'_>) -> Self {
        let mut hints = Self::default();
        let asked = loaded.sources.iter().filter(|file| file.is_asked_for());
        let kinds: Vec<FileKind> = asked.clone().map(|file| file.kind()).collect();
        let count = |kind| kinds.iter().filter(|&&it| it == kind).count();
        hints.kinds = FileKind::ALL.map(|kind| (kind, count(kind))).to_vec();
        hints.kinds.retain(|(_, count)| *count > 0);
        for file in asked {
            let folders: Vec<&str> = file.path().split('/').collect();
            let vendored = folders.iter().position(|name| VENDORED.contains(name));
            let folder = vendored.and_then(|at| folders.get(at));
            hints.vendored.extend(folder.map(|name| format!("{name}/")));
        }
        hints.look_at_builds(loaded);
        hints
    }

    fn look_at_builds(&mut self, loaded: &Loaded) {
        let trees = Trees::parse(&loaded.sources);
        let workspace = Workspace::new(&trees, &loaded.request);
        let door = Door::new(&workspace.names);
        for build in &workspace.builds {
            let shown = door.file(workspace.source(build.file));
            let given = build.model.build_args.iter();
            let given = given.map(|arg| (arg.name.as_str(), &arg.value));
            let set = build.settings().map(|it| (it.name, it.value));
            for (name, value) in given.chain(set) {
                let is_proxy = name.to_ascii_lowercase().ends_with("_proxy");
                self.has_proxy |= is_proxy && !name.eq_ignore_ascii_case("no_proxy");
                let known = value.as_known().filter(|value| !value.is_empty());
                // Nothing that is masked somewhere goes into a file: what stands in the Dockerfile itself
                // was copied from nowhere.
                let known = known.filter(|value| shown.as_str().contains(value));
                if let ("GOPROXY", Some(value)) = (name, known) {
                    let value = Some(tidy(value)).filter(|it| config::is_goproxy(it));
                    self.goproxy.extend(value);
                }
            }
        }
    }
}

/// The text of the file.
fn configuration(hints: &Hints) -> String {
    let kinds = hints.kinds.iter();
    let kinds: Vec<String> = kinds
        .map(|(kind, count)| format!("{} {count}", kind.name()))
        .collect();
    let found = match kinds.is_empty() {
        true => "no files yet".to_owned(),
        false => kinds.join(", "),
    };
    let list = |names: &BTreeSet<String>, example: &str| match names.is_empty() {
        true => format!("[{}]", quoted(example)),
        false => {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            format!("[{}]", names.join(", "))
        }
    };
    let proxy = match hints.has_proxy {
        true => "# Some files here set a proxy. If nothing gets out without one, say so:\n",
        false => "",
    };
    let exclude = list(&hints.vendored, "third_party/");
    let goproxy = list(&hints.goproxy, "https://goproxy.corp.example");
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "# docklint: found {found}. `docklint schema` describes every key.\n\
        requires-docklint = \">={version}\"\n\n\
        # Files and folders to leave alone, as in .gitignore.\n\
        # exclude = {exclude}\n\n\
        # Whether folders are searched without what a .gitignore lists.\n\
        # respect-gitignore = true\n\n\
        # The least severity that fails a run: info, warning or error.\n\
        # fail-level = \"warning\"\n\n\
        # Who builds: buildkit, podman or classic.\n\
        # engine = \"buildkit\"\n\n\
        # Levels by rule or group (`docklint rules` lists both): off, info, warning or error.\n\
        # [rules]\n\
        # ignore = [\"goproxy\"]\n\
        # proxy-baked = \"error\"\n\
        # arg-out-of-scope = {{ level = \"warning\", allow = [\"VERSION\"] }}\n\n\
        {proxy}\
        # [network]\n\
        # proxy-required = true\n\
        # internal-hosts = [\"*.corp.example\"]\n\
        # The values that GOPROXY may have.\n\
        # goproxy = {goproxy}\n\n\
        # Names that are none of secrets, though they look like it: only those that you know of.\n\
        # [secrets]\n\
        # exempt = [\"DEMO_TOKEN\"]\n\n\
        # What builds are given, where that is not in the files.\n\
        # [[builds]]\n\
        # paths = [\"images/\"]\n\
        # target = \"production\"\n\
        # build-args = [\"VERSION=1.0\", \"HTTP_PROXY\"]\n\n\
        # Other rules for some files.\n\
        # [[overrides]]\n\
        # paths = [\"legacy/\"]\n\
        # rules = {{ ignore = [\"proxy\"] }}\n"
    )
}

/// A TOML string. In a comment a line break would end it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if crate::report::escape::is_deceptive(c) => {
                quoted.push_str(&format!("\\U{:08X}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

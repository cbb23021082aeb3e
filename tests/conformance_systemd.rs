//! Conformance with systemd 252: what really reached a daemon, case by case and part by part.
//!
//! The cases are `fixtures/conformance/systemd/*` and the `systemd/` folder of each folder in
//! `DOCKLINT_CASES` (separated by `:`). Each case is read twice: from memory on every platform, and
//! where links can be made from a tree on disk; both must tell the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use docklint::check;
use docklint::config::Origin;
use docklint::finding::Finding;
use docklint::flow;
use docklint::load::{self, CHECKED_KINDS, Edited, LoadRequest};
use docklint::model::Value;
use docklint::model::daemon::{self, Cause, Daemon, Diagnostic, Facts, Manager, Request, Scope};
use docklint::model::go_proxy::GoProxy;
use docklint::rules::Choice;
use docklint::source::{self, FileId, FileKind, FileTree, HostTree, MemoryTree, SourceFile, Span};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value as Json;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for folder in folders() {
        let links = Links::read(&folder);
        for case in cases(&folder) {
            let case = Arc::new(Case::read(&folder, &case, &links));
            for (part, check) in PARTS {
                let case = Arc::clone(&case);
                let name = format!("{}::{part}", case.name);
                trials.push(Trial::test(name, move || check(&case)));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

type Check = fn(&Case) -> Result<(), Failed>;

const PARTS: [(&str, Check); 9] = [
    ("environment", environment),
    ("drop_ins", drop_ins),
    ("start", start),
    ("command", command),
    ("go_proxy", go_proxy),
    ("findings", findings),
    ("host_tree", host_tree),
    ("rules_host", rules_host),
    ("rules_shipped", rules_shipped),
];

fn folders() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance");
    let more = std::env::var("DOCKLINT_CASES").unwrap_or_default();
    let more = more.split(':').filter(|folder| !folder.is_empty());
    let folders = std::iter::once(own).chain(more.map(PathBuf::from));
    folders
        .filter(|folder| folder.join("systemd").is_dir())
        .collect()
}

fn cases(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join("systemd")).expect("a folder of cases");
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().join("case.json").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    names
}

/// Links that a checkout or a copy has turned into files holding their target.
struct Links {
    listed: BTreeMap<String, String>,
    complete: bool,
}

impl Links {
    fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("systemd-links.tsv"));
        let complete = text.is_ok();
        let text = text.unwrap_or_default();
        let rows = text.lines().filter(|line| !line.starts_with('#'));
        let listed = rows
            .filter_map(|line| line.split_once('\t'))
            .map(|(path, target)| (path.to_owned(), target.to_owned()))
            .collect();
        Self { listed, complete }
    }

    /// The target, if the file stands for a link. Without a list: a path and no line end is what
    /// git writes where it cannot make links.
    fn target(&self, path: &str, bytes: &[u8]) -> Option<String> {
        if self.complete {
            return self.listed.get(path).cloned();
        }
        let text = std::str::from_utf8(bytes).ok()?;
        let path = text.starts_with('/') || text.ends_with(".service") || text.ends_with(".conf");
        let other = |c: char| c.is_whitespace() || matches!(c, '=' | '[' | '#');
        (path && text.len() < 200 && !text.contains(other)).then(|| text.to_owned())
    }
}

enum Node {
    File(Vec<u8>),
    Link(String),
    Directory,
}

struct Case {
    name: String,
    nodes: BTreeMap<String, Node>,
    case: Json,
    expected: Json,
}

impl Case {
    fn read(folder: &Path, name: &str, links: &Links) -> Self {
        let path = folder.join("systemd").join(name);
        let json = |file: &str| {
            let text = std::fs::read_to_string(path.join(file)).expect("a case's JSON file");
            serde_json::from_str(&text).expect("JSON")
        };
        let mut case = Self {
            name: name.to_owned(),
            nodes: BTreeMap::new(),
            case: json("case.json"),
            expected: json("expected.json"),
        };
        case.walk(&path.join("root"), "", links);
        case
    }

    fn walk(&mut self, directory: &Path, below: &str, links: &Links) {
        let Ok(entries) = std::fs::read_dir(directory) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{below}/{name}");
            let kind = entry.file_type().expect("a file type");
            if kind.is_symlink() {
                let target = std::fs::read_link(entry.path()).expect("a link");
                self.nodes
                    .insert(path, Node::Link(target.to_string_lossy().into_owned()));
            } else if kind.is_dir() {
                self.nodes.insert(path.clone(), Node::Directory);
                self.walk(&entry.path(), &path, links);
            } else {
                let bytes = std::fs::read(entry.path()).expect("a file");
                let listed = format!("{}/root{path}", self.name);
                let node = match links.target(&listed, &bytes) {
                    Some(target) => Node::Link(target),
                    None => Node::File(bytes),
                };
                self.nodes.insert(path, node);
            }
        }
    }

    /// The tree in memory, and its files by number.
    fn memory(&self) -> (MemoryTree, Vec<Arc<SourceFile>>) {
        let mut tree = MemoryTree::default();
        let mut files = Vec::new();
        for (path, node) in &self.nodes {
            match node {
                Node::Directory => tree.add_directory(path),
                Node::Link(target) => tree.add_link(path, target.clone()),
                Node::File(bytes) => {
                    let id = FileId(u32::try_from(files.len()).expect("few files"));
                    let file = Arc::new(SourceFile::new(
                        id,
                        path.clone(),
                        FileKind::Unit,
                        bytes.clone(),
                    ));
                    files.push(Arc::clone(&file));
                    tree.add_file(path, file);
                }
            }
        }
        (tree, files)
    }

    /// Writes the tree to disk; `false` where the platform makes no links.
    fn write(&self, folder: &Path) -> std::io::Result<bool> {
        for (path, node) in &self.nodes {
            let on_disk = folder.join(path.trim_start_matches('/'));
            if let Node::Directory = node {
                std::fs::create_dir_all(&on_disk)?;
                continue;
            }
            std::fs::create_dir_all(on_disk.parent().expect("a parent"))?;
            match node {
                Node::Directory => {}
                Node::File(bytes) => std::fs::write(&on_disk, bytes)?,
                Node::Link(target) => {
                    if !link(target, &on_disk)? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    fn load(&self, tree: &dyn FileTree) -> Daemon {
        let manager = match self.case["manager"].as_str() {
            Some("user") => Manager::User {
                home: "/root".into(),
            },
            _ => Manager::System,
        };
        let unit = self.case["unit"].as_str().unwrap_or("docker.service");
        daemon::load(&Request {
            tree,
            unit,
            manager,
            scope: Scope::Machine,
            facts: self.facts(),
        })
    }

    /// The machine the cases were recorded on.
    fn facts(&self) -> Facts {
        let pairs = [("ID", "debian"), ("VERSION_ID", "12")];
        let pid1 = self.case["pid1_env"].as_object();
        let pid1 = pid1.into_iter().flatten();
        Facts {
            hostname: Some("dockerhost".into()),
            architecture: Some("x86-64".into()),
            kernel: None,
            os_release: Some(pairs.map(|(k, v)| (k.into(), v.into())).into()),
            manager_environment: Some(pid1.map(|(k, v)| (k.clone(), text(v))).collect()),
        }
    }

    fn daemon(&self) -> Daemon {
        self.load(&self.memory().0)
    }

    fn started(&self) -> bool {
        self.expected["started"].as_bool().unwrap_or_default()
    }
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, expected: &T) -> Result<(), Failed> {
    if ours == expected {
        return Ok(());
    }
    Err(format!("{what}\n    ours: {ours:?}\nexpected: {expected:?}").into())
}

/// The known text, with `*` for what is not known.
fn show(value: &Value) -> String {
    use docklint::model::Piece;
    match value {
        Value::Known(text) => text.to_string(),
        Value::Unknown(_) => "*".to_owned(),
        Value::Partly(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.as_ref(),
                Piece::Unknown(_) => "*",
            })
            .collect(),
    }
}

fn variables(daemon: &Daemon) -> BTreeMap<String, String> {
    let variables = daemon.environment.iter();
    variables
        .map(|(name, variable)| (name.clone(), show(&variable.value)))
        .collect()
}

fn environment(case: &Case) -> Result<(), Failed> {
    if !case.started() {
        return Ok(());
    }
    let mut ours = variables(&case.daemon());
    let mut expected = BTreeMap::new();
    for (name, value) in case.expected["environment"]
        .as_object()
        .into_iter()
        .flatten()
    {
        // Of a long value only the length and the beginning are recorded.
        if let (Some(length), Some(head)) = (value["len"].as_u64(), value["head"].as_str()) {
            let value = ours.entry(name.clone()).or_default();
            same("length", &(value.len() as u64), &length)?;
            value.truncate(head.len());
            expected.insert(name.clone(), head.to_owned());
        } else {
            expected.insert(name.clone(), text(value));
        }
    }
    same("environment", &ours, &expected)
}

fn drop_ins(case: &Case) -> Result<(), Failed> {
    let daemon = case.daemon();
    let expected = case.expected["drop_ins"].as_array().into_iter().flatten();
    same("drop-ins", &daemon.drop_ins, &expected.map(text).collect())?;
    let expected = case.expected["fragment"].as_str().map(str::to_owned);
    same("fragment", &daemon.fragment, &expected)
}

fn start(case: &Case) -> Result<(), Failed> {
    let daemon = case.daemon();
    same("starts", &daemon.starts, &case.started())?;
    let state = match daemon.load_state {
        daemon::LoadState::Loaded => "loaded",
        daemon::LoadState::NotFound => "not-found",
        daemon::LoadState::Masked => "masked",
        daemon::LoadState::BadSetting => "bad-setting",
        daemon::LoadState::Error => "error",
    };
    same(
        "load state",
        &state.to_owned(),
        &text(&case.expected["load_state"]),
    )
}

fn command(case: &Case) -> Result<(), Failed> {
    let Some(expected) = case.expected["argv"].as_array() else {
        return Ok(());
    };
    let ours: Vec<String> = case.daemon().command.iter().map(show).collect();
    same("command line", &ours, &expected.iter().map(text).collect())
}

fn go_proxy(case: &Case) -> Result<(), Failed> {
    let Some(expected) = case.expected["go_proxy"].as_object() else {
        return Ok(());
    };
    let daemon = case.daemon();
    let get = |name: &str| {
        daemon
            .environment
            .get(name)
            .and_then(|v| v.value.as_known())
    };
    let proxy = GoProxy::from_environment(get);
    for (url, decision) in expected {
        let ours = proxy.for_url(url).unwrap_or_else(|| "direct".to_owned());
        same(url, &ours, &text(decision))?;
    }
    Ok(())
}

/// A diagnostic with the path and the lines it covers.
struct Placed {
    path: String,
    lines: std::ops::RangeInclusive<u64>,
    told: Option<u64>,
    cause: Cause,
}

fn placed(diagnostic: &Diagnostic, files: &[Arc<SourceFile>]) -> Placed {
    let file = diagnostic
        .at
        .and_then(|at| files.iter().find(|file| file.id() == at.file));
    let lines = file.zip(diagnostic.at).map(|(file, at)| {
        let line = |offset: u32| file.lines().line(offset as usize) as u64;
        line(at.span.start)..=line(at.span.end)
    });
    Placed {
        path: diagnostic.path.clone(),
        lines: lines.unwrap_or(0..=0),
        told: diagnostic.line.map(u64::from),
        cause: diagnostic.cause,
    }
}

fn findings(case: &Case) -> Result<(), Failed> {
    let (tree, files) = case.memory();
    let daemon = case.load(&tree);
    let placed: Vec<Placed> = daemon
        .diagnostics
        .iter()
        .map(|d| placed(d, &files))
        .collect();
    let all = || -> Vec<(&str, Cause, &str)> {
        let shown = daemon.diagnostics.iter();
        shown
            .map(|d| (d.path.as_str(), d.cause, d.message.as_str()))
            .collect()
    };
    for warning in case.expected["warnings"].as_array().into_iter().flatten() {
        let said = text(&warning["text"]);
        let found = match (warning["path"].as_str(), warning["line"].as_u64()) {
            (Some(path), Some(line)) => placed
                .iter()
                .any(|p| p.path == path && (p.told == Some(line) || p.lines.contains(&line))),
            // "…: FILE", without a line.
            _ => match said.rsplit_once(": /") {
                Some((_, path)) if said.starts_with("Ignoring") => {
                    placed.iter().any(|p| p.path == format!("/{path}"))
                }
                _ => !placed.is_empty(),
            },
        };
        if !found {
            return Err(format!("no diagnostic for {warning}\nours: {:#?}", all()).into());
        }
    }
    let verdict = case.expected["verdict"].as_str().unwrap_or_default();
    let lost = matches!(verdict, "lost-silently" | "lost-warned" | "no-start");
    if lost && placed.is_empty() {
        return Err(format!("{verdict}, and no diagnostic").into());
    }
    let refused = placed
        .iter()
        .any(|p| p.cause.rule() == "daemon-start-refused");
    if verdict == "no-start" && !refused {
        return Err(format!("no-start, and no refusal among {:#?}", all()).into());
    }
    let loud = |p: &&Placed| {
        p.cause.rule().starts_with("dropin-") || p.cause.rule() == "daemon-start-refused"
    };
    if verdict == "ok" && placed.iter().any(|p| loud(&p)) {
        return Err(format!("ok, but {:#?}", all()).into());
    }
    Ok(())
}

/// The same from a tree on disk, links made where the platform has them.
fn host_tree(case: &Case) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    if !case.write(folder.path())? {
        return Ok(());
    }
    let tree = HostTree::new(folder.path(), FileId(0));
    let ours = case.load(&tree);
    let expected = case.daemon();
    same("environment", &variables(&ours), &variables(&expected))?;
    same("drop-ins", &ours.drop_ins, &expected.drop_ins)?;
    let causes = |daemon: &Daemon| -> Vec<(Cause, String)> {
        let found = daemon.diagnostics.iter();
        found.map(|d| (d.cause, d.path.clone())).collect()
    };
    same("diagnostics", &causes(&ours), &causes(&expected))
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> std::io::Result<bool> {
    std::os::unix::fs::symlink(target, path).map(|()| true)
}

#[cfg(not(unix))]
fn link(_target: &str, _path: &Path) -> std::io::Result<bool> {
    Ok(false)
}

/// What the whole pipeline finds: on the machine whose root the case's tree is.
fn rules_host(case: &Case) -> Result<(), Failed> {
    let root = tempfile::tempdir()?;
    let project = tempfile::tempdir()?;
    if !case.write(root.path())? {
        return Ok(());
    }
    let found = run(project.path(), Some(root.path()))?;
    case.judge(&found)?;
    let verdict = case.expected["verdict"].as_str().unwrap_or_default();
    let told = |rule: &str| found.findings.iter().any(|one| one.rule.starts_with(rule));
    let is_silent = match verdict {
        "no-start" => !told("daemon-start-refused"),
        "lost-silently" | "lost-warned" => !told(""),
        _ => false,
    };
    match is_silent {
        true => Err(format!("{verdict}, and not told").into()),
        false => Ok(()),
    }
}

/// The same from a repository that ships the case's tree. What it leaves out may be on the machine,
/// so that it cannot tell all that is lost.
fn rules_shipped(case: &Case) -> Result<(), Failed> {
    let root = tempfile::tempdir()?;
    if !case.write(root.path())? {
        return Ok(());
    }
    let found = run(root.path(), None)?;
    case.judge(&found)
}

fn run(project: &Path, host: Option<&Path>) -> Result<check::Outcome, Failed> {
    let paths = [project.to_owned()];
    let files = source::Request {
        paths: &paths,
        stdin_name: None,
        kind: None,
        kinds: CHECKED_KINDS,
        around: false,
        respect_gitignore: None,
    };
    let rounds = flow::Rounds::default();
    let wanted = LoadRequest {
        files,
        origin: Origin::Isolated,
        choice: Choice::default(),
        builds: flow::Request::default(),
        host: host.map(Path::to_owned),
        edited: &Edited::default(),
    };
    let loaded = load::load(&rounds, wanted, std::io::empty())?;
    let options = check::Options {
        selections: loaded.selections,
        request: loaded.request,
        ..check::Options::default()
    };
    Ok(check::check(loaded.sources, &options))
}

impl Case {
    /// Whether the findings tell what the real systemd warned of, and no more.
    fn judge(&self, found: &check::Outcome) -> Result<(), Failed> {
        let shown: Vec<String> = found
            .findings
            .iter()
            .map(|one| format!("{} {}", one.rule, one.message))
            .collect();
        for warning in self.expected["warnings"].as_array().into_iter().flatten() {
            let (Some(path), Some(line)) = (warning["path"].as_str(), warning["line"].as_u64())
            else {
                continue;
            };
            let line = usize::try_from(line)?;
            let is_told = found.findings.iter().any(|one| {
                one.primary().is_some_and(|at| {
                    let file = &found.sources[at.file.0 as usize];
                    // Of an environment file systemd tells the line behind.
                    let behind = usize::from(warning["phase"] == "start");
                    let lines = directive(file, at.span);
                    file.location().ends_with(path)
                        && (*lines.start()..=lines.end() + behind).contains(&line)
                })
            });
            if !is_told {
                return Err(format!("no finding for {warning}\nours: {shown:#?}").into());
            }
        }
        let verdict = self.expected["verdict"].as_str().unwrap_or_default();
        let is_loud =
            |one: &Finding| one.rule.starts_with("dropin-") || one.rule == "daemon-start-refused";
        // What process 1 was started with stands in no file.
        let is_ok = verdict == "ok" && self.case["pid1_env"].is_null();
        let is_wrong = is_ok && found.findings.iter().any(is_loud);
        match is_wrong {
            true => Err(format!("{verdict}, but {shown:#?}").into()),
            false => Ok(()),
        }
    }
}

/// The lines of the directive that holds `span`, as systemd counts them: NUL ends a line too, and a
/// continued directive is told at its last line.
fn directive(file: &SourceFile, span: Span) -> std::ops::RangeInclusive<usize> {
    let text = file.text();
    let line = |offset: u32| {
        let before = text.get(..offset as usize).unwrap_or_default();
        let before = before.replace("\r\n", "\n");
        1 + before.matches(['\n', '\r', '\0']).count()
    };
    let unix = text.replace("\r\n", "\n");
    let lines: Vec<&str> = unix.split(['\n', '\r', '\0']).collect();
    let goes_on = |line: usize| {
        let text = lines.get(line.wrapping_sub(1)).copied().unwrap_or_default();
        text.ends_with('\\') || text.trim_start().starts_with(['#', ';'])
    };
    let (mut first, mut last) = (line(span.start), line(span.end));
    while first > 1 && goes_on(first - 1) {
        first -= 1;
    }
    while goes_on(last) {
        last += 1;
    }
    first..=last
}

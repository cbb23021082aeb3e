//! Programs that do what docklint does not see.

use super::super::client::{Client, Evidence, Row, Traffic};
use super::proxies;
use crate::flow::shell::Command;

const ROWS: &[Row] = &[Row::new(
    "",
    Traffic::Unknown,
    Evidence::verified("NETWORK_COMMANDS.tsv: make, ./configure, cmake, ./script.sh"),
)];

/// Builders, interpreters, scripts
static SCRIPT: Client = Client::new(
    "script",
    "make|gmake|cmake|ctest|ninja|meson|bazel|bazelisk|scons|just|task|mage|rake|rails|tox|nox|invoke|ant|\
     configure|autoreconf|bootstrap|sh|bash|dash|ash|zsh|perl|ruby|php|Rscript|R|julia|lua|java|deno|tsx|ts-node|\
     gulp|grunt|ng|nx|turbo|vite|webpack|next|nest|expo|cordova|ionic|electron-builder|buck|pants|earthly|goreleaser|\
     xmake|waf|source|.",
    ROWS,
    None,
);

/// Python: its standard library reads the variables, a program may do otherwise.
static PYTHON: Client = Client::new("python", "python#|pypy#", ROWS, Some(&proxies::URLLIB));

/// Node 20: `fetch` reads no variable, a program may do otherwise.
static NODE: Client = Client::new("node", "node|nodejs", ROWS, Some(&proxies::NONE));

/// A script given by its path: `./build.sh`, `/docker/install`.
pub(super) fn by_path(command: &Command) -> Option<&'static Client> {
    let path = command.argv.first()?.value.as_known()?;
    let is_script = path.starts_with("./")
        || path.starts_with("../")
        || path.starts_with("/tmp/")
        || [".sh", ".bash", ".py", ".pl", ".rb"]
            .iter()
            .any(|end| path.ends_with(end));
    is_script.then_some(&SCRIPT)
}

pub(super) static CLIENTS: &[&Client] = &[&SCRIPT, &PYTHON, &NODE];

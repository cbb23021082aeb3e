//! Opening files, with care: what is linted may come from a stranger.

use std::fs::{File, FileType, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{FileKind, Root};

/// Larger files are not read: no Dockerfile is that long, and spans count with 32 bits.
pub const SIZE_LIMIT: u64 = 8 * 1024 * 1024;

/// Why a path was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nothing is there.
    NotFound,
    /// A symbolic link to nothing.
    DanglingLink,
    /// The system refused: permission, input/output error, a loop of links.
    Unreadable(io::ErrorKind),
    /// A pipe, a socket, a device: opening one can block or have effects.
    NotAFile(&'static str),
    /// A folder with the name of a file.
    Folder,
    /// The path leads out of the project root.
    OutsideRoot,
    /// A network share or device name of Windows: opening one talks to other machines.
    ShareOrDevice,
    /// More bytes than [`SIZE_LIMIT`]; the size is known if the file has one.
    TooLarge(Option<u64>),
    /// A folder that cannot be walked.
    UnsafeGitignore,
    /// A folder with more in its `.gitignore` than is followed.
    LongGitignore,
    /// UTF-16 text.
    Utf16,
    /// Neither name nor content say what it is.
    UnknownKind,
    /// Of a kind that is recognised but not checked.
    NotChecked(FileKind),
}

impl Cause {
    /// A stable word for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::DanglingLink => "dangling-link",
            Self::Unreadable(_) | Self::UnsafeGitignore | Self::LongGitignore => "unreadable",
            Self::NotAFile(_) | Self::Folder => "not-a-file",
            Self::OutsideRoot => "outside-root",
            Self::ShareOrDevice => "share-or-device",
            Self::TooLarge(_) => "file-too-large",
            Self::Utf16 => "not-utf-8",
            Self::UnknownKind => "unknown-kind",
            Self::NotChecked(_) => "not-checked",
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => write!(f, "no such file or folder"),
            Self::DanglingLink => write!(f, "a symbolic link to a file that does not exist"),
            Self::Unreadable(kind) => write!(f, "cannot be read: {kind}"),
            Self::NotAFile(what) => write!(f, "{what}, not a regular file"),
            Self::Folder => write!(f, "a folder, not a file"),
            Self::OutsideRoot => write!(f, "leads out of the project root, so it is not opened"),
            Self::ShareOrDevice => write!(f, "a network share or device, so it is not opened"),
            Self::TooLarge(Some(size)) => write!(
                f,
                "{size} bytes; files over {SIZE_LIMIT} bytes are not read"
            ),
            Self::TooLarge(None) => write!(f, "files over {SIZE_LIMIT} bytes are not read"),
            Self::UnsafeGitignore => write!(
                f,
                "not searched, because its .gitignore is not a regular file in the project root"
            ),
            Self::LongGitignore => write!(
                f,
                "not searched, because its .gitignore is longer than {} KiB: shorten it, or search with --no-respect-gitignore",
                GITIGNORE_LIMIT >> 10
            ),
            Self::Utf16 => write!(f, "UTF-16 text, which Docker cannot read: save it as UTF-8"),
            Self::UnknownKind => write!(
                f,
                "neither the name nor the content says what kind of file this is: use --kind"
            ),
            Self::NotChecked(kind) => {
                write!(f, "{} files are not checked by this version", kind.name())
            }
        }
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // A path through something that is no folder names nothing either.
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound,
            kind => Self::Unreadable(kind),
        }
    }
}

/// Where a path leads, links resolved.
#[derive(Debug)]
pub(super) struct Resolved {
    pub path: PathBuf,
    pub metadata: Metadata,
}

/// Follows the links of `location`, whose folder has none, if they stay below the root.
pub(super) fn resolve(root: &Root, location: &Path) -> Result<Resolved, Cause> {
    let metadata = location.symlink_metadata()?;
    if !metadata.is_symlink() {
        let path = location.to_owned();
        return match root.holds(&path) {
            true => Ok(Resolved { path, metadata }),
            false => Err(Cause::OutsideRoot),
        };
    }
    if cfg!(windows) && leads_to_share(location) {
        return Err(Cause::ShareOrDevice);
    }
    let path = location
        .canonicalize()
        .map_err(|error| match Cause::from(error) {
            Cause::NotFound => Cause::DanglingLink,
            other => other,
        })?;
    if !root.holds(&path) {
        return Err(Cause::OutsideRoot);
    }
    let metadata = path.metadata()?;
    Ok(Resolved { path, metadata })
}

/// Whether what was found may be opened and read.
pub(super) fn check_regular(metadata: &Metadata) -> Result<(), Cause> {
    if metadata.is_dir() {
        Err(Cause::Folder)
    } else if !metadata.is_file() {
        Err(Cause::NotAFile(special(metadata.file_type())))
    } else if metadata.len() > SIZE_LIMIT {
        Err(Cause::TooLarge(Some(metadata.len())))
    } else {
        Ok(())
    }
}

/// Bytes of a `.gitignore` that is followed: one of 7 MB took 13 s and 3.3 GB to compile.
pub(super) const GITIGNORE_LIMIT: u64 = 256 * 1024;

/// Whether a `.gitignore` may be opened and read.
pub(super) fn check_gitignore(metadata: &Metadata) -> Result<(), Cause> {
    check_regular(metadata)?;
    match metadata.len() > GITIGNORE_LIMIT {
        true => Err(Cause::TooLarge(Some(metadata.len()))),
        false => Ok(()),
    }
}

/// Reads a file below the root that nobody named: a configuration file, one that another file refers to.
pub fn read_below(root: &Root, location: &Path) -> Result<Vec<u8>, Cause> {
    let resolved = resolve_all(root, location)?;
    check_regular(&resolved.metadata)?;
    read_regular(&resolved.path)
}

/// Whether there is a file below the root that could be read.
pub fn find_below(root: &Root, location: &Path) -> Result<(), Cause> {
    if !root.holds(location) {
        return Err(Cause::OutsideRoot);
    }
    check_regular(&resolve_all(root, location)?.metadata)
}

/// [`resolve`] where a folder on the way may be a link, too, as in a path that a file refers to.
fn resolve_all(root: &Root, location: &Path) -> Result<Resolved, Cause> {
    let Resolved { path, metadata } = resolve(root, location)?;
    let path = path.canonicalize()?;
    match root.holds(&path) {
        true => Ok(Resolved { path, metadata }),
        false => Err(Cause::OutsideRoot),
    }
}

/// Reads a file that the user named and that may lie outside the root, such as `--config`.
pub fn read_named(path: &Path) -> Result<Vec<u8>, Cause> {
    if cfg!(windows) && names_share_or_device(&path.to_string_lossy()) {
        return Err(Cause::ShareOrDevice);
    }
    check_regular(&path.metadata()?)?;
    read_regular(path)
}

/// Reads a path that [`resolve`] and [`check_regular`] let through.
pub(super) fn read_regular(path: &Path) -> Result<Vec<u8>, Cause> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    read_limited(file, size)
}

/// Reads to the end, or to the limit: sizes can change, and standard input has none.
pub(super) fn read_limited(source: impl Read, expected: u64) -> Result<Vec<u8>, Cause> {
    // One byte more, so that the end is seen without growing.
    let capacity = expected.min(SIZE_LIMIT) + 1;
    let mut bytes = Vec::with_capacity(usize::try_from(capacity).unwrap_or_default());
    source.take(SIZE_LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(Cause::TooLarge(None));
    }
    Ok(bytes)
}

/// Refuses text that the real tool cannot read at all and for which a syntax error on line 1 would
/// be a riddle. systemd reads UTF-16 in its own way (facts/systemd-daemon-go.md 21), so units pass.
pub(super) fn check_encoding(kind: FileKind, bytes: &[u8]) -> Result<(), Cause> {
    let reads_anything = matches!(kind, FileKind::Unit | FileKind::EnvironmentFile);
    let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    match is_utf16 && !reads_anything {
        true => Err(Cause::Utf16),
        false => Ok(()),
    }
}

/// Whether Windows would take a path for a network share or a device. Works on text, so that it
/// can be tested everywhere.
pub(super) fn names_share_or_device(path: &str) -> bool {
    let path = path.replace('/', "\\");
    if let Some(rest) = path.strip_prefix(r"\\") {
        // `\\?\C:\…` is an ordinary path in its long form; everything else is elsewhere.
        let drive = rest.strip_prefix(r"?\").map(str::as_bytes);
        return !matches!(drive, Some([letter, b':', ..]) if letter.is_ascii_alphabetic());
    }
    path.rsplit('\\').next().is_some_and(is_device_name)
}

/// `CON`, `nul.txt`, `COM1`: devices in every folder.
fn is_device_name(name: &str) -> bool {
    let stem = name.split(['.', ':']).next().unwrap_or_default().trim_end();
    let is = |device: &str| stem.eq_ignore_ascii_case(device);
    if ["con", "prn", "aux", "nul", "conin$", "conout$"]
        .iter()
        .any(|device| is(device))
    {
        return true;
    }
    let numbered = stem
        .get(..3)
        .is_some_and(|port| port.eq_ignore_ascii_case("com") || port.eq_ignore_ascii_case("lpt"));
    numbered
        && matches!(
            stem.get(3..),
            Some("1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        )
}

/// Whether a chain of links has a step to a share: resolving it would already send credentials there.
fn leads_to_share(link: &Path) -> bool {
    const LINKS: usize = 40;
    let mut at = link.to_owned();
    for _ in 0..LINKS {
        let Ok(target) = at.read_link() else {
            return false;
        };
        if names_share_or_device(&target.to_string_lossy()) {
            return true;
        }
        at = at.parent().unwrap_or(Path::new("")).join(target);
    }
    true
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_kind: FileType) -> &'static str {
    "a device"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_devices_are_told_from_paths() {
        for path in [
            r"\\host\share\Dockerfile",
            "//host/share",
            r"\\.\pipe\x",
            r"\\?\UNC\h\s",
            "a/NUL",
            "com1",
            "aux.Dockerfile",
        ] {
            assert!(names_share_or_device(path), "{path}");
        }
        for path in [
            "Dockerfile",
            r"C:\x\Dockerfile",
            r"\\?\C:\x\Dockerfile",
            "console",
            "com10",
            "/x/Dockerfile",
        ] {
            assert!(!names_share_or_device(path), "{path}");
        }
    }

    #[test]
    fn reading_stops_at_the_limit() {
        assert_eq!(
            read_limited(io::repeat(b'x'), 0),
            Err(Cause::TooLarge(None))
        );
        let exactly = io::repeat(b'x').take(SIZE_LIMIT);
        assert_eq!(
            read_limited(exactly, SIZE_LIMIT).unwrap().len() as u64,
            SIZE_LIMIT
        );
    }
}

//! Writing a file in place of another one, with care: nothing that somebody else has written may be
//! lost, and nothing outside the project may be touched.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use crate::check::RunError;
use crate::source::{Cause, Root, SourceFile, path_of, read_below};

/// Why a file stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// One of the machine's own files.
    OnHost,
    /// Not below the project root.
    OutsideRoot,
    /// A symbolic link, or in a folder that is one.
    Link,
    /// It has other names, and who knows where.
    HardLink,
    /// A folder, a pipe, a device.
    NotAFile,
    /// Protected against writing.
    ReadOnly,
    /// It does not hold what was read.
    Changed,
    /// The system refused.
    Unwritable(io::ErrorKind),
}

impl Refusal {
    /// A stable word for programs.
    fn kind(self) -> &'static str {
        match self {
            Self::OnHost | Self::OutsideRoot => "outside-root",
            Self::Link => "symbolic-link",
            Self::HardLink => "hard-link",
            Self::NotAFile => "not-a-file",
            Self::ReadOnly => "read-only",
            Self::Changed => "changed",
            Self::Unwritable(_) => "unwritable",
        }
    }

    /// What to tell of a file.
    pub fn about(self, file: &SourceFile) -> RunError {
        RunError {
            at: None,
            path: file.path().to_owned(),
            kind: self.kind(),
            message: self.to_string(),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let why = match self {
            Self::OnHost => "it is the machine's own file",
            Self::OutsideRoot => "it is outside the project root",
            Self::Link => "there is a symbolic link on its path: name the file it leads to",
            Self::HardLink => {
                "it has other names (hard links), which may lie outside the project: mend it by hand"
            }
            Self::NotAFile => "it is no regular file",
            Self::ReadOnly => "it is read-only",
            Self::Changed => "somebody changed it in the meantime: run docklint again",
            Self::Unwritable(kind) => return write!(f, "not changed: {kind}"),
        };
        write!(f, "not changed: {why}")
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Unwritable(error.kind())
    }
}

impl From<Cause> for Refusal {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::OutsideRoot => Self::OutsideRoot,
            Cause::NotAFile(_) | Cause::Folder => Self::NotAFile,
            Cause::Unreadable(kind) => Self::Unwritable(kind),
            _ => Self::Changed,
        }
    }
}

/// A file that may be written.
#[derive(Debug)]
pub(super) struct Target {
    path: PathBuf,
    metadata: Metadata,
}

/// The file at a location, if it may be written.
pub(super) fn check(root: &Root, location: &str) -> Result<Target, Refusal> {
    let file = path_of(location);
    let below = file.strip_prefix(root.folder());
    let below = below.map_err(|_| Refusal::OutsideRoot)?;
    let mut path = root.folder().to_owned();
    let mut metadata = path.symlink_metadata()?;
    for name in below.components() {
        let Component::Normal(name) = name else {
            return Err(Refusal::OutsideRoot);
        };
        path.push(name);
        metadata = path.symlink_metadata()?;
        if metadata.is_symlink() {
            return Err(Refusal::Link);
        }
    }
    if !metadata.is_file() {
        return Err(Refusal::NotAFile);
    }
    // Written in place, it would change wherever else it has a name; renamed over, its names would part.
    if names(&metadata) > 1 {
        return Err(Refusal::HardLink);
    }
    if metadata.permissions().readonly() {
        return Err(Refusal::ReadOnly);
    }
    Ok(Target { path, metadata })
}

/// Whether a file may be written, and still holds what was read.
pub(super) fn check_unchanged(
    root: &Root,
    location: &str,
    before: &[u8],
) -> Result<Target, Refusal> {
    let target = check(root, location)?;
    match read_below(root, &target.path)? == before {
        true => Ok(target),
        false => Err(Refusal::Changed),
    }
}

/// Puts a new file in the place of one that holds `before`.
pub(super) fn write(
    root: &Root,
    location: &str,
    before: &[u8],
    after: &[u8],
) -> Result<(), Refusal> {
    let target = check_unchanged(root, location, before)?;
    put(&target.path, after, Some(&target.metadata), || {
        // As late as can be.
        check_unchanged(root, location, before).map(drop)
    })
}

/// Writes a file whole or not at all.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link stays, and leads to what is new.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let old = fs::metadata(&path).ok();
    put(&path, bytes, old.as_ref(), || Ok::<_, io::Error>(()))
}

/// Puts a new file in the place of `path`, if `is_still_right` says so at the end.
fn put<E: From<io::Error>>(
    path: &Path,
    bytes: &[u8],
    like: Option<&Metadata>,
    is_still_right: impl FnOnce() -> Result<(), E>,
) -> Result<(), E> {
    let (beside, file) = create_beside(path)?;
    let written = fill(file, bytes, like)
        .map_err(E::from)
        .and_then(|()| is_still_right())
        .and_then(|()| Ok(fs::rename(&beside, path)?));
    if written.is_err() {
        // There is nothing more to be done about it.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn fill(mut file: File, bytes: &[u8], like: Option<&Metadata>) -> io::Result<()> {
    // Before anything is in it that not everybody may read.
    if let Some(like) = like {
        keep_owner(&file, like)?;
        file.set_permissions(like.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

/// How many names a file has.
#[cfg(unix)]
fn names(of: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(of)
}

/// The standard library does not tell.
#[cfg(not(unix))]
fn names(_: &Metadata) -> u64 {
    1
}

/// Gives a file to whom the other one belongs: `sudo docklint --fix` must not take it away.
#[cfg(unix)]
fn keep_owner(file: &File, like: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata()?;
    match (own.uid(), own.gid()) == (like.uid(), like.gid()) {
        true => Ok(()),
        false => fchown(file, Some(like.uid()), Some(like.gid())),
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// A new file in the same folder, so that it can be renamed. No name is too long for it.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    const ATTEMPTS: u32 = 16;
    let mut attempt = 0;
    loop {
        let beside = format!(".docklint-{}-{attempt}.tmp", std::process::id());
        let beside = path.with_file_name(beside);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
        {
            Ok(file) => return Ok((beside, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < ATTEMPTS => {
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::slashed;

    /// A project with one file, and where that is.
    fn project() -> (tempfile::TempDir, Root, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("Dockerfile");
        fs::write(&path, "FROM a\n").unwrap();
        let root = Root::of(&[&path]).unwrap();
        (folder, root, path)
    }

    fn at(path: &Path) -> String {
        let path = slashed(path);
        match path.starts_with('/') {
            true => path,
            false => format!("/{path}"),
        }
    }

    fn entries(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        names.collect()
    }

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_behind() {
        let (folder, root, path) = project();
        write(&root, &at(&path), b"FROM a\n", b"FROM b\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"FROM b\n");
        assert_eq!(entries(folder.path()), ["Dockerfile"]);
    }

    #[test]
    fn what_somebody_else_wrote_stays() {
        let (folder, root, path) = project();
        let written = write(&root, &at(&path), b"FROM x\n", b"FROM b\n");
        assert_eq!(written, Err(Refusal::Changed));
        assert_eq!(fs::read(&path).unwrap(), b"FROM a\n");
        assert_eq!(entries(folder.path()), ["Dockerfile"]);
    }

    #[test]
    fn what_is_outside_is_not_touched() {
        let (_folder, root, _) = project();
        let (_other, _, outside) = project();
        assert_eq!(
            check(&root, &at(&outside)).err(),
            Some(Refusal::OutsideRoot)
        );
        assert_eq!(
            check(&root, &at(&root.folder().join(".").join(""))).err(),
            Some(Refusal::NotAFile)
        );
    }

    #[test]
    fn what_changes_at_the_last_moment_stays_and_nothing_is_left_behind() {
        let (folder, _, path) = project();
        let old = path.metadata().unwrap();
        let put = put(&path, b"FROM b\n", Some(&old), || Err(Refusal::Changed));
        assert_eq!(put, Err(Refusal::Changed));
        assert_eq!(fs::read(&path).unwrap(), b"FROM a\n");
        assert_eq!(entries(folder.path()), ["Dockerfile"]);
    }

    #[test]
    fn what_an_interrupted_run_left_is_in_nobodys_way() {
        let (folder, root, path) = project();
        let (left, _) = create_beside(&path).unwrap();
        write(&root, &at(&path), b"FROM a\n", b"FROM b\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"FROM b\n");
        assert_eq!(fs::read(left).unwrap(), b"");
        assert_eq!(entries(folder.path()).len(), 2);
    }

    #[test]
    fn a_long_name_is_written() {
        let (_folder, root, path) = project();
        let long = path.with_file_name("D".repeat(255));
        fs::rename(&path, &long).unwrap();
        write(&root, &at(&long), b"FROM a\n", b"FROM b\n").unwrap();
        assert_eq!(fs::read(&long).unwrap(), b"FROM b\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_where_a_whole_file_is_replaced() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (_folder, _, path) = project();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let link = path.with_file_name("link");
        symlink(&path, &link).unwrap();
        replace(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_another_name_is_refused() {
        let (_folder, root, path) = project();
        let outside = tempfile::tempdir_in(root.folder().parent().unwrap()).unwrap();
        let other = outside.path().join("Dockerfile");
        fs::hard_link(&path, &other).unwrap();
        let written = write(&root, &at(&path), b"FROM a\n", b"FROM b\n");
        assert_eq!(written, Err(Refusal::HardLink));
        assert_eq!(fs::read(&path).unwrap(), b"FROM a\n");
        assert_eq!(fs::read(&other).unwrap(), b"FROM a\n");

        // Where no other file than the one that is named may change, a new one takes its place.
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read(&other).unwrap(), b"FROM a\n");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_links_and_protected_files_are_refused() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (_folder, root, path) = project();
        let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        mode(0o640);
        write(&root, &at(&path), b"FROM a\n", b"FROM b\n").unwrap();
        let now = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(now & 0o777, 0o640);

        let link = path.with_file_name("link");
        symlink(&path, &link).unwrap();
        assert_eq!(check(&root, &at(&link)).err(), Some(Refusal::Link));
        let folder = path.with_file_name("folder");
        symlink(root.folder(), &folder).unwrap();
        let through = folder.join("Dockerfile");
        assert_eq!(check(&root, &at(&through)).err(), Some(Refusal::Link));

        mode(0o440);
        assert_eq!(check(&root, &at(&path)).err(), Some(Refusal::ReadOnly));
    }
}

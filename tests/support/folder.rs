//! A repository on disk.

use std::fs;

/// A repository with these files.
pub fn folder_of<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

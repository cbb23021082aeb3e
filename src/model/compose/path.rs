//! Lexical paths, written with `/`: nothing here looks at the disk.

/// Joins `path` to `base` unless it is absolute, and normalises the result as Go's
/// `filepath.Join` does.
pub fn join(base: &str, path: &str) -> String {
    if is_absolute(path) {
        return normalise(path);
    }
    normalise(&format!("{base}/{path}"))
}

/// Whether the path starts at a root: `/…` or `C:\…`.
pub fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || drive(path).is_some()
}

/// The folder of a path.
pub fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => path.get(..at).unwrap_or_default(),
        None => ".",
    }
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// The drive of a Windows path.
fn drive(path: &str) -> Option<&str> {
    let bytes = path.as_bytes();
    let is_drive = bytes.first()?.is_ascii_alphabetic()
        && bytes.get(1) == Some(&b':')
        && matches!(bytes.get(2), Some(b'/' | b'\\'));
    is_drive.then(|| path.get(..2)).flatten()
}

/// Removes `.`, `..` and doubled separators, lexically.
fn normalise(path: &str) -> String {
    let drive = drive(path);
    let rest = drive.map_or(path, |drive| path.get(drive.len()..).unwrap_or_default());
    let rooted = drive.is_some() || rest.starts_with('/');
    let separators: &[char] = if drive.is_some() {
        &['/', '\\']
    } else {
        &['/']
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split(separators) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|&last| last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let mut out = drive.unwrap_or_default().to_owned();
    if rooted {
        out.push('/');
    }
    out.push_str(&parts.join("/"));
    if out.is_empty() { ".".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_lexically() {
        assert_eq!(join("/p/q", "../x/./y"), "/p/x/y");
        assert_eq!(join("/p", "../../../etc/passwd"), "/etc/passwd");
        assert_eq!(join("/p", "/abs//x/"), "/abs/x");
        assert_eq!(join("C:/p", "..\\x"), "C:/x");
        assert_eq!(join("/p", "."), "/p");
    }
}

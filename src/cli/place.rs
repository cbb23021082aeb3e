//! `PATH[:LINE]` on the command line.

use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A file, or a line in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line, counted from 1.
    pub line: Option<usize>,
}

impl FromStr for Place {
    type Err = String;

    /// A colon that is not followed by a number belongs to the path, as in `C:\x`, and so does one
    /// of a file that has such a name.
    fn from_str(text: &str) -> Result<Self, String> {
        let whole = || Self {
            path: text.into(),
            line: None,
        };
        let split = text.rsplit_once(':').filter(|(path, line)| {
            !path.is_empty() && !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
        });
        let Some((path, line)) = split else {
            return Ok(whole());
        };
        if Path::new(text).exists() {
            return Ok(whole());
        }
        match line.parse() {
            Ok(0) => Err("lines count from 1".to_owned()),
            Ok(line) => Ok(Self {
                path: path.into(),
                line: Some(line),
            }),
            Err(_) => Err(format!("no file has {line} lines")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_behind_the_last_colon_is_a_line() {
        for (text, path, line) in [
            ("Dockerfile", "Dockerfile", None),
            ("a/Dockerfile:12", "a/Dockerfile", Some(12)),
            (r"C:\x", r"C:\x", None),
            (r"C:\x:12", r"C:\x", Some(12)),
            ("image:tag", "image:tag", None),
            ("x:", "x:", None),
            (":12", ":12", None),
            ("x:+1", "x:+1", None),
        ] {
            let place: Place = text.parse().unwrap();
            assert_eq!((place.path.to_str().unwrap(), place.line), (path, line));
        }
        assert!("x:0".parse::<Place>().is_err());
        assert!("x:99999999999999999999999".parse::<Place>().is_err());
    }
}

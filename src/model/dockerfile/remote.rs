//! Where `ADD` and `COPY` take a source from (upstream: `dfgitutil/git_ref.go`,
//! `dockerfile2llb/convert_copy.go`).

use crate::model::{Piece, Value};

/// What a source of `ADD` or `COPY` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A path in the context, or in the stage or image that `--from` names.
    Path,
    /// A file fetched by HTTP.
    Http,
    /// A git repository.
    Git {
        /// Host and path, without user and options.
        repository: String,
        /// Branch, tag or commit.
        reference: String,
        /// The folder inside.
        folder: String,
    },
}

/// Classifies a source by as much of it as is known.
pub(super) fn classify(source: &Value<'_>) -> Result<SourceKind, String> {
    match source {
        Value::Known(text) => classify_text(text),
        Value::Partly(pieces) => match pieces.first() {
            Some(Piece::Text(text)) if is_http(text) => Ok(SourceKind::Http),
            _ => Ok(SourceKind::Path),
        },
        Value::Unknown(_) => Ok(SourceKind::Path),
    }
}

fn is_http(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

fn classify_text(text: &str) -> Result<SourceKind, String> {
    if let Some(git) = git(text) {
        return git;
    }
    Ok(if is_http(text) {
        SourceKind::Http
    } else {
        SourceKind::Path
    })
}

/// The repository, if the source is one.
fn git(text: &str) -> Option<Result<SourceKind, String>> {
    if text.starts_with("./") || text.starts_with("../") || text.starts_with("github.com/") {
        return None;
    }
    let (before_fragment, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (location, query) = before_fragment
        .split_once('?')
        .unwrap_or((before_fragment, ""));
    let (host, path) = match url_parts(location) {
        Some((scheme, host, path)) => {
            let needs_suffix = matches!(scheme.as_str(), "http" | "https");
            if needs_suffix && !path.ends_with(".git") {
                return None;
            }
            (host, path)
        }
        None => scp_parts(location)?,
    };
    let (reference, folder) = fragment.split_once(':').unwrap_or((fragment, ""));
    let parts = GitParts {
        reference: reference.to_owned(),
        folder: folder.trim_matches('/').to_owned(),
    };
    let repository = format!("{host}/{}", path.trim_start_matches('/'));
    Some(parts.with_query(query).map(|parts| SourceKind::Git {
        repository,
        reference: parts.reference,
        folder: parts.folder,
    }))
}

/// Scheme, host and path of a URL with one of git's schemes.
fn url_parts(text: &str) -> Option<(String, &str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https" | "ssh" | "git") {
        return None;
    }
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    Some((scheme, host, path))
}

/// Host and path of `user@host:path`.
fn scp_parts(text: &str) -> Option<(&str, &str)> {
    let (user, rest) = text.split_once('@')?;
    let (host, path) = rest.split_once(':')?;
    let word = |text: &str, extra: &[u8]| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || extra.contains(&b))
    };
    (word(user, b"_") && word(host, b".")).then_some((host, path))
}

struct GitParts {
    reference: String,
    folder: String,
}

impl GitParts {
    /// Applies the options of a URL's query.
    fn with_query(mut self, query: &str) -> Result<Self, String> {
        for option in query.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let flag = matches!(name, "submodules" | "keep-git-dir" | "fetch-by-commit");
            if value.is_empty() && !flag {
                return Err(format!("the git option `{name}` needs a value"));
            }
            match name {
                "ref" => self.set_reference(value)?,
                "tag" => self.set_reference(&prefixed("refs/tags/", value))?,
                "branch" => self.set_reference(&prefixed("refs/heads/", value))?,
                "subdir" => {
                    if !self.folder.is_empty() && self.folder != value {
                        return Err("two different folders are given".to_owned());
                    }
                    self.folder = value.to_owned();
                }
                "checksum" | "commit" => {}
                _ if flag => {}
                "mtime" if matches!(value, "checkout" | "commit") => {}
                _ => return Err(format!("there is no git option `{name}`")),
            }
        }
        Ok(self)
    }

    fn set_reference(&mut self, reference: &str) -> Result<(), String> {
        if !self.reference.is_empty() && self.reference != reference {
            return Err("two different git references are given".to_owned());
        }
        self.reference = reference.to_owned();
        Ok(())
    }
}

fn prefixed(prefix: &str, value: &str) -> String {
    if value.starts_with(prefix) {
        value.to_owned()
    } else {
        format!("{prefix}{value}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Result<SourceKind, String> {
        classify(&Value::known(text))
    }

    #[test]
    fn sources_are_told_apart_as_buildkit_does() {
        for path in ["a", "./x.git", "github.com/o/r", "ftp://x/y", "HTTPS://x/y"] {
            assert_eq!(kind(path), Ok(SourceKind::Path), "{path}");
        }
        assert_eq!(kind("https://x/y.tgz"), Ok(SourceKind::Http));
        for git in [
            "https://h/o/r.git#v1:sub",
            "git@h:o/r.git#v1:sub",
            "ssh://u@h/o/r.git?ref=v1&subdir=sub",
        ] {
            let expected = SourceKind::Git {
                repository: "h/o/r.git".to_owned(),
                reference: "v1".to_owned(),
                folder: "sub".to_owned(),
            };
            assert_eq!(kind(git), Ok(expected), "{git}");
        }
        assert!(kind("https://h/r.git?nope=1").is_err());
    }
}

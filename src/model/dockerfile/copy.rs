//! What `ADD` and `COPY` take from where (upstream: `dockerfile2llb/convert_copy.go`).

use super::remote::SourceKind;
use crate::model::Value;
use crate::source::Span;

/// An `ADD` or `COPY`.
#[derive(Debug)]
pub struct Copied<'f> {
    /// What `--from` names.
    pub from: Option<CopiedFrom>,
    /// The sources that are no heredocs.
    pub sources: Vec<CopySource<'f>>,
    /// Where they go.
    pub destination: Value<'f>,
}

/// What `--from` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopiedFrom {
    /// A stage.
    Stage(usize),
    /// An image.
    Image(String),
}

/// A source of `ADD` or `COPY`.
#[derive(Debug)]
pub struct CopySource<'f> {
    /// As expanded.
    pub value: Value<'f>,
    /// What it is.
    pub kind: SourceKind,
    /// Where it stands.
    pub span: Span,
}

/// What BuildKit refuses about the sources, `--checksum` and `--chmod`.
pub(super) fn check(
    is_add: bool,
    sources: &[CopySource<'_>],
    checksum: Option<&Value<'_>>,
    chmod: Option<&Value<'_>>,
) -> Result<(), String> {
    if let Some(mode) = chmod.and_then(Value::as_known)
        && !mode.is_empty()
        && !is_mode(mode)
    {
        return Err(format!(
            "`--chmod` is an octal number up to 07777 or a mode such as `u+x`, not `{mode}`"
        ));
    }
    let has_checksum = checksum.is_some_and(|checksum| !checksum.is_empty());
    if has_checksum {
        match sources {
            [source] if source.kind != SourceKind::Path => {}
            [source] if source.value.as_known().is_none() => {}
            _ => return Err("`--checksum` goes with one HTTP or git source".to_owned()),
        }
    }
    if !is_add {
        for source in sources {
            match source.kind {
                SourceKind::Http => return Err("COPY cannot fetch a URL; ADD can".to_owned()),
                SourceKind::Git { .. } => {
                    return Err("COPY cannot fetch a git repository; ADD can".to_owned());
                }
                SourceKind::Path => {}
            }
        }
    }
    Ok(())
}

/// An octal number up to 07777, or symbolic changes such as `u=rwX,go+r`.
fn is_mode(mode: &str) -> bool {
    if let Ok(number) = u32::from_str_radix(mode, 8) {
        return number <= 0o7777;
    }
    mode.split(',').all(|clause| {
        let actions = clause.trim_start_matches(['u', 'g', 'o', 'a']);
        actions.starts_with(['+', '-', '='])
            && actions.chars().all(|c| {
                matches!(
                    c,
                    '+' | '-' | '=' | 'r' | 'w' | 'x' | 'X' | 's' | 't' | 'u' | 'g' | 'o'
                )
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_octal_or_symbolic() {
        for mode in ["644", "07777", "u+x", "a=rX,go-w"] {
            assert!(is_mode(mode), "{mode}");
        }
        for mode in ["10000", "888", "rwx", "u", ""] {
            assert!(!is_mode(mode), "{mode}");
        }
    }
}

//! `RUN --mount=…` (upstream: `instructions/commands_runmount.go`).

use std::borrow::Cow;

use super::expand::Refusal;
use crate::model::Value;

/// What is mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MountKind {
    /// Files of the context, a stage or an image.
    #[default]
    Bind,
    /// A cache that outlives the build.
    Cache,
    /// Memory.
    Tmpfs,
    /// A secret, as a file or an environment variable.
    Secret,
    /// An SSH agent's socket.
    Ssh,
}

/// A mount of a RUN. Values are as BuildKit expands them.
#[derive(Clone, Debug, Default)]
pub struct Mount<'v> {
    /// What is mounted.
    pub kind: MountKind,
    /// The stage or image it comes from.
    pub from: Option<String>,
    /// The path there; for a secret its id.
    pub source: Option<Value<'v>>,
    /// Where it appears.
    pub target: Option<Value<'v>>,
    /// The id of a cache, secret or agent.
    pub id: Option<Value<'v>>,
    /// The variable a secret appears in; empty if `env` is given without a name.
    pub env: Option<Value<'v>>,
    /// Not writable.
    pub read_only: bool,
    /// `sharing` of a cache, in lower case.
    pub sharing: Option<String>,
    /// The build fails without it.
    pub required: bool,
}

impl Mount<'_> {
    /// The variable that the mount's secret appears in.
    pub fn secret_variable(&self) -> Option<&str> {
        let name = self.env.as_ref()?.as_known()?;
        (self.kind == MountKind::Secret && !name.is_empty()).then_some(name)
    }
}

/// The comma-separated fields of a mount; a field may be quoted as in CSV.
pub(super) fn fields(text: &str) -> Result<Vec<Cow<'_, str>>, Refusal> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (field, after) = if let Some(quoted) = rest.strip_prefix('"') {
            quoted_field(quoted)?
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let field = rest.get(..end).unwrap_or_default();
            if field.contains('"') {
                return Err(bad("a quote stands inside a field"));
            }
            (Cow::Borrowed(field), rest.get(end..).unwrap_or_default())
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(fields),
            None => return Err(bad("something stands behind a quoted field")),
        }
    }
}

/// The field whose opening quote was just cut, and what is behind its closing quote.
fn quoted_field(text: &str) -> Result<(Cow<'_, str>, &str), Refusal> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let Some((part, after)) = rest.split_once('"') else {
            return Err(bad("a quote is not closed"));
        };
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Ok((Cow::Owned(field), after)),
        }
    }
}

fn bad(what: &str) -> Refusal {
    Refusal::from(format!("this mount cannot be read: {what}"))
}

/// What BuildKit checks before any variable is known: only `from`, which takes none.
pub(super) fn check_unexpanded(text: &str) -> Result<(), Refusal> {
    if !text.contains(['$', '"']) {
        return Ok(());
    }
    for field in fields(text)? {
        if let Some((key, value)) = field.split_once('=') {
            let dollar = value.find('$');
            if key.eq_ignore_ascii_case("from") && dollar.is_some_and(|at| at + 1 != value.len()) {
                return Err(bad(
                    "`from` takes no variable; name a stage with `FROM $VARIABLE AS name` for it",
                ));
            }
        }
    }
    Ok(())
}

/// The stage or image a mount names, before expansion.
pub(super) fn from_unexpanded(text: &str) -> Option<String> {
    let fields = fields(text).ok()?;
    fields.iter().rev().find_map(|field| {
        let (key, value) = field.split_once('=')?;
        (key.eq_ignore_ascii_case("from") && !value.is_empty()).then(|| value.to_owned())
    })
}

/// Reads a mount; `expand` expands a field's value.
pub(super) fn parse<'v>(
    text: &str,
    mut expand: impl FnMut(&str) -> Result<Value<'v>, Refusal>,
) -> Result<Mount<'v>, Refusal> {
    let mut mount = Mount::default();
    let mut read_only = None;
    let mut file_mode_key = None;
    for field in fields(text)? {
        let Some((key, value)) = field.split_once('=') else {
            match field.to_ascii_lowercase().as_str() {
                "readonly" | "ro" => read_only = Some(true),
                "readwrite" | "rw" => read_only = Some(false),
                "required" if takes_required(mount.kind) => mount.required = true,
                _ => return Err(bad(&format!("`{field}` must be written `key=value`"))),
            }
            continue;
        };
        let key = lower_case(key);
        let value = expand(value)?;
        let known = value.as_known();
        match &*key {
            "type" => mount.kind = kind(known)?,
            "from" => mount.from = known.filter(|from| !from.is_empty()).map(str::to_owned),
            "source" | "src" => mount.source = non_empty(value),
            "target" | "dst" | "destination" => mount.target = non_empty(value),
            "readonly" | "ro" => read_only = boolean(&key, known)?,
            "readwrite" | "rw" => {
                read_only = boolean(&key, known)?.map(|writable| !writable);
            }
            "required" if takes_required(mount.kind) => {
                mount.required = boolean(&key, known)?.unwrap_or(false);
            }
            "size" if mount.kind == MountKind::Tmpfs => {}
            "required" | "size" => {
                return Err(bad(&format!("`{key}` does not fit this type of mount")));
            }
            "id" => mount.id = non_empty(value),
            "sharing" => mount.sharing = sharing(known)?,
            "mode" => {
                number(&key, known, 8)?;
                file_mode_key = Some("mode");
            }
            "uid" | "gid" => {
                number(&key, known, 10)?;
                file_mode_key = Some(if key == "uid" { "uid" } else { "gid" });
            }
            "env" => mount.env = Some(value),
            _ => return Err(bad(&format!("there is no key `{key}`"))),
        }
    }
    mount.read_only =
        read_only.unwrap_or(!matches!(mount.kind, MountKind::Cache | MountKind::Tmpfs));
    check(&mount, file_mode_key)?;
    Ok(mount)
}

fn lower_case(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    }
}

fn check(mount: &Mount<'_>, file_mode_key: Option<&str>) -> Result<(), Refusal> {
    if let (Some(key), MountKind::Bind | MountKind::Tmpfs) = (file_mode_key, mount.kind) {
        return Err(bad(&format!("`{key}` does not fit this type of mount")));
    }
    if mount.sharing.is_some() && mount.kind != MountKind::Cache {
        return Err(bad("`sharing` is for caches only"));
    }
    if mount.kind == MountKind::Ssh && mount.source.is_some() {
        return Err(bad("an ssh mount has no `source`"));
    }
    if mount.kind == MountKind::Secret {
        if mount.from.is_some() {
            return Err(bad("a secret mount has no `from`"));
        }
        if mount.source.is_none() && mount.target.is_none() && mount.id.is_none() {
            return Err(bad(
                "a secret mount needs an `id`, a `source` or a `target`",
            ));
        }
        if mount.source.is_some() && mount.id.is_some() {
            return Err(bad("`source` and `id` are the same thing; give one"));
        }
    }
    Ok(())
}

fn takes_required(kind: MountKind) -> bool {
    matches!(kind, MountKind::Secret | MountKind::Ssh)
}

fn non_empty(value: Value<'_>) -> Option<Value<'_>> {
    (!value.is_empty()).then_some(value)
}

fn kind(value: Option<&str>) -> Result<MountKind, Refusal> {
    let Some(value) = value else {
        return Ok(MountKind::Bind);
    };
    Ok(match value.to_ascii_lowercase().as_str() {
        "bind" => MountKind::Bind,
        "cache" => MountKind::Cache,
        "tmpfs" => MountKind::Tmpfs,
        "secret" => MountKind::Secret,
        "ssh" => MountKind::Ssh,
        _ => return Err(bad(&format!("there is no mount type `{value}`"))),
    })
}

fn sharing(value: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let value = value.to_ascii_lowercase();
    if matches!(value.as_str(), "shared" | "private" | "locked") {
        Ok(Some(value))
    } else {
        Err(bad(&format!(
            "`sharing` is shared, private or locked, not `{value}`"
        )))
    }
}

/// Go's `strconv.ParseBool`; `None` if the value is not known.
fn boolean(key: &str, value: Option<&str>) -> Result<Option<bool>, Refusal> {
    match value {
        None => Ok(None),
        Some("1" | "t" | "T" | "TRUE" | "true" | "True") => Ok(Some(true)),
        Some("0" | "f" | "F" | "FALSE" | "false" | "False") => Ok(Some(false)),
        Some(value) => Err(bad(&format!("`{key}` is true or false, not `{value}`"))),
    }
}

fn number(key: &str, value: Option<&str>, radix: u32) -> Result<(), Refusal> {
    match value {
        Some(value) if u32::from_str_radix(value, radix).is_err() => {
            Err(bad(&format!("`{key}` is not a number: `{value}`")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Result<Mount<'static>, Refusal> {
        parse(text, |value| Ok(Value::known(value.to_owned())))
    }

    #[test]
    fn defaults_follow_the_type() {
        let cache = plain("target=/c,type=cache").unwrap();
        assert!(!cache.read_only);
        let secret = plain("type=secret,id=a,env=A,required").unwrap();
        assert!(secret.required && secret.read_only);
        assert_eq!(secret.env, Some(Value::known("A")));
    }

    #[test]
    fn fields_can_be_quoted() {
        let mount = plain("type=cache,\"target=/a,b\"").unwrap();
        assert_eq!(mount.target, Some(Value::known("/a,b")));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for text in [
            "type=volume",
            "type=secret",
            "type=secret,id=a,source=b",
            "type=bind,size=1",
            "enviroment=X",
            "type=cache,sharing=mine",
            "type=tmpfs,uid=1",
            "type=bind,\"x",
        ] {
            assert!(plain(text).is_err(), "{text}");
        }
        assert!(check_unexpanded("from=$X").is_err());
        assert!(check_unexpanded("from=a$").is_ok());
    }
}

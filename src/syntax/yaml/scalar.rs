//! Scalar typing as go-yaml v3 does it: YAML 1.2 booleans, but 1.1 octals and underscores
//! (facts/compose.md 6; go-yaml `resolve.go`).

use super::{Style, Tag};

/// A scalar's type and value.
#[derive(Clone, Debug, PartialEq)]
pub enum Typed {
    /// `~`, `null` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without fraction; go-yaml holds -2^63 to 2^64-1.
    Int(i128),
    /// A number with fraction or exponent.
    Float(f64),
    /// A date or a date with time.
    Timestamp,
    /// Text.
    Text,
}

/// Resolves a scalar; `Err` says what it is when its tag asks for something else.
pub(super) fn resolve(text: &str, style: Style, tag: Option<Tag>) -> Result<Typed, String> {
    let typed = match tag {
        None if style == Style::Plain => resolve_plain(text),
        None | Some(Tag::Str | Tag::Other | Tag::Reset | Tag::Override) => return Ok(Typed::Text),
        Some(Tag::Int | Tag::Float | Tag::Bool | Tag::Null | Tag::Timestamp) => resolve_plain(text),
    };
    match (tag, typed) {
        (Some(Tag::Float), Typed::Int(value)) => Ok(Typed::Float(value as f64)),
        (Some(tag), typed) if wants(tag).is_some_and(|want| want != name(&typed)) => Err(format!(
            "cannot decode !!{} `{text}` as a !!{}",
            name(&typed),
            wants(tag).unwrap_or_default()
        )),
        (_, typed) => Ok(typed),
    }
}

fn wants(tag: Tag) -> Option<&'static str> {
    match tag {
        Tag::Int => Some("int"),
        Tag::Float => Some("float"),
        Tag::Bool => Some("bool"),
        Tag::Null => Some("null"),
        Tag::Timestamp => Some("timestamp"),
        Tag::Str | Tag::Other | Tag::Reset | Tag::Override => None,
    }
}

fn name(typed: &Typed) -> &'static str {
    match typed {
        Typed::Null => "null",
        Typed::Bool(_) => "bool",
        Typed::Int(_) => "int",
        Typed::Float(_) => "float",
        Typed::Timestamp => "timestamp",
        Typed::Text => "str",
    }
}

fn resolve_plain(text: &str) -> Typed {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Typed::Null,
        "true" | "True" | "TRUE" => return Typed::Bool(true),
        "false" | "False" | "FALSE" => return Typed::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Typed::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Typed::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Typed::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.as_bytes().first() {
        Some(b'.') => decimal_float(text).map_or(Typed::Text, Typed::Float),
        Some(b'0'..=b'9' | b'+' | b'-') => number(text),
        _ => Typed::Text,
    }
}

fn number(text: &str) -> Typed {
    if is_timestamp(text) {
        return Typed::Timestamp;
    }
    let plain = text.replace('_', "");
    if let Some(value) = integer(&plain) {
        return Typed::Int(value);
    }
    decimal_float(&plain).map_or(Typed::Text, Typed::Float)
}

/// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`, then go-yaml's own binary and octal.
fn integer(text: &str) -> Option<i128> {
    let (negative, signed, digits) = match text.as_bytes().first()? {
        b'-' => (true, true, text.get(1..)?),
        b'+' => (false, true, text.get(1..)?),
        _ => (false, false, text),
    };
    let lower = digits.get(..2).map(str::to_ascii_lowercase);
    let (radix, body) = match lower.as_deref() {
        Some("0x") => (16, digits.get(2..)?),
        Some("0b") => (2, digits.get(2..)?),
        Some("0o") => (8, digits.get(2..)?),
        Some(_) if digits.starts_with('0') => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if !body.bytes().next()?.is_ascii_alphanumeric() {
        return None;
    }
    let magnitude = i128::from_str_radix(body, radix).ok()?;
    let value = if negative { -magnitude } else { magnitude };
    // An unsigned 64-bit number must not have a sign.
    let max = if signed {
        i64::MAX.into()
    } else {
        u64::MAX.into()
    };
    (i128::from(i64::MIN)..=max)
        .contains(&value)
        .then_some(value)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, in the range of a float.
fn decimal_float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    let mantissa_fits =
        digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    if !mantissa_fits || !exponent_fits {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The timestamp layouts that go-yaml tries: a date, or a date with a time behind `T`, `t` (with a
/// zone) or a blank (without).
fn is_timestamp(text: &str) -> bool {
    if text.as_bytes().get(4) != Some(&b'-') {
        return false;
    }
    let Some(year) = text
        .get(..4)
        .filter(|year| year.bytes().all(|b| b.is_ascii_digit()))
    else {
        return false;
    };
    let mut rest = text.get(5..).unwrap_or_default();
    let year: u32 = year.parse().unwrap_or(0);
    let Some(month) = field(&mut rest, 1, 12) else {
        return false;
    };
    if !eat(&mut rest, '-') {
        return false;
    }
    let Some(_) = field(&mut rest, 1, days_in(year, month)) else {
        return false;
    };
    if rest.is_empty() {
        return true;
    }
    if eat(&mut rest, ' ') {
        return time(&mut rest) && rest.is_empty();
    }
    (eat(&mut rest, 'T') || eat(&mut rest, 't')) && time(&mut rest) && zone(rest)
}

fn time(rest: &mut &str) -> bool {
    let clock = field(rest, 0, 23).is_some()
        && eat(rest, ':')
        && field(rest, 0, 59).is_some()
        && eat(rest, ':')
        && field(rest, 0, 59).is_some();
    if clock && eat(rest, '.') {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        *rest = rest.get(digits..).unwrap_or_default();
        return digits > 0;
    }
    clock
}

fn zone(mut rest: &str) -> bool {
    if rest == "Z" {
        return true;
    }
    (eat(&mut rest, '+') || eat(&mut rest, '-'))
        && rest.len() == 5
        && field(&mut rest, 0, 24).is_some()
        && eat(&mut rest, ':')
        && field(&mut rest, 0, 60).is_some()
}

/// One or two digits between `min` and `max`.
fn field(rest: &mut &str, min: u32, max: u32) -> Option<u32> {
    let digits = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let value = rest.get(..digits)?.parse().ok()?;
    *rest = rest.get(digits..)?;
    (min..=max).contains(&value).then_some(value)
}

fn eat(rest: &mut &str, wanted: char) -> bool {
    match rest.strip_prefix(wanted) {
        Some(behind) => {
            *rest = behind;
            true
        }
        None => false,
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

/// A float as Go's `%v` prints it: shortest digits, exponent form below 1e-4 and from 1e6
/// on (`facts/compose.md 4`: `1e6` comes out as `1e+06`; Go `strconv/ftoa.go`).
pub fn format_float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value != 0.0 && !(-4..GO_EXPONENT).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    format!("{value}")
}

/// Go's shortest `%g` switches to an exponent here.
const GO_EXPONENT: i32 = 6;

//! Text from linted files, made harmless for where it is printed.

use std::borrow::Cow;

/// Characters that change how a terminal, an editor or a reviewer sees the text around them:
/// controls, and what hides, reorders or breaks lines.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// How a deceptive character is shown: a picture of it or its number.
pub fn shown(c: char) -> String {
    match c {
        // What stands for a byte that is not UTF-8.
        crate::source::SourceFile::INVALID => char::REPLACEMENT_CHARACTER.to_string(),
        '\0'..='\u{1f}' => {
            char::from_u32(0x2400 + u32::from(c)).map_or_else(String::new, String::from)
        }
        '\u{7f}' => '\u{2421}'.to_string(),
        _ => format!("<U+{:04X}>", u32::from(c)),
    }
}

/// One line for a terminal.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_deceptive) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_deceptive(c) {
            escaped.push_str(&shown(c));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Lines for a terminal: as [`line`], but line feeds stay.
pub fn lines(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// A path or name inside a URI reference: slashes stay, and a Windows drive becomes absolute.
pub fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    let drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if drive {
        uri.push_str("file:///");
    } else if path.starts_with('/') {
        uri.push_str("file://");
    }
    for (at, byte) in path.bytes().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b':' if drive && at == 1 => uri.push(':'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Text inside XML, in element content and in attributes alike.
pub fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            // https://www.w3.org/TR/xml/#charsets: not even as a reference.
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            c if is_deceptive(c) => escaped.push_str(&xml(&shown(c))),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_get_pictures_of_controls() {
        assert_eq!(
            line("a\u{1b}[31mb\u{202e}c\u{9b}"),
            "a␛[31mb<U+202E>c<U+009B>"
        );
        assert_eq!(line("\u{1a}\n"), "\u{fffd}␊");
        assert!(matches!(line("plain é"), Cow::Borrowed(_)));
    }

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("a b/ü:1#"), "a%20b/%C3%BC%3A1%23");
        assert_eq!(uri("C:/x y"), "file:///C:/x%20y");
        assert_eq!(uri("/etc/x"), "file:///etc/x");
    }

    #[test]
    fn xml_holds_no_illegal_character() {
        assert_eq!(
            xml("<a b=\"&\">\u{0}\u{ffff}"),
            "&lt;a b=&quot;&amp;&quot;&gt;␀\u{fffd}"
        );
    }
}

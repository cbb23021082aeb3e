//! Places that a deployment tool, a generator or a person is to fill in: what will stand there is not
//! known, and so neither wrong nor right.

/// The marks that open a placeholder of Jinja, Go templates, Mustache, ERB and EJS.
pub const OPENING: [&str; 4] = ["{{", "{%", "{#", "<%"];

/// Whether the text still waits to be filled in, by a person or a template.
pub fn is_placeholder(text: &str) -> bool {
    OPENING.iter().any(|mark| text.contains(mark))
        || text.contains("${")
        || text.contains("%%")
        || (text.contains('<') && text.contains('>'))
        || has_at_placeholder(text)
}

/// Whether a text holds a generator's placeholder, of autoconf too.
pub fn is_template(text: &str) -> bool {
    OPENING.iter().any(|mark| text.contains(mark)) || has_at_placeholder(text)
}

/// `@NAME@`, as configure scripts write it.
pub fn has_at_placeholder(text: &str) -> bool {
    let mut parts = text.split('@');
    parts.next();
    let inner: Vec<&str> = parts.collect();
    let name = |part: &&str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit())
    };
    inner.len() >= 2 && inner[..inner.len() - 1].iter().any(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_between_at_signs_are_placeholders() {
        for text in ["@PROXY@", "http://@HOST_1@:3128", "a@b@C@"] {
            assert!(has_at_placeholder(text), "{text}");
        }
        for text in ["", "@", "@@", "u@HOST", "u:p@h@", "@1@", "a@b.C@d"] {
            assert!(!has_at_placeholder(text), "{text}");
        }
    }
}

//! Templates for values that look like credentials, so that no page holds one in clear:
//! `{{crc PREFIX BODY}}` appends the checksum of GitHub's and npm's tokens, `{{bad PREFIX BODY}}` a
//! wrong one, `{{cat A B …}}` joins, `{{rep S N}}` repeats. Templates nest; anything else between
//! braces stays as it is.

/// Expands the templates of a text, the innermost first. Returns what they stand for as well.
pub fn expand(text: &str) -> (String, Vec<String>) {
    let mut values = Vec::new();
    let mut text = text.to_owned();
    let mut from = 0;
    while let Some(close) = text[from..].find("}}").map(|at| from + at) {
        let open = text[..close].rfind("{{");
        let value = open.and_then(|open| Some((open, template(&text[open + 2..close])?)));
        match value {
            Some((open, value)) => {
                text.replace_range(open..close + 2, &value);
                from = open + value.len();
                values.push(value);
            }
            None => from = close + 2,
        }
    }
    (text, values)
}

fn template(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        ["cat", ref parts @ ..] => Some(parts.concat()),
        ["rep", part, count] => Some(part.repeat(count.parse().ok()?)),
        ["crc", prefix, body] => Some(format!("{prefix}{body}{}", base62(crc32(body)))),
        ["bad", prefix, body] => Some(format!("{prefix}{body}{}", base62(crc32(body) ^ 0x5a5a))),
        _ => None,
    }
}

/// Six digits of base 62.
fn base62(mut number: u32) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    String::from_utf8_lossy(&digits).into_owned()
}

/// CRC-32 as in zlib.
fn crc32(text: &str) -> u32 {
    let step = |crc: u32, byte: u8| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    };
    !text.bytes().fold(!0, step)
}

#[test]
fn templates_nest_and_the_rest_stays() {
    let crc = format!("p_123456789{}", base62(0xcbf4_3926));
    let cases = [
        ("a {{cat gh p_}} b", "a ghp_ b"),
        ("{{cat {{rep x 3}} y}}", "xxxy"),
        ("{{ .Go.Template }} {{rep - 2}}", "{{ .Go.Template }} --"),
        ("{{crc p_ 123456789}}", &crc),
    ];
    for (template, expected) in cases {
        assert_eq!(expand(template).0, expected);
    }
}

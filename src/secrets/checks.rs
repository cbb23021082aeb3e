//! Checks beyond shape: checksums and structure of token bodies, written by hand.

/// GitHub and npm: the last six characters are the CRC-32 of those before in base 62.
pub(super) fn crc32_base62(body: &str) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((payload, checksum)) = body
        .len()
        .checked_sub(6)
        .and_then(|at| body.split_at_checked(at))
    else {
        return false;
    };
    let mut rest = crc32(payload.as_bytes());
    checksum.bytes().rev().all(|digit| {
        let expected = DIGITS[(rest % 62) as usize];
        rest /= 62;
        digit == expected
    })
}

/// CRC-32 as in zlib, bit by bit: it only ever sees thirty bytes.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1))
        })
    })
}

/// age: the bech32 checksum over prefix and body (BIP 173); the prefix holds the separator `1`.
pub(super) fn age_bech32(body: &str) -> bool {
    const CHARSET: &[u8; 32] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    let human: &[u8] = b"age-secret-key-";
    let data = body
        .bytes()
        .map(|byte| CHARSET.iter().position(|&c| c == byte));
    let expanded = human
        .iter()
        .map(|byte| Some(usize::from(byte >> 5)))
        .chain([Some(0)])
        .chain(human.iter().map(|byte| Some(usize::from(byte & 31))));
    let checksum = expanded.chain(data).try_fold(1u32, |sum, value| {
        let value = u32::try_from(value?).ok()?;
        let next = ((sum & 0x01ff_ffff) << 5) ^ value;
        let generators = [
            0x3b6a_57b2,
            0x2650_8e6d,
            0x1ea1_19fa,
            0x3d42_33dd,
            0x2a14_62b3,
        ];
        Some((0..5).fold(next, |next, bit| {
            if (sum >> (25 + bit)) & 1 == 1 {
                next ^ generators[bit]
            } else {
                next
            }
        }))
    });
    checksum == Some(1)
}

/// JSON Web Token: three parts, the first decodes to JSON that names an algorithm. The format's
/// prefix `eyJ` is the beginning of the first part.
pub(super) fn jwt(body: &str) -> bool {
    let mut parts = body.split('.');
    let (Some(header), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let header = decode_base64(&["eyJ", header].concat());
    payload.starts_with("eyJ")
        && header.is_some_and(|header| header.ends_with(b"}") && contains(&header, b"\"alg\""))
}

/// PyPI: a macaroon that names the index's host.
pub(super) fn pypi_macaroon(body: &str) -> bool {
    decode_base64(&["AgE", body].concat()).is_some_and(|decoded| {
        contains(&decoded, b"pypi.org") || contains(&decoded, b"pypi.python")
    })
}

/// Azure storage: 64 bytes in base64.
pub(super) fn azure_key(body: &str) -> bool {
    body.ends_with("==") && decode_base64(body).is_some_and(|key| key.len() == 64)
}

/// Slack: at least two numeric parts.
pub(super) fn slack(body: &str) -> bool {
    let is_number = |part: &&str| part.len() >= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
    body.split('-').filter(is_number).count() >= 2
}

/// Slack webhooks: team, bot and secret.
pub(super) fn slack_hook(body: &str) -> bool {
    let mut parts = body.split('/');
    parts.next().is_some_and(|team| team.starts_with('T'))
        && parts.next().is_some_and(|bot| bot.starts_with('B'))
        && parts.next().is_some_and(|secret| secret.len() >= 20)
        && parts.next().is_none()
}

/// OpenAI: the company's name in base64 stands in the middle.
pub(super) fn openai(body: &str) -> bool {
    body.contains("T3BlbkFJ")
}

/// Anthropic: keys end in `AA`.
pub(super) fn anthropic(body: &str) -> bool {
    body.ends_with("AA")
}

/// Fine-grained GitHub tokens: 22 characters, an underscore, 59 characters.
pub(super) fn github_pat(body: &str) -> bool {
    body.bytes()
        .enumerate()
        .all(|(at, byte)| (byte == b'_') == (at == 22))
}

/// Grafana service accounts: 32 characters, an underscore, 8 hexadecimal digits.
pub(super) fn grafana(body: &str) -> bool {
    body.split_once('_').is_some_and(|(token, checksum)| {
        token.len() == 32 && checksum.len() == 8 && checksum.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

/// SendGrid: 22 characters, a dot, 43 characters.
pub(super) fn sendgrid(body: &str) -> bool {
    body.bytes()
        .enumerate()
        .all(|(at, byte)| (byte == b'.') == (at == 22))
}

/// Dynatrace: a public part of 24 and a secret part of 64 characters.
pub(super) fn dynatrace(body: &str) -> bool {
    body.bytes()
        .enumerate()
        .all(|(at, byte)| (byte == b'.') == (at == 24))
}

/// Whether a body varies as a generated one does: not `xxxx`, not an example from the manual.
pub(super) fn varies(body: &str) -> bool {
    let mut seen = [0u64; 4];
    for byte in body.bytes() {
        seen[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    let different: u32 = seen.iter().map(|word| word.count_ones()).sum();
    let shout = body.trim_end_matches("KEY");
    different >= 5
        && !shout.ends_with("EXAMPLE")
        && !body.contains("xxxx")
        && !body.contains("XXXX")
}

/// The user and password of HTTP's basic authentication.
pub(super) fn basic_login(encoded: &str) -> Option<(String, String)> {
    let text = String::from_utf8(decode_base64(encoded)?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.trim_end_matches('\0').to_owned()))
}

/// Decodes base64 in either alphabet, padded or not; leftover bits are dropped.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push((bits >> count) as u8);
        }
    }
    Some(decoded)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc_of_the_standard_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn bech32_accepts_its_own_checksum_only() {
        // age's documentation key, cut in two so that no scanner takes it for one in use
        let body = [
            "GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZ",
            "GFPYYSJZGFPQ4EGAEX",
        ]
        .concat();
        assert!(age_bech32(&body));
        assert!(!age_bech32(&body.replace('Q', "P")));
    }

    #[test]
    fn jwt_needs_an_algorithm() {
        let body = ["hbGciOiJIUzI1NiJ9", "eyJzdWIiOiJ4In0", "c2ln"].join(".");
        assert!(jwt(&body));
        assert!(!jwt(&["4IjoxfQ", "eyJzdWIiOiJ4In0", "c2ln"].join(".")));
        assert!(!jwt("hbGciOiJIUzI1NiJ9"));
    }
}

//! What makes a finding the same finding in the next run, although lines above it moved.

use hashbrown::HashMap;

/// Hashes the rule, the file and the redacted text of the finding's line, so that a fingerprint
/// neither reveals a secret nor changes when the line moves or is indented anew. How long a masked
/// secret is does not count either.
///
/// Equal lines are told apart by counting them in file order.
#[derive(Debug, Default)]
pub struct Fingerprints {
    seen: HashMap<u64, u64>,
}

impl Fingerprints {
    /// The next finding's fingerprint: 16 hexadecimal digits. `line` and `excerpt` (what is
    /// underlined in it) are redacted text.
    pub fn next(&mut self, rule: &str, path: &str, line: &str, excerpt: &str) -> String {
        let mut hash = Fnv::new();
        hash.field(rule.bytes());
        hash.field(path.bytes());
        hash.field(words(line));
        hash.field(words(excerpt));
        let count = self.seen.entry(hash.0).or_insert(0);
        if *count > 0 {
            hash.field(count.to_le_bytes());
        }
        *count += 1;
        format!("{:016x}", hash.0)
    }
}

/// The bytes of the words of a text with one blank between them, and one star for any number.
fn words(text: &str) -> impl Iterator<Item = u8> {
    let words = text.split_ascii_whitespace();
    let bytes = words.flat_map(|word| word.bytes().chain([b' ']));
    let mut last = 0;
    bytes.filter(move |&byte| std::mem::replace(&mut last, byte) != b'*' || byte != b'*')
}

/// FNV-1a with 64 bits: the same on every machine and in every release, which the standard
/// library's hashers do not promise.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a field and the mark of its end.
    fn field(&mut self, bytes: impl IntoIterator<Item = u8>) {
        for byte in bytes.into_iter().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_indentation_and_tells_equal_lines_apart() {
        let of = |line: &str| Fingerprints::default().next("r", "f", line, "X");
        assert_eq!(of("ENV  A=$X"), of("\tENV A=$X\r\n"));
        assert_ne!(of("ENV A=$X"), of("ENV B=$X"));
        assert_eq!(of("ENV A=****"), of("ENV A=********"));

        let mut fingerprints = Fingerprints::default();
        let first = fingerprints.next("r", "f", "ENV A=$X", "X");
        let second = fingerprints.next("r", "f", "ENV A=$X", "X");
        assert_eq!(first, of("ENV A=$X"));
        assert_ne!(first, second);
    }

    #[test]
    fn is_the_same_in_every_release() {
        let mut fingerprints = Fingerprints::default();
        assert_eq!(
            fingerprints.next("rule", "Dockerfile", "RUN true", "true"),
            "39205035818f2636"
        );
    }
}

//! Texts that are nearly right: pieces of a grammar put together at random, and files with damage.

use proptest::prelude::*;

/// Bytes that no grammar expects.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..4)
}

fn piece(pieces: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => prop::sample::select(pieces).prop_map(<[u8]>::to_vec),
        1 => noise(),
    ]
}

/// Pieces in any order.
pub fn soup(pieces: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(pieces), 0..40).prop_map(|pieces| pieces.concat())
}

/// One of `files` with a few changes, or with none.
pub fn mutated(
    files: &'static [Vec<u8>],
    pieces: &'static [&'static [u8]],
) -> impl Strategy<Value = Vec<u8>> {
    let mutations = prop::collection::vec(mutation(pieces), 0..6);
    (prop::sample::select(files), mutations).prop_map(|(mut text, mutations)| {
        for mutation in mutations {
            mutation.apply(&mut text);
        }
        text
    })
}

/// A change of a text; numbers are places, taken modulo its length.
#[derive(Clone, Debug)]
enum Mutation {
    Cut(usize, usize),
    Repeat(usize, usize),
    Insert(usize, Vec<u8>),
    Carriage,
}

impl Mutation {
    fn apply(&self, text: &mut Vec<u8>) {
        let range = |from: usize, len: usize| {
            let from = from % (text.len() + 1);
            from..(from + len % 40).min(text.len())
        };
        match self {
            Self::Cut(from, len) => {
                text.drain(range(*from, *len));
            }
            Self::Repeat(from, len) => {
                let range = range(*from, *len);
                let copy = text[range.clone()].to_vec();
                text.splice(range.start..range.start, copy);
            }
            Self::Insert(at, bytes) => {
                let at = range(*at, 0).start;
                text.splice(at..at, bytes.iter().copied());
            }
            Self::Carriage => {
                let lines = text.split(|&byte| byte == b'\n');
                *text = lines.collect::<Vec<_>>().join(&b"\r\n"[..]);
            }
        }
    }
}

fn mutation(pieces: &'static [&'static [u8]]) -> impl Strategy<Value = Mutation> {
    prop_oneof![
        3 => (any::<usize>(), any::<usize>()).prop_map(|(at, len)| Mutation::Cut(at, len)),
        3 => (any::<usize>(), any::<usize>()).prop_map(|(at, len)| Mutation::Repeat(at, len)),
        6 => (any::<usize>(), piece(pieces)).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        1 => Just(Mutation::Carriage),
    ]
}

//! Texts that are searched for again and again: a search is prepared once. In a short text the
//! preparation costs more than the search.

use std::sync::OnceLock;

use memchr::memmem::Finder;

/// A text to search for.
#[derive(Debug)]
pub(super) struct Needle {
    text: &'static str,
    finder: OnceLock<Finder<'static>>,
}

impl Needle {
    pub(super) const fn new(text: &'static str) -> Self {
        Self {
            text,
            finder: OnceLock::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Where it stands first.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        self.finder().find(text.as_bytes())
    }

    /// All places where it stands.
    pub(super) fn find_all<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        self.finder().find_iter(text.as_bytes())
    }

    fn finder(&self) -> &Finder<'static> {
        self.finder.get_or_init(|| Finder::new(self.text))
    }
}

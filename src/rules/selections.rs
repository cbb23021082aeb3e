//! Which selection holds for which file.

use super::{Level, Selection};
use crate::source::FileId;

/// The selections of a run: files may have configurations of their own.
#[derive(Clone, Debug, Default)]
pub struct Selections {
    default: Selection,
    all: Vec<Selection>,
    of_file: Vec<usize>,
}

impl Selections {
    /// `of_file` gives, for each file by its id, the position of its selection.
    pub fn new(all: Vec<Selection>, of_file: Vec<usize>) -> Self {
        Self {
            default: Selection::default(),
            all,
            of_file,
        }
    }

    /// The selection for a file.
    pub fn of(&self, file: FileId) -> &Selection {
        let index = self.of_file.get(file.0 as usize);
        index
            .and_then(|&index| self.all.get(index))
            .unwrap_or(&self.default)
    }

    /// Whether the rule at `index` of the registry is on for any file.
    pub(super) fn run(&self, index: usize) -> bool {
        let on = |selection: &Selection| selection.level(index) != Level::Off;
        match self.all.is_empty() {
            true => on(&self.default),
            false => self.all.iter().any(on),
        }
    }
}

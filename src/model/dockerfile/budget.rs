//! What the simulation of one build may cost. Some files grow when they are built: `ENV A=$A$A`
//! doubles a value each time it stands there. What goes beyond the budget is unknown.

/// What is left to spend.
#[derive(Debug)]
pub(super) struct Budget {
    /// Bytes of values that expansions may copy.
    text: usize,
    /// Steps of pattern matching, in characters × atoms of the pattern.
    matching: usize,
    /// `ONBUILD` instructions that stages may run.
    triggers: usize,
}

impl Default for Budget {
    /// Far more than any file that somebody wrote, and less than a second.
    fn default() -> Self {
        Self {
            text: 16 << 20,
            matching: 1 << 26,
            triggers: 100_000,
        }
    }
}

impl Budget {
    /// The part of one of so many builds of one file.
    pub fn shared_by(builds: usize) -> Self {
        let whole = Self::default();
        let builds = builds.max(1);
        Self {
            text: whole.text / builds,
            matching: whole.matching / builds,
            triggers: whole.triggers / builds,
        }
    }

    /// Whether `bytes` more may be copied.
    pub fn take_text(&mut self, bytes: usize) -> bool {
        take(&mut self.text, bytes)
    }

    /// Whether patterns may be matched for that many steps more.
    pub fn take_matching(&mut self, steps: usize) -> bool {
        take(&mut self.matching, steps)
    }

    /// Whether a stage may run that many `ONBUILD` instructions more.
    pub fn take_triggers(&mut self, instructions: usize) -> bool {
        take(&mut self.triggers, instructions)
    }
}

/// Nothing is left once something was too much, so that all that follows is cheap.
fn take(left: &mut usize, wanted: usize) -> bool {
    let rest = left.checked_sub(wanted);
    *left = rest.unwrap_or(0);
    rest.is_some()
}

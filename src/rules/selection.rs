//! Which rules run, and how bad what they find is.

use super::{REGISTRY, closest};
use crate::finding::Severity;

/// What a rule is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Does not run.
    Off,
    /// Runs; each finding has the severity the rule gives it. What is a matter of taste is left out.
    Default,
    /// Runs; each finding has the severity the rule gives it.
    All,
    /// Runs; every finding has this severity. What is a matter of taste is left out.
    At(Severity),
}

impl Level {
    /// The level a word of the configuration stands for.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "off" => Some(Self::Off),
            "on" => Some(Self::All),
            _ => Severity::parse(word).map(Self::At),
        }
    }
}

/// What a person chose, in the configuration and on the command line. Every name is a rule, an
/// alias, a group, or `all`.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Levels from the configuration. A rule's own line wins over its group's, a later line over an
    /// earlier.
    pub levels: Vec<(String, Level)>,
    /// Pedantic rules run as well.
    pub pedantic: bool,
    /// If there are any, only these run, pedantic ones included.
    pub select: Vec<String>,
    /// These do not run, whatever else is said.
    pub ignore: Vec<String>,
}

/// The level of every rule.
#[derive(Clone, Debug)]
pub struct Selection {
    /// By position in the registry.
    levels: Vec<Level>,
}

impl Default for Selection {
    /// Every rule that is on by default.
    fn default() -> Self {
        let level = |pedantic| if pedantic { Level::Off } else { Level::Default };
        Self {
            levels: REGISTRY
                .iter()
                .map(|entry| level(entry.page.is_pedantic()))
                .collect(),
        }
    }
}

impl Selection {
    /// Applies a choice to the defaults.
    pub fn new(choice: &Choice) -> Result<Self, UnknownRule> {
        let mut selection = Self::default();
        if choice.pedantic {
            selection.levels.fill(Level::All);
        }
        selection.set_levels(&choice.levels)?;
        if !choice.select.is_empty() {
            selection.keep_only(&choice.select)?;
        }
        for name in &choice.ignore {
            for index in resolve(name)?.rules {
                selection.levels[index] = Level::Off;
            }
        }
        Ok(selection)
    }

    /// The level of the rule with this id; off if there is none.
    pub fn of(&self, id: &str) -> Level {
        REGISTRY
            .iter()
            .position(|entry| entry.id == id)
            .map_or(Level::Off, |index| self.level(index))
    }

    /// The level of the rule at `index` of the registry.
    pub(super) fn level(&self, index: usize) -> Level {
        self.levels.get(index).copied().unwrap_or(Level::Off)
    }

    fn set_levels(&mut self, levels: &[(String, Level)]) -> Result<(), UnknownRule> {
        let mut named = Vec::with_capacity(levels.len());
        for (name, level) in levels {
            named.push((resolve(name)?, *level));
        }
        // Stable: groups first, so that a rule's own line wins.
        named.sort_by_key(|(name, _)| !name.is_group);
        for (name, level) in named {
            for index in name.rules {
                self.levels[index] = level;
            }
        }
        Ok(())
    }

    fn keep_only(&mut self, names: &[String]) -> Result<(), UnknownRule> {
        let mut keep = vec![false; self.levels.len()];
        for name in names {
            for index in resolve(name)?.rules {
                keep[index] = true;
            }
        }
        for (level, keep) in self.levels.iter_mut().zip(keep) {
            *level = match (keep, *level) {
                (false, _) => Level::Off,
                (true, Level::Off | Level::Default) => Level::All,
                (true, level) => level,
            };
        }
        Ok(())
    }
}

/// What a name stands for.
struct Resolved {
    /// Positions in the registry.
    rules: Vec<usize>,
    is_group: bool,
}

fn resolve(name: &str) -> Result<Resolved, UnknownRule> {
    let matching = |matches: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..REGISTRY.len())
            .filter(|&index| matches(index))
            .collect()
    };
    let info = |index: usize| REGISTRY[index].page.info();
    let rules = matching(&|index| REGISTRY[index].id == name || info(index).aliases.contains(name));
    if !rules.is_empty() {
        return Ok(Resolved {
            rules,
            is_group: false,
        });
    }
    let rules = matching(&|index| name == "all" || info(index).groups.contains(name));
    if !rules.is_empty() {
        return Ok(Resolved {
            rules,
            is_group: true,
        });
    }
    Err(UnknownRule::new(name))
}

/// A name that is neither a rule nor a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// What was written.
    pub name: String,
    /// What was probably meant.
    pub suggestion: Option<&'static str>,
}

impl UnknownRule {
    /// Looks for what was probably meant.
    pub fn new(name: &str) -> Self {
        let names = REGISTRY.iter().flat_map(|entry| {
            let info = entry.page.info();
            [entry.id]
                .into_iter()
                .chain(info.aliases.iter())
                .chain(info.groups.iter())
        });
        Self {
            name: name.to_owned(),
            suggestion: closest(name, names),
        }
    }
}

impl std::fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no rule or group `{}`", self.name)?;
        match self.suggestion {
            Some(suggestion) => write!(f, "; did you mean `{suggestion}`?"),
            None => f.write_str("; `docklint rules` lists them"),
        }
    }
}

impl std::error::Error for UnknownRule {}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn select_keeps_only_what_it_names_and_ignore_wins() {
        let choice = Choice {
            select: names(&["syntax-error", "build-error"]),
            ignore: names(&["build-error"]),
            ..Choice::default()
        };
        let selection = Selection::new(&choice).unwrap();
        assert_eq!(selection.of("syntax-error"), Level::All);
        assert_eq!(selection.of("build-error"), Level::Off);
        assert_eq!(
            Selection::new(&Choice {
                select: names(&["build-error"]),
                ..Choice::default()
            })
            .unwrap()
            .of("syntax-error"),
            Level::Off
        );
    }

    #[test]
    fn a_rules_own_level_wins_over_its_groups() {
        let level = |name: &str, level| (name.to_owned(), level);
        let choice = Choice {
            levels: vec![
                level("syntax-error", Level::At(Severity::Info)),
                level("all", Level::Off),
            ],
            ..Choice::default()
        };
        let selection = Selection::new(&choice).unwrap();
        assert_eq!(selection.of("syntax-error"), Level::At(Severity::Info));
        assert_eq!(selection.of("build-error"), Level::Off);
    }

    #[test]
    fn an_unknown_name_says_what_was_meant() {
        let choice = Choice {
            ignore: names(&["sintax-eror"]),
            ..Choice::default()
        };
        let error = Selection::new(&choice).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no rule or group `sintax-eror`; did you mean `syntax-error`?"
        );
    }
}

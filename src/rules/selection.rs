//! Which rules run, and how bad what they find is.

use std::sync::LazyLock;

use super::{REGISTRY, closest};
use crate::finding::Severity;
use crate::secrets::Pattern;

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

/// What a person chose, in the configuration or on the command line. Every name is a rule, an
/// alias, a group, or `all`; what is said of fewer rules wins.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Levels from the configuration; a later line wins over an earlier of the same breadth.
    pub levels: Vec<(String, Level)>,
    /// Pedantic rules run as well.
    pub pedantic: bool,
    /// If there are any, only these run, pedantic ones included.
    pub select: Vec<String>,
    /// These do not run. Of one breadth it wins over the others.
    pub ignore: Vec<String>,
}

/// The level of every rule.
#[derive(Clone, Debug)]
pub struct Selection {
    /// By position in the registry.
    levels: Vec<Level>,
    /// Positions in the registry, with variables that the rule does not speak of.
    allowed: Vec<(usize, Pattern)>,
}

impl Default for Selection {
    /// Every rule that is on by default.
    fn default() -> Self {
        Self {
            levels: DEFAULT_LEVELS.clone(),
            allowed: Vec::new(),
        }
    }
}

/// Read from the pages once: a run begins with several selections.
static DEFAULT_LEVELS: LazyLock<Vec<Level>> = LazyLock::new(|| {
    let level = |pedantic| if pedantic { Level::Off } else { Level::Default };
    let pages = REGISTRY.iter().map(|entry| entry.page);
    pages.map(|page| level(page.is_pedantic())).collect()
});

impl Selection {
    /// Applies a choice to the defaults.
    pub fn new(choice: &Choice) -> Result<Self, UnknownRule> {
        Self::of_all(&[choice])
    }

    /// Applies choices to the defaults; whatever a later one says wins over the earlier ones.
    pub fn of_all(choices: &[&Choice]) -> Result<Self, UnknownRule> {
        let mut selection = Self::default();
        if choices.iter().any(|choice| choice.pedantic) {
            selection.levels.fill(Level::All);
        }
        for choice in choices {
            let said = said(choice)?;
            let is_exclusive = !choice.select.is_empty();
            for (level, said) in selection.levels.iter_mut().zip(said) {
                *level = said.level(*level, is_exclusive);
            }
        }
        Ok(selection)
    }

    /// Makes the rules that `name` stands for silent about variables.
    pub fn allow(&mut self, name: &str, variables: &[Pattern]) -> Result<(), UnknownRule> {
        for index in resolve(name)?.rules {
            let variables = variables.iter().cloned();
            self.allowed.extend(variables.map(|it| (index, it)));
        }
        Ok(())
    }

    /// Whether the rule at `index` of the registry is silent about a variable.
    pub(super) fn allows(&self, index: usize, variable: &str) -> bool {
        let mut allowed = self.allowed.iter();
        allowed.any(|(of, pattern)| *of == index && pattern.matches(variable))
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
}

/// What a choice says about one rule, by how many rules the words are about.
#[derive(Clone, Copy, Default)]
struct Said {
    selected: Option<Breadth>,
    ignored: Option<Breadth>,
    level: Option<(Breadth, Level)>,
}

impl Said {
    /// The rule's level, which was `before`.
    fn level(self, before: Level, is_exclusive: bool) -> Level {
        let (off, on) = match self.level {
            Some((breadth, Level::Off)) => (self.ignored.max(Some(breadth)), self.selected),
            Some((breadth, _)) => (self.ignored, self.selected.max(Some(breadth))),
            None => (self.ignored, self.selected),
        };
        let is_off = off.is_some() && off >= on;
        match (self.level, before) {
            _ if is_off || (is_exclusive && self.selected.is_none()) => Level::Off,
            (Some((_, level)), _) if level != Level::Off => level,
            (_, Level::Off | Level::Default) if self.selected.is_some() => Level::All,
            (_, before) => before,
        }
    }
}

/// What a choice says about each rule, by position in the registry.
fn said(choice: &Choice) -> Result<Vec<Said>, UnknownRule> {
    let mut said = vec![Said::default(); REGISTRY.len()];
    for (name, level) in &choice.levels {
        let name = resolve(name)?;
        for index in name.rules {
            let level_of = &mut said[index].level;
            if level_of.is_none_or(|(breadth, _)| breadth <= name.breadth) {
                *level_of = Some((name.breadth, *level));
            }
        }
    }
    for name in &choice.select {
        let name = resolve(name)?;
        for index in name.rules {
            let selected = &mut said[index].selected;
            *selected = (*selected).max(Some(name.breadth));
        }
    }
    for name in &choice.ignore {
        let name = resolve(name)?;
        for index in name.rules {
            let ignored = &mut said[index].ignored;
            *ignored = (*ignored).max(Some(name.breadth));
        }
    }
    Ok(said)
}

/// How many rules a name stands for; what comes later wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Breadth {
    All,
    Group,
    Rule,
}

/// What a name stands for.
pub(super) struct Resolved {
    /// Positions in the registry.
    pub rules: Vec<usize>,
    breadth: Breadth,
}

pub(super) fn resolve(name: &str) -> Result<Resolved, UnknownRule> {
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
            breadth: Breadth::Rule,
        });
    }
    let rules = matching(&|index| name == "all" || info(index).groups.contains(name));
    if !rules.is_empty() {
        return Ok(Resolved {
            rules,
            breadth: match name {
                "all" => Breadth::All,
                _ => Breadth::Group,
            },
        });
    }
    Err(UnknownRule::new(name))
}

/// Whether a name stands for a rule or a group.
pub fn check_name(name: &str) -> Result<(), UnknownRule> {
    resolve(name).map(|_| ())
}

/// A name that is neither a rule nor a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// What was written.
    pub name: String,
    /// What was probably meant.
    pub suggestion: Option<&'static str>,
    /// What was looked for.
    wanted: &'static str,
    /// Whether it is a group, where only a rule can stand.
    pub(super) is_group: bool,
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
            wanted: "rule or group",
            is_group: false,
        }
    }

    /// The same where only a rule can stand.
    pub fn among_rules(name: &str) -> Self {
        let aliases = |entry: &'static super::RuleEntry| entry.page.info().aliases.iter();
        let names = REGISTRY
            .iter()
            .flat_map(|entry| [entry.id].into_iter().chain(aliases(entry)));
        let is_group = resolve(name).is_ok_and(|resolved| resolved.breadth < Breadth::Rule);
        Self {
            name: name.to_owned(),
            suggestion: closest(name, names).filter(|_| !is_group),
            wanted: "rule",
            is_group,
        }
    }
}

impl std::fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_group {
            let name = &self.name;
            return write!(
                f,
                "`{name}` is a group of rules, and one rule is wanted; `docklint rules` lists them"
            );
        }
        write!(f, "there is no {} `{}`", self.wanted, self.name)?;
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

    fn choice(select: &[&str], ignore: &[&str], levels: &[(&str, Level)]) -> Choice {
        Choice {
            select: names(select),
            ignore: names(ignore),
            levels: levels
                .iter()
                .map(|&(name, level)| (name.to_owned(), level))
                .collect(),
            ..Choice::default()
        }
    }

    const ERROR: Level = Level::At(Severity::Error);

    #[test]
    fn select_keeps_only_what_it_names_and_ignore_wins() {
        let of = |choice: &Choice, rule| Selection::new(choice).unwrap().of(rule);
        let both = choice(&["syntax-error", "build-error"], &["build-error"], &[]);
        assert_eq!(of(&both, "syntax-error"), Level::All);
        assert_eq!(of(&both, "build-error"), Level::Off);
        let only = choice(&["build-error"], &[], &[("syntax-error", ERROR)]);
        assert_eq!(of(&only, "syntax-error"), Level::Off);
    }

    #[test]
    fn what_is_said_of_fewer_rules_wins() {
        let of = |select: &[&str], ignore: &[&str], levels: &[(&str, Level)]| {
            let selection = Selection::new(&choice(select, ignore, levels)).unwrap();
            (selection.of("proxy-baked"), selection.of("proxy-loopback"))
        };
        let (own, group) = (("proxy-baked", ERROR), ("proxy", Level::Off));
        for levels in [[own, group], [group, own]] {
            assert_eq!(of(&[], &[], &levels), (ERROR, Level::Off));
        }
        assert_eq!(of(&[], &["proxy"], &[own]), (ERROR, Level::Off));
        assert_eq!(of(&[], &["all"], &[("proxy", ERROR)]), (ERROR, ERROR));
        assert_eq!(
            of(&["proxy-baked"], &["proxy"], &[]),
            (Level::All, Level::Off)
        );
        let off = ("proxy-baked", Level::Off);
        assert_eq!(of(&["proxy"], &[], &[off]), (Level::Off, Level::All));
        // Of one breadth to ignore wins.
        assert_eq!(
            of(&[], &["proxy-baked"], &[own]),
            (Level::Off, Level::Default)
        );
        assert_eq!(
            of(&[], &["proxy"], &[("proxy", ERROR)]),
            (Level::Off, Level::Off)
        );
    }

    #[test]
    fn a_later_choice_wins_whatever_it_is_about() {
        let of = |file: &Choice, typed: &Choice| {
            let selection = Selection::of_all(&[file, typed]).unwrap();
            (selection.of("proxy-baked"), selection.of("proxy-loopback"))
        };
        let file = choice(&[], &["proxy-loopback"], &[("proxy-baked", ERROR)]);
        let ignored = of(&file, &choice(&[], &["proxy"], &[]));
        assert_eq!(ignored, (Level::Off, Level::Off));
        let selected = of(&file, &choice(&["proxy"], &[], &[]));
        assert_eq!(selected, (ERROR, Level::All));
        assert_eq!(of(&file, &Choice::default()), (ERROR, Level::Off));
    }

    #[test]
    fn variables_are_allowed_by_rule_and_by_group() {
        let mut selection = Selection::default();
        let of = |id: &str| REGISTRY.iter().position(|entry| entry.id == id).unwrap();
        let version = Pattern::Exact("VERSION".into());
        selection.allow("arg-out-of-scope", &[version]).unwrap();
        let all = Pattern::regex("ALL_.*").unwrap();
        selection.allow("proxy", &[all]).unwrap();
        assert!(selection.allows(of("arg-out-of-scope"), "VERSION"));
        assert!(!selection.allows(of("arg-declared-late"), "VERSION"));
        assert!(selection.allows(of("proxy-loopback"), "all_proxy"));
        assert!(!selection.allows(of("proxy-loopback"), "HTTP_PROXY"));
        assert!(selection.allow("prosy", &[]).is_err());
    }

    #[test]
    fn a_group_is_no_rule() {
        for name in ["secrets", "all"] {
            let unknown = UnknownRule::among_rules(name);
            assert_eq!(unknown.suggestion, None);
            let said = format!("`{name}` is a group of rules, and one rule is wanted");
            assert!(unknown.to_string().starts_with(&said), "{unknown}");
        }
        let unknown = UnknownRule::among_rules("secret");
        assert!(unknown.to_string().starts_with("there is no rule `secret`"));
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

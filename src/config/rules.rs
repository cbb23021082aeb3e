//! The `[rules]` table, at the top of the file and in `[[overrides]]`.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IntoDeserializer, MapAccess, Visitor};
use toml::Spanned;

use super::file::Mistake;
use super::names::{self, NamePattern};
use crate::secrets::Pattern;

/// The `[rules]` table: `select`, `ignore`, and what is set for each further key, a rule or a group.
#[derive(Debug, Default)]
pub struct RuleTable {
    /// If there are any, only these run.
    pub select: Vec<Spanned<String>>,
    /// These do not run.
    pub ignore: Vec<Spanned<String>>,
    /// In the order of the file.
    pub settings: Vec<(Spanned<String>, RuleSetting)>,
}

/// What a rule is set to: a level alone, or a table with its options.
#[derive(Debug, Default)]
pub struct RuleSetting {
    /// The level, if one is set.
    pub level: Option<RuleLevel>,
    /// The variables that the rule does not speak of.
    pub allow: Vec<Spanned<NamePattern>>,
}

/// What a rule is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleLevel {
    /// Does not run.
    Off,
    /// Shown, does not fail a run by default.
    Info,
    /// Fails a run by default.
    Warning,
    /// Fails a run.
    Error,
}

impl RuleTable {
    /// Every name of a rule or group in it.
    pub fn names(&self) -> impl Iterator<Item = &Spanned<String>> {
        let keys = self.settings.iter().map(|(name, _)| name);
        keys.chain(&self.select).chain(&self.ignore)
    }

    /// The rules and groups that leave variables out, with those; compiles the patterns.
    pub(super) fn allowed(&self) -> Result<Vec<(String, Vec<Pattern>)>, Mistake> {
        let settings = self.settings.iter();
        let with_any = settings.filter(|(_, setting)| !setting.allow.is_empty());
        with_any
            .map(|(name, setting)| Ok((name.get_ref().clone(), names::compiled(&setting.allow)?)))
            .collect()
    }
}

impl<'de> Deserialize<'de> for RuleTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RuleTableVisitor)
    }
}

/// Reads the table by hand: `#[serde(flatten)]` would lose the places of the keys.
struct RuleTableVisitor;

impl<'de> Visitor<'de> for RuleTableVisitor {
    type Value = RuleTable;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of rule levels")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RuleTable, A::Error> {
        let mut table = RuleTable::default();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            match key.get_ref().as_str() {
                "select" => table.select = map.next_value()?,
                "ignore" => table.ignore = map.next_value()?,
                _ => table.settings.push((key, map.next_value()?)),
            }
        }
        table.settings.sort_by_key(|(key, _)| key.span().start);
        Ok(table)
    }
}

impl<'de> Deserialize<'de> for RuleSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RuleSettingVisitor)
    }
}

/// By hand: an untagged enum would only say that nothing matched.
struct RuleSettingVisitor;

impl<'de> Visitor<'de> for RuleSettingVisitor {
    type Value = RuleSetting;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a level, or a table with `level` and `allow`")
    }

    fn visit_str<E: Error>(self, level: &str) -> Result<RuleSetting, E> {
        let level = RuleLevel::deserialize(level.into_deserializer())?;
        Ok(RuleSetting {
            level: Some(level),
            allow: Vec::new(),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RuleSetting, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            level: Option<RuleLevel>,
            #[serde(default)]
            allow: Vec<Spanned<NamePattern>>,
        }
        let Table { level, allow } = Table::deserialize(MapAccessDeserializer::new(map))?;
        Ok(RuleSetting { level, allow })
    }
}

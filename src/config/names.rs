//! Names and patterns for them, and the `[secrets]` table that is made of them.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use toml::Spanned;

use super::file::Mistake;
use crate::secrets::{Names, Pattern};

/// The `[secrets]` table: what docklint cannot know about this project's names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SecretTable {
    /// Names of settings that hold secrets.
    pub names: Vec<Spanned<NamePattern>>,
    /// Names of settings that do not, though they look like it.
    pub exempt: Vec<Spanned<NamePattern>>,
}

/// A name, or `{ regex = "…" }`; the case of letters does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamePattern {
    /// This name.
    Name(String),
    /// Names that match as a whole.
    Regex(String),
}

impl SecretTable {
    /// The names; compiles the patterns.
    pub(super) fn names(&self) -> Result<Names, Mistake> {
        Ok(Names {
            secret: compiled(&self.names)?,
            exempt: compiled(&self.exempt)?,
        })
    }
}

/// The patterns, ready to be matched.
pub(super) fn compiled(patterns: &[Spanned<NamePattern>]) -> Result<Vec<Pattern>, Mistake> {
    let compiled = patterns.iter().map(|pattern| match pattern.get_ref() {
        NamePattern::Name(name) => Ok(Pattern::Exact(name.clone())),
        NamePattern::Regex(regex) => Pattern::regex(regex).map_err(|message| Mistake {
            message: format!("this is no regular expression: {message}"),
            span: Some(pattern.span()),
        }),
    });
    compiled.collect()
}

impl<'de> Deserialize<'de> for NamePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamePatternVisitor)
    }
}

/// By hand: an untagged enum would only say that nothing matched.
struct NamePatternVisitor;

impl<'de> Visitor<'de> for NamePatternVisitor {
    type Value = NamePattern;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or `{ regex = \"…\" }`")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<NamePattern, E> {
        Ok(NamePattern::Name(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<NamePattern, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            regex: String,
        }
        let table = Table::deserialize(MapAccessDeserializer::new(map))?;
        Ok(NamePattern::Regex(table.regex))
    }
}

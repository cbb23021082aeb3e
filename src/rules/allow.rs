//! Which rules can be told to be silent about a variable.

use super::selection::resolve;
use super::{REGISTRY, UnknownRule};

/// Rules whose findings are not told by variable: they name none, but for one that is too long for a
/// daemon to start with. `tests/pages` holds this list against every example.
const NO_VARIABLES: &[&str] = &[
    "build-error",
    "client-proxies",
    "compose-error",
    "credential-literal",
    "daemon-json-proxies",
    "daemon-start-refused",
    "proxy-baked",
    "proxy-daemon-only",
    "proxy-persisted",
    "proxy-runtime-only",
    "secret-copied",
    "secret-external-build",
    "secret-mount-unused",
    "syntax-error",
    "unknown-rule",
    "unused-suppression",
];

/// Why `allow` would do nothing for a rule, an alias or a group; none if it does something for one of
/// the rules that the name stands for.
pub fn why_no_allow(name: &str) -> Result<Option<String>, UnknownRule> {
    let rules = resolve(name)?.rules;
    let mut entries = rules.iter().map(|&index| &REGISTRY[index]);
    if !entries.all(|rule| NO_VARIABLES.contains(&rule.id)) {
        return Ok(None);
    }
    Ok(Some(format!(
        "`{name}` takes no `allow`: what it finds is not told by variable"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_variable_takes_no_allow() {
        let why = |name: &str| why_no_allow(name).unwrap().unwrap_or_default();
        for name in ["proxy-baked", "secret-copied"] {
            let said = format!("`{name}` takes no `allow`: what it finds is not told by variable");
            assert_eq!(why(name), said);
        }
        for name in ["arg-out-of-scope", "secret-in-arg", "secrets", "all"] {
            assert_eq!(why(name), "", "{name}");
        }
        assert!(why_no_allow("prosy").is_err());
    }

    /// What no example shows.
    #[test]
    fn no_rule_of_the_list_names_a_variable() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        for name in NO_VARIABLES {
            let file = folder.join(format!("{}.rs", name.replace('-', "_")));
            let text = std::fs::read_to_string(file).unwrap();
            assert!(!text.contains(".about("), "{name}");
        }
    }

    #[test]
    fn the_list_names_rules() {
        let is_rule = |name: &&str| super::super::find(name).is_some_and(|rule| rule.id == *name);
        assert!(NO_VARIABLES.iter().all(is_rule));
        assert!(NO_VARIABLES.is_sorted());
    }
}

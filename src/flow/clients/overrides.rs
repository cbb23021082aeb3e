//! What options and own variables of a client say about proxies and mirrors.

use super::Variables;
use super::arguments::{GivenOption, borrowed, leading_text, without_prefix};
use super::call::{Call, is_given};
use super::client::{OptionSetting, OwnVariable, Role};
use crate::model::Value;
use crate::source::Span;

/// A setting that a command is given besides the common variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Override<'c> {
    /// What for.
    pub role: Role,
    /// Its value; empty for an option without one.
    pub value: Value<'c>,
    /// What gives it.
    pub by: OverriddenBy,
}

/// What gives an [`Override`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverriddenBy {
    /// An option of the command.
    Option {
        /// Its name.
        name: &'static str,
        /// Where it stands.
        span: Span,
    },
    /// A variable of its own, as it is spelled in the table.
    Variable(&'static str),
}

/// Options first: they win.
pub(super) fn overrides<'c>(call: &Call<'c>, variables: &Variables<'_>) -> Vec<Override<'c>> {
    let options = call.arguments.options.iter().filter_map(|given| {
        let settings = call.client.options.iter();
        settings
            .filter(|setting| setting.option == given.name)
            .find_map(|setting| by_option(setting, given))
    });
    let own = call
        .client
        .variables
        .iter()
        .filter_map(|variable| by_variable(variable, variables));
    options.chain(own).collect()
}

fn by_option<'c>(setting: &OptionSetting, given: &GivenOption<'c>) -> Option<Override<'c>> {
    let value = match (setting.key, &given.value) {
        (None, value) => value.clone().unwrap_or(Value::known("")),
        (Some(key), Some(value)) => {
            let (name, _) = leading_text(value).split_once('=')?;
            if !name.eq_ignore_ascii_case(key) {
                return None;
            }
            without_prefix(value, name.len() + 1).into_owned()
        }
        (Some(_), None) => return None,
    };
    Some(Override {
        role: setting.role,
        value,
        by: OverriddenBy::Option {
            name: setting.option,
            span: given.span,
        },
    })
}

fn by_variable(variable: &OwnVariable, variables: &Variables<'_>) -> Option<Override<'static>> {
    let value = lookup(variable, variables).filter(|value| is_given(value))?;
    Some(Override {
        role: variable.role,
        value: borrowed(value).into_owned(),
        by: OverriddenBy::Variable(variable.name),
    })
}

/// The value of a variable; those of which the case does not matter are tried in the usual two.
pub(super) fn lookup<'v>(
    variable: &OwnVariable,
    variables: &Variables<'v>,
) -> Option<&'v Value<'v>> {
    variables(variable.name).or_else(|| {
        let twin = || match variable.name.bytes().any(|b| b.is_ascii_lowercase()) {
            true => variable.name.to_ascii_uppercase(),
            false => variable.name.to_ascii_lowercase(),
        };
        variable.any_case.then(|| variables(&twin())).flatten()
    })
}

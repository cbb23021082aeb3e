//! Whether a client reads a variable.

use super::client::{Client, OwnVariable};
use super::proxies::Scheme;
use crate::model::variables;

/// Whether a client reads a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reads {
    /// It does.
    Yes,
    /// It reads this spelling of it instead.
    WrongSpelling(&'static str),
    /// It reads it, but for targets of another scheme than those of the command.
    OtherScheme,
    /// A proxy variable that it does not read in any spelling.
    Ignored,
    /// A setting of other programs.
    NotItsVariable,
    /// Not established.
    Unknown,
}

/// `schemes` are those of what is fetched.
pub(super) fn reads(client: &Client, name: &str, schemes: &[Scheme]) -> Reads {
    if let Some(own) = own(client, name) {
        return own;
    }
    if !variables::is_predefined_proxy(name) {
        return Reads::NotItsVariable;
    }
    let Some(proxies) = client.proxies else {
        return Reads::Unknown;
    };
    let is_web = |scheme: &Scheme| matches!(scheme, Scheme::Http | Scheme::Https | Scheme::Ftp);
    if !schemes.is_empty() && !schemes.iter().any(is_web) {
        return Reads::Ignored;
    }
    if name.eq_ignore_ascii_case("no_proxy") {
        return one_of(proxies.no_proxy.variables, name).unwrap_or(Reads::Ignored);
    }
    if name.eq_ignore_ascii_case("ftp_proxy") {
        // Not measured for any client.
        return match schemes.contains(&Scheme::Ftp) {
            true => Reads::Unknown,
            false => Reads::Ignored,
        };
    }
    let answers = schemes
        .iter()
        .filter_map(|&scheme| one_of(proxies.variables(scheme), name));
    let best = answers.min_by_key(|&answer| answer != Reads::Yes);
    let elsewhere = || {
        let other = [proxies.http, proxies.https]
            .iter()
            .any(|list| list.iter().any(|read| read.eq_ignore_ascii_case(name)));
        match other {
            true => Reads::OtherScheme,
            false => Reads::Ignored,
        }
    };
    best.unwrap_or_else(elsewhere)
}

/// `Yes` or `WrongSpelling` if one of the variables is `name`, up to case.
fn one_of(list: &'static [&'static str], name: &str) -> Option<Reads> {
    if list.contains(&name) {
        return Some(Reads::Yes);
    }
    list.iter()
        .find(|read| read.eq_ignore_ascii_case(name))
        .map(|read| Reads::WrongSpelling(read))
}

fn own(client: &Client, name: &str) -> Option<Reads> {
    let fits = |exact: bool| {
        move |variable: &&OwnVariable| match variable.name.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None if exact => variable.name == name,
            None => variable.name.eq_ignore_ascii_case(name),
        }
    };
    let mut variables = client.variables.iter();
    if variables.clone().any(|variable| fits(true)(&variable)) {
        return Some(Reads::Yes);
    }
    let variable = variables.find(fits(false))?;
    Some(match variable.any_case {
        true => Reads::Yes,
        false => Reads::WrongSpelling(variable.name),
    })
}

//! What Go will make of the values that reach the daemon.

use crate::model::go_proxy::{self, EntryFault, ProxyFault};
use crate::source::{Location, Span};

use super::diagnostic::{Cause, Diagnostic};
use super::environment::Environment;
use super::exec::ExecStart;
use super::host::Scope;
use super::names;

/// Checks the proxy variables of an environment; a place that has a diagnostic already is let be.
pub(super) fn check(environment: &Environment, scope: Scope, diagnostics: &mut Vec<Diagnostic>) {
    let mut found = Vec::new();
    for (name, variable) in environment {
        let known = |old: &Diagnostic| {
            let same = old.at.zip(variable.at).is_some_and(|(old, at)| {
                old.file == at.file && old.span.start < at.span.end && at.span.start < old.span.end
            });
            same && old.cause.rule() == "dropin-assignment-lost"
                && old.cause != Cause::InlineComment
        };
        if !names::is_proxy(name) {
            continue;
        }
        let Some(value) = variable
            .value
            .as_known()
            .filter(|value| scope == Scope::Machine || !is_to_fill_in(value))
            .filter(|_| !diagnostics.iter().any(known))
        else {
            continue;
        };
        found.extend(fault(name, value, &variable.path, variable.at));
    }
    for one in &mut found {
        // Whatever deploys a repository's file may replace `$NAME` on the way.
        one.minor |= one.cause == Cause::Variable && scope == Scope::Shipped;
    }
    diagnostics.extend(found);
}

/// Whether a person is to replace the value, or a part of it: `<host>:3128`, `http://PROXY_HOST:PORT`.
pub(super) fn is_to_fill_in(value: &str) -> bool {
    let shouts = |word: &str| {
        let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        word.len() > 2
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.chars().all(upper)
    };
    let address = value
        .split_once("://")
        .map_or(value, |(_, address)| address);
    let mut parts = address.trim_end_matches('/').split([':', '@']);
    (value.contains('<') && value.contains('>'))
        || parts.any(|part| shouts(part) || part.eq_ignore_ascii_case("port"))
}

/// Checks one value of a proxy setting.
pub(super) fn fault(
    name: &str,
    value: &str,
    path: &str,
    at: Option<Location>,
) -> Option<Diagnostic> {
    let found = if names::is_no_proxy(name) {
        no_proxy(name, value)
    } else {
        proxy(name, value)
    };
    found.map(|(cause, message, help, minor)| {
        let mended = (cause == Cause::NoProxyEntry).then(|| go_proxy::no_proxy_mended(value));
        Diagnostic {
            instead: mended.flatten().map(|mended| (value.to_owned(), mended)),
            ..Diagnostic::new(cause, path, at, message)
                .name(name)
                .help(help)
                .minor(minor)
        }
    })
}

type Found = (Cause, String, &'static str, bool);

fn proxy(name: &str, value: &str) -> Option<Found> {
    if is_reference(value) {
        let message =
            format!("`{name}` arrives with its `$` as written: nothing expands variables here");
        return Some((Cause::Variable, message, "write the value itself", false));
    }
    let Some(fault) = go_proxy::fault(value) else {
        // `$$` is what Compose and Make want; here both dollars stay.
        let message = format!("`$$` in `{name}` stays `$$`: `$` means nothing in `Environment=`");
        let doubled = value.contains("$$");
        return doubled.then_some((Cause::Variable, message, "write `$` if one was meant", true));
    };
    let message = match fault {
        ProxyFault::Dropped => format!(
            "`{name}` is no URL to Go, which drops it without a message: the daemon connects directly"
        ),
        ProxyFault::WrongHost(host)
            if host.is_ascii() && host.len() < 20 && !value.contains('@') =>
        {
            format!(
                "Go reads `{name}` as a proxy on the host `{}`",
                host.escape_debug()
            )
        }
        ProxyFault::WrongHost(_) => format!("Go reads a wrong host out of `{name}`"),
        ProxyFault::Scheme(scheme) => format!("Go speaks no `{scheme}://` to a proxy"),
        ProxyFault::NoHost => format!("the URL in `{name}` has no host"),
    };
    if value.contains("%%") {
        let help = "write a single `%`: only `Environment=` needs it doubled";
        return Some((Cause::MalformedProxy, message, help, false));
    }
    let help =
        "write `http://host:port`; encode `#`, `@`, `/`, `%` and blanks in user name and password";
    Some((Cause::MalformedProxy, message, help, false))
}

/// Whether a value is, or begins with, a reference to a variable or a command's output.
fn is_reference(value: &str) -> bool {
    let rest = value
        .strip_prefix('$')
        .or_else(|| value.split_once("://$").map(|(_, rest)| rest));
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '{' | '('))
    }) || value.starts_with('`')
}

fn no_proxy(name: &str, value: &str) -> Option<Found> {
    let (range, fault) = go_proxy::no_proxy_faults(value).into_iter().next()?;
    let (what, help) = match fault {
        EntryFault::Separator => (
            "is one entry to Go, and matches nothing: blanks and `;` separate none",
            "separate entries by commas",
        ),
        EntryFault::Url => (
            "is a URL, which matches nothing",
            "write the host without scheme and path",
        ),
        EntryFault::Wildcard => (
            "matches nothing: Go knows `*` alone and in front of a domain only",
            "write a CIDR range for addresses, a leading dot for sub-domains",
        ),
        EntryFault::Variable => (
            "arrives as written: nothing expands the `$`",
            "write the hosts themselves",
        ),
        EntryFault::Network => ("is no network", "write `address/bits`"),
    };
    let entry = value.get(range).unwrap_or_default();
    let shown: String = entry.chars().take(LONGEST_ENTRY).collect();
    let cut = if shown.len() < entry.len() { "…" } else { "" };
    let message = format!("`{}{cut}` in `{name}` {what}", shown.escape_debug());
    Some((Cause::NoProxyEntry, message, help, false))
}

/// As many characters of an entry are quoted.
const LONGEST_ENTRY: usize = 40;

/// Percent-encoding in flags that became something else.
pub(super) fn check_flags(commands: &[ExecStart], diagnostics: &mut Vec<Diagnostic>) {
    for command in commands {
        for (span, value) in command.words.iter().flat_map(|word| &word.replaced) {
            let at = Location {
                file: command.at.file,
                span: *span,
            };
            let message = format!("this `%` makes a specifier: the daemon gets `{value}` there");
            let insert = Location {
                file: at.file,
                span: Span::at(at.span.start as usize),
            };
            let found = Diagnostic::new(Cause::FlagReplaced, &command.path, Some(at), message)
                .line(command.line)
                .help("write `%%` for a percent sign")
                .repair(
                    "double the percent sign",
                    true,
                    vec![(insert, "%".to_owned())],
                );
            diagnostics.push(Diagnostic {
                line: None,
                ..found
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_to_fill_in;

    #[test]
    fn what_a_person_is_to_fill_in() {
        for value in [
            "http://PROXY_HOST:PORT",
            "http://<proxy>:3128/",
            "http://proxy:port/",
        ] {
            assert!(is_to_fill_in(value), "{value}");
        }
        for value in [
            "http://proxy:3128",
            ":proxy",
            "http:/PROXY.corp:1",
            "http://10.0.0.1:80",
        ] {
            assert!(!is_to_fill_in(value), "{value}");
        }
    }
}

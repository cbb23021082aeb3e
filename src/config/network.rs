//! The `[network]` table: what only the project knows of the network that builds run in.

use serde::Deserialize;
use toml::Spanned;

use super::file::Mistake;
use crate::flow::NetworkPolicy;
use crate::flow::go;

/// The table as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct NetworkTable {
    /// There is no way out without a proxy.
    pub proxy_required: bool,
    /// The project's own hosts; `*.` in front of a domain stands for all hosts below it.
    pub internal_hosts: Vec<Spanned<String>>,
    /// The values of `GOPROXY` that are allowed; any if there are none.
    pub goproxy: Vec<Spanned<String>>,
    /// The hosts that `NO_PROXY` must name.
    pub no_proxy: Vec<Spanned<String>>,
}

impl NetworkTable {
    /// What it says, if every value can be one.
    pub(super) fn policy(&self) -> Result<NetworkPolicy, Mistake> {
        Ok(NetworkPolicy {
            proxy_required: self.proxy_required,
            internal_hosts: checked(&self.internal_hosts, internal_host)?,
            goproxy: checked(&self.goproxy, goproxy)?,
            no_proxy: checked(&self.no_proxy, no_proxy)?,
        })
    }
}

fn checked(
    values: &[Spanned<String>],
    fault: fn(&str) -> Option<&'static str>,
) -> Result<Vec<String>, Mistake> {
    let values = values.iter().map(|value| match fault(value.get_ref()) {
        None => Ok(value.get_ref().clone()),
        Some(message) => Err(Mistake {
            message: message.to_owned(),
            span: Some(value.span()),
        }),
    });
    values.collect()
}

fn internal_host(value: &str) -> Option<&'static str> {
    let host = value.strip_prefix("*.").unwrap_or(value);
    let is_host = !host.is_empty() && !host.contains(['/', '*', ',']) && !has_blank(host);
    (!is_host)
        .then_some("write a host such as `git.corp.example`, or `*.corp.example` for all below it")
}

/// Few clients know `*` in front of a domain, and all take a domain for the hosts below it
/// (facts/proxy-clients.md, "Reading the tables").
fn no_proxy(value: &str) -> Option<&'static str> {
    let is_entry = !value.is_empty() && !value.contains([',', ';']) && !has_blank(value);
    match value {
        "*" => None,
        _ if value.starts_with('*') => Some(
            "write the domain without `*`, which few clients know: it stands for the hosts below it, too",
        ),
        _ if !is_entry || value.contains("://") || value.ends_with('/') => {
            Some("write one entry of NO_PROXY: a host, a domain or a block such as `10.0.0.0/8`")
        }
        _ => None,
    }
}

/// Whether `[network] goproxy` may name this value.
pub fn is_goproxy(value: &str) -> bool {
    goproxy(value).is_none()
}

/// Go refuses an entry that is neither an address nor a keyword.
fn goproxy(value: &str) -> Option<&'static str> {
    let entries = go::entries(value);
    let is_known = |entry: &go::Entry<'_>| !entry.is_address() || entry.text.contains("://");
    let is_list = !entries.is_empty() && entries.iter().all(is_known) && !has_blank(value);
    (!is_list).then_some(
        "write a whole value of GOPROXY without blanks, such as `https://goproxy.corp.example,direct`",
    )
}

fn has_blank(text: &str) -> bool {
    text.contains(char::is_whitespace)
}

//! `no-proxy-ineffective`: an entry of `NO_PROXY` that the command reading it does not understand.

use hashbrown::{HashMap, HashSet};

use super::{Rule, Sink, model_findings};
use crate::flow::clients::{NoProxy, Reads};
use crate::flow::{Analysis, Build, Need, Setting, Workspace};
use crate::model::HopId;
use crate::model::address::Address;
use crate::model::hosts::{block_covers, is_below};
use crate::source::SourceFile;

pub(super) struct NoProxyIneffective;

/// An entry, or the list, that does not do what it says.
struct Dead<'v> {
    entry: &'v str,
    why: String,
    help: String,
}

impl Rule for NoProxyIneffective {
    /// The daemon's list, which Go reads, and the client's, which may be for any reader.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        model_findings::daemons(workspace, "no-proxy-ineffective", sink);
        let clients = workspace.machine.clients.iter();
        let entries = clients.flat_map(|(_, config)| &config.entries);
        let settings = entries.flat_map(|entry| &entry.settings);
        for list in settings.filter(|setting| setting.variable == "NO_PROXY") {
            let Some(dead) = for_nobody(&list.value) else {
                continue;
            };
            sink.report(
                list.at,
                "exempts nothing",
                format!("`noProxy`: {}", dead.why),
            )
            .about(list.variable)
            .help(dead.help);
        }
    }

    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        let settings = build.network_settings();
        let lists: HashMap<HopId, Setting<'_>> = settings
            .filter(|setting| setting.name.eq_ignore_ascii_case("no_proxy"))
            .map(|setting| (setting.hop, setting))
            .collect();
        if lists.is_empty() || workspace.is_template(build.file) {
            return;
        }
        // Both spellings with one value are one cause, and so is a list that many commands read.
        let mut told: HashSet<&str> = HashSet::new();
        let mut judged: HashSet<HopId> = HashSet::new();
        for need in build.needs() {
            let Some(setting) = read_list(need, &lists) else {
                continue;
            };
            if let Some(list) = setting.value.as_known()
                && !judged.contains(&setting.hop)
                && let Some(dead) = dead(list, need)
            {
                judged.insert(setting.hop);
                if told.insert(dead.entry) {
                    report(setting, list, need, &dead, build, source, sink);
                }
            }
        }
    }
}

fn write(instead: &str) -> String {
    format!("write `{instead}`")
}

/// The list that a command certainly reads, if the file sets it right there.
fn read_list<'s, 'b>(
    need: &Need<'_>,
    lists: &'s HashMap<HopId, Setting<'b>>,
) -> Option<&'s Setting<'b>> {
    if !need.is_certain || !need.call.proxies_are_verified() {
        return None;
    }
    ["no_proxy", "NO_PROXY"]
        .into_iter()
        .filter(|name| need.reads(name) == Reads::Yes)
        .find_map(|name| lists.get(&need.sees(name)?.hop?))
}

/// The first entry that this command does not understand. Forms that other commands understand
/// count only where the entry is meant for what the command fetches.
fn dead<'v>(list: &'v str, need: &Need<'_>) -> Option<Dead<'v>> {
    let syntax = &need.call.proxies()?.no_proxy;
    let client = need.call.client.name;
    if let Some(dead) = for_nobody(list) {
        return Some(dead);
    }
    let words = list.split_ascii_whitespace().collect::<Vec<_>>();
    let blanks_only = words.len() > 1 && words.iter().all(|word| !word.contains(','));
    if blanks_only && !syntax.blank_separates {
        return Some(Dead {
            entry: list,
            why: format!("entries are separated by blanks, and {client} wants commas"),
            help: write(&words.join(",")),
        });
    }
    list.split(',')
        .find_map(|entry| of_entry(entry.trim(), syntax, need))
}

/// The first entry that no client understands, or the list if it is none.
fn for_nobody(list: &str) -> Option<Dead<'_>> {
    if list.contains(';') {
        return Some(Dead {
            entry: list,
            why: "entries are separated by `;`, which no client takes for a separator".to_owned(),
            help: write(&list.replace(';', ",")),
        });
    }
    let mut entries = list.split(',').map(str::trim);
    entries.find_map(|entry| {
        let address = Address::parse(entry);
        if address.scheme.is_some() {
            return Some(Dead {
                entry,
                why: format!(
                    "`{entry}` is an address; entries are host names, and no client takes it apart"
                ),
                help: write(address.host),
            });
        }
        let front = entry.strip_suffix(".*")?;
        let is_address = front.split('.').all(|part| part.parse::<u8>().is_ok());
        is_address.then(|| Dead {
            entry,
            why: format!("`{entry}` matches nothing: no client knows `*` behind an address"),
            help: "write the addresses themselves, or a block such as `10.1.0.0/16` where all readers know blocks".to_owned(),
        })
    })
}

fn of_entry<'v>(entry: &'v str, syntax: &NoProxy, need: &Need<'_>) -> Option<Dead<'v>> {
    let client = need.call.client.name;
    let hosts = || {
        need.targets
            .iter()
            .filter_map(|target| target.host.as_deref())
    };
    if let Some(domain) = entry.strip_prefix("*.")
        && !syntax.star_suffix
        && hosts().any(|host| is_below(host, domain))
    {
        return Some(Dead {
            entry,
            why: format!(
                "{client} does not know `*` in front of a domain, so `{entry}` does not exempt what it fetches"
            ),
            help: write(&format!(".{domain},{domain}")),
        });
    }
    let covered = hosts().find(|host| block_covers(entry, host));
    if let Some(host) = covered.filter(|_| !syntax.cidr) {
        return Some(Dead {
            entry,
            why: format!(
                "{client} does not know address blocks, so `{entry}` does not exempt `{host}`"
            ),
            help: write(host),
        });
    }
    None
}

fn report(
    setting: &Setting<'_>,
    list: &str,
    need: &Need<'_>,
    dead: &Dead<'_>,
    build: &Build<'_>,
    source: &SourceFile,
    sink: &mut Sink,
) {
    let at = list.find(dead.entry).unwrap_or_default();
    let span = setting.span_of(at..at + dead.entry.len(), source);
    sink.report(
        build.at(span),
        "exempts nothing",
        format!("`{}`: {}", setting.name, dead.why),
    )
    .about(setting.name)
    .after(need.executed.location(), "reads this list")
    .help(dead.help.as_str());
}

//! `no-proxy-ineffective`: an entry of `NO_PROXY` that the command reading it does not understand.

use std::ops::Range;

use hashbrown::{HashMap, HashSet};

use super::{Rule, Sink, model_findings};
use crate::finding::{Applicability, Edit, Finding};
use crate::flow::clients::{NoProxy, Reads};
use crate::flow::{Analysis, Build, Need, Setting, Workspace, offset_of};
use crate::model::HopId;
use crate::model::address::Address;
use crate::model::hosts::{block_covers, is_below};
use crate::source::{Location, SourceFile, Span};

pub(super) struct NoProxyIneffective;

/// A part of a list that does not do what it says.
struct Dead {
    part: Range<usize>,
    why: String,
    /// What to do about this part, if that is known.
    help: Option<String>,
    /// What to write for the part, where that is plain.
    instead: Option<String>,
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
            let message = format!("`noProxy`: {}", dead.why);
            let finding = sink.report(list.at, "exempts nothing", message);
            finding.about(list.variable);
            let written = workspace.source(list.at.file).slice(list.at.span);
            let places = offset_of(&list.value, written).map(|at| {
                let start = list.at.span.start as usize + at;
                let span = Span::new(start, start + list.value.len());
                Location { span, ..list.at }
            });
            let places = places.into_iter().collect();
            offer(dead, mended(&list.value, for_nobody), places, finding);
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
        let mut places = places(&lists, build, source);
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
                if told.insert(list.get(dead.part.clone()).unwrap_or_default()) {
                    let finding = report(setting, need, &dead, build, source, sink);
                    let mended = mended(list, |list| self::dead(list, need));
                    let places = places.remove(list).unwrap_or_default();
                    offer(dead, mended, places, finding);
                }
            }
        }
    }
}

/// Where each list stands as it is.
fn places<'s>(
    lists: &'s HashMap<HopId, Setting<'_>>,
    build: &Build<'_>,
    source: &SourceFile,
) -> HashMap<&'s str, Vec<Location>> {
    let mut places: HashMap<&str, Vec<Location>> = HashMap::new();
    for setting in lists.values() {
        if let Some(list) = setting.value.as_known()
            && let Some(span) = setting.exact_span_of(0..list.len(), source)
        {
            places.entry(list).or_default().push(build.at(span));
        }
    }
    places
}

/// The list that a command certainly reads, if the file sets it right there.
fn read_list<'s, 'b>(
    need: &Need<'_>,
    lists: &'s HashMap<HopId, Setting<'b>>,
) -> Option<&'s Setting<'b>> {
    if !need.is_certain || !need.call.proxies_are_verified() {
        return None;
    }
    let names = need.call.proxies()?.no_proxy.variables;
    names
        .iter()
        .filter(|name| need.reads(name) == Reads::Yes)
        .find_map(|name| lists.get(&need.sees(name)?.hop?))
}

/// The first part that this command does not understand. Forms that other commands understand
/// count only where the entry is meant for what the command fetches.
fn dead(list: &str, need: &Need<'_>) -> Option<Dead> {
    let syntax = &need.call.proxies()?.no_proxy;
    let client = need.call.client.name;
    if let Some(dead) = for_nobody(list) {
        return Some(dead);
    }
    let words = list.split_ascii_whitespace().collect::<Vec<_>>();
    let blanks_only = words.len() > 1 && words.iter().all(|word| !word.contains(','));
    if blanks_only && !syntax.blank_separates {
        let why = format!("entries are separated by blanks, and {client} wants commas");
        return Some(Dead::mended_by(0..list.len(), why, words.join(",")));
    }
    let hosts = need.targets.iter();
    let hosts = hosts.filter_map(|target| target.host.as_deref());
    let hosts: Vec<&str> = hosts.filter(|host| !names(list, host)).collect();
    entries(list).find_map(|(part, entry)| of_entry(part, entry, &hosts, client, syntax))
}

/// The entries, each with its bytes.
fn entries(list: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut behind = 0;
    list.split(',').map(move |written| {
        let start = behind + (written.len() - written.trim_start().len());
        behind += written.len() + 1;
        let entry = written.trim();
        (start..start + entry.len(), entry)
    })
}

/// The first part that no client understands: an entry, or the whole list.
fn for_nobody(list: &str) -> Option<Dead> {
    if list.contains(';') {
        let why = "entries are separated by `;`, which no client takes for a separator";
        let parts = list.split([';', ',']).map(str::trim);
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        return Some(Dead::mended_by(0..list.len(), why, parts.join(",")));
    }
    entries(list).find_map(|(part, entry)| {
        let address = Address::parse(entry);
        if address.scheme.is_some() {
            let why = format!(
                "`{entry}` is an address; entries are host names, and no client takes it apart"
            );
            return Some(Dead::mended_by(part, why, address.host));
        }
        let front = entry.strip_suffix(".*")?;
        let is_address = front.split('.').all(|part| part.parse::<u8>().is_ok());
        is_address.then(|| Dead {
            part,
            why: format!("`{entry}` matches nothing: no client knows `*` behind an address"),
            help: Some("write the addresses themselves, or a block such as `10.1.0.0/16` where all readers know blocks".to_owned()),
            instead: None,
        })
    })
}

/// Judges an entry by the hosts that no other one exempts.
fn of_entry(
    part: Range<usize>,
    entry: &str,
    hosts: &[&str],
    client: &str,
    syntax: &NoProxy,
) -> Option<Dead> {
    if let Some(domain) = entry.strip_prefix("*.")
        && !syntax.star_suffix
        && hosts.iter().any(|host| is_below(host, domain))
    {
        let why = format!(
            "{client} does not know `*` in front of a domain, so `{entry}` does not exempt what it fetches"
        );
        return Some(Dead::mended_by(part, why, format!(".{domain},{domain}")));
    }
    let covered = hosts.iter().find(|host| block_covers(entry, host));
    let host = covered.filter(|_| !syntax.cidr)?;
    let why =
        format!("{client} does not know address blocks, so `{entry}` does not exempt `{host}`");
    Some(Dead {
        part,
        why,
        help: Some(format!("write `{host}` as well")),
        // Whoever knows blocks may need this one.
        instead: Some(format!("{entry},{host}")),
    })
}

/// Whether an entry that every client understands exempts a host: its own name, or a domain.
fn names(list: &str, host: &str) -> bool {
    entries(list).any(|(_, entry)| {
        let domain = entry.strip_prefix('.').unwrap_or(entry);
        host == domain || is_below(host, domain)
    })
}

impl Dead {
    fn mended_by(part: Range<usize>, why: impl Into<String>, instead: impl Into<String>) -> Self {
        let instead = Some(instead.into()).filter(|text| !text.is_empty());
        Self {
            part,
            why: why.into(),
            help: instead.as_ref().map(|text| format!("write `{text}`")),
            instead,
        }
    }
}

/// The list without its faults, if it is plain for all of them what was meant.
fn mended(list: &str, dead: impl Fn(&str) -> Option<Dead>) -> Option<String> {
    const MOST: usize = 16;
    let mut text = list.to_owned();
    for _ in 0..MOST {
        let Some(dead) = dead(&text) else {
            return Some(text);
        };
        text.replace_range(dead.part, &dead.instead?);
    }
    None
}

/// Says what to write, and offers it if that is plain for all of the list.
fn offer(dead: Dead, mended: Option<String>, mut places: Vec<Location>, finding: &mut Finding) {
    let Some(text) = mended.filter(|_| !places.is_empty()) else {
        if let Some(help) = dead.help {
            finding.help(help);
        }
        return;
    };
    places.sort_unstable();
    let title = format!("write `{text}`");
    finding.help(title.as_str());
    let edits = places.into_iter().map(|Location { file, span }| Edit {
        file,
        span,
        text: text.clone(),
    });
    finding.fix(title, Applicability::Suggested, edits.collect());
}

fn report<'s>(
    setting: &Setting<'_>,
    need: &Need<'_>,
    dead: &Dead,
    build: &Build<'_>,
    source: &SourceFile,
    sink: &'s mut Sink<'_>,
) -> &'s mut Finding {
    let span = setting.span_of(dead.part.clone(), source);
    let message = format!("`{}`: {}", setting.name, dead.why);
    sink.report(build.at(span), "exempts nothing", message)
        .about(setting.name)
        .after(need.executed.location(), "reads this list")
}

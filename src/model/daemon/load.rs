//! Applies a unit file or drop-in to the service: sections, keys, and what is lost there.

use crate::model::placeholder;
use crate::source::{Location, Span};
use crate::syntax::unit::{self, Entry, EntryKind, Logical, Stop, StopCause};

use super::assign;
use super::diagnostic::{Cause, Diagnostic};
use super::keys;
use super::names;
use super::service::{Role, Service, Source};
use super::specifier::Context;
use super::template;

/// Applies files to a service, one after the other.
pub(super) struct Loader<'a> {
    pub context: &'a Context<'a>,
    pub service: Service,
    pub diagnostics: Vec<Diagnostic>,
    /// Directives seen so far.
    pub order: usize,
    /// Whether a file has more lines than are looked at: what stands behind them is not known.
    pub is_cut: bool,
    /// Whether this file's missing header was told.
    headless: bool,
}

/// Where the reader of a file is.
enum Section<'t> {
    /// Above the first header.
    None,
    /// In a section whose lines are dropped; the header's diagnostic, if it has one.
    Ignored(Option<usize>, Span),
    Known(&'t str),
}

/// Whether a file can be read on.
pub(super) enum Flow {
    On,
    /// systemd gives the file up at this line.
    Abort,
}

impl<'a> Loader<'a> {
    pub fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            service: Service::default(),
            diagnostics: Vec::new(),
            order: 0,
            is_cut: false,
            headless: false,
        }
    }

    /// Applies a file; whether systemd reads it to its end.
    pub fn apply(&mut self, source: &Source) -> bool {
        let unit = unit::parse(&source.file);
        let read = unit.entries.get(..unit.read).unwrap_or_default();
        let unread = unit.entries.get(unit.read..).unwrap_or_default();
        let mut section = Section::None;
        self.headless = false;
        for entry in read {
            if placeholder::is_template(source.file.slice(entry.span)) {
                self.order += 1;
                self.filled_in(source, entry);
                continue;
            }
            match &entry.kind {
                EntryKind::Section(name) => {
                    section = self.section(source, entry, name, &unit.entries)
                }
                EntryKind::Assignment { key, value } => {
                    if let Flow::Abort = self.assignment(source, entry, &mut section, key, value) {
                        return false;
                    }
                }
                kind => self.broken_line(source, entry, kind, &section),
            }
        }
        if let Some(stop) = unit.stop {
            self.stopped(source, stop, unread, read.is_empty());
        }
        unit.stop.is_none_or(|stop| stop.why == StopCause::TooMany)
    }

    /// A line with placeholders: of its settings the names are known.
    fn filled_in(&mut self, source: &Source, entry: &Entry) {
        for setting in template::settings(source, entry, self.order) {
            if let Some(meant) = names::meant(&setting.name) {
                let message = assign::nobody_reads(&setting.name, meant);
                let found =
                    Diagnostic::new(Cause::NobodyReads, &source.path, Some(setting.at), message);
                let found = found.name(setting.name.clone());
                self.diagnostics
                    .push(found.help(format!("write `{meant}`")));
            }
            self.service.set(setting);
        }
    }

    pub fn report(
        &mut self,
        source: &Source,
        cause: Cause,
        span: Span,
        line: u32,
        message: String,
    ) -> &mut Diagnostic {
        let at = Some(source.location(span));
        self.diagnostics
            .push(Diagnostic::new(cause, &source.path, at, message).line(line));
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    fn section<'t>(
        &mut self,
        source: &Source,
        entry: &Entry,
        name: &'t Logical,
        all: &[Entry],
    ) -> Section<'t> {
        let text = name.text.as_ref();
        if keys::SECTIONS.contains(&text) {
            return Section::Known(text);
        }
        if text.starts_with("X-") {
            return Section::Ignored(None, entry.span);
        }
        let message =
            format!("systemd knows no section `[{text}]` in a service: it drops the lines below");
        let name_at = source.location(name.span());
        let relevant = section_is_relevant(entry, all);
        let meant = meant_section(text).filter(|_| relevant);
        let found = self.report(
            source,
            Cause::UnknownSection,
            entry.span,
            entry.line,
            message,
        );
        found.minor = !relevant;
        if let Some(meant) = meant {
            *found = found.clone().help(format!("write `[{meant}]`")).repair(
                "use the section systemd reads",
                true,
                vec![(name_at, meant.to_owned())],
            );
        }
        Section::Ignored(Some(self.diagnostics.len() - 1), entry.span)
    }

    fn assignment(
        &mut self,
        source: &Source,
        entry: &Entry,
        section: &mut Section,
        key: &Logical,
        value: &Logical,
    ) -> Flow {
        self.order += 1;
        match section {
            Section::None => self.outside(source, entry),
            Section::Ignored(header, at) => self.ignored(source, entry, key, header, *at),
            Section::Known(name) if !keys::is_known(name, &key.text) => {
                self.unknown_key(source, entry, name, key, value);
            }
            Section::Known("Service") => return self.service_key(source, entry, key, value),
            Section::Known(name) => {
                if *name == "Unit" && key.text == "SuccessAction" {
                    self.service.has_success_action = !matches!(value.text.as_ref(), "" | "none");
                }
            }
        }
        Flow::On
    }

    fn outside(&mut self, source: &Source, entry: &Entry) {
        let message =
            "this line stands above the first section header: systemd drops it".to_owned();
        let first = !std::mem::replace(&mut self.headless, true);
        let start = source.location(Span::at(entry.span.start as usize));
        let found = self.report(
            source,
            Cause::OutsideSection,
            entry.span,
            entry.line,
            message,
        );
        found.help = Some("write `[Service]` above it".to_owned());
        if first {
            let edits = vec![(start, "[Service]\n".to_owned())];
            *found = found.clone().repair("add the section header", true, edits);
        }
    }

    /// A line of a section that is dropped as a whole: told at the header.
    fn ignored(
        &mut self,
        source: &Source,
        entry: &Entry,
        key: &Logical,
        header: &mut Option<usize>,
        at: Span,
    ) {
        if !is_relevant(&key.text) {
            return;
        }
        let line = source.location(entry.span);
        let related = |found: &mut Diagnostic| {
            if found.related.len() < 8 {
                *found = found.clone().related(line, "dropped");
            }
        };
        if let Some(found) = header.and_then(|index| self.diagnostics.get_mut(index)) {
            return related(found);
        }
        let message =
            "systemd skips `X-` sections without a message: the lines below set nothing".to_owned();
        let found = self.report(source, Cause::ExtensionSection, at, entry.line, message);
        found.line = None;
        found.help = Some("write `[Service]`".to_owned());
        related(found);
        *header = Some(self.diagnostics.len() - 1);
    }

    fn unknown_key(
        &mut self,
        source: &Source,
        entry: &Entry,
        section: &str,
        key: &Logical,
        value: &Logical,
    ) {
        let text = key.text.as_ref();
        if let Some(rest) = text.strip_prefix("X-") {
            if is_relevant(rest) {
                let message =
                    format!("systemd skips `{text}=` without a message: `X-` keys are for others");
                let found =
                    self.report(source, Cause::ExtensionKey, key.span(), entry.line, message);
                found.line = None;
                found.help = Some(format!("write `{rest}=`"));
            }
            return;
        }
        let at = source.location(key.span());
        if keys::is_known("Service", text) {
            let message =
                format!("`{text}=` belongs into `[Service]`: in `[{section}]` systemd drops it");
            let found = self.report(source, Cause::UnknownKey, key.span(), entry.line, message);
            found.help = Some("move it below a `[Service]` line".to_owned());
            found.minor = !is_relevant(text);
            return;
        }
        let message = format!(
            "systemd knows no key `{}` in `[{section}]`: it drops the line",
            text.escape_debug()
        );
        let simple = !value.text.contains(['"', '\'', '\\', '%']);
        let value_at = value.span();
        let proxy = names::is_proxy(text);
        let meant = meant_key(text);
        let found = self.report(source, Cause::UnknownKey, key.span(), entry.line, message);
        if proxy {
            *found = found
                .clone()
                .name(text)
                .help(format!("write `Environment=\"{text}=…\"`"));
            if simple {
                let start = Location {
                    file: at.file,
                    span: Span::at(key.span().start as usize),
                };
                let end = Location {
                    file: at.file,
                    span: Span::at(value_at.end as usize),
                };
                let mut edits = vec![(start, "Environment=\"".to_owned()), (end, "\"".to_owned())];
                // Inside the quotes blanks round the `=` would stay.
                let equals = Span::new(key.span().end as usize, value_at.start as usize);
                if source.file.slice(equals) != "=" {
                    edits.insert(1, (source.location(equals), "=".to_owned()));
                }
                *found = found
                    .clone()
                    .repair("set it with `Environment=`", true, edits);
            }
        } else if let Some(meant) = meant {
            let bare = text.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
            let same = bare.eq_ignore_ascii_case(meant) || bare.strip_suffix('s') == Some(meant);
            *found = found.clone().help(format!("write `{meant}=`"));
            if same {
                *found = found.clone().repair(
                    "use the key systemd reads",
                    true,
                    vec![(at, meant.to_owned())],
                );
            }
        } else {
            found.minor = !value.text.to_ascii_lowercase().contains("_proxy");
        }
    }

    fn broken_line(&mut self, source: &Source, entry: &Entry, kind: &EntryKind, section: &Section) {
        match section {
            Section::None => return self.outside(source, entry),
            Section::Ignored(..) => return,
            Section::Known(_) => {}
        }
        let (cause, message) = match kind {
            EntryKind::NoKey => (
                Cause::NoKey,
                "this line has no key before its `=`: systemd skips it",
            ),
            _ => (Cause::NoEquals, "this line has no `=`: systemd skips it"),
        };
        let written = source.file.slice(entry.span);
        let minor = !written.to_ascii_lowercase().contains("proxy");
        let found = self.report(source, cause, entry.span, entry.line, message.to_owned());
        found.minor = minor;
    }

    fn stopped(&mut self, source: &Source, stop: Stop, unread: &[Entry], first: bool) {
        let lost: Vec<Location> = unread
            .iter()
            .filter(|entry| matches!(&entry.kind, EntryKind::Assignment { key, .. } if is_relevant(&key.text)))
            .map(|entry| source.location(entry.span))
            .collect();
        let written = source.file.slice(stop.span);
        let (cause, what) = match stop.why {
            StopCause::InvalidHeader => (
                Cause::BrokenHeader,
                "this section header has no `]` at its end",
            ),
            StopCause::BadHeaderCharacters => (
                Cause::BrokenHeader,
                "a section header may hold no quote, backslash or control character",
            ),
            StopCause::NotUtf8 => (Cause::NotUtf8, "this line is not UTF-8"),
            StopCause::LineTooLong => (Cause::LineTooLong, "this line is longer than 1 MiB"),
            StopCause::TooMany => {
                self.is_cut = true;
                return self.diagnostics.push(too_many(source, stop));
            }
        };
        let silent = match stop.why {
            StopCause::LineTooLong => " without a message",
            _ => "",
        };
        let message = format!("{what}: systemd stops reading the file here{silent}");
        let header = header_of(written);
        let inside = stop.why == StopCause::NotUtf8 && written.contains('=');
        let minor = lost.is_empty() && !inside && !first && source.role != Role::Fragment;
        let end = Location {
            file: source.file.id(),
            span: stop.span,
        };
        let found = self.report(source, cause, stop.span, stop.line, message);
        found.minor = minor;
        for at in lost.into_iter().take(8) {
            *found = found.clone().related(at, "never read");
        }
        if let Some(header) = header.filter(|_| stop.why == StopCause::InvalidHeader) {
            *found = found
                .clone()
                .repair("mend the section header", true, vec![(end, header)]);
        }
        if stop.why == StopCause::NotUtf8 {
            found.help = Some("save the file as UTF-8".to_owned());
        }
    }
}

/// Nothing is wrong with such a file, and systemd says nothing.
pub(super) fn too_many(source: &Source, stop: Stop) -> Diagnostic {
    let message = format!(
        "there are more than {} lines: from here on they are not looked at",
        unit::MAX_ENTRIES
    );
    let at = Some(source.location(stop.span));
    Diagnostic::new(Cause::TooMuch, &source.path, at, message)
}

/// Whether a key bears on the environment or on what is started.
fn is_relevant(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    lower.contains("environment") || lower == "execstart" || names::is_proxy(key)
}

/// Whether the lines below a header, up to the next one, hold anything that bears on it.
fn section_is_relevant(header: &Entry, all: &[Entry]) -> bool {
    all.iter()
        .skip_while(|entry| entry.span.start <= header.span.start)
        .take_while(|entry| !matches!(entry.kind, EntryKind::Section(_)))
        .any(|entry| matches!(&entry.kind, EntryKind::Assignment { key, .. } if is_relevant(&key.text)))
}

/// The section a wrong name most likely stands for.
fn meant_section(name: &str) -> Option<&'static str> {
    let squeezed = name
        .trim()
        .trim_end_matches(['s', 'S'])
        .to_ascii_lowercase();
    matches!(
        squeezed.as_str(),
        "service" | "docker" | "docker.service" | "environment" | "daemon"
    )
    .then_some("Service")
}

/// The key a wrong one most likely stands for.
fn meant_key(key: &str) -> Option<&'static str> {
    let visible = key.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let letters = visible.chars().take_while(char::is_ascii_alphabetic);
    let lower: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let lower = lower.trim_end_matches('s');
    let keys = [
        "Environment",
        "EnvironmentFile",
        "PassEnvironment",
        "UnsetEnvironment",
        "ExecStart",
    ];
    let same = keys
        .into_iter()
        .find(|known| known.to_ascii_lowercase() == lower);
    same.or_else(|| matches!(lower, "env" | "enviroment" | "environement").then_some("Environment"))
}

/// What a broken header was meant to be: `[Service`, `[Service] # remark`, or with the first
/// assignment on the same line.
fn header_of(written: &str) -> Option<String> {
    let text = written.strip_prefix('[')?;
    let end = text.find([']', '#', ';']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let name = name.trim();
    let rest = rest.trim_start_matches(']').trim_start();
    let header = keys::SECTIONS
        .contains(&name)
        .then(|| format!("[{name}]"))?;
    let assignment = rest.contains('=') && !rest.starts_with(['#', ';']);
    Some(if assignment {
        format!("{header}\n{rest}")
    } else {
        header
    })
}

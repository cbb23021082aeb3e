//! `EnvironmentFile=` at start: globs, missing files, what is lost inside them
//! (`exec_context_load_environment` of `src/core/execute.c`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::placeholder;
use crate::source::{FileKind, FileTree, Location, SourceFile, Span, TreeEntry, resolve};
use crate::syntax::environment_file::{self, Assignment};

use super::diagnostic::{Cause, Diagnostic};
use super::host::Scope;
use super::names;
use super::service::{EnvironmentFileRef, Role};

/// A variable of an environment file.
#[derive(Clone, Debug)]
pub(super) struct FileSetting {
    pub name: String,
    pub value: String,
    pub at: Location,
    pub path: String,
    /// The directive that names the file.
    pub directive: Location,
    pub order: usize,
}

/// What the files bring.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// In the order they are set; a later one of a name wins.
    pub settings: Vec<FileSetting>,
    /// Whether a file may bring what is not known.
    pub unknown: bool,
    /// The files that were read.
    pub read: Vec<String>,
    /// The files that are not there.
    pub absent: Vec<String>,
}

/// Loads the files; refusals to start and losses go to `diagnostics`.
pub(super) fn load(
    tree: &dyn FileTree,
    scope: Scope,
    files: &[EnvironmentFileRef],
    diagnostics: &mut Vec<Diagnostic>,
) -> Loaded {
    let mut loader = Loader {
        tree,
        scope,
        diagnostics,
        loaded: Loaded::default(),
    };
    let mut last = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        last.insert((&file.path, file.optional), index);
    }
    for (index, file) in files.iter().enumerate() {
        // Of a file that is named twice, the last reading decides.
        if last.get(&(&file.path, file.optional)) == Some(&index) {
            loader.directive(file);
        }
    }
    loader.loaded
}

/// More files than this are nobody's configuration.
const MOST_FILES: usize = 256;

struct Loader<'a> {
    tree: &'a dyn FileTree,
    scope: Scope,
    diagnostics: &'a mut Vec<Diagnostic>,
    loaded: Loaded,
}

impl Loader<'_> {
    fn directive(&mut self, directive: &EnvironmentFileRef) {
        if self.loaded.read.len() >= MOST_FILES {
            self.loaded.unknown = true;
            return;
        }
        let Some(pattern) = &directive.path else {
            self.loaded.unknown = true;
            return;
        };
        let paths = glob(self.tree, pattern);
        if paths.is_empty() {
            self.missing(directive, pattern);
        }
        for path in paths {
            self.file(directive, &path);
        }
    }

    fn report(
        &mut self,
        cause: Cause,
        directive: &EnvironmentFileRef,
        message: String,
    ) -> &mut Diagnostic {
        let found = Diagnostic::new(cause, &directive.source, Some(directive.at), message);
        self.diagnostics.push(found);
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    fn missing(&mut self, directive: &EnvironmentFileRef, pattern: &str) {
        self.loaded.absent.push(pattern.to_owned());
        if self.scope == Scope::Shipped {
            self.loaded.unknown = true;
            // Two paths on a line are wrong wherever the files are.
            if !pattern.contains([' ', '\t']) || directive.optional {
                return;
            }
        }
        if directive.optional {
            // A packaged unit names its file for those who want one.
            if directive.role != Role::Fragment {
                let message = format!(
                    "`{pattern}` is not there: with `-` in front systemd skips it without a message"
                );
                self.report(Cause::OptionalFileMissing, directive, message)
                    .minor = true;
            }
            return;
        }
        let message = format!("`{pattern}` is not there: systemd does not start the service");
        let help = if pattern.contains([' ', '\t']) {
            "`EnvironmentFile=` takes one path: write a line for each file"
        } else {
            "create the file, or write `-` before the path to make it optional"
        };
        self.report(Cause::EnvironmentFileMissing, directive, message)
            .help = Some(help.to_owned());
    }

    fn file(&mut self, directive: &EnvironmentFileRef, path: &str) {
        let Some(found) = resolve(self.tree, path) else {
            return self.refuse(directive, path, "is a link that goes in circles", None);
        };
        match found.entry {
            Some(TreeEntry::File) => {}
            Some(TreeEntry::Directory) => {
                return self.refuse(directive, path, "is a directory", None);
            }
            _ if found.is_null() => return,
            None => return self.missing(directive, path),
            Some(_) => {
                self.loaded.unknown = true;
                return;
            }
        }
        let Some(file) = self.tree.read(&found.path, FileKind::EnvironmentFile) else {
            self.loaded.unknown = true;
            return;
        };
        self.loaded.read.push(found.path);
        let parsed = environment_file::parse(&file);
        let at = |span| Location {
            file: file.id(),
            span,
        };
        if let Some(nul) = parsed.nul {
            return self.refuse(directive, path, "holds a NUL byte", Some((at(nul), 0)));
        }
        if let Some(bad) = parsed.assignments.iter().find(|a| a.invalid.is_some()) {
            let place = bad.invalid.map(|span| (at(span), bad.line));
            return self.refuse(directive, path, "is not UTF-8", place);
        }
        for span in &parsed.comments {
            self.comment(&file, path, *span);
        }
        for span in &parsed.no_equals {
            self.no_equals(&file, path, *span);
        }
        for assignment in &parsed.assignments {
            self.assignment(directive, &file, path, assignment);
        }
        if let Some(cut) = parsed.cut {
            self.loaded.unknown = true;
            let message = format!(
                "there are more than {} settings: from here on they are not looked at",
                environment_file::MAX_ASSIGNMENTS
            );
            let found = Diagnostic::new(Cause::TooMuch, path, Some(at(cut)), message);
            self.diagnostics.push(found);
        }
    }

    /// A file that cannot be read: fatal, unless it is optional; then it is left out as a whole.
    fn refuse(
        &mut self,
        directive: &EnvironmentFileRef,
        path: &str,
        why: &str,
        at: Option<(Location, u32)>,
    ) {
        let (cause, what) = if directive.optional {
            (Cause::OptionalFileMissing, "systemd leaves the file out")
        } else {
            (
                Cause::EnvironmentFileUnreadable,
                "systemd does not start the service",
            )
        };
        let message = format!("`{path}` {why}: {what}");
        let place = at.map_or(directive.at, |(at, _)| at);
        let mut found = Diagnostic::new(cause, path, Some(place), message);
        found.line = at.map(|(_, line)| line).filter(|&line| line > 0);
        if at.is_some() {
            found = found.related(directive.at, "read here");
        } else {
            found.path.clone_from(&directive.source);
        }
        self.diagnostics.push(found);
    }

    /// Up to systemd 253 a backslash at the end of a comment makes the next line part of it.
    fn comment(&mut self, file: &Arc<SourceFile>, path: &str, span: Span) {
        let written = file.slice(span);
        let Some(end) = written.find(['\n', '\r']) else {
            return;
        };
        let taken = written.get(end..).unwrap_or_default().trim_start();
        let name = taken.split('=').next().unwrap_or_default().trim_end();
        if !names::is_valid(name) || !taken.contains('=') {
            return;
        }
        let start = span.start as usize + written.len() - taken.len();
        let at = |span| Location {
            file: file.id(),
            span,
        };
        let backslash = Span::new(span.start as usize + end - 1, span.start as usize + end);
        let message = format!(
            "the backslash at the end of the comment above takes in this line: before systemd 254 `{name}` is not set"
        );
        let taken = Span::new(start, span.end as usize);
        let found = Diagnostic::new(Cause::SwallowedLine, path, Some(at(taken)), message)
            .name(name)
            .help("remove the backslash")
            .repair(
                "remove the backslash",
                true,
                vec![(at(backslash), String::new())],
            );
        self.diagnostics.push(found);
    }

    fn no_equals(&mut self, file: &Arc<SourceFile>, path: &str, span: Span) {
        let written = file.slice(span).to_ascii_lowercase();
        if !written.contains("proxy") {
            return;
        }
        let message = "this line has no `=`: systemd skips it without a message".to_owned();
        let at = Location {
            file: file.id(),
            span,
        };
        let found = Diagnostic::new(Cause::FileNoEquals, path, Some(at), message)
            .help("write `NAME=value`, one a line");
        self.diagnostics.push(found);
    }

    fn assignment(
        &mut self,
        directive: &EnvironmentFileRef,
        file: &Arc<SourceFile>,
        path: &str,
        assignment: &Assignment,
    ) {
        let at = |span| Location {
            file: file.id(),
            span,
        };
        if placeholder::is_template(file.slice(assignment.span())) {
            self.loaded.unknown = true;
            return;
        }
        if !names::is_valid(&assignment.name) {
            let found = bad_name(file, path, assignment);
            self.diagnostics.push(found);
            return;
        }
        let found = silent_losses(file, path, assignment);
        self.diagnostics.extend(found);
        self.loaded.settings.push(FileSetting {
            name: assignment.name.clone(),
            value: assignment.value.clone(),
            at: at(assignment.span()),
            path: path.to_owned(),
            directive: directive.at,
            order: directive.order,
        });
    }
}

fn bad_name(file: &Arc<SourceFile>, path: &str, assignment: &Assignment) -> Diagnostic {
    let at = |span| Location {
        file: file.id(),
        span,
    };
    let name = assignment.name.as_str();
    let found = |message: String| {
        Diagnostic::new(
            Cause::FileBadName,
            path,
            Some(at(assignment.name_span)),
            message,
        )
    };
    if let Some(rest) = name.strip_prefix("export ").map(str::trim_start) {
        let length = name.len() - rest.len();
        let start = assignment.name_span.start as usize;
        let cut = at(Span::new(start, start + length));
        return found("`export` is shell: systemd drops the line".to_owned())
            .name(rest)
            .repair("remove `export`", true, vec![(cut, String::new())]);
    }
    if let Some(rest) = name.strip_prefix('\u{feff}') {
        let start = assignment.name_span.start as usize;
        let cut = at(Span::new(start, start + 3));
        return found(
            "the byte order mark becomes part of the name: systemd drops the line".to_owned(),
        )
        .name(rest)
        .repair(
            "remove the byte order mark",
            true,
            vec![(cut, String::new())],
        );
    }
    let relevant = name.to_ascii_lowercase().contains("proxy");
    let message = if name.starts_with(['"', '\'']) {
        "quotes may stand round the value only: systemd drops the line".to_owned()
    } else {
        "this is no valid variable name: systemd drops the line".to_owned()
    };
    let diagnostic = found(message).minor(!relevant);
    match names::meant(name) {
        Some(meant) => diagnostic.help(format!("write `{meant}`")),
        None => diagnostic.help("names are letters, digits and `_`, and start with no digit"),
    }
}

fn silent_losses(
    file: &Arc<SourceFile>,
    path: &str,
    assignment: &Assignment,
) -> Option<Diagnostic> {
    let at = |span| Location {
        file: file.id(),
        span,
    };
    let name = assignment.name.as_str();
    let make = |cause, span, message: String| {
        Diagnostic::new(cause, path, Some(at(span)), message).name(name)
    };
    if let Some(quote) = assignment.unclosed {
        let message = format!(
            "this quote is never closed: the rest of the file becomes the value of `{name}`"
        );
        return Some(make(Cause::FileQuote, quote, message).help("close the quote"));
    }
    if let Some((_, start)) = names::second_assignment(&assignment.value) {
        let rest = assignment.value.get(start..).unwrap_or_default();
        let second = rest.split('=').next().unwrap_or_default();
        let message = format!(
            "`{second}=` is part of the value of `{name}`: an environment file takes one assignment a line"
        );
        return Some(
            make(Cause::SecondAssignment, assignment.value_span, message)
                .help("write each assignment on its own line"),
        );
    }
    if name == "Environment" && assignment.value.contains('=') {
        let message =
            "this is unit syntax: the file sets a variable called `Environment`".to_owned();
        let whole = assignment.name_span.to(assignment.value_span);
        let inner = assignment.value.clone();
        return Some(
            make(Cause::SecondAssignment, whole, message)
                .help("write `NAME=value` without `Environment=`")
                .repair(
                    "write the assignment alone",
                    false,
                    vec![(at(whole), inner)],
                ),
        );
    }
    if let Some(&backslash) = assignment
        .dropped_backslashes
        .first()
        .filter(|_| names::is_proxy_url(name))
    {
        let message = format!("systemd drops this backslash: `{name}` arrives without it");
        let edits = vec![(at(backslash), "%5C".to_owned())];
        return Some(
            make(Cause::FileBackslash, backslash, message)
                .help(
                    "write `%5C` for a backslash in the user name of a URL: Go refuses a plain one",
                )
                .repair("encode the backslash", true, edits),
        );
    }
    let meant = names::meant(name)?;
    let message = format!(
        "nobody reads `{name}`: the daemon knows `{meant}` and its lower-case spelling only"
    );
    Some(make(Cause::NobodyReads, assignment.name_span, message).help(format!("write `{meant}`")))
}

/// The paths a pattern matches, in byte order; the path itself if it is no pattern and exists.
pub(super) fn glob(tree: &dyn FileTree, pattern: &str) -> Vec<String> {
    /// More matches than this are nobody's environment files.
    const LIMIT: usize = 4096;
    let mut found = vec![String::new()];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let magic = part.contains(['*', '?', '[']);
        let mut next = Vec::new();
        for base in &found {
            if !magic {
                next.push(format!("{base}/{part}"));
                continue;
            }
            let directory = if base.is_empty() { "/" } else { base };
            let directory = resolve(tree, directory).map_or_else(String::new, |found| found.path);
            let names = tree.list(&directory).into_iter();
            next.extend(
                names
                    .filter(|name| matches(part, name))
                    .map(|name| format!("{base}/{name}")),
            );
        }
        next.truncate(LIMIT);
        found = next;
    }
    let exists = |path: &String| match resolve(tree, path) {
        Some(found) => found.entry.is_some() || found.is_null(),
        None => true,
    };
    found.retain(exists);
    found
}

/// `fnmatch` for one name: `*`, `?`, `[…]`; a leading dot must be written.
fn matches(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        let step = match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
                continue;
            }
            Some('?') => Some(p + 1),
            Some('[') => class(&pattern, p, name[n]),
            Some(&c) => (c == name[n]).then_some(p + 1),
            None => None,
        };
        match (step, star) {
            (Some(next), _) => {
                p = next;
                n += 1;
            }
            (None, Some((at, from))) => {
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
            (None, None) => return false,
        }
    }
    pattern
        .get(p..)
        .unwrap_or_default()
        .iter()
        .all(|&c| c == '*')
}

/// The place behind a bracket expression that matches `c`; a lone `[` stands for itself.
fn class(pattern: &[char], at: usize, c: char) -> Option<usize> {
    let mut index = at + 1;
    let negated = matches!(pattern.get(index), Some('!' | '^'));
    index += usize::from(negated);
    let first = index;
    let mut inside = false;
    while let Some(&low) = pattern.get(index) {
        if low == ']' && index > first {
            return (inside != negated).then_some(index + 1);
        }
        let range = pattern.get(index + 1) == Some(&'-');
        match pattern.get(index + 2).filter(|&&high| range && high != ']') {
            Some(&high) => {
                inside |= (low..=high).contains(&c);
                index += 3;
            }
            None => {
                inside |= low == c;
                index += 1;
            }
        }
    }
    (c == '[').then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names() {
        for (pattern, name, expected) in [
            ("*.env", "proxy.env", true),
            ("*.env", ".env", false),
            ("*", ".hidden", false),
            ("a?c", "abc", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXbY", false),
            ("[x", "[x", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}

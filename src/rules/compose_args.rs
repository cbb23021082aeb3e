//! Edits that give the build of a service further arguments.

use crate::finding::Edit;
use crate::flow::build_key;
use crate::model::compose::Service;
use crate::source::{SourceFile, Span};

use super::edits::indent;

/// An argument that a build is to be given.
pub(super) struct NewArg<'a> {
    pub name: &'a str,
    /// None to take it from the caller's environment.
    pub value: Option<&'a str>,
}

/// Gives the build of a service arguments; none where its section is written in a way that takes more
/// than further lines: in braces, by an anchor, in several files.
pub(super) fn add(
    args: &[NewArg<'_>],
    service: &Service<'_>,
    source: &SourceFile,
) -> Option<Vec<Edit>> {
    let key = build_key(service).filter(|key| key.file == source.id())?;
    let section = Section::of(key.span, service, source)?;
    match section.value_of(key.span)? {
        "" => section.in_block(args),
        _ => section.for_short_form(args),
    }
}

/// A service's `build`, as it is written.
struct Section<'a> {
    key: Span,
    service: &'a Service<'a>,
    source: &'a SourceFile,
    /// The blanks in front of the key.
    indent: &'a str,
    /// The blanks by which a level is indented further.
    step: &'a str,
}

impl<'a> Section<'a> {
    fn of(key: Span, service: &'a Service<'a>, source: &'a SourceFile) -> Option<Self> {
        let own = indent(key.start as usize, source)?;
        let of_service = indent(service.name_at.span.start as usize, source);
        let step = of_service
            .filter(|_| service.name_at.file == source.id())
            .and_then(|outer| own.strip_prefix(outer))
            .filter(|step| !step.is_empty());
        Some(Self {
            key,
            service,
            source,
            indent: own,
            step: step.unwrap_or("  "),
        })
    }

    /// What stands behind a key and its colon, without a comment.
    fn value_of(&self, key: Span) -> Option<&'a str> {
        let rest = self
            .source
            .text()
            .get(key.end as usize..self.line_end(key.end))?;
        let value = rest.strip_prefix(':')?;
        let value = value.split(" #").next()?;
        Some(value.trim())
    }

    /// Where the line of an offset ends, without what ends it.
    fn line_end(&self, offset: u32) -> usize {
        let offset = offset as usize;
        let rest = self.source.text().get(offset..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        offset + line.len()
    }

    /// `build: DIR` becomes a section.
    fn for_short_form(&self, args: &[NewArg<'_>]) -> Option<Vec<Edit>> {
        let context = self.context(self.key)?;
        let colon = self.key.end as usize + 1;
        let end = self.source.line_end();
        let inner = format!("{}{}", self.indent, self.step);
        let below = format!("{end}{}", self.new_args(&inner, args));
        Some(vec![
            self.edit(
                Span::new(colon, context.start as usize),
                format!("{end}{inner}context: "),
            ),
            self.edit(Span::at(self.line_end(self.key.end)), below),
        ])
    }

    /// The context, if it is all that stands behind a key.
    fn context(&self, key: Span) -> Option<Span> {
        let context = self.service.build.as_ref()?.context.at;
        let value = self.value_of(key)?;
        let is_value = context.file == self.source.id()
            && key.end < context.span.start
            && context.span.end as usize <= self.line_end(key.end)
            && self.source.slice(context.span) == value;
        is_value.then_some(context.span)
    }

    /// A section of lines gets further ones.
    fn in_block(&self, args: &[NewArg<'_>]) -> Option<Vec<Edit>> {
        let map = self.service.fields.get("build")?.as_map()?;
        let keys = map.iter().map(|entry| (entry.at, &*entry.name));
        let keys = keys.filter(|(at, _)| at.file == self.source.id());
        let (first, _) = keys.clone().min_by_key(|(at, _)| at.span)?;
        let inner = self.first_below(self.key, first.span)?;
        if let Some((at, _)) = keys.clone().find(|(_, name)| *name == "args") {
            return self.in_args(at.span, args);
        }
        // What is merged may leave out an empty `args`.
        if self
            .lines()
            .any(|line| line.trim_start().starts_with("args"))
        {
            return None;
        }
        let mut contexts = keys.filter(|(_, name)| *name == "context");
        let below = contexts.next().map(|(at, _)| at.span);
        let below = below.filter(|key| self.context(*key).is_some());
        let at = self.line_end(below.unwrap_or(self.key).end);
        let text = format!("{}{}", self.source.line_end(), self.new_args(inner, args));
        Some(vec![self.edit(Span::at(at), text)])
    }

    /// The blanks in front of the first line below a key, which nothing but comments part from it.
    fn first_below(&self, key: Span, first: Span) -> Option<&'a str> {
        let before = self.prefix(first)?;
        let start = first.start as usize - before.len();
        let between = self.source.text().get(self.line_end(key.end)..start)?;
        let is_idle = |line: &str| matches!(line.trim_start().chars().next(), None | Some('#'));
        let is_below = between.contains('\n') && between.lines().all(is_idle);
        is_below.then_some(before)
    }

    /// What stands on the line in front of a span.
    fn prefix(&self, span: Span) -> Option<&'a str> {
        let lines = self.source.lines();
        let start = lines.line_start(lines.line(span.start as usize));
        self.source.text().get(start..span.start as usize)
    }

    /// The lines of the section below its key.
    fn lines(&self) -> impl Iterator<Item = &'a str> {
        let below = self.source.text().get(self.line_end(self.key.end)..);
        let lines = below.unwrap_or_default().lines().skip(1);
        let outer = self.indent.len();
        lines.take_while(move |line| {
            let inner = line.trim_start();
            inner.is_empty() || inner.starts_with('#') || line.len() - inner.len() > outer
        })
    }

    /// Further arguments in a list or a map of them.
    fn in_args(&self, key: Span, args: &[NewArg<'_>]) -> Option<Vec<Edit>> {
        let value = self.value_of(key)?;
        if value.starts_with('[') {
            let bracket = key.end as usize + 1;
            let rest = self.source.text().get(bracket..)?;
            let at = bracket + rest.find('[')? + 1;
            let is_empty = rest.get(at - bracket..)?.trim_start().starts_with(']');
            let items: Vec<String> = args.iter().map(NewArg::as_item).collect();
            let text = format!("{}{}", items.join(", "), if is_empty { "" } else { ", " });
            return Some(vec![self.edit(Span::at(at), text)]);
        }
        let written = self.service.build.as_ref()?.args.iter();
        let written = written.map(|arg| arg.name_at);
        let written = written.filter(|at| value.is_empty() && at.file == self.source.id());
        let first = written.min_by_key(|at| at.span)?.span;
        let before = self.first_below(key, first)?.trim_end_matches(['"', '\'']);
        let lines = args.iter().map(|arg| match before.trim() {
            "" => Some(format!("{before}{}", arg.as_entry())),
            "-" => Some(format!("{before}{}", arg.as_item())),
            _ => None,
        });
        let end = self.source.line_end();
        let lines: Option<Vec<String>> = lines.collect();
        let text = format!("{end}{}", lines?.join(end));
        Some(vec![self.edit(Span::at(self.line_end(key.end)), text)])
    }

    /// The lines of an `args` that is new.
    fn new_args(&self, indent: &str, args: &[NewArg<'_>]) -> String {
        let end = self.source.line_end();
        let mut lines = format!("{indent}args:");
        for arg in args {
            lines += &format!("{end}{indent}{}{}", self.step, arg.as_entry());
        }
        lines
    }

    fn edit(&self, span: Span, text: String) -> Edit {
        Edit {
            file: self.source.id(),
            span,
            text,
        }
    }
}

impl NewArg<'_> {
    /// In a map.
    fn as_entry(&self) -> String {
        match self.value {
            Some(value) => format!("{}: {value}", self.name),
            None => format!("{}:", self.name),
        }
    }

    /// In a list.
    fn as_item(&self) -> String {
        match self.value {
            Some(value) => format!("{}={value}", self.name),
            None => self.name.to_owned(),
        }
    }
}

//! A page's examples: headings `## Bad: …`, `## Good: …`, `## Fix: …` with fenced blocks below.

use std::ops::Range;

use docklint::rules::fields;

/// What a case promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The rule finds something, as the `text` block shows.
    Bad,
    /// No rule finds anything.
    Good,
    /// The files of the `Bad` case above it become this by the rule's fixes.
    Fix,
}

/// The examples of a page.
#[derive(Debug)]
pub struct CasePage {
    /// The rule's id: the page's name.
    pub rule: String,
    /// Whether the rule is off unless asked for.
    pub is_pedantic: bool,
    /// The headings that are no cases, in order.
    pub sections: Vec<String>,
    /// The cases, in order.
    pub cases: Vec<Case>,
}

/// One example.
#[derive(Debug)]
pub struct Case {
    /// `Bad: declared too late`
    pub heading: String,
    /// What it promises.
    pub verdict: Verdict,
    /// The files, `docklint.toml` among them.
    pub files: Vec<File>,
    /// Command line options.
    pub args: Vec<String>,
    /// Rules that may speak as well: a line `allow: rule-id, …` below the heading.
    pub allow: Vec<String>,
    /// The frame that the page shows.
    pub frame: Option<Block>,
    /// Where a frame would go: behind the last block.
    pub end: usize,
}

/// A file of a case.
#[derive(Clone, Debug)]
pub struct File {
    pub path: String,
    pub block: Block,
}

/// What a fenced block holds.
#[derive(Clone, Debug)]
pub struct Block {
    pub text: String,
    /// Its place in the page, fences not included.
    pub range: Range<usize>,
}

impl CasePage {
    /// Reads the examples of a page.
    pub fn parse(rule: &str, page: &str) -> Result<Self, String> {
        let mut parsed = Self {
            rule: rule.to_owned(),
            is_pedantic: fields(page).any(|field| field == ("default", "pedantic")),
            sections: Vec::new(),
            cases: Vec::new(),
        };
        let mut lines = Lines { page, at: 0 };
        let mut in_case = false;
        while let Some((_, line)) = lines.next() {
            if let Some(heading) = line.strip_prefix("## ") {
                in_case = parsed.heading(heading.trim(), lines.at)?;
            } else if let Some(info) = line.strip_prefix("```") {
                let block = lines.block()?;
                if let Some(case) = parsed.cases.last_mut().filter(|_| in_case) {
                    case.block(info.trim(), block, lines.at)?;
                }
            } else if let Some(rules) = line.strip_prefix("allow: ")
                && let Some(case) = parsed.cases.last_mut().filter(|_| in_case)
            {
                let rules = rules.split(',').map(|rule| rule.trim().to_owned());
                case.allow.extend(rules);
            }
        }
        Ok(parsed)
    }

    /// Takes a heading; whether it begins a case.
    fn heading(&mut self, heading: &str, end: usize) -> Result<bool, String> {
        let verdict = match heading.split_once(": ").map(|(verdict, _)| verdict) {
            Some("Bad") => Verdict::Bad,
            Some("Good") => Verdict::Good,
            Some("Fix") => Verdict::Fix,
            _ => {
                self.sections.push(heading.to_owned());
                return Ok(false);
            }
        };
        if self.cases.iter().any(|case| case.heading == heading) {
            return Err(format!("two cases are called `{heading}`"));
        }
        self.cases.push(Case {
            heading: heading.to_owned(),
            verdict,
            files: Vec::new(),
            args: Vec::new(),
            allow: Vec::new(),
            frame: None,
            end,
        });
        Ok(true)
    }

    /// The `Bad` case that a `Fix` case mends: the nearest above it.
    pub fn mended_by(&self, fix: usize) -> Option<&Case> {
        self.cases[..fix]
            .iter()
            .rev()
            .find(|case| case.verdict == Verdict::Bad)
    }
}

impl Case {
    fn block(&mut self, info: &str, block: Block, end: usize) -> Result<(), String> {
        self.end = end;
        let (kind, rest) = info.split_once(' ').unwrap_or((info, ""));
        match (kind, rest.strip_prefix("file=")) {
            (_, Some(path)) => self.files.push(File {
                path: path.to_owned(),
                block,
            }),
            ("args", None) => {
                let words = block.text.split_whitespace().map(str::to_owned);
                self.args.extend(words);
            }
            ("text", None) => self.frame = Some(block),
            _ => return Err(format!("`{}`: a block names no file: {info}", self.heading)),
        }
        Ok(())
    }
}

/// The lines of a page with their places.
struct Lines<'a> {
    page: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    /// The next line without its end, and where it starts.
    fn next(&mut self) -> Option<(usize, &'a str)> {
        let start = self.at;
        let line = self.page[start..].split_inclusive('\n').next()?;
        self.at += line.len();
        Some((start, line.trim_end()))
    }

    /// What stands up to the closing fence.
    fn block(&mut self) -> Result<Block, String> {
        let from = self.at;
        while let Some((start, line)) = self.next() {
            if line == "```" {
                return Ok(Block {
                    text: self.page[from..start].to_owned(),
                    range: from..start,
                });
            }
        }
        Err("a fenced block is not closed".into())
    }
}

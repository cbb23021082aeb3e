//! What a renderer may see: everything that stems from a linted file has passed the redaction door.
//!
//! This is the only file of `report/` that touches an [`Outcome`]'s raw text.

use super::points::{Point, Points, floor};
use super::secrets;
use crate::check::Outcome;
use crate::finding::fingerprint::Fingerprints;
use crate::finding::redact::{Door, Mask, Quotes, Redacted};
use crate::finding::{Applicability, Edit, Finding, Fix, Label, Role, Severity};
use crate::flow::each;
use crate::rules;
use crate::source::{FileId, FileKind, LineIndex, Location, SourceFile, Span};

/// A run's outcome, ready to be shown.
#[derive(Debug)]
pub struct View<'a> {
    /// The findings, in the order of every report.
    pub findings: Vec<FindingView>,
    /// The files that findings and errors point at, by `FileId`.
    files: Vec<Option<FileView<'a>>>,
    /// What is masked in the files that values come from: they travel to where no label leads.
    travelling: Quotes<'a>,
    /// What could not be done.
    pub errors: Vec<ErrorView>,
    /// Files that were seen and not checked.
    pub skipped: Vec<SkippedView>,
    /// Files that were mended.
    pub fixed: Vec<FixedView>,
    /// The run in figures.
    pub summary: Summary,
    door: Door<'a>,
}

/// A finding.
#[derive(Debug)]
pub struct FindingView {
    /// Id of the rule.
    pub rule: &'static str,
    /// How bad it is here.
    pub severity: Severity,
    /// What is wrong.
    pub message: Redacted,
    /// What to write instead.
    pub help: Option<Redacted>,
    /// The same in the next run, wherever the line moved.
    pub fingerprint: String,
    /// The story in flow order.
    pub labels: Vec<LabelView>,
    /// Edits that mend it.
    pub fixes: Vec<FixView>,
}

/// A place in a finding's story.
#[derive(Debug)]
pub struct LabelView {
    /// The file.
    pub file: FileId,
    /// Its part in the story.
    pub role: Role,
    /// What happens here.
    pub text: Redacted,
    /// The first byte.
    pub start: Point,
    /// One past the last byte.
    pub end: Point,
}

/// A fix.
#[derive(Debug)]
pub struct FixView {
    /// What it does.
    pub title: Redacted,
    /// Whether it is safe.
    pub applicability: Applicability,
    /// The edits; none if one of them touches masked bytes, which no report may show.
    pub edits: Option<Vec<EditView>>,
}

/// An edit.
#[derive(Debug)]
pub struct EditView {
    /// The file.
    pub file: FileId,
    /// The first byte to replace.
    pub start: Point,
    /// One past the last.
    pub end: Point,
    /// What to write instead.
    pub text: Redacted,
}

/// A file that findings point at.
#[derive(Debug)]
pub struct FileView<'a> {
    /// Its path.
    pub path: Redacted,
    /// Its path from the project root, wherever docklint was called.
    in_project: Redacted,
    /// Its text, every byte at its offset.
    pub text: Redacted,
    /// What is masked in it.
    mask: Mask,
    secrets: Quotes<'a>,
    /// Where its lines start.
    pub lines: &'a LineIndex,
}

impl FileView<'_> {
    /// The bytes of a line (counted from 1) without its line end.
    pub fn line_span(&self, line: usize) -> Span {
        let text = self.text.as_str();
        let start = self.lines.line_start(line);
        let end = if line < self.lines.count() {
            self.lines.line_start(line + 1)
        } else {
            text.len()
        };
        let line = text.get(start..end).unwrap_or_default();
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        Span::new(start, start + line.len())
    }

    /// The text between two offsets, which need not be char boundaries of the masked text.
    pub fn slice(&self, start: usize, end: usize) -> &str {
        let text = self.text.as_str();
        text.get(floor(text, start)..floor(text, end))
            .unwrap_or_default()
    }
}

/// Something the run could not do.
#[derive(Debug)]
pub struct ErrorView {
    /// The path it is about; may be empty.
    pub path: Redacted,
    /// A stable word for programs.
    pub kind: &'static str,
    /// What happened.
    pub message: Redacted,
    /// The place it is about, without a text of its own.
    pub label: Option<LabelView>,
}

/// A file that was seen and not checked.
#[derive(Debug)]
pub struct SkippedView {
    /// The path.
    pub path: Redacted,
    /// Why.
    pub why: Redacted,
}

/// A file that was mended.
#[derive(Debug)]
pub struct FixedView {
    /// The path.
    pub path: Redacted,
    /// How many findings of which rule were mended in it.
    pub rules: Vec<(&'static str, usize)>,
}

/// The run in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are information.
    pub infos: usize,
    /// Findings hidden by suppression comments.
    pub suppressed: usize,
    /// Findings hidden by a baseline.
    pub baselined: usize,
    /// Entries of the baseline that hide nothing any more.
    pub stale: usize,
    /// Findings that were mended.
    pub fixed: usize,
    /// Files that were checked.
    pub checked: usize,
}

impl<'a> View<'a> {
    /// Passes an outcome through the redaction door.
    pub fn new(outcome: &'a Outcome) -> Self {
        let places: Vec<Location> = outcome.errors.iter().filter_map(|it| it.at).collect();
        let points = Points::new(&outcome.sources, &outcome.findings, &places);
        let door = Door::new(&outcome.names);
        let masks = Masks::new(outcome, door);
        let travelling = masks.travelling();
        let mut view = Self {
            findings: Vec::with_capacity(outcome.findings.len()),
            files: masks.into_files(),
            errors: errors(outcome, door, &travelling, &points),
            skipped: skipped(outcome, door, &travelling),
            fixed: fixed(outcome, door),
            travelling,
            summary: Summary::of(outcome),
            door,
        };
        let mut fingerprints = Fingerprints::default();
        for finding in &outcome.findings {
            let shown = view.finding(finding, &points, &mut fingerprints);
            view.findings.push(shown);
        }
        view
    }

    /// A file that findings point at.
    pub fn file(&self, id: FileId) -> Option<&FileView<'a>> {
        self.files.get(id.0 as usize)?.as_ref()
    }

    /// The path of a file that findings point at.
    pub fn path(&self, id: FileId) -> &str {
        self.file(id).map_or("", |file| file.path.as_str())
    }

    /// The path of the file that a finding's primary label is in.
    pub fn primary_path(&self, finding: &FindingView) -> &str {
        finding.primary().map_or("", |label| self.path(label.file))
    }

    /// The same from the project root, wherever docklint was called.
    pub fn project_path(&self, finding: &FindingView) -> String {
        let file = finding.primary().and_then(|label| self.file(label.file));
        file.map_or_else(String::new, |file| file.in_project.as_str().to_owned())
    }

    fn finding(
        &self,
        finding: &Finding,
        points: &Points,
        fingerprints: &mut Fingerprints,
    ) -> FindingView {
        let mut files: Vec<FileId> = finding
            .labels
            .iter()
            .map(|label| label.location.file)
            .collect();
        files.sort_unstable();
        files.dedup();
        let shown = |text: &str| self.text(finding, &files, text);
        let labels: Vec<_> = finding
            .labels
            .iter()
            .map(|label| LabelView {
                file: label.location.file,
                role: label.role,
                text: shown(&label.text),
                start: points.get(label.location.file, label.location.span.start),
                end: points.get(label.location.file, label.location.span.end),
            })
            .collect();
        FindingView {
            rule: finding.rule,
            severity: finding.severity,
            message: shown(&finding.message),
            help: finding.help.as_deref().map(shown),
            fingerprint: self.fingerprint(finding, fingerprints),
            labels,
            fixes: finding
                .fixes
                .iter()
                .map(|fix| self.fix(fix, points, shown(&fix.title)))
                .collect(),
        }
    }

    /// A text of a finding. It may quote a secret that stands anywhere in the files it is about,
    /// for values travel. What can be read on the finding's own lines is no secret.
    fn text(&self, finding: &Finding, files: &[FileId], text: &str) -> Redacted {
        let views = files.iter().filter_map(|file| self.file(*file));
        let secrets = views.map(|view| &view.secrets);
        let secrets = secrets.chain([&self.travelling]);
        let mut quoted: Vec<_> = secrets.flat_map(|secrets| secrets.find(text)).collect();
        quoted.retain(|range| {
            let secret = text.get(range.clone()).unwrap_or_default();
            !finding.labels.iter().any(|label| self.shows(label, secret))
        });
        self.door.text_with(text, quoted)
    }

    /// Whether the lines of a label, as they are shown, hold `text`.
    fn shows(&self, label: &Label, text: &str) -> bool {
        let Location { file, span } = label.location;
        self.file(file).is_some_and(|view| {
            let first = view.line_span(view.lines.line(span.start as usize));
            let last = view.line_span(view.lines.line(span.end as usize));
            let lines = first.to(last);
            view.slice(lines.start as usize, lines.end as usize)
                .contains(text)
        })
    }

    fn fix(&self, fix: &Fix, points: &Points, title: Redacted) -> FixView {
        let show = |edit: &Edit| {
            let withheld = self.door.withholds(&self.file(edit.file)?.mask, edit)
                || !self.travelling.find(&edit.text).is_empty();
            (!withheld).then(|| EditView {
                file: edit.file,
                start: points.get(edit.file, edit.span.start),
                end: points.get(edit.file, edit.span.end),
                text: self.door.text(&edit.text),
            })
        };
        FixView {
            title,
            applicability: fix.applicability,
            edits: fix.edits.iter().map(show).collect(),
        }
    }

    fn fingerprint(&self, finding: &Finding, fingerprints: &mut Fingerprints) -> String {
        /// Long lines are told by what stands around the finding.
        const AROUND: usize = 512;
        let Some(primary) = finding.primary() else {
            return fingerprints.next(finding.rule, "", "", "");
        };
        let Some(file) = self.file(primary.file) else {
            return fingerprints.next(finding.rule, "", "", "");
        };
        let (start, end) = (primary.span.start as usize, primary.span.end as usize);
        let line = file.line_span(file.lines.line(start)).range();
        let from = line.start.max(start.saturating_sub(AROUND));
        let to = line.end.min(start + AROUND).max(from);
        let excerpt = file.slice(start, end.min(start + AROUND));
        fingerprints.next(
            finding.rule,
            file.in_project.as_str(),
            file.slice(from, to),
            excerpt,
        )
    }
}

impl LabelView {
    /// The place that an error is about.
    fn of_error(at: Location, points: &Points) -> Self {
        Self {
            file: at.file,
            role: Role::Primary,
            text: Redacted::default(),
            start: points.get(at.file, at.span.start),
            end: points.get(at.file, at.span.end),
        }
    }
}

impl FindingView {
    /// The place to fix.
    pub fn primary(&self) -> Option<&LabelView> {
        self.labels
            .iter()
            .find(|label| label.role == Role::Primary)
            .or(self.labels.first())
    }

    /// Where the rule is described, if the program was built knowing where it lives.
    pub fn url(&self) -> Option<String> {
        rules::url(self.rule)
    }
}

impl Summary {
    /// Counts.
    pub fn of(outcome: &Outcome) -> Self {
        let count = |severity| {
            let findings = outcome.findings.iter();
            findings.filter(|it| it.severity == severity).count()
        };
        let sources = outcome.sources.iter();
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            suppressed: outcome.suppressed,
            baselined: outcome.baselined,
            stale: outcome.stale,
            fixed: outcome
                .fixed
                .iter()
                .flat_map(|file| file.rules.values())
                .sum(),
            checked: sources.filter(|file| file.is_asked_for()).count(),
        }
    }

    /// All findings.
    pub fn findings(self) -> usize {
        self.errors + self.warnings + self.infos
    }
}

/// What is masked in the files of a run, each looked at once.
struct Masks<'a, 'd> {
    outcome: &'a Outcome,
    door: Door<'d>,
    /// By `FileId`.
    masks: Vec<Option<Mask>>,
    /// Whether findings or errors point at the file; by `FileId`.
    is_shown: Vec<bool>,
}

impl<'a, 'd> Masks<'a, 'd> {
    /// Looks at the files that are shown, and at those that values come from.
    fn new(outcome: &'a Outcome, door: Door<'d>) -> Self {
        let is_shown = shown_files(outcome);
        let sources: Vec<_> = outcome.sources.iter().zip(&is_shown).collect();
        let is_silent =
            outcome.findings.is_empty() && outcome.errors.is_empty() && outcome.skipped.is_empty();
        let mask = |&(source, shown): &(&SourceFile, &bool)| {
            (*shown || !is_silent && is_travelling(source)).then(|| door.mask(source))
        };
        let masks = each(&sources, mask);
        Self {
            outcome,
            door,
            masks,
            is_shown,
        }
    }

    /// What is masked where values come from.
    fn travelling(&self) -> Quotes<'a> {
        let outcome = self.outcome;
        let sources = outcome.sources.iter().zip(&self.masks);
        let sources = sources.filter(|(source, _)| is_travelling(source));
        let in_files = sources.flat_map(|(source, mask)| {
            let masks = mask.iter();
            masks.flat_map(|mask| mask.secrets(source.text()).map(str::trim))
        });
        let told = outcome.told.iter();
        let told = told.flat_map(|told| secrets::of_told(told, self.door));
        Quotes::new(in_files.chain(told))
    }

    fn into_files(self) -> Vec<Option<FileView<'a>>> {
        let outcome = self.outcome;
        let files = outcome.sources.iter().zip(self.masks).zip(self.is_shown);
        files
            .map(|((source, mask), is_shown)| {
                let mask = mask.filter(|_| is_shown)?;
                Some(FileView {
                    path: self.door.path(source.path()),
                    in_project: self.door.path(source.path_below(&outcome.root)),
                    text: mask.apply(source.text()),
                    secrets: Quotes::new(mask.secrets(source.text())),
                    mask,
                    lines: source.lines(),
                })
            })
            .collect()
    }
}

/// What is masked in the files of a run that values come from: they travel to other files.
pub fn travelling(outcome: &Outcome) -> Quotes<'_> {
    Masks::new(outcome, Door::new(&outcome.names)).travelling()
}

/// Whether values come from the file: those of Dockerfiles stay in them.
fn is_travelling(source: &SourceFile) -> bool {
    source.kind() != FileKind::Dockerfile
}

/// For each file whether findings or errors point at it.
fn shown_files(outcome: &Outcome) -> Vec<bool> {
    let mut shown = vec![false; outcome.sources.len()];
    let findings = outcome.findings.iter().flat_map(|finding| {
        let labels = finding.labels.iter().map(|label| label.location.file);
        let edits = finding.fixes.iter().flat_map(|fix| &fix.edits);
        labels.chain(edits.map(|edit| edit.file))
    });
    let errors = outcome.errors.iter().filter_map(|error| error.at);
    for file in findings.chain(errors.map(|at| at.file)) {
        if let Some(shown) = shown.get_mut(file.0 as usize) {
            *shown = true;
        }
    }
    shown
}

fn errors(
    outcome: &Outcome,
    door: Door<'_>,
    secrets: &Quotes<'_>,
    points: &Points,
) -> Vec<ErrorView> {
    outcome
        .errors
        .iter()
        .map(|error| ErrorView {
            path: door.path(&error.path),
            kind: error.kind,
            message: door.text_with(&error.message, secrets.find(&error.message)),
            label: error.at.map(|at| LabelView::of_error(at, points)),
        })
        .collect()
}

fn skipped(outcome: &Outcome, door: Door<'_>, secrets: &Quotes<'_>) -> Vec<SkippedView> {
    outcome
        .skipped
        .iter()
        .map(|skipped| SkippedView {
            path: door.path(&skipped.path),
            why: door.text_with(&skipped.why, secrets.find(&skipped.why)),
        })
        .collect()
}

fn fixed(outcome: &Outcome, door: Door<'_>) -> Vec<FixedView> {
    let files = outcome.fixed.iter().map(|file| FixedView {
        path: door.path(&file.path),
        rules: file
            .rules
            .iter()
            .map(|(rule, count)| (*rule, *count))
            .collect(),
    });
    files.collect()
}

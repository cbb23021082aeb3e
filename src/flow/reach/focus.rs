//! What concerns one instruction.

use hashbrown::HashSet;

use super::{Reader, SettingIndex, Stop, Trace};
use crate::flow::Build;
use crate::source::{Location, Span};
use crate::syntax::dockerfile::Keyword;

/// An instruction that is asked about.
pub(super) struct Focus {
    span: Span,
    is_run: bool,
}

impl Focus {
    /// The instruction on a line.
    pub(super) fn on(build: &Build<'_>, line: u32) -> Option<Self> {
        let all = &build.tree.instructions;
        let after = all.partition_point(|instruction| instruction.lines.0 <= line);
        let instruction = all.get(after.checked_sub(1)?)?;
        (line <= instruction.lines.1).then(|| Self {
            span: instruction.span,
            is_run: instruction.command.keyword == Keyword::Run,
        })
    }

    /// Whether the commands of an instruction are to be looked at: of a RUN only its own, but what an
    /// `ARG` or `ENV` sets may be read by all.
    pub(super) fn includes(&self, instruction: Span) -> bool {
        !self.is_run || instruction == self.span
    }

    fn holds(&self, at: Option<Location>) -> bool {
        at.is_some_and(|at| self.span.start <= at.span.start && at.span.end <= self.span.end)
    }

    /// Leaves out what has nothing to do with the instruction.
    pub(super) fn narrow<'b>(&self, mut trace: Trace<'b>) -> Trace<'b> {
        let lacks = trace.readers.iter().any(|reader| reader.lacks);
        if self.is_run {
            for setting in &mut trace.settings {
                setting.stops.retain(|stop| {
                    let is_why = matches!(
                        stop.why,
                        Stop::OnlyGlobal
                            | Stop::OtherStage
                            | Stop::NotConsumed
                            | Stop::NothingGiven
                    );
                    self.holds(stop.at) || lacks && is_why
                });
            }
        }
        let settings = trace.settings.iter().enumerate();
        let seeds: Vec<SettingIndex> = settings
            .filter(|(_, setting)| {
                let is_used = setting.uses.iter().any(|used| self.holds(Some(used.at)));
                let concerns = !setting.readers.is_empty() || !setting.stops.is_empty();
                self.holds(setting.at) || is_used || self.is_run && concerns
            })
            .map(|(index, _)| index)
            .collect();
        let mut kept = closure(&seeds, |index| &trace.settings[index].from);
        if !self.is_run {
            kept.extend(closure(&seeds, |index| &trace.settings[index].next));
        }
        let sees_kept = |reader: &Reader| reader.sees.iter().any(|index| kept.contains(index));
        let readers: Vec<bool> = trace
            .readers
            .iter()
            .map(|reader| self.is_run || sees_kept(reader))
            .collect();
        only(trace, &kept, &readers)
    }
}

/// `seeds`, and what `neighbours` leads to from there.
fn closure<'t>(
    seeds: &[SettingIndex],
    neighbours: impl Fn(SettingIndex) -> &'t Vec<SettingIndex>,
) -> HashSet<SettingIndex> {
    let mut found: HashSet<SettingIndex> = seeds.iter().copied().collect();
    let mut stack = seeds.to_vec();
    while let Some(index) = stack.pop() {
        stack.extend(neighbours(index).iter().filter(|&&next| found.insert(next)));
    }
    found
}

/// The trace with only these settings and readers, their positions counted anew.
fn only<'b>(trace: Trace<'b>, settings: &HashSet<SettingIndex>, readers: &[bool]) -> Trace<'b> {
    let positions = |kept: &mut dyn Iterator<Item = bool>| {
        let mut next = 0;
        let position = |kept: bool| {
            next += usize::from(kept);
            kept.then(|| next - 1)
        };
        kept.map(position).collect::<Vec<Option<usize>>>()
    };
    let of_setting = positions(&mut (0..trace.settings.len()).map(|at| settings.contains(&at)));
    let of_reader = positions(&mut readers.iter().copied());
    let renumber = |list: &mut Vec<usize>, new: &[Option<usize>]| {
        *list = list.iter().filter_map(|&at| new[at]).collect();
    };
    let mut narrowed = Trace::default();
    for (mut setting, new) in trace.settings.into_iter().zip(&of_setting) {
        if new.is_some() {
            renumber(&mut setting.from, &of_setting);
            renumber(&mut setting.next, &of_setting);
            renumber(&mut setting.readers, &of_reader);
            narrowed.settings.push(setting);
        }
    }
    for (mut reader, new) in trace.readers.into_iter().zip(&of_reader) {
        if new.is_some() {
            renumber(&mut reader.sees, &of_setting);
            narrowed.readers.push(reader);
        }
    }
    narrowed
}

//! For people: the stages as a tree, each RUN with what it sees and where that comes from.

use std::io::{self, Write};

use super::view::{
    BaseView, HopView, PieceView, ResolveView, RunView, StageView, StepView, ValueView,
    VariableView,
};
use crate::report::{Paint, RenderOptions, SpotView, escape};

pub(super) fn render(
    view: &ResolveView,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut printer = Printer {
        view,
        paint: Paint(options.color),
        width: options.width,
        out,
    };
    printer.all()
}

struct Printer<'v, 'o> {
    view: &'v ResolveView,
    paint: Paint,
    width: usize,
    out: &'o mut dyn Write,
}

/// The longest name that values are lined up behind.
pub(super) const MAX_NAME: usize = 28;

impl Printer<'_, '_> {
    fn all(&mut self) -> io::Result<()> {
        let view = self.view;
        if view.stages.is_empty() && view.is_close_up {
            writeln!(
                self.out,
                "no step stands on this line of {}",
                escape::line(view.path.as_str())
            )?;
        }
        for (position, stage) in view.stages.iter().enumerate() {
            if position > 0 {
                writeln!(self.out)?;
            }
            self.stage(stage)?;
        }
        if !view.errors.is_empty() && !view.is_close_up {
            writeln!(self.out)?;
            for error in &view.errors {
                let line = error.place.start.line;
                let message = escape::line(error.message.as_str());
                writeln!(self.out, "BuildKit refuses line {line}: {message}")?;
            }
        }
        Ok(())
    }

    fn stage(&mut self, stage: &StageView) -> io::Result<()> {
        let title = match &stage.name {
            Some(name) => format!("stage {}", escape::line(name.as_str())),
            None => format!("stage {}", stage.index),
        };
        let base = match &stage.base {
            BaseView::Scratch => "from scratch".to_owned(),
            BaseView::Stage(parent) => format!("from stage {}", self.stage_name(*parent)),
            BaseView::Image { name: None, .. } => "from an image that cannot be known".to_owned(),
            BaseView::Image {
                name: Some(name), ..
            } => format!("from {}", escape::line(name.as_str())),
        };
        let role = match self.view.target {
            Some(target) if target == stage.index => ", the target",
            Some(_) if stage.is_reached => "",
            _ => ", not needed by the target",
        };
        let place = format!(
            "{}:{}",
            escape::line(self.view.path.as_str()),
            stage.place.start.line
        );
        writeln!(
            self.out,
            "{} {base}{role}  {}",
            self.paint.bold(&title),
            self.paint.dim(&place)
        )?;
        if let Some(first) = stage.steps.first().filter(|_| !self.view.is_close_up) {
            self.base_variables(&first.environment)?;
        }
        if let BaseView::Image {
            is_known: false, ..
        } = &stage.base
        {
            let text = "the base image may set more than docklint knows";
            writeln!(self.out, "  {}", self.paint.dim(text))?;
        }
        for step in &stage.steps {
            self.step(step)?;
        }
        if !self.view.is_close_up {
            self.image(stage)?;
        }
        Ok(())
    }

    fn stage_name(&self, index: usize) -> String {
        let stage = self.view.stages.iter().find(|stage| stage.index == index);
        match stage.and_then(|stage| stage.name.as_ref()) {
            Some(name) => escape::line(name.as_str()).into_owned(),
            None => index.to_string(),
        }
    }

    /// What the base image sets, in one line: it is the same for all steps.
    fn base_variables(&mut self, environment: &[VariableView]) -> io::Result<()> {
        let names: Vec<String> = environment
            .iter()
            .filter(|variable| variable.is_of_base)
            .map(|variable| escape::line(variable.name.as_str()).into_owned())
            .collect();
        if names.is_empty() {
            return Ok(());
        }
        let text = format!("the base image sets {}", names.join(", "));
        let text = cut(&text, self.width.saturating_sub(2));
        writeln!(self.out, "  {}", self.paint.dim(&text))
    }

    fn step(&mut self, step: &StepView) -> io::Result<()> {
        let line = step.place.start.line;
        let trigger = if step.is_trigger { "ONBUILD " } else { "" };
        let text = format!("{trigger}{}", escape::line(step.text.as_str()));
        let text = cut(&text, self.width.saturating_sub(8));
        let number = self.paint.dim(&format!("{line:>4}"));
        let is_shown = self.view.is_close_up || step.run.is_some();
        let text = if is_shown {
            self.paint.bold(&text)
        } else {
            self.paint.dim(&text)
        };
        writeln!(self.out, "{number}  {text}")?;
        if !is_shown {
            return Ok(());
        }
        if let Some(run) = &step.run {
            self.run(run)?;
        }
        let is_close_up = self.view.is_close_up;
        let variables: Vec<&VariableView> = step
            .environment
            .iter()
            .filter(|variable| is_close_up || !variable.is_of_base)
            .collect();
        if variables.is_empty() {
            let what = if is_close_up {
                "sees no variable"
            } else {
                "sees what the base image sets, and nothing more"
            };
            return writeln!(self.out, "        {}", self.paint.dim(what));
        }
        self.variables(&variables)
    }

    /// What is out of the ordinary about a RUN.
    fn run(&mut self, run: &RunView) -> io::Result<()> {
        let mut facts = Vec::new();
        if run.network != "default" {
            facts.push(format!("network: {}", run.network));
        }
        if let Some(user) = &run.user {
            let user = plain(user);
            if user != "root" {
                facts.push(format!("user: {user}"));
            }
        }
        facts.extend(
            run.mounts
                .iter()
                .map(|mount| format!("mounts {}", escape::line(mount.as_str()))),
        );
        for fact in facts {
            writeln!(self.out, "        {}", self.paint.dim(&fact))?;
        }
        Ok(())
    }

    fn variables(&mut self, variables: &[&VariableView]) -> io::Result<()> {
        let name = |variable: &VariableView| escape::line(variable.name.as_str()).into_owned();
        let width = variables
            .iter()
            .map(|variable| name(variable).chars().count())
            .max()
            .unwrap_or_default()
            .min(MAX_NAME);
        for variable in variables {
            let padded = format!("{:width$}", name(variable));
            let story = self.story(&variable.hops);
            let value = plain(&variable.value);
            let value = if value.is_empty() {
                self.paint.dim("(empty)")
            } else {
                let room = self.width.saturating_sub(width + 12);
                cut(
                    &value,
                    if self.view.is_close_up {
                        usize::MAX
                    } else {
                        room
                    },
                )
            };
            let padded = self.paint.code(&padded);
            let story = self.paint.dim(&story);
            writeln!(self.out, "        {padded}  {value}  {story}")?;
        }
        Ok(())
    }

    /// Where a value comes from: the last hop first, as one would look it up.
    fn story(&self, hops: &[HopView]) -> String {
        let told: Vec<String> = hops
            .iter()
            .rev()
            .map(|hop| match (&hop.file, hop.place) {
                (Some(file), Some(place)) => {
                    format!(
                        "{} {}:{}",
                        hop.how,
                        escape::line(file.as_str()),
                        place.start.line
                    )
                }
                (None, Some(place)) => format!("{} line {}", hop.how, place.start.line),
                (_, None) => hop.how.to_owned(),
            })
            .collect();
        let shown = if self.view.is_close_up { told.len() } else { 3 };
        let mut story = format!("← {}", told[..told.len().min(shown)].join(" ← "));
        if told.len() > shown {
            story.push_str(" ← …");
        }
        story
    }

    /// What the image keeps of what its stages set.
    fn image(&mut self, stage: &StageView) -> io::Result<()> {
        let kept: Vec<String> = stage
            .image
            .iter()
            .filter(|variable| !variable.is_of_base)
            .map(|variable| escape::line(variable.name.as_str()).into_owned())
            .collect();
        if kept.is_empty() || self.view.target != Some(stage.index) {
            return Ok(());
        }
        let text = format!("the image keeps {}", kept.join(", "));
        writeln!(self.out, "  {}", self.paint.dim(&text))
    }
}

/// A value on one line; what is not known stands in angle brackets.
pub(super) fn plain(value: &ValueView) -> String {
    value
        .pieces
        .iter()
        .map(|piece| match piece {
            PieceView::Text(text) => escape::line(text.as_str()).into_owned(),
            PieceView::Unknown(why) => format!("<{why}>"),
        })
        .collect()
}

/// A file and a line in it.
pub(super) fn spot(spot: &SpotView) -> String {
    let file = escape::line(spot.file.as_str());
    format!("{file}:{}", spot.place.start.line)
}

/// At most `width` characters.
pub(super) fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        Some(_) => {
            let kept: String = text.chars().take(width.saturating_sub(1)).collect();
            format!("{kept}…")
        }
        None => text.to_owned(),
    }
}

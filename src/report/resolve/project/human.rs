//! For people: services, each with its build, what that is passed, and its environment.

use std::io::{self, Write};

use super::view::{BuildView, ProjectView, ServiceView, SettingView};
use crate::report::resolve::human::{MAX_NAME, cut, plain, spot};
use crate::report::resolve::view::SpottedHop;
use crate::report::{Paint, RenderOptions, escape};

pub(super) fn render(
    view: &ProjectView,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut printer = Printer {
        paint: Paint(options.color),
        width: options.width,
        out,
    };
    printer.project(view)
}

struct Printer<'o> {
    paint: Paint,
    width: usize,
    out: &'o mut dyn Write,
}

impl Printer<'_> {
    fn project(&mut self, view: &ProjectView) -> io::Result<()> {
        let files: Vec<_> = view
            .files
            .iter()
            .map(|file| escape::line(file.as_str()))
            .collect();
        let title = self.paint.bold(&format!("project {}", plain(&view.name)));
        let files = self.paint.dim(&files.join(", "));
        writeln!(self.out, "{title}  {files}")?;
        for service in &view.services {
            writeln!(self.out)?;
            self.service(service)?;
        }
        let said = view.said.iter().filter(|said| said.level != "note");
        for (index, said) in said.enumerate() {
            if index == 0 {
                writeln!(self.out)?;
            }
            let place = said
                .place
                .as_ref()
                .map_or(String::new(), |at| format!("{}: ", spot(at)));
            let message = escape::line(said.message.as_str());
            writeln!(self.out, "{place}{}: {message}", said.level)?;
        }
        Ok(())
    }

    fn service(&mut self, service: &ServiceView) -> io::Result<()> {
        let name = escape::line(service.name.as_str());
        let title = self.paint.bold(&format!("service {name}"));
        let state = if service.is_enabled {
            ""
        } else {
            ", switched off"
        };
        let place = self.paint.dim(&spot(&service.place));
        writeln!(self.out, "{title}{state}  {place}")?;
        if let Some(image) = &service.image {
            writeln!(self.out, "  image {}", plain(image))?;
        }
        if let Some(build) = &service.build {
            self.build(build)?;
        }
        if !service.environment.is_empty() {
            writeln!(self.out, "  environment")?;
            self.settings(&service.environment, "unset")?;
        }
        self.names("secrets", service.secrets.iter().map(|name| name.as_str()))
    }

    fn build(&mut self, build: &BuildView) -> io::Result<()> {
        let mut facts = match &build.dockerfile {
            Some(path) => plain(path),
            None => "from the Dockerfile in this file".to_owned(),
        };
        facts += &format!(" in {}", or(&plain(&build.context), "."));
        for (what, value) in [("stage", &build.target), ("network", &build.network)] {
            if let Some(value) = value {
                facts += &format!(", {what} {}", plain(value));
            }
        }
        let missing = if build.is_found {
            ""
        } else {
            ", which docklint does not have"
        };
        writeln!(self.out, "  builds {facts}{missing}")?;
        self.settings(&build.args, "left out")?;
        let secrets = build.secrets.iter().map(|name| name.as_str());
        self.names("build secrets", secrets)
    }

    fn names<'n>(&mut self, what: &str, names: impl Iterator<Item = &'n str>) -> io::Result<()> {
        let names: Vec<_> = names.map(escape::line).collect();
        match names.is_empty() {
            true => Ok(()),
            false => writeln!(self.out, "  {what} {}", names.join(", ")),
        }
    }

    fn settings(&mut self, settings: &[SettingView], nothing: &str) -> io::Result<()> {
        let name = |setting: &SettingView| escape::line(setting.name.as_str()).into_owned();
        let widths = settings.iter().map(|setting| name(setting).chars().count());
        let width = widths.max().unwrap_or_default().min(MAX_NAME);
        for setting in settings {
            let value = match &setting.value {
                None => self.paint.dim(&format!("({nothing})")),
                Some(value) if value.pieces.is_empty() => self.paint.dim("(empty)"),
                Some(value) => cut(&plain(value), self.width.saturating_sub(width + 8)),
            };
            let padded = self.paint.code(&format!("{:width$}", name(setting)));
            let story = self.paint.dim(&story(&setting.hops));
            writeln!(self.out, "    {padded}  {value}  {story}")?;
        }
        Ok(())
    }
}

/// Where a value comes from: the last hop first, as one would look it up.
fn story(hops: &[SpottedHop]) -> String {
    let mut told: Vec<String> = hops
        .iter()
        .rev()
        .map(|hop| match &hop.place {
            Some(place) => format!("{} {}", hop.how, spot(place)),
            None => hop.how.to_owned(),
        })
        .collect();
    told.dedup();
    format!("← {}", told.join(" ← "))
}

fn or<'t>(text: &'t str, other: &'t str) -> &'t str {
    if text.is_empty() { other } else { text }
}

//! For people: a daemon's files in order, what they give it, and who is served by that.

use std::io::{self, Write};

use super::human::{plain, spot};
use super::machine::{ClientView, DaemonView, EntryView, GoView, MachineView, SettingView};
use crate::report::{Paint, RenderOptions, escape};

pub(super) fn render(
    view: &MachineView,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut printer = Printer {
        paint: Paint(options.color),
        out,
    };
    let mut is_first = true;
    for daemon in &view.daemons {
        printer.gap(&mut is_first)?;
        printer.daemon(daemon)?;
    }
    for client in &view.clients {
        printer.gap(&mut is_first)?;
        printer.client(client)?;
    }
    Ok(())
}

struct Printer<'o> {
    paint: Paint,
    out: &'o mut dyn Write,
}

impl Printer<'_> {
    fn gap(&mut self, is_first: &mut bool) -> io::Result<()> {
        match std::mem::take(is_first) {
            true => Ok(()),
            false => writeln!(self.out),
        }
    }

    fn daemon(&mut self, daemon: &DaemonView) -> io::Result<()> {
        let unit = self.paint.bold(&escape::line(&daemon.unit));
        let whose = match daemon.is_on_host {
            true => "of this machine",
            false => "as the project's files would configure it",
        };
        writeln!(self.out, "{unit} {whose}")?;
        let fragment = daemon.fragment.as_ref().map(|path| path.as_str());
        let fragment = fragment.unwrap_or(match daemon.is_on_host {
            true => "none on this machine",
            false => "not among the files",
        });
        self.row("unit", &escape::line(fragment))?;
        for (index, path) in daemon.drop_ins.iter().enumerate() {
            let title = if index == 0 { "drop-ins" } else { "" };
            self.row(title, &escape::line(path.as_str()))?;
        }
        if !daemon.starts {
            let text = "it does not start with this: `docklint check` says why";
            writeln!(self.out, "  {text}")?;
        }
        writeln!(self.out, "  its environment")?;
        self.settings(&daemon.environment, "nothing")?;
        if daemon.is_partial {
            let text = "files that are not here, or too long to be read to their end, may set more";
            writeln!(self.out, "    {}", self.paint.dim(text))?;
        }
        writeln!(self.out, "  its proxies")?;
        let [http, https, no_proxy] = &daemon.proxies;
        let [go_http, go_https] = &daemon.go;
        self.proxy("http:// ", go_http, http.as_ref())?;
        self.proxy("https://", go_https, https.as_ref())?;
        if let Some(list) = no_proxy {
            let story = self.paint.dim(&story(list));
            writeln!(self.out, "    but not   {}  {story}", plain(&list.value))?;
        }
        let text = "for pull, push, login and ADD of URLs; not for RUN, and not for containers";
        writeln!(self.out, "    {}", self.paint.dim(text))?;
        if !daemon.lost.is_empty() {
            writeln!(self.out, "  what does not do what is written")?;
        }
        for lost in &daemon.lost {
            let file = escape::line(lost.file.as_str());
            let line = lost
                .line
                .map_or_else(String::new, |line| format!(":{line}"));
            let message = escape::line(lost.message.as_str());
            let rule = self.paint.dim(lost.rule);
            writeln!(self.out, "    {file}{line}: {message}  {rule}")?;
        }
        Ok(())
    }

    fn row(&mut self, title: &str, text: &str) -> io::Result<()> {
        writeln!(
            self.out,
            "  {}  {text}",
            self.paint.dim(&format!("{title:8}"))
        )
    }

    fn proxy(
        &mut self,
        scheme: &str,
        go: &GoView,
        setting: Option<&SettingView>,
    ) -> io::Result<()> {
        let goes = match go {
            GoView::Direct if setting.is_some() => {
                "directly: Go cannot read the address and drops it".to_owned()
            }
            GoView::Direct => "directly".to_owned(),
            GoView::Proxy(url) => escape::line(url.as_str()).into_owned(),
            GoView::Unknown if setting.is_none() => "not known".to_owned(),
            GoView::Unknown => "a proxy that is not known".to_owned(),
        };
        let story = setting.map(story).unwrap_or_default();
        let line = format!("    {scheme}  {goes}  {}", self.paint.dim(&story));
        writeln!(self.out, "{}", line.trim_end())
    }

    fn client(&mut self, client: &ClientView) -> io::Result<()> {
        let path = self.paint.bold(&escape::line(client.path.as_str()));
        writeln!(self.out, "{path}")?;
        if client.entries.is_empty() {
            writeln!(self.out, "  sets no proxies")?;
        }
        for entry in &client.entries {
            self.entry(entry)?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &EntryView) -> io::Result<()> {
        let address = escape::line(entry.address.as_str());
        match address.as_ref() {
            "default" => writeln!(
                self.out,
                "  default, for daemons without an entry of their own"
            )?,
            address => writeln!(self.out, "  {address}, instead of `default`")?,
        }
        writeln!(self.out, "  its builds get, in both spellings in every RUN")?;
        self.settings(&entry.builds, "nothing")?;
        writeln!(self.out, "  its containers get")?;
        self.settings(&entry.containers, "nothing")
    }

    fn settings(&mut self, settings: &[SettingView], none: &str) -> io::Result<()> {
        if settings.is_empty() {
            return writeln!(self.out, "    {}", self.paint.dim(none));
        }
        let name = |setting: &SettingView| escape::line(setting.name.as_str()).into_owned();
        let longest = settings.iter().map(|setting| name(setting).chars().count());
        let width = longest.max().unwrap_or_default();
        for setting in settings {
            let padded = self.paint.code(&format!("{:width$}", name(setting)));
            let value = plain(&setting.value);
            let value = match value.is_empty() {
                true => self.paint.dim("(empty)"),
                false => value,
            };
            let story = self.paint.dim(&story(setting));
            writeln!(self.out, "    {padded}  {value}  {story}")?;
        }
        Ok(())
    }
}

/// Where a value comes from, the last hop first.
fn story(setting: &SettingView) -> String {
    let hops = setting.hops.iter().rev();
    let told = hops.map(|hop| match &hop.place {
        Some(place) => format!("← {} {}", hop.how, spot(place)),
        None => format!("← {}", hop.how),
    });
    told.collect::<Vec<_>>().join(" ")
}

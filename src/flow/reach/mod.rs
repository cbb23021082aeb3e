//! Where the settings of a variable arrive, and where they stop.
//!
//! | file | what it does |
//! | --- | --- |
//! | `collect` | everything that gives the variable, or one made from it, a value |
//! | `reading` | whether a command reads a variable |
//! | `family` | which stages build on which |
//! | `focus` | what concerns one instruction |
//! | `readers` | the commands that read it, and which setting each of them sees |
//! | `stop` | the closed list of reasons why a setting goes no further |
//! | `stops` | which of them holds for a setting, and where |
//! | `machine` | the same for what daemons are given |

mod collect;
mod family;
mod focus;
mod machine;
mod readers;
mod reading;
mod stop;
mod stops;
#[cfg(test)]
mod tests;

use crate::flow::Build;
use crate::model::variables::is_predefined_proxy;
use crate::model::{HopId, Value};
use crate::source::{Location, Span};

use focus::Focus;
pub use machine::{DaemonSetting, DaemonTrace, trace_daemon};
pub use stop::Stop;

/// What becomes of one variable in a build.
#[derive(Debug, Default)]
pub struct Trace<'b> {
    /// Everything that gives it, or a variable made from it, a value: what comes from outside the
    /// file first, then in the file's order.
    pub settings: Vec<TracedSetting<'b>>,
    /// The commands that read it, in the file's order.
    pub readers: Vec<Reader>,
}

/// Position in [`Trace::settings`].
pub type SettingIndex = usize;
/// Position in [`Trace::readers`].
pub type ReaderIndex = usize;

/// A place that gives a variable a value, and how far that gets.
#[derive(Debug)]
pub struct TracedSetting<'b> {
    /// The variable.
    pub name: String,
    /// What gives the value.
    pub by: Means,
    /// Where; `None` for what stands in no file.
    pub at: Option<Location>,
    /// The value; `None` if there is none, or if it is the shell's.
    pub value: Option<Value<'b>>,
    /// Where the value is written.
    pub written: Option<Span>,
    /// The stage; `None` outside all stages.
    pub stage: Option<usize>,
    /// The step; `None` outside all stages.
    pub step: Option<usize>,
    /// The settings it takes its value from.
    pub from: Vec<SettingIndex>,
    /// The settings that take their value from it.
    pub next: Vec<SettingIndex>,
    /// The commands that get this very value.
    pub readers: Vec<ReaderIndex>,
    /// Where instructions other than `ARG` and `ENV` put it into their text.
    pub uses: Vec<Used>,
    /// Where it goes no further.
    pub stops: Vec<Stopped>,
    /// The hop it made; `None` if it gives no value.
    pub hop: Option<HopId>,
}

/// What gives a variable a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Means {
    /// A build argument.
    BuildArg,
    /// The base image.
    BaseImage,
    /// An `ARG` above the first `FROM`.
    GlobalArg,
    /// An `ARG` in a stage.
    Arg,
    /// `ENV`.
    Env,
    /// An assignment in a RUN's shell.
    Assignment,
    /// `export NAME=VALUE` in a RUN's shell.
    Export,
    /// `NAME=VALUE command`, `env NAME=VALUE command`.
    Prefix,
    /// A settings file of this client, as the table calls it: `go env -w`, `npm config set`.
    ToolSetting(&'static str),
    /// A secret mounted in a variable.
    SecretVariable,
    /// A secret mounted as a file.
    SecretFile,
}

/// A place where an instruction's text takes the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// `$NAME`.
    pub at: Location,
    /// The stage; of a `FROM` the stage it begins.
    pub stage: usize,
    /// The instruction's bytes.
    pub instruction: Span,
}

/// Where a setting goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// The place; `None` for what never enters the file.
    pub at: Option<Location>,
    /// Why.
    pub why: Stop,
}

/// A command that reads the variable.
#[derive(Debug)]
pub struct Reader {
    /// The command; the whole instruction if it is one of many that may read the variable.
    pub at: Location,
    /// The stage.
    pub stage: usize,
    /// The step.
    pub step: usize,
    /// How it reads it.
    pub reads: Reads,
    /// The settings whose value it gets, one for each way through the shell.
    pub sees: Vec<SettingIndex>,
    /// Whether it gets no value, at least on some way through the shell.
    pub lacks: bool,
    /// Whether what it gets depends on the way through the shell.
    pub varies: bool,
    /// Whether the target needs its stage.
    pub is_reached: bool,
}

/// How a command reads a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reads {
    /// It gets the variable, and nobody knows whether it reads it.
    Perhaps,
    /// The shell puts the value into its arguments.
    InText,
    /// It is known to read the variable.
    Surely,
}

/// Whether a setting arrives.
#[derive(Debug, PartialEq, Eq)]
pub enum Reach {
    /// These commands get its value, perhaps through further settings.
    Arrives {
        /// The commands, in the file's order.
        readers: Vec<ReaderIndex>,
    },
    /// No command gets it.
    Stops {
        /// Where it ends.
        at: Option<Location>,
        /// Why.
        why: Stop,
    },
}

/// Follows a variable through a build. Both spellings of a proxy are one story. With `line`, only
/// what concerns the instruction that stands there.
pub fn trace<'b>(build: &'b Build<'_>, variable: &str, line: Option<u32>) -> Trace<'b> {
    let story = Story(variable);
    let mut trace = Trace {
        settings: collect::settings(build, story),
        readers: Vec::new(),
    };
    let focus = line.and_then(|line| Focus::on(build, line));
    let found = readers::find(build, story, &trace.settings, focus.as_ref());
    trace.readers = found.readers;
    for (setting, value) in found.values {
        trace.settings[setting].value.get_or_insert(value);
    }
    for (index, reader) in trace.readers.iter().enumerate() {
        for &setting in &reader.sees {
            trace.settings[setting].readers.push(index);
        }
    }
    stops::find(build, story, &mut trace, found.stopped);
    match (line, focus) {
        (None, _) => trace,
        (Some(_), None) => Trace::default(),
        (Some(_), Some(focus)) => focus.narrow(trace),
    }
}

/// The variable that is followed.
#[derive(Clone, Copy)]
struct Story<'n>(&'n str);

impl Story<'_> {
    /// Whether `name` is the variable, in any of the spellings that are one story.
    fn is_about(self, name: &str) -> bool {
        name == self.0 || ignores_case(self.0) && name.eq_ignore_ascii_case(self.0)
    }

    /// Whether a text holds the variable, or the key of a configuration that stands for it:
    /// `http_proxy`, `http-proxy`, `httpProxy`.
    fn is_mentioned(self, text: &str) -> bool {
        if !ignores_case(self.0) {
            return text.contains(self.0);
        }
        let squeezed = |text: &str| -> String {
            let letters = text.chars().filter(|c| !matches!(c, '-' | '_'));
            letters.map(|c| c.to_ascii_lowercase()).collect()
        };
        squeezed(text).contains(&squeezed(self.0))
    }
}

/// Whether `name` is `variable`, in any of the spellings that are one story.
pub fn is_about(variable: &str, name: &str) -> bool {
    Story(variable).is_about(name)
}

/// Whether both spellings of a variable are one story: BuildKit compares the names of proxies
/// without case (`facts/buildkit.md` 1.3), npm those of its settings.
pub fn ignores_case(name: &str) -> bool {
    let is_npm = |prefix: &str| prefix.eq_ignore_ascii_case("npm_config_");
    is_predefined_proxy(name) || name.get(.."npm_config_".len()).is_some_and(is_npm)
}

impl Trace<'_> {
    /// Whether a setting arrives anywhere. Each has a reason if it does not.
    pub fn reach(&self, setting: SettingIndex) -> Reach {
        let mut readers = Vec::new();
        let mut seen = vec![false; self.settings.len()];
        let mut stack = vec![setting];
        let mut last_stop = None;
        while let Some(index) = stack.pop() {
            if std::mem::replace(&mut seen[index], true) {
                continue;
            }
            let setting = &self.settings[index];
            readers.extend(&setting.readers);
            last_stop = setting.stops.first().or(last_stop);
            stack.extend(&setting.next);
        }
        if readers.is_empty() {
            // A setting that hands on to another one ends where that one does.
            let own = self.settings[setting].stops.first();
            let stop = own.or(last_stop);
            return Reach::Stops {
                at: stop.and_then(|stop| stop.at),
                why: stop.map_or(Stop::NotRead, |stop| stop.why),
            };
        }
        readers.sort_unstable();
        readers.dedup();
        Reach::Arrives { readers }
    }
}

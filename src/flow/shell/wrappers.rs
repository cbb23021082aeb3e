//! Commands that run other commands, and what they do to the environment.

use super::declare::split_assignment;
use super::environment::{Binding, Environment, Seen, Variable};
use super::fields::Field;
use super::interpreter::{Options, base_name, dialect};
use super::machine::{Context, MAX_CALLS, Machine};
use super::nested::NewShell;
use super::outcome::{Argument, Wrapper, WrapperKind};
use super::simple::Invocation;
use super::state::Status;
use crate::model::{Unknown, Value};
use crate::source::Span;
use crate::syntax::shell::Dialect;

/// A program that runs the command behind its own flags and operands, as it is.
struct Prefix {
    name: &'static str,
    kind: WrapperKind,
    /// Its flags that take a value as the next word.
    value_flags: &'static [&'static str],
    /// The operands before the command.
    operands: usize,
}

const fn prefix(
    name: &'static str,
    value_flags: &'static [&'static str],
    operands: usize,
) -> Prefix {
    Prefix {
        name,
        kind: WrapperKind::Prefix,
        value_flags,
        operands,
    }
}

const fn privilege(
    name: &'static str,
    value_flags: &'static [&'static str],
    operands: usize,
) -> Prefix {
    Prefix {
        name,
        kind: WrapperKind::Privilege,
        value_flags,
        operands,
    }
}

/// From the manual pages of the programs.
const PREFIXES: [Prefix; 24] = [
    prefix("nice", &["-n", "--adjustment"], 0),
    prefix("ionice", &["-c", "-n", "-t", "--class", "--classdata"], 0),
    prefix("nohup", &[], 0),
    prefix("timeout", &["-k", "-s", "--kill-after", "--signal"], 1),
    prefix("stdbuf", &["-i", "-o", "-e"], 0),
    prefix("setsid", &[], 0),
    prefix("time", &["-f", "-o", "--format", "--output"], 0),
    prefix("tini", &["-p", "-e"], 0),
    prefix("dumb-init", &["-r"], 0),
    prefix("catchsegv", &[], 0),
    prefix("chronic", &[], 0),
    prefix("unbuffer", &[], 0),
    prefix("fakeroot", &["-l", "-s", "-i"], 0),
    prefix("eatmydata", &[], 0),
    prefix("xvfb-run", &["-n", "-e", "-f", "-p", "-s", "-w"], 0),
    prefix("faketime", &[], 1),
    prefix("taskset", &[], 1),
    prefix("setarch", &[], 1),
    prefix("linux32", &[], 0),
    prefix("linux64", &[], 0),
    prefix("busybox", &[], 0),
    prefix("chroot", &[], 1),
    privilege("gosu", &[], 1),
    privilege("su-exec", &[], 1),
];

/// Flags of `sudo` and `doas` that take a value.
const SUDO_VALUE_FLAGS: [&str; 20] = [
    "-u", "-g", "-h", "-p", "-C", "-T", "-D", "-R", "-r", "-t", "-U", "-a", "--user", "--group",
    "--host", "--prompt", "--chdir", "--chroot", "--role", "--type",
];

const XARGS_VALUE_FLAGS: [&str; 15] = [
    "-n",
    "-I",
    "-P",
    "-L",
    "-d",
    "-s",
    "-a",
    "-E",
    "--max-args",
    "--replace",
    "--max-procs",
    "--max-lines",
    "--delimiter",
    "--max-chars",
    "--arg-file",
];

impl Machine<'_> {
    /// Notes a program, and follows what it runs. Its status is not known, but for a few.
    pub(super) fn external(&mut self, context: Context<'_>, invocation: &Invocation) -> Status {
        self.record(context, invocation);
        let Some(name) = invocation.text(0).map(base_name) else {
            return Status::Unknown;
        };
        if self.wrappers.len() >= MAX_CALLS || self.exhausted() {
            return Status::Unknown;
        }
        match name {
            "env" => self.env(context, invocation),
            "sudo" | "doas" => self.sudo(context, invocation, name),
            "su" | "runuser" => self.su(context, invocation, name),
            "xargs" => self.xargs(context, invocation),
            "find" => self.find(context, invocation),
            "mkdir" if invocation.text(1) == Some("-p") => Status::Success,
            "sleep" => Status::Success,
            "true" => Status::Success,
            "false" => Status::Failure,
            _ if dialect(name).is_some() => self.shell(context, invocation),
            _ => match PREFIXES.iter().find(|prefix| prefix.name == name) {
                Some(prefix) => self.prefixed(context, invocation, prefix),
                None => Status::Unknown,
            },
        }
    }

    /// Runs the command that starts at word `index` with `environment`.
    fn run_inner(
        &mut self,
        context: Context<'_>,
        invocation: &Invocation,
        index: usize,
        environment: Environment,
        wrapper: Wrapper,
    ) -> Status {
        let mut inner = invocation.inner(index);
        if inner.fields.is_empty() {
            return Status::Unknown;
        }
        inner.environment = environment;
        self.within(wrapper, |machine| machine.external(context, &inner))
    }

    fn prefixed(
        &mut self,
        context: Context<'_>,
        invocation: &Invocation,
        prefix: &Prefix,
    ) -> Status {
        let index = skip_flags(invocation, 1, prefix.value_flags) + prefix.operands;
        let wrapper = wrapper(invocation, prefix.name, prefix.kind, false);
        let environment = invocation.environment.clone();
        self.run_inner(context, invocation, index, environment, wrapper)
    }

    /// `env [-i] [-u NAME] [NAME=VALUE…] COMMAND`
    fn env(&mut self, context: Context<'_>, invocation: &Invocation) -> Status {
        let mut environment = invocation.environment.clone();
        let mut cleared = false;
        let mut index = 1;
        while let Some(word) = invocation.text(index).filter(|word| word.starts_with('-')) {
            index += 1;
            let at = invocation.span;
            match word {
                "-i" | "-" | "--ignore-environment" => {
                    environment = Environment::cleared(at);
                    cleared = true;
                }
                "-u" | "--unset" => {
                    if let Some(name) = invocation.text(index) {
                        environment.bind(name, Binding::Unset { at });
                    }
                    index += 1;
                }
                "-C" | "--chdir" | "-S" | "--split-string" => index += 1,
                "--" => break,
                _ => {
                    if let Some(name) = word.strip_prefix("--unset=") {
                        environment.bind(name, Binding::Unset { at });
                    }
                }
            }
        }
        let index = self.assigned_operands(invocation, index, &mut environment);
        if index >= invocation.fields.len() {
            return Status::Success;
        }
        let wrapper = wrapper(invocation, "env", WrapperKind::Environment, cleared);
        self.run_inner(context, invocation, index, environment, wrapper)
    }

    /// Puts `NAME=VALUE` operands into `environment`; returns the index behind them.
    fn assigned_operands(
        &mut self,
        invocation: &Invocation,
        mut index: usize,
        environment: &mut Environment,
    ) -> usize {
        while let Some(argument) = invocation.fields.get(index).map(|field| &field.argument) {
            let Some((name, false, value)) = split_assignment(&argument.value) else {
                // `env` takes any text with `=` for an assignment, also without a proper name.
                let text = argument.value.as_known().unwrap_or_default();
                if !text.contains('=') {
                    break;
                }
                index += 1;
                continue;
            };
            let origins = argument.origins.clone();
            let variable = self.new_variable(&name, argument.span, value, origins, true);
            environment.bind(&name, Binding::Set(variable));
            index += 1;
        }
        index
    }

    /// Debian's default policy drops the environment (`facts/shell.md` 5), doas always does.
    fn sudo(&mut self, context: Context<'_>, invocation: &Invocation, name: &str) -> Status {
        let mut keeps = false;
        let mut kept: Vec<String> = Vec::new();
        let mut login = false;
        let end = skip_flags(invocation, 1, &SUDO_VALUE_FLAGS);
        for word in (1..end).filter_map(|index| invocation.text(index)) {
            if let Some(names) = word.strip_prefix("--preserve-env=") {
                kept.extend(names.split(',').map(str::to_owned));
            } else if word == "--preserve-env" {
                keeps = true;
            } else if word == "--login" {
                login = true;
            } else if word.starts_with('-') && !word.starts_with("--") {
                keeps |= word.contains('E');
                login |= word.contains('i');
            }
        }
        let drops = !keeps || login || name == "doas";
        let mut environment = invocation.environment.clone();
        if drops {
            environment = fresh_environment(invocation.span);
            for name in &kept {
                keep(&invocation.environment, name, self.start, &mut environment);
            }
        }
        let index = self.assigned_operands(invocation, end, &mut environment);
        let wrapper = Wrapper {
            logs_in: login,
            ..wrapper(invocation, name, WrapperKind::Privilege, drops)
        };
        self.run_inner(context, invocation, index, environment, wrapper)
    }

    /// `su USER -c TEXT` keeps the environment, `su - USER` does not (`facts/shell.md` 5);
    /// `runuser -u USER COMMAND` runs a command as it is.
    fn su(&mut self, context: Context<'_>, invocation: &Invocation, name: &str) -> Status {
        let mut login = false;
        let mut text = None;
        let mut user_flag = false;
        let mut operand = None;
        let mut index = 1;
        while let Some(field) = invocation.fields.get(index) {
            let word = field.text().unwrap_or_default();
            index += 1;
            match word {
                "-" | "-l" | "--login" => login = true,
                "-c" | "--command" | "--session-command" => {
                    text = invocation.fields.get(index).cloned();
                    index += 1;
                }
                "-u" | "--user" if name == "runuser" => {
                    user_flag = true;
                    index += 1;
                }
                "-s" | "--shell" | "-g" | "--group" | "-G" | "-w" => index += 1,
                "--" if user_flag => {
                    operand = Some(index);
                    break;
                }
                _ if word.starts_with('-') => {
                    login |= !word.starts_with("--") && word.contains('l');
                    if !word.starts_with("--") && word.ends_with('c') {
                        text = invocation.fields.get(index).cloned();
                        index += 1;
                    }
                }
                _ if user_flag => {
                    operand = Some(index - 1);
                    break;
                }
                _ => {}
            }
        }
        let environment = match login {
            true => fresh_environment(invocation.span),
            false => invocation.environment.clone(),
        };
        let wrapper = wrapper(invocation, name, WrapperKind::Privilege, login);
        if let Some(index) = operand {
            return self.run_inner(context, invocation, index, environment, wrapper);
        }
        let Some(text) = text else {
            return Status::Unknown;
        };
        let shell = NewShell {
            dialect: Dialect::Sh,
            options: Options::default(),
            environment,
            parameters: None,
        };
        self.within(wrapper, |machine| {
            machine.run_text(context, invocation, &text, shell)
        })
    }

    /// The command line of `xargs` gets any number of words from its input.
    fn xargs(&mut self, context: Context<'_>, invocation: &Invocation) -> Status {
        let index = skip_flags(invocation, 1, &XARGS_VALUE_FLAGS);
        let replaced = (1..index).find_map(|at| match invocation.text(at)? {
            "-I" | "--replace" => invocation.text(at + 1).map(str::to_owned),
            "-i" => Some("{}".to_owned()),
            word => word.strip_prefix("-I").map(str::to_owned),
        });
        let mut inner = invocation.inner(index);
        if inner.fields.is_empty() {
            return Status::Unknown;
        }
        match replaced {
            Some(mark) => substitute(&mut inner.fields, &mark, false),
            None => inner.fields.push(unknown_field(invocation.span, true)),
        }
        let wrapper = wrapper(invocation, "xargs", WrapperKind::Arguments, false);
        let context = context.maybe();
        self.within(wrapper, |machine| machine.external(context, &inner));
        Status::Unknown
    }

    /// `find … -exec COMMAND ;`
    fn find(&mut self, context: Context<'_>, invocation: &Invocation) -> Status {
        let mut index = 1;
        while index < invocation.fields.len() {
            let action = invocation.text(index);
            index += 1;
            if !matches!(action, Some("-exec" | "-execdir" | "-ok" | "-okdir")) {
                continue;
            }
            let rest = invocation.fields.get(index..).unwrap_or_default();
            let length = rest
                .iter()
                .position(|field| matches!(field.text(), Some(";" | "+")))
                .unwrap_or(rest.len());
            let mut inner = invocation.inner(index);
            inner.fields.truncate(length);
            index += length + 1;
            if inner.fields.is_empty() {
                continue;
            }
            substitute(&mut inner.fields, "{}", true);
            let wrapper = wrapper(invocation, "find", WrapperKind::Arguments, false);
            let context = context.maybe();
            self.within(wrapper, |machine| machine.external(context, &inner));
        }
        Status::Unknown
    }
}

fn wrapper(invocation: &Invocation, name: &str, kind: WrapperKind, drops: bool) -> Wrapper {
    Wrapper {
        name: name.to_owned(),
        span: invocation.span,
        kind,
        drops_environment: drops,
        logs_in: false,
    }
}

/// What a program gets from `sudo` or a login: nothing but what these set themselves.
fn fresh_environment(at: Span) -> Environment {
    let mut environment = Environment::cleared(at);
    for name in ["HOME", "PATH", "USER", "LOGNAME", "SHELL"] {
        let variable = Variable {
            value: Some(Value::Unknown(Unknown::Shell).into()),
            exported: true,
            readonly: false,
            origin: None,
        };
        environment.bind(name, Binding::Set(variable));
    }
    environment
}

/// Takes one variable over from `from`.
fn keep(from: &Environment, name: &str, start: &super::Start<'_>, to: &mut Environment) {
    let (value, origin) = match from.seen(name) {
        Seen::Set { value, origin } => (value.clone(), origin),
        Seen::Start => match start(name) {
            Some(variable) => (
                variable.value.clone().into_owned(),
                Some(super::Origin::Start(variable.hop)),
            ),
            None => return,
        },
        _ => return,
    };
    let variable = Variable {
        value: Some(value.into()),
        exported: true,
        readonly: false,
        origin,
    };
    to.bind(name, Binding::Set(variable));
}

/// The index of the first word from `index` on that is no flag and no flag's value.
fn skip_flags(invocation: &Invocation, mut index: usize, value_flags: &[&str]) -> usize {
    while let Some(word) = invocation.text(index) {
        if word == "--" {
            return index + 1;
        }
        if !word.starts_with('-') || word.len() < 2 {
            break;
        }
        index += 1;
        let last = word.chars().last().unwrap_or_default();
        let bundled = !word.starts_with("--")
            && word.len() > 2
            && word
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_alphabetic());
        let takes_value = value_flags.contains(&word)
            || bundled && value_flags.contains(&format!("-{last}").as_str());
        index += usize::from(takes_value);
    }
    index
}

/// Words with `mark` in them become unknown; any number of words if `many` and the word is `mark`.
fn substitute(fields: &mut [Field], mark: &str, many: bool) {
    for field in fields.iter_mut().filter(|field| {
        let text = field.text();
        text.is_some_and(|text| text.contains(mark))
    }) {
        let whole = field.text() == Some(mark);
        *field = unknown_field(field.argument.span, many && whole);
    }
}

fn unknown_field(span: Span, many: bool) -> Field {
    Field {
        argument: Argument {
            value: Value::Unknown(Unknown::Shell),
            span,
            many,
            origins: Vec::new(),
        },
        pieces: Default::default(),
    }
}

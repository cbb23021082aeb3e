//! Words to arguments: quotes, expansions, splitting, tilde.

use super::braces;
use super::environment::{Binding, Origin, Seen, Variable};
use super::fields::{Field, Fields, Source};
use super::machine::{Context, Machine};
use super::outcome::Argument;
use super::pattern::Pattern;
use super::state::{State, Status};
use crate::model::{Unknown, Value};
use crate::source::Span;
use crate::syntax::shell::{List, Part, PartKind, Word, is_name};

/// Variables that the shell itself sets.
const SHELL_VARIABLES: [&str; 18] = [
    "PWD",
    "OLDPWD",
    "IFS",
    "PPID",
    "OPTIND",
    "OPTARG",
    "RANDOM",
    "LINENO",
    "SECONDS",
    "SHLVL",
    "UID",
    "EUID",
    "HOSTNAME",
    "HOSTTYPE",
    "MACHTYPE",
    "OSTYPE",
    "SHELL",
    "BASH_VERSION",
];

/// What is done with the parts of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// An argument: unquoted expansions are split.
    Split,
    /// The word of `${x:-word}`: literal text is split too.
    SplitAll,
    /// A value: nothing is split.
    Whole,
    /// `NAME=VALUE` behind `export` and the like: a value with its name.
    Declaration,
}

impl Mode {
    fn splits(self) -> bool {
        matches!(self, Self::Split | Self::SplitAll)
    }
}

/// What a variable holds.
pub(super) enum Held {
    Unset,
    Value(Value<'static>, Option<Origin>),
}

impl Machine<'_> {
    /// The arguments that `words` become.
    pub(super) fn arguments<'t>(
        &mut self,
        context: Context<'t>,
        words: &'t [Word<'t>],
        state: &mut State<'t>,
    ) -> Vec<Argument> {
        let fields = self.fields(context, words, state, false);
        fields.into_iter().map(|field| field.argument).collect()
    }

    /// The fields that `words` become. Behind `export` and the like (`declares`), assignments are not
    /// split.
    pub(super) fn fields<'t>(
        &mut self,
        context: Context<'t>,
        words: &'t [Word<'t>],
        state: &mut State<'t>,
        declares: bool,
    ) -> Vec<Field> {
        let mut out = Vec::with_capacity(words.len());
        for word in words {
            if declares && assigned_name(word).is_some() {
                out.push(self.unsplit(context, word, state, Mode::Declaration));
            } else {
                self.split_word(context, word, state, &mut out);
            }
        }
        out
    }

    fn split_word<'t>(
        &mut self,
        context: Context<'t>,
        word: &'t Word<'t>,
        state: &mut State<'t>,
        out: &mut Vec<Field>,
    ) {
        let span = context.locate(word.span);
        let bare = word.bare();
        if let Some(text) = bare.filter(|text| !text.contains(['~', '{'])) {
            out.push(Field::bare(text, word.span, span));
            return;
        }
        if context.bash()
            && let Some(words) = bare.and_then(braces::expand)
        {
            for text in words {
                let mut fields = Fields::new(out, span);
                if !text.is_empty() {
                    fields.text(&text, Source::expanded(word.span));
                }
                fields.finish();
            }
            return;
        }
        let mut fields = Fields::new(out, span);
        self.parts(context, word, state, &mut fields, Mode::Split);
        fields.finish();
    }

    /// The value of a word where nothing is split: an assignment, a file name, a case's subject.
    pub(super) fn value<'t>(
        &mut self,
        context: Context<'t>,
        word: &'t Word<'t>,
        state: &mut State<'t>,
    ) -> Argument {
        self.single(context, word, state).argument
    }

    /// The same, with the way back to the text.
    pub(super) fn single<'t>(
        &mut self,
        context: Context<'t>,
        word: &'t Word<'t>,
        state: &mut State<'t>,
    ) -> Field {
        self.unsplit(context, word, state, Mode::Whole)
    }

    fn unsplit<'t>(
        &mut self,
        context: Context<'t>,
        word: &'t Word<'t>,
        state: &mut State<'t>,
        mode: Mode,
    ) -> Field {
        let mut none = Vec::new();
        let mut fields = Fields::new(&mut none, context.locate(word.span));
        self.parts(context, word, state, &mut fields, mode);
        fields.single()
    }

    fn parts<'t>(
        &mut self,
        context: Context<'t>,
        word: &'t Word<'t>,
        state: &mut State<'t>,
        fields: &mut Fields<'_>,
        mode: Mode,
    ) {
        for (index, part) in word.parts.iter().enumerate() {
            match &part.kind {
                PartKind::Literal(text) => {
                    let mut source = Source::literal(text, part.span);
                    let mut rest: &str = text;
                    if index == 0 && !part.quoted {
                        let offset = self.tilde(context, text, source, state, fields, mode);
                        rest = text.get(offset..).unwrap_or_default();
                        source = source.skip(offset);
                    }
                    if mode == Mode::SplitAll && !part.quoted {
                        let separators = self.separators(state);
                        let value = Value::known(rest.to_owned());
                        fields.split_value(&value, separators.as_deref(), source);
                    } else if part.quoted || !rest.is_empty() {
                        fields.text(rest, source);
                    }
                }
                PartKind::Parameter(parameter) => {
                    let expansion = self.parameter(context, part, parameter, state);
                    self.add_expansion(context, part, expansion, state, fields, mode);
                }
                PartKind::CommandSubstitution(list) => {
                    self.substitution(context, list, state);
                    fields.unknown(Unknown::CommandSubstitution, splits(part, mode));
                }
                PartKind::ProcessSubstitution(list) => {
                    self.substitution(context, list, state);
                    fields.unknown(Unknown::Shell, false);
                }
                PartKind::Arithmetic(expression) => {
                    match self.arithmetic(context, expression, state) {
                        Some(number) => fields.text(&number.to_string(), expanded(part)),
                        None => fields.unknown(Unknown::Shell, false),
                    }
                }
                PartKind::Template => fields.unknown(Unknown::Template, mode.splits()),
                PartKind::Opaque => {
                    fields.unknown(Unknown::CommandSubstitution, splits(part, mode));
                }
            }
        }
    }

    fn add_expansion<'t>(
        &mut self,
        context: Context<'t>,
        part: &'t Part<'t>,
        expansion: Expansion<'t>,
        state: &mut State<'t>,
        fields: &mut Fields<'_>,
        mode: Mode,
    ) {
        match expansion {
            Expansion::Value(value, origins) => {
                fields.origins(origins);
                self.add_value(&value, part, state, fields, mode);
            }
            Expansion::List(values) => {
                if values.is_empty() {
                    fields.nothing();
                }
                for (index, value) in values.iter().enumerate() {
                    if index > 0 && !mode.splits() {
                        fields.text(" ", expanded(part));
                    } else if index > 0 {
                        fields.finish();
                    }
                    self.add_value(value, part, state, fields, mode);
                }
            }
            Expansion::Unknown(why) => {
                fields.unknown(why, mode.splits());
            }
            Expansion::Word(word) => {
                let mode = match mode {
                    Mode::Split | Mode::SplitAll if !part.quoted => Mode::SplitAll,
                    other => other,
                };
                self.parts(context, word, state, fields, mode);
            }
        }
    }

    fn add_value(
        &mut self,
        value: &Value<'static>,
        part: &Part<'_>,
        state: &State<'_>,
        fields: &mut Fields<'_>,
        mode: Mode,
    ) {
        if splits(part, mode) {
            let separators = self.separators(state);
            fields.split_value(value, separators.as_deref(), expanded(part));
        } else {
            fields.value(value, expanded(part));
        }
    }

    /// Expands `~` at the start of a word, and behind `NAME=` where the shell does. Returns how many
    /// bytes of `text` are done.
    fn tilde(
        &mut self,
        context: Context<'_>,
        text: &str,
        source: Source,
        state: &State<'_>,
        fields: &mut Fields<'_>,
        mode: Mode,
    ) -> usize {
        let mut start = 0;
        // dash looks behind `NAME=` only after `export` and the like, bash in every argument.
        if (mode == Mode::Declaration || mode == Mode::Split && context.bash())
            && let Some((name, value)) = text.split_once('=')
            && is_name(name)
            && value.starts_with('~')
        {
            start = name.len() + 1;
        }
        let Some(after) = text.get(start..).and_then(|rest| rest.strip_prefix('~')) else {
            return 0;
        };
        let user = after.split('/').next().unwrap_or_default();
        let home = self.held("HOME", state);
        if user.is_empty() && matches!(home, Held::Unset) {
            return 0;
        }
        fields.text(text.get(..start).unwrap_or_default(), source);
        match home {
            Held::Value(home, _) if user.is_empty() => {
                fields.value(&home, Source::expanded(source.span()));
            }
            _ => fields.unknown(Unknown::Shell, false),
        }
        start + 1 + user.len()
    }

    /// The characters that separate fields, if they are known.
    pub(super) fn separators(&self, state: &State<'_>) -> Option<String> {
        match state.shell.environment.binding("IFS") {
            Some(Binding::Set(Variable {
                value: Some(value), ..
            })) => value.as_known().map(str::to_owned),
            _ => Some(" \t\n".to_owned()),
        }
    }

    fn substitution<'t>(
        &mut self,
        context: Context<'t>,
        list: &'t List<'t>,
        state: &mut State<'t>,
    ) {
        let context = context.checked();
        let outer = (
            std::mem::take(&mut self.redirections),
            self.piped_from.take(),
        );
        let mut inner = state.clone();
        self.subshell(&mut inner, |machine, inner| {
            machine.list(context, list, vec![inner])
        });
        (self.redirections, self.piped_from) = outer;
        self.substituted = Some(inner.shell.status);
    }

    /// What `name` holds in the shell.
    pub(super) fn held(&self, name: &str, state: &State<'_>) -> Held {
        let environment = &state.shell.environment;
        match environment.binding(name) {
            Some(Binding::Set(Variable {
                value: Some(value),
                origin,
                ..
            })) => return self.copied(value, *origin),
            Some(_) => return Held::Unset,
            None => {}
        }
        match environment.below(name) {
            Seen::Set { value, origin } => self.copied(value, origin),
            Seen::Start => match (self.start)(name) {
                Some(variable) => self.copied(variable.value, Some(Origin::Start(variable.hop))),
                None if SHELL_VARIABLES.contains(&name) => {
                    Held::Value(Value::Unknown(Unknown::Shell), None)
                }
                None => Held::Unset,
            },
            _ => Held::Unset,
        }
    }

    /// A copy of a value, while there is room for it.
    fn copied(&self, value: &Value<'_>, origin: Option<Origin>) -> Held {
        let left = self.room.get().checked_sub(value.size());
        self.room.set(left.unwrap_or(0));
        let value = match left {
            Some(_) => value.clone().into_owned(),
            None => Value::Unknown(Unknown::TooLong),
        };
        Held::Value(value, origin)
    }

    /// Notes that `name` is expanded at `span` of the text.
    pub(super) fn use_variable(
        &mut self,
        context: Context<'_>,
        name: &str,
        span: Span,
        has_default: bool,
        state: &State<'_>,
    ) {
        let environment = &state.shell.environment;
        let set_by_shell = !is_name(name)
            || environment.binding(name).is_some()
            || environment.below(name) != Seen::Start;
        let span = context.locate(span);
        self.note_use(name, span, has_default, Some(set_by_shell));
    }

    /// Gives a variable a value. False if it is read-only: the shell gives up.
    pub(super) fn assign(
        &mut self,
        name: &str,
        at: Span,
        value: Value<'static>,
        parents: Vec<Origin>,
        state: &mut State<'_>,
    ) -> bool {
        let (exported, readonly) = self.attributes(name, state);
        if readonly {
            state.shell.status = Status::Failure;
            return false;
        }
        let exported = exported || state.shell.options.allexport;
        let variable = self.new_variable(name, at, value, parents, exported);
        state.shell.environment.bind(name, Binding::Set(variable));
        true
    }

    /// Whether `name` is exported, and whether it is read-only.
    pub(super) fn attributes(&self, name: &str, state: &State<'_>) -> (bool, bool) {
        let environment = &state.shell.environment;
        match environment.binding(name) {
            Some(Binding::Set(variable)) => (variable.exported, variable.readonly),
            Some(_) => (false, false),
            None => {
                let exported = match environment.below(name) {
                    Seen::Set { .. } => true,
                    Seen::Start => (self.start)(name).is_some(),
                    _ => false,
                };
                (exported, false)
            }
        }
    }

    pub(super) fn new_variable(
        &mut self,
        name: &str,
        at: Span,
        value: Value<'static>,
        parents: Vec<Origin>,
        exported: bool,
    ) -> Variable {
        let value = match self.templated {
            true => Value::Unknown(Unknown::Template),
            false => value,
        };
        let id = self.assignment(name, at, parents);
        Variable {
            value: Some(value.into()),
            exported,
            readonly: false,
            origin: Some(Origin::Assignment(id)),
        }
    }

    /// The pattern that a word stands for, if it is known.
    pub(super) fn pattern<'t>(
        &mut self,
        context: Context<'t>,
        word: &'t Word<'t>,
        state: &mut State<'t>,
    ) -> Option<Pattern> {
        let mut pattern = Pattern::default();
        let mut known = true;
        for part in &word.parts {
            match &part.kind {
                PartKind::Literal(text) if part.quoted => pattern.literal(text),
                PartKind::Literal(text) => pattern.glob(text),
                PartKind::Parameter(parameter) => {
                    match self.parameter(context, part, parameter, state) {
                        Expansion::Value(Value::Known(text), _) if part.quoted => {
                            pattern.literal(&text);
                        }
                        Expansion::Value(Value::Known(text), _) => pattern.glob(&text),
                        _ => known = false,
                    }
                }
                PartKind::CommandSubstitution(list) => {
                    self.substitution(context, list, state);
                    known = false;
                }
                _ => known = false,
            }
        }
        known.then_some(pattern)
    }
}

/// What a parameter expansion yields.
pub(super) enum Expansion<'t> {
    Value(Value<'static>, Option<Origin>),
    /// `$@`
    List(Vec<Value<'static>>),
    /// Any number of words.
    Unknown(Unknown),
    /// The word behind the operator.
    Word(&'t Word<'t>),
}

/// The name in front of `=` at the start of a word, if it looks like an assignment.
fn assigned_name<'w>(word: &'w Word<'_>) -> Option<&'w str> {
    let first = word.parts.first().filter(|part| !part.quoted)?;
    let PartKind::Literal(text) = &first.kind else {
        return None;
    };
    let (name, _) = text.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    is_name(name).then_some(name)
}

fn splits(part: &Part<'_>, mode: Mode) -> bool {
    !part.quoted && mode.splits()
}

fn expanded(part: &Part<'_>) -> Source {
    Source::expanded(part.span)
}

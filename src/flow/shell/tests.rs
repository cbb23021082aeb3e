use std::cell::Cell;
use std::collections::BTreeMap;

use super::*;
use crate::model::{HopId, Mechanism, Provenance, Unknown};
use crate::source::{FileId, Location, Span};
use crate::syntax::shell::parse;

/// A step's environment, and what a script does in it.
struct Step {
    values: BTreeMap<&'static str, Value<'static>>,
    provenance: Provenance,
    hop: HopId,
}

impl Step {
    fn with(values: &[(&'static str, &'static str)]) -> Self {
        let mut provenance = Provenance::default();
        let hop = provenance.add(Mechanism::Env, None, &[]);
        Self {
            values: values
                .iter()
                .map(|&(name, text)| (name, Value::known(text)))
                .collect(),
            provenance,
            hop,
        }
    }

    fn get(&self, name: &str) -> Option<StartVariable<'_>> {
        let value = self.values.get(name)?;
        Some(StartVariable {
            value,
            hop: self.hop,
        })
    }

    fn run(&self, text: &str) -> Outcome {
        let script = parse(text, Dialect::Bash);
        let room = Cell::new(usize::MAX);
        simulate(
            &script,
            Dialect::Bash,
            Options::default(),
            &|name| self.get(name),
            &room,
        )
    }
}

/// The values of `variable` that `name` may get, `None` for unset.
fn values(step: &Step, outcome: &Outcome, name: &str, variable: &str) -> Vec<Option<String>> {
    let commands = outcome.commands.iter();
    let command = commands
        .rev()
        .find(|command| command.name() == Some(name))
        .expect("the command runs");
    let variants = command.variants.iter();
    variants
        .map(|variant| {
            let value = variant.environment.value(variable, &|name| step.get(name));
            value.map(|(value, _)| value.as_known().unwrap_or("?").to_owned())
        })
        .collect()
}

fn certainties(text: &str) -> Vec<(String, Certainty)> {
    let outcome = Step::with(&[]).run(text);
    let commands = outcome.commands.iter();
    commands
        .map(|command| (command.name().unwrap_or("?").to_owned(), command.certainty))
        .collect()
}

fn certain(text: &str) -> Vec<String> {
    let found = certainties(text).into_iter();
    found
        .filter(|(_, certainty)| *certainty == Certainty::Certain)
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn a_command_is_certain_if_no_successful_step_is_without_it() {
    assert_eq!(certain("a && b && c"), ["a", "b", "c"]);
    assert_eq!(certain("a && b; c"), ["a", "c"]);
    assert_eq!(certain("a || b; c"), ["a", "c"]);
    assert_eq!(certain("set -e; a; b"), ["set", "a", "b"]);
    assert_eq!(certain("a || exit 1; b"), ["a", "b"]);
    assert_eq!(certain("a || exit 0; b"), ["a"]);
    assert_eq!(certain("if a; then b; else c; fi; d"), ["a", "d"]);
    assert_eq!(certain("if true; then b; fi"), ["true", "b"]);
    assert_eq!(
        certain("for x in 1 2; do b; done; for x in $(a); do c; done"),
        ["b", "a"]
    );
    assert_eq!(certain("while a; do b; done; f() { c; }; f"), ["a", "c"]);
    assert_eq!(
        certain("a && (b; c) && sh -c 'd && e'"),
        ["a", "b", "c", "sh", "d", "e"]
    );
    assert_eq!(certain("find . -exec a {} +"), ["find"]);
}

#[test]
fn sudo_drops_the_environment_and_says_where() {
    let step = Step::with(&[("HTTP_PROXY", "http://p"), ("GOPROXY", "off")]);
    let outcome = step.run("sudo a; sudo -E b; sudo --preserve-env=GOPROXY c; sudo GOPROXY=x d; su - u -c e; su u -c f");
    let proxy = |name| values(&step, &outcome, name, "HTTP_PROXY");
    assert_eq!(proxy("a"), [None]);
    assert_eq!(proxy("b"), [Some("http://p".to_owned())]);
    assert_eq!(proxy("c"), [None]);
    assert_eq!(proxy("e"), [None]);
    assert_eq!(proxy("f"), [Some("http://p".to_owned())]);
    let goproxy = |name| values(&step, &outcome, name, "GOPROXY");
    assert_eq!(goproxy("c"), [Some("off".to_owned())]);
    assert_eq!(goproxy("d"), [Some("x".to_owned())]);
    let dropped = &outcome.commands[1];
    assert_eq!(dropped.wrappers[0].name, "sudo");
    assert!(dropped.wrappers[0].drops_environment);
    assert_eq!(
        dropped.var("GOPROXY").collect::<Vec<_>>(),
        [Seen::Dropped {
            at: Span::new(0, 6)
        }]
    );
}

#[test]
fn a_shell_variable_is_not_exported() {
    let step = Step::with(&[]);
    let outcome = step.run("GOPROXY=off; go build");
    let seen: Vec<_> = outcome.commands[0].var("GOPROXY").collect();
    assert!(matches!(
        seen[..],
        [Seen::NotExported { value, .. }] if value.as_known() == Some("off")
    ));
}

#[test]
fn unknown_statuses_give_a_command_several_environments() {
    let step = Step::with(&[]);
    let outcome = step.run("curl x && export GOPROXY=a || export GOPROXY=b; go build");
    assert_eq!(
        values(&step, &outcome, "go", "GOPROXY"),
        [Some("a".to_owned()), Some("b".to_owned())]
    );
    let outcome = step.run("[ -n \"$CI\" ] && export GOPROXY=a; go build");
    assert_eq!(values(&step, &outcome, "go", "GOPROXY"), [None]);
}

#[test]
fn too_many_states_are_unknown_not_wrong() {
    let step = Step::with(&[]);
    let branches: String = (0..8)
        .map(|n| format!("a{n} && export V{n}=1 || export V{n}=2; "))
        .collect();
    let outcome = step.run(&format!("{branches} last"));
    for value in values(&step, &outcome, "last", "V7") {
        assert!(matches!(value.as_deref(), Some("1" | "2" | "?")));
    }
}

#[test]
fn values_tell_where_they_come_from() {
    let mut step = Step::with(&[("BASE", "http://p")]);
    let text = "P=$BASE:3128; export HTTP_PROXY=$P; sh -c 'export TOKEN=$HTTP_PROXY; curl x'";
    let outcome = step.run(text);
    let command = outcome.commands.last().expect("curl");
    let Some(Seen::Set { value, origin }) = command.var("TOKEN").next() else {
        panic!("TOKEN is not set");
    };
    assert_eq!(value.as_known(), Some("http://p:3128"));
    let locate = |span| Location {
        file: FileId(0),
        span,
    };
    let mut provenance = std::mem::take(&mut step.provenance);
    let hops = outcome.add_hops(&mut provenance, locate);
    let last = Outcome::hop(origin.expect("an origin"), &hops).expect("a hop");
    let story: Vec<_> = provenance
        .story(last)
        .into_iter()
        .map(|hop| match provenance.hop(hop).at {
            Some(location) => &text[location.span.range()],
            None => "start",
        })
        .collect();
    assert_eq!(
        story,
        [
            "start",
            "P=$BASE:3128",
            "HTTP_PROXY=$P",
            "TOKEN=$HTTP_PROXY"
        ]
    );
    assert_eq!(&text[command.span.range()], "curl x");
}

#[test]
fn templates_make_values_unknown() {
    let step = Step::with(&[]);
    let outcome = step.run("{% if x %}export GOPROXY=off;{% endif %} go build {{ flags }}");
    assert_eq!(values(&step, &outcome, "go", "GOPROXY"), [Some("?".into())]);
    let command = outcome.commands.last().expect("go");
    assert_eq!(command.certainty, Certainty::Maybe);
    assert_eq!(command.argv[2].value, Value::Unknown(Unknown::Template));
}

#[test]
fn redirections_know_their_file_and_text() {
    let step = Step::with(&[("HOME", "/root"), ("TOKEN", "t")]);
    let outcome =
        step.run("{ echo a; cat <<E; } >> ~/.npmrc\ntoken=$TOKEN\nE\necho b | tee $HOME/x");
    let target = |index: usize| {
        let redirections = outcome.commands[index].redirections.iter();
        let values = redirections.map(|found| found.target.value.as_known().unwrap_or("?"));
        values.collect::<Vec<_>>()
    };
    assert_eq!(target(0), ["/root/.npmrc"]);
    assert_eq!(target(1), ["/root/.npmrc", "token=t\n"]);
    let tee = outcome.commands.last().expect("tee");
    assert_eq!(tee.piped_from, Some(outcome.commands[2].span));
    assert_eq!(tee.argv[1].origins.len(), 1);
}

#[test]
fn uses_say_whether_the_shell_had_set_the_variable() {
    let outcome = Step::with(&[]).run("echo $A; A=1; echo $A ${B:-x}; f() { echo $C; }");
    let uses: Vec<_> = outcome
        .uses
        .iter()
        .map(|place| {
            (
                &*place.name,
                place.set_by_shell,
                place.has_default,
                place.reached,
            )
        })
        .collect();
    assert_eq!(
        uses,
        [
            ("A", false, false, true),
            ("A", true, false, true),
            ("B", false, true, true),
            ("C", false, false, false),
        ]
    );
}

#[test]
fn foreign_text_has_no_commands() {
    let outcome = Step::with(&[]).run("$env:GOPROXY = 'off'; go build");
    assert!(outcome.foreign.is_some());
    assert!(outcome.commands.is_empty());
}

#[test]
fn fields_of_a_split_word_stand_where_they_were_cut_out() {
    let text = "${X:- eval curl \u{e9} url}";
    let outcome = Step::with(&[]).run(text);
    let curl = outcome
        .commands
        .iter()
        .rfind(|it| it.name() == Some("curl"));
    let argv = &curl.expect("eval runs it").argv;
    let spans = argv.iter().map(|argument| &text[argument.span.range()]);
    assert_eq!(spans.collect::<Vec<_>>(), ["curl", "\u{e9}", "url"]);
}

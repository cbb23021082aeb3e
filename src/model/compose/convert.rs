//! A YAML document to the model: aliases followed within a budget, merge keys, typing,
//! `!reset`/`!override`, interpolation and casts, in one walk.

use std::borrow::Cow;
use std::sync::Arc;

use hashbrown::HashSet;
use memchr::memchr_iter;

use crate::model::{Unknown, Value};
use crate::source::{Location, SourceFile, Span};
use crate::syntax::template::Template;
use crate::syntax::yaml::{self, Kind, MAX_NESTING, NodeId, Style, Tag, Typed};

use super::data::{Data, Map, Text, Tree};
use super::diagnostic::{Diagnostic, DiagnosticKind};
use super::environment::{Env, EnvScope};
use super::interpolate::{Source, interpolate, variables};
use super::load::Loader;

/// Nodes that a document may reach through aliases, as in compose-go's `loader/reset.go`. Compose
/// 2.40.3 has no limit and does not come back from an alias bomb (facts/compose.md 6).
const ALIAS_BUDGET: usize = 100_000;

/// Services of one document that are looked at: projects have a few hundred at most.
const MAX_SERVICES: usize = 20_000;

/// `$` in one text that are looked at.
const MAX_VARIABLES: usize = 100_000;

/// Mappings with more keys find double ones through a set.
const SMALL_MAPPING: usize = 16;

/// A converted document.
pub(super) struct Document<'a> {
    pub root: Tree<'a>,
    /// Paths whose values in the files before are dropped.
    pub resets: Vec<Vec<String>>,
}

/// Converts one document of `tree`; `None` if its root is `!reset`.
pub(super) fn convert<'a>(
    loader: &mut Loader<'_, 'a>,
    file: &'a SourceFile,
    tree: &yaml::Tree<'a>,
    root: NodeId,
    env: &Env,
) -> Option<Document<'a>> {
    let mut converter = Converter {
        loader,
        file,
        tree,
        env,
        path: Vec::new(),
        resets: Vec::new(),
        active: Vec::new(),
        alias_depth: 0,
        budget: ALIAS_BUDGET,
    };
    let root = converter.node(root)?;
    Some(Document {
        root,
        resets: converter.resets,
    })
}

struct Converter<'c, 'f, 'a> {
    loader: &'c mut Loader<'f, 'a>,
    file: &'a SourceFile,
    tree: &'c yaml::Tree<'a>,
    env: &'c Env,
    path: Vec<Cow<'a, str>>,
    resets: Vec<Vec<String>>,
    /// The collections around the current node, to find an alias to one of them.
    active: Vec<NodeId>,
    alias_depth: usize,
    budget: usize,
}

impl<'a> Converter<'_, '_, 'a> {
    fn node(&mut self, id: NodeId) -> Option<Tree<'a>> {
        let tree = self.tree;
        let node = tree.node(id);
        let at = self.at(node.span);
        let null = Tree {
            at,
            data: Data::Null,
        };
        if self.alias_depth > 0 && !self.spend(at) {
            return Some(null);
        }
        match node.tag {
            Some(Tag::Reset) => {
                self.resets
                    .push(self.path.iter().map(|name| name.to_string()).collect());
                return None;
            }
            Some(Tag::Override) => {
                self.resets
                    .push(self.path.iter().map(|name| name.to_string()).collect());
            }
            _ => {}
        }
        let data = match &node.kind {
            Kind::Alias(target) => {
                if self.is_cycle(*target, at) {
                    return Some(null);
                }
                self.alias_depth += 1;
                let tree = self.node(*target);
                self.alias_depth -= 1;
                return tree;
            }
            Kind::Scalar(text, _) => self.scalar(id, text, at),
            Kind::Sequence(items) => {
                if !self.enter(id, at) {
                    return Some(null);
                }
                self.path.push(Cow::Borrowed("[]"));
                let items = items.iter().filter_map(|&item| self.node(item)).collect();
                self.path.pop();
                self.active.pop();
                Data::List(items)
            }
            Kind::Mapping(pairs) => {
                if !self.enter(id, at) {
                    return Some(null);
                }
                let mut map = Map::with_capacity(pairs.len());
                let mut seen = Seen::new(pairs.len());
                self.mapping(pairs, &mut map, &mut seen);
                self.active.pop();
                Data::Map(map)
            }
        };
        Some(Tree { at, data })
    }

    fn at(&self, span: Span) -> Location {
        Location {
            file: self.file.id(),
            span,
        }
    }

    fn report(&mut self, kind: DiagnosticKind, at: Location, message: impl Into<String>) {
        self.loader
            .diagnostics
            .push(Diagnostic::new(kind, at, message));
    }

    /// Takes one node from the budget for aliases.
    fn spend(&mut self, at: Location) -> bool {
        if self.budget == 0 {
            return false;
        }
        self.budget -= 1;
        if self.budget == 0 {
            let message = format!("aliases lead to more than {ALIAS_BUDGET} nodes");
            self.report(DiagnosticKind::Alias, at, message);
        }
        self.budget > 0
    }

    fn enter(&mut self, id: NodeId, at: Location) -> bool {
        if self.active.len() > MAX_NESTING {
            self.report(DiagnosticKind::Alias, at, "aliases nest too deeply");
            self.budget = 0;
            return false;
        }
        self.active.push(id);
        true
    }

    fn is_cycle(&mut self, target: NodeId, at: Location) -> bool {
        let cycle = self.active.contains(&target);
        if cycle {
            self.report(
                DiagnosticKind::Alias,
                at,
                "cycle detected: the alias contains itself",
            );
        }
        cycle
    }

    /// Own keys first, wherever they stand; then what `<<` brings, the earlier of a list winning.
    fn mapping(&mut self, pairs: &[(NodeId, NodeId)], map: &mut Map<'a>, seen: &mut Seen<'a>) {
        let tree = self.tree;
        let mut merges = Vec::new();
        let is_services = matches!(self.path.as_slice(), [section] if section == "services");
        for &(key, value) in pairs {
            if is_services && map.len() >= MAX_SERVICES {
                self.leave_out(key);
                break;
            }
            if self.is_merge(key) {
                merges.push(value);
                continue;
            }
            let Some(name) = self.key(key) else { continue };
            if seen.contains(map, &name) {
                continue;
            }
            self.path.push(name.clone());
            let converted = self.node(value);
            self.path.pop();
            if let Some(value) = converted {
                seen.insert(name.clone());
                let at = self.at(tree.node(key).span);
                map.push(name, at, value);
            }
        }
        for merge in merges {
            self.merge(merge, map, seen);
        }
    }

    fn leave_out(&mut self, key: NodeId) {
        self.loader.is_cut = true;
        let at = self.at(self.tree.node(key).span);
        let message = format!(
            "there are more than {MAX_SERVICES} services: from here on they are not looked at"
        );
        self.report(DiagnosticKind::TooMuch, at, message);
    }

    fn is_merge(&self, key: NodeId) -> bool {
        let node = self.tree.node(key);
        matches!(&node.kind, Kind::Scalar(text, Style::Plain) if text == "<<" && node.tag.is_none())
    }

    fn key(&mut self, key: NodeId) -> Option<Cow<'a, str>> {
        let tree = self.tree;
        let node = tree.resolved(key);
        let at = self.at(tree.node(key).span);
        match (node.typed(), &node.kind) {
            (Some(Ok(Typed::Text)), Kind::Scalar(text, _)) => Some(text.clone()),
            (_, Kind::Scalar(text, _)) => {
                let message = format!("the key {text} {} is no string", self.place());
                self.report(DiagnosticKind::Key, at, message);
                None
            }
            _ => {
                self.report(
                    DiagnosticKind::Key,
                    at,
                    format!("a key {} is no string", self.place()),
                );
                None
            }
        }
    }

    fn place(&self) -> String {
        if self.path.is_empty() {
            "at top level".to_owned()
        } else {
            format!("in {}", self.dotted())
        }
    }

    fn dotted(&self) -> String {
        self.path.join(".")
    }

    fn merge(&mut self, id: NodeId, map: &mut Map<'a>, seen: &mut Seen<'a>) {
        let tree = self.tree;
        match &tree.resolved(id).kind {
            Kind::Mapping(_) => self.merge_one(id, map, seen),
            // Compose replaces aliases before go-yaml merges, so an alias to a list is one.
            Kind::Sequence(items) => {
                for &item in items {
                    self.merge_one(item, map, seen);
                }
            }
            _ => self.not_a_map(id),
        }
    }

    fn merge_one(&mut self, id: NodeId, map: &mut Map<'a>, seen: &mut Seen<'a>) {
        let tree = self.tree;
        let at = self.at(tree.node(id).span);
        let (target, is_alias) = match tree.node(id).kind {
            Kind::Alias(target) => (target, true),
            _ => (id, false),
        };
        let Kind::Mapping(pairs) = &tree.node(target).kind else {
            return self.not_a_map(id);
        };
        if self.is_cycle(target, at) || !self.enter(target, at) {
            return;
        }
        self.alias_depth += usize::from(is_alias);
        if self.alias_depth == 0 || self.spend(at) {
            self.mapping(pairs, map, seen);
        }
        self.alias_depth -= usize::from(is_alias);
        self.active.pop();
    }

    fn not_a_map(&mut self, id: NodeId) {
        let at = self.at(self.tree.node(id).span);
        let message = "map merge requires map or sequence of maps as the value";
        self.report(DiagnosticKind::Syntax, at, message);
    }

    fn scalar(&mut self, id: NodeId, text: &Cow<'a, str>, at: Location) -> Data<'a> {
        match self.tree.node(id).typed() {
            Some(Ok(Typed::Text)) => {
                let text = self.interpolated(id, text);
                self.cast(text, at)
            }
            None | Some(Ok(Typed::Null)) => Data::Null,
            Some(Ok(Typed::Bool(value))) => Data::Bool(value),
            Some(Ok(Typed::Int(value))) => match (i64::try_from(value), u64::try_from(value)) {
                (Ok(value), _) => Data::Int(value),
                (_, Ok(value)) => Data::Unsigned(value),
                _ => Data::Float(value as f64),
            },
            Some(Ok(Typed::Float(value))) => Data::Float(value),
            Some(Ok(Typed::Timestamp)) => Data::Timestamp,
            Some(Err(message)) => {
                self.report(DiagnosticKind::Syntax, at, message);
                Data::Null
            }
        }
    }

    fn interpolated(&mut self, id: NodeId, text: &Cow<'a, str>) -> Text<'a> {
        let mut plain = Text::new(Value::Known(text.clone()), None);
        let is_inline = self
            .path
            .last()
            .is_some_and(|name| name == "dockerfile_inline");
        if memchr_iter(b'$', text.as_bytes())
            .nth(MAX_VARIABLES)
            .is_some()
        {
            let at = self.at(self.tree.node(id).span);
            let message =
                format!("the text has more than {MAX_VARIABLES} variables and is not looked at");
            self.report(DiagnosticKind::TooMuch, at, message);
            return Text::new(Value::Unknown(Unknown::TooLong), None);
        }
        let template = Template::parse(text);
        if template.is_none() && !is_inline {
            return plain;
        }
        let map = self.tree.node(id).text_map(self.file.text());
        let Some(template) = template else {
            plain.map = Some(Arc::new(map));
            return plain;
        };
        let source = Source {
            text,
            file: self.file.id(),
            map: &map,
            keeps_map: is_inline,
        };
        let loader = &mut *self.loader;
        if is_inline && let Ok(template) = &template {
            loader.inline_variables.extend(variables(&source, template));
        }
        let mut scope = EnvScope {
            variables: &mut loader.variables,
            env: self.env,
        };
        let (provenance, diagnostics) = (&mut loader.provenance, &mut loader.diagnostics);
        let text = interpolate(&source, template, &mut scope, provenance, diagnostics);
        text.unwrap_or(plain)
    }

    /// Strings at the paths that want a number or a boolean (compose-go `loader/interpolate.go`).
    fn cast(&mut self, text: Text<'a>, at: Location) -> Data<'a> {
        let Some(cast) = cast_at(&self.path) else {
            return Data::Text(text);
        };
        let Some(known) = text.value.as_known().map(str::to_owned) else {
            return Data::Text(text);
        };
        let known = known.as_str();
        let data = match cast {
            Cast::Bool => match known.to_lowercase().as_str() {
                "true" => Some(Data::Bool(true)),
                "false" => Some(Data::Bool(false)),
                "y" | "yes" | "on" => Some(self.legacy_bool(known, true, at)),
                "n" | "no" | "off" => Some(self.legacy_bool(known, false, at)),
                _ => None,
            },
            Cast::Int => known.parse().ok().map(Data::Int),
            Cast::Float => known.parse().ok().map(Data::Float),
        };
        data.unwrap_or_else(|| {
            let message = format!(
                "{} must be a {}, and \"{known}\" is none",
                self.dotted(),
                cast.name()
            );
            self.report(DiagnosticKind::Cast, at, message);
            Data::Text(text)
        })
    }

    fn legacy_bool(&mut self, text: &str, value: bool, at: Location) -> Data<'a> {
        let message =
            format!("\"{text}\" for boolean is not supported by YAML 1.2, please use `{value}`");
        self.report(DiagnosticKind::LegacyBoolean, at, message);
        Data::Bool(value)
    }
}

/// The names of a mapping so far.
struct Seen<'a> {
    names: Option<HashSet<Cow<'a, str>>>,
}

impl<'a> Seen<'a> {
    fn new(expected: usize) -> Self {
        Self {
            names: (expected > SMALL_MAPPING).then(HashSet::new),
        }
    }

    fn contains(&self, map: &Map<'a>, name: &str) -> bool {
        match &self.names {
            Some(names) => names.contains(name),
            None => map.get(name).is_some(),
        }
    }

    fn insert(&mut self, name: Cow<'a, str>) {
        if let Some(names) = &mut self.names {
            names.insert(name);
        }
    }
}

#[derive(Clone, Copy)]
enum Cast {
    Bool,
    Int,
    Float,
}

impl Cast {
    fn name(self) -> &'static str {
        match self {
            Self::Bool => "boolean",
            Self::Int => "whole number",
            Self::Float => "number",
        }
    }
}

fn cast_at(path: &[Cow<'_, str>]) -> Option<Cast> {
    let mut names = [""; 6];
    for (slot, name) in names.iter_mut().zip(path) {
        *slot = name;
    }
    match names.get(..path.len())? {
        ["services", _, rest @ ..] => service_cast(rest),
        [
            "networks",
            _,
            "external" | "internal" | "attachable" | "enable_ipv4" | "enable_ipv6",
        ]
        | ["volumes" | "secrets" | "configs", _, "external"] => Some(Cast::Bool),
        _ => None,
    }
}

fn service_cast(path: &[&str]) -> Option<Cast> {
    match path {
        ["init" | "oom_kill_disable" | "privileged" | "read_only" | "stdin_open" | "tty"]
        | ["healthcheck", "disable"]
        | ["volumes", "[]", "read_only"]
        | ["volumes", "[]", "volume", "nocopy"] => Some(Cast::Bool),
        ["cpu_percent" | "cpus"]
        | [
            "deploy",
            "update_config" | "rollback_config",
            "max_failure_ratio",
        ] => Some(Cast::Float),
        [
            "cpu_count" | "cpu_period" | "cpu_quota" | "cpu_rt_period" | "cpu_rt_runtime"
            | "cpu_shares" | "oom_score_adj" | "pids_limit" | "scale",
        ]
        | ["deploy", "replicas"]
        | ["deploy", "update_config" | "rollback_config", "parallelism"]
        | ["deploy", "restart_policy", "max_attempts"]
        | ["deploy", "placement", "max_replicas_per_node"]
        | ["healthcheck", "retries"]
        | ["ports", "[]", "target"]
        | ["ulimits", _]
        | ["ulimits", _, "hard" | "soft"] => Some(Cast::Int),
        _ => None,
    }
}

//! The project's name (facts/compose.md 5).

use crate::model::{Mechanism, Value};
use crate::syntax::template::Template;
use crate::syntax::yaml::{Kind, NodeId, Tree};

use super::Options;
use super::diagnostic::DiagnosticKind;
use super::discover::Discovered;
use super::environment::EnvScope;
use super::interpolate::{Source, interpolate};
use super::load::{Loader, Parsed};
use super::path;

impl<'a> Loader<'_, 'a> {
    /// `-p`, `COMPOSE_PROJECT_NAME`, `name:` of the last file that has one, the folder.
    pub(super) fn project_name(&mut self, options: &Options, found: &mut Discovered) -> Value<'a> {
        let given = options.name.clone().or_else(|| {
            let known = self.variables.known(&found.env, "COMPOSE_PROJECT_NAME");
            known.filter(|name| !name.is_empty()).map(str::to_owned)
        });
        let name = match given {
            Some(name) => {
                if normalise(&name) != name {
                    let message = format!(
                        "invalid project name \"{name}\": must consist only of lowercase \
                         alphanumeric characters, hyphens, and underscores as well as start with \
                         a letter or number"
                    );
                    self.report(DiagnosticKind::ProjectName, None, message);
                }
                Value::known(name)
            }
            None => match self.written_name(found) {
                Some(Value::Known(name)) => {
                    let name = normalise(&name);
                    if name.is_empty() {
                        let message = "project name must not be empty";
                        self.report(DiagnosticKind::ProjectName, None, message);
                    }
                    Value::known(name)
                }
                Some(unknown) => unknown,
                None => Value::known(normalise(path::file_name(&found.folder))),
            },
        };
        let hop = self
            .provenance
            .add(Mechanism::ProcessEnvironment, None, &[]);
        self.variables
            .set(&mut found.env, "COMPOSE_PROJECT_NAME", name.clone(), hop);
        name
    }

    fn written_name(&mut self, found: &Discovered) -> Option<Value<'a>> {
        let mut last = None;
        for file in &found.files {
            // Files that cannot be read are reported when they are loaded.
            if self.files.read(file).is_err() {
                continue;
            }
            let Some(parsed) = self.parse(file, None) else {
                continue;
            };
            for &document in &parsed.tree.documents {
                if let Some(node) = name_node(&parsed.tree, document) {
                    last = Some((parsed.clone(), node));
                }
            }
        }
        let (Parsed { file, tree }, node) = last?;
        let text = tree.text(node)?;
        let Some(template) = Template::parse(text) else {
            return Some(Value::Known(text.clone()));
        };
        let map = tree.node(node).text_map(file.text());
        let source = Source {
            text,
            file: file.id(),
            map: &map,
            keeps_map: false,
        };
        let mut scope = EnvScope {
            variables: &mut self.variables,
            env: &found.env,
        };
        let (provenance, diagnostics) = (&mut self.provenance, &mut self.diagnostics);
        interpolate(&source, template, &mut scope, provenance, diagnostics).map(|text| text.value)
    }
}

/// The scalar of a document's `name`, unless it is empty.
fn name_node(tree: &Tree<'_>, document: NodeId) -> Option<NodeId> {
    let Kind::Mapping(pairs) = &tree.resolved(document).kind else {
        return None;
    };
    let (_, value) = pairs
        .iter()
        .find(|(key, _)| tree.text(*key).is_some_and(|key| key == "name"))?;
    let value = match tree.node(*value).kind {
        Kind::Alias(target) => target,
        _ => *value,
    };
    tree.text(value)
        .filter(|text| !text.is_empty() && *text != "~" && *text != "null")?;
    Some(value)
}

/// Lower case, and only what a name may hold.
fn normalise(name: &str) -> String {
    let name = name.to_lowercase();
    let kept: String = name
        .chars()
        .filter(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-'))
        .collect();
    kept.trim_start_matches(['_', '-']).to_owned()
}

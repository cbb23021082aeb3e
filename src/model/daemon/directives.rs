//! The keys of `[Service]` that bear on the environment and on what is started.

use crate::model::Value;
use crate::syntax::unit::{Entry, Logical, Unescape};

use super::assign::{self, Directive};
use super::diagnostic::Cause;
use super::exec::{self, ExecError, ExecStart};
use super::load::{Flow, Loader};
use super::names;
use super::service::{EnvironmentFileRef, NameRef, Source};
use super::specifier;

impl Loader<'_> {
    /// Applies a line of `[Service]`.
    pub fn service_key(
        &mut self,
        source: &Source,
        entry: &Entry,
        key: &Logical,
        value: &Logical,
    ) -> Flow {
        let directive = Directive {
            source,
            context: self.context,
            key: &key.text,
            value,
            line: entry.line,
            order: self.order,
        };
        let empty = value.text.is_empty();
        match key.text.as_ref() {
            "Environment" if empty => self.service.clear_environment(source.location(entry.span)),
            "Environment" => {
                for setting in assign::read(&directive, &mut self.diagnostics) {
                    self.service.set(setting);
                }
            }
            "EnvironmentFile" if empty => self.service.files.clear(),
            "EnvironmentFile" => self.environment_file(&directive),
            "PassEnvironment" if empty => self.service.pass.clear(),
            "PassEnvironment" => {
                let names = self.names(&directive, false);
                self.service.pass.extend(names);
            }
            "UnsetEnvironment" if empty => self.service.unset.clear(),
            "UnsetEnvironment" => {
                let names = self.names(&directive, true);
                self.service.unset.extend(names);
            }
            "ExecStart" if empty => {
                self.service.exec_start.clear();
                self.service.exec_reset = true;
            }
            "ExecStart" => return self.exec_start(&directive),
            "ExecStop" => self.service.has_exec_stop = !empty,
            "Type" => self.service.oneshot = value.text == "oneshot",
            "RemainAfterExit" => {
                self.service.remain_after_exit =
                    matches!(value.text.as_ref(), "yes" | "true" | "1" | "on" | "y" | "t");
            }
            _ => {}
        }
        Flow::On
    }

    /// `config_parse_unit_env_file`: one path, an optional `-` in front, no quotes, no list.
    fn environment_file(&mut self, directive: &Directive) {
        let Directive {
            source,
            value,
            line,
            ..
        } = *directive;
        let at = source.location(value.span());
        let text = value.text.as_ref();
        let optional = text.starts_with('-');
        let path = match specifier::expand(text, self.context) {
            Ok(expanded) => expanded.value,
            Err(bad) => {
                let span = value.span_of(bad.at.start, bad.at.end);
                let message =
                    "this is no specifier: systemd drops the `EnvironmentFile=` line".to_owned();
                self.report(source, Cause::UnknownSpecifier, span, line, message)
                    .help = Some("write `%%` for a percent sign".to_owned());
                return;
            }
        };
        let known = match &path {
            Value::Known(path) => Some(path.strip_prefix('-').unwrap_or(path)),
            _ => None,
        };
        if let Some(path) = known {
            let refused = if !path.starts_with('/') {
                Some("is not absolute")
            } else if path.split('/').any(|part| part == "..") {
                Some("holds `..`")
            } else {
                None
            };
            if let Some(why) = refused {
                let message =
                    format!("the path of `EnvironmentFile=` {why}: systemd drops the line");
                let help = match path.trim_matches(['"', '\'', ' ', '\t']) {
                    bare if bare.starts_with('/') => {
                        "write the bare path: no quotes, no blank behind `-`".to_owned()
                    }
                    bare if bare.starts_with('~') => "write `%h` for the home directory".to_owned(),
                    _ => "write an absolute path".to_owned(),
                };
                self.report(
                    source,
                    Cause::BadEnvironmentFilePath,
                    value.span(),
                    line,
                    message,
                )
                .help = Some(help);
                return;
            }
        }
        self.service.files.push(EnvironmentFileRef {
            path: known.map(simplify),
            optional,
            at,
            source: source.path.clone(),
            role: source.role,
            order: directive.order,
        });
    }

    /// The words of `PassEnvironment=` and `UnsetEnvironment=`.
    fn names(&mut self, directive: &Directive, assignments: bool) -> Vec<NameRef> {
        let Directive {
            source,
            value,
            key,
            line,
            ..
        } = *directive;
        let mut found = Vec::new();
        for word in value.words(Unescape::Plain) {
            let word = match word {
                Ok(word) => word,
                Err(_) => {
                    let message = format!(
                        "the quotes of `{key}=` do not match: systemd drops the rest of the line"
                    );
                    self.report(source, Cause::UnbalancedQuote, value.span(), line, message);
                    break;
                }
            };
            let text = String::from_utf8_lossy(&word.bytes).into_owned();
            let expanded = specifier::expand(&text, self.context).ok();
            let text = expanded.and_then(|done| done.value.as_known().map(str::to_owned));
            let name = text
                .as_deref()
                .map(|text| text.split('=').next().unwrap_or_default());
            let valid = name.is_some_and(names::is_valid);
            let has_value = text.as_ref().is_some_and(|text| text.contains('='));
            match text {
                Some(text) if valid && (assignments || !has_value) => found.push(NameRef {
                    text,
                    at: source.location(word.span),
                    path: source.path.clone(),
                }),
                _ => {
                    let help = (!assignments && has_value)
                        .then(|| "set a value with `Environment=`".to_owned());
                    let name = name.filter(|_| valid).map(str::to_owned);
                    let message = format!("`{key}=` takes names only: systemd skips this word");
                    let diagnostic = self.report(source, Cause::NoName, word.span, line, message);
                    diagnostic.help = help;
                    diagnostic.name = name;
                }
            }
        }
        found
    }

    fn exec_start(&mut self, directive: &Directive) -> Flow {
        let Directive {
            source,
            value,
            line,
            ..
        } = *directive;
        let parsed = exec::parse(value, self.context);
        for escape in &parsed.unknown_escapes {
            let message = "this is no escape: systemd warns and keeps the backslash".to_owned();
            self.report(source, Cause::UnknownEscape, *escape, line, message)
                .minor = true;
        }
        for (words, verbatim) in parsed.commands {
            self.service.exec_start.push(ExecStart {
                words,
                verbatim,
                after_reset: self.service.exec_reset,
                at: source.location(value.span()),
                path: source.path.clone(),
                line,
            });
        }
        let Some(error) = parsed.error else {
            return Flow::On;
        };
        let (span, why, help) = match error {
            ExecError::Word(_) => (value.span(), "its quotes do not match", "close the quote"),
            ExecError::Specifier(span) => (
                span,
                "this is no specifier",
                "write `%%` for a percent sign",
            ),
            ExecError::Program(span) => (
                span,
                "this is neither an absolute path nor the name of a program",
                "set variables with `Environment=`, and start the command with its path",
            ),
        };
        let message =
            format!("systemd refuses this `ExecStart=` and stops reading the file: {why}");
        self.report(source, Cause::BadExecStart, span, line, message)
            .help = Some(help.to_owned());
        Flow::Abort
    }
}

/// `path_simplify`: no doubled `/`, no `.`.
fn simplify(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    format!("/{}", parts.join("/"))
}

//! Commands that keep what they are told in a file of their own, written anew.

use super::{Commands, Rewrite, shouted};
use crate::flow::secrets::destination::contains;
use crate::flow::secrets::tools::subcommand;
use crate::secrets::tools::{Kind, Tool};
use crate::source::Span;

impl Rewrite<'_> {
    /// The RUN whose command of a tool, called by this name, keeps nothing, or has it taken back.
    pub(super) fn settings(&self, name: &str, tool: &'static Tool) -> Commands {
        let rewritten = match tool.kind {
            Kind::Clone | Kind::Submodule => self.cloned(),
            Kind::Remote => self.remote(tool),
            Kind::GitSetting => self.git_config(),
            Kind::NpmSetting => self.npm_config(),
            Kind::PipSetting => self.pip_config(),
            Kind::GoSetting => self.go_env(),
            Kind::Other => None,
        };
        // Or the command, and at the end of the same RUN another that takes it back.
        rewritten.unwrap_or_else(|| Commands {
            last: Some(tool.undo(name)),
            ..Commands::before_next(self.statement())
        })
    }

    /// `git -c url."https://x:$T@host/".insteadOf=https://host/ clone https://host/a.git`: git keeps
    /// the address it was told, not the one that stands in for it.
    fn cloned(&self) -> Option<Commands> {
        let address = self.address()?;
        let git = address.rest.find("git ")?;
        let (before, after) = address.rest.split_at(git + "git ".len());
        Some(Commands::all(vec![format!(
            "{before}{} {after}",
            address.option
        )]))
    }

    /// The same for a remote that is fetched later, with the options that stand before the subcommand.
    fn remote(&self, tool: &Tool) -> Option<Commands> {
        let address = self.address()?;
        let command = self.command?;
        let mut words = command.argv.iter();
        // Its name stands before its address.
        let at = words.position(|word| contains(word.span, self.leak.span))?;
        let remote = command.argv.get(at.checked_sub(1)?)?.value.as_known()?;
        let start = command.argv.first()?.span.start as usize;
        let subcommand = subcommand(tool, command)?.start as usize;
        let git = self.replaced(Span::new(start, subcommand), &self.reference);
        let fetch = format!("{git} {} fetch {remote}", address.option);
        Some(Commands::all(vec![address.rest, fetch]))
    }

    /// Settings that git takes from its environment (`git help config`, `GIT_CONFIG_COUNT`).
    fn git_config(&self) -> Option<Commands> {
        let [key, value] = self.last_words()?;
        Some(Commands::before_next(format!(
            "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0={key} GIT_CONFIG_VALUE_0={value}"
        )))
    }

    /// Settings that pip takes from its environment: `global.index-url` is `PIP_INDEX_URL`
    /// (`pip help config`, and pip's "Configuration", "Environment Variables").
    fn pip_config(&self) -> Option<Commands> {
        let [key, value] = self.last_words()?;
        let (_, option) = key.split_once('.')?;
        let variable = shouted(option);
        Some(Commands::before_next(format!(
            "export PIP_{variable}={value}"
        )))
    }

    /// Settings that go takes from its environment first (`go help environment`).
    fn go_env(&self) -> Option<Commands> {
        let words = self.command?.argv.iter();
        let words = words.map(|word| self.replaced(word.span, &self.reference));
        let settings: Vec<String> = words.filter(|word| word.contains('=')).collect();
        let settings = settings.join(" ");
        (!settings.is_empty()).then(|| Commands::before_next(format!("export {settings}")))
    }

    /// npm keeps `${NAME}` as it is written and puts the variable in its place when it reads it
    /// (`npm help npmrc`).
    fn npm_config(&self) -> Option<Commands> {
        let text = self.with_reference("\u{0}");
        let (command, words) = text.split_once(" set ")?;
        let placed = |text: &str| match text.contains('\u{0}') {
            true => {
                let plain = text.replace(['"', '\''], "");
                format!("'{}'", plain.replace('\u{0}', &self.variable()))
            }
            false => text.to_owned(),
        };
        let words = words.split(' ').map(|word| match word.split_once("=") {
            Some((key, value)) if value.contains('\u{0}') => {
                format!("'{}' {}", key.replace(['"', '\''], ""), placed(value))
            }
            _ => placed(word),
        });
        let words: Vec<String> = words.collect();
        let words = words.join(" ");
        Some(Commands::before_next(format!("{command} set {words}")))
    }

    /// The last two words of the command that are no options.
    fn last_words(&self) -> Option<[String; 2]> {
        let words = self.command?.argv.iter().rev();
        let mut words = words.map(|word| self.replaced(word.span, &self.reference));
        let value = words.next()?;
        let key = words.next()?;
        (!key.starts_with('-') && key.contains('.')).then_some([key, value])
    }

    /// The address with the secret in the command.
    fn address(&self) -> Option<Address> {
        let text = self.with_reference(&self.reference);
        let secret = text.find(&self.reference)?;
        let scheme_end = text.get(..secret)?.rfind("://")?;
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let before = text.get(..scheme_end)?;
        let scheme = before.get(before.trim_end_matches(is_scheme).len()..)?;
        let user = scheme_end + "://".len();
        let at = secret + text.get(secret..)?.find('@')?;
        let host = text.get(at + 1..)?;
        let end = host.find(['/', ' ', '"', '\'']).unwrap_or(host.len());
        let slash = match host.get(end..)?.starts_with('/') {
            true => "/",
            false => "",
        };
        let host = host.get(..end)?;
        let user_info = text.get(user..at)?.replace(['"', '\''], "");
        Some(Address {
            option: format!(
                "-c url.\"{scheme}://{user_info}@{host}{slash}\".insteadOf={scheme}://{host}{slash}"
            ),
            rest: format!("{}{}", text.get(..user)?, text.get(at + 1..)?),
        })
    }
}

/// An address taken out of a command.
struct Address {
    /// git's option that lets the address with the secret stand in for the one without.
    option: String,
    /// The command with the address without it.
    rest: String,
}

//! Text in a RUN that is no POSIX shell: Windows' cmd and PowerShell. Nothing is guessed about it.

/// An interpreter whose language is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Foreign {
    /// cmd.exe
    Cmd,
    /// Windows PowerShell and pwsh
    PowerShell,
    /// Any other: Python, Node, Perl … as the interpreter of a here-document or of `SHELL`.
    Other,
}

/// Commands that exist in cmd only.
const CMD_COMMANDS: [&str; 13] = [
    "setx", "del", "erase", "rd", "xcopy", "robocopy", "icacls", "takeown", "reg", "msiexec",
    "mklink", "choco", "rem",
];

/// Verbs of PowerShell's `Verb-Noun` commands.
const POWERSHELL_VERBS: [&str; 30] = [
    "Add",
    "Clear",
    "Compress",
    "Convert",
    "ConvertFrom",
    "ConvertTo",
    "Copy",
    "Disable",
    "Enable",
    "Expand",
    "Find",
    "ForEach",
    "Format",
    "Get",
    "Import",
    "Install",
    "Invoke",
    "Join",
    "Move",
    "New",
    "Out",
    "Read",
    "Register",
    "Remove",
    "Rename",
    "Restart",
    "Set",
    "Start",
    "Stop",
    "Write",
];

/// Which foreign interpreter `text` is written for, if a command in it cannot be shell.
pub(super) fn foreign(text: &str) -> Option<Foreign> {
    commands(text).find_map(foreign_command)
}

/// The text of each command, roughly: quotes are not looked at.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', ';', '&', '|', '(', ')'])
        .map(str::trim_start)
        .filter(|command| !command.is_empty())
}

fn foreign_command(command: &str) -> Option<Foreign> {
    let mut words = command.split_ascii_whitespace();
    let word = words.next()?;
    let first = word.trim_start_matches('@');
    let second = words.next().unwrap_or_default();
    let is = |name: &str| first.eq_ignore_ascii_case(name);
    if is("setx")
        || second.starts_with(['/', '\\', '%']) && CMD_COMMANDS.iter().any(|name| is(name))
        || word != first && is("echo") && second.eq_ignore_ascii_case("off")
        || is("if") && is_cmd_condition(second, words.next().unwrap_or_default())
        || is("for") && second.starts_with('/')
    {
        return Some(Foreign::Cmd);
    }
    let variable = first.strip_prefix('$');
    let environment = variable.and_then(|name| name.get(..4));
    if environment.is_some_and(|prefix| prefix.eq_ignore_ascii_case("env:"))
        || variable.is_some() && second == "="
        || first.starts_with('[') && first.contains("]::")
        || is_cmdlet(first)
    {
        return Some(Foreign::PowerShell);
    }
    None
}

fn is_cmd_condition(second: &str, third: &str) -> bool {
    let test = if second.eq_ignore_ascii_case("not") {
        third
    } else {
        second
    };
    ["exist", "defined", "errorlevel"]
        .iter()
        .any(|word| test.eq_ignore_ascii_case(word))
}

/// `Verb-Noun`, with the capitals people write.
fn is_cmdlet(word: &str) -> bool {
    word.split_once('-').is_some_and(|(verb, noun)| {
        POWERSHELL_VERBS.contains(&verb)
            && noun.starts_with(|first: char| first.is_ascii_uppercase())
            && noun.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::{Foreign, foreign};

    #[test]
    fn windows_shells_are_recognised_by_their_commands() {
        let cmd = [
            "setx PATH \"%PATH%;C:\\go\\bin\" /M",
            "if not exist C:\\x mkdir C:\\x",
            "curl -o x.zip http://x && del /q x.zip",
            "@echo off",
        ];
        for text in cmd {
            assert_eq!(foreign(text), Some(Foreign::Cmd), "{text}");
        }
        let powershell = [
            "$env:GOPROXY = 'off'; go mod download",
            "Invoke-WebRequest -Uri http://x -OutFile x.zip",
            "$ErrorActionPreference = 'Stop'; go build",
            "[Environment]::SetEnvironmentVariable('A', 'b')",
        ];
        for text in powershell {
            assert_eq!(foreign(text), Some(Foreign::PowerShell), "{text}");
        }
    }

    #[test]
    fn shell_text_is_not_foreign() {
        let shell = [
            "pwsh -Command \"Install-Module Az\"",
            "if [ -d /x ]; then rm -rf /x; fi",
            "for f in /etc/*; do echo $f; done",
            "$RUNNER build && apt-get install -y reg",
            "git rm -r x; Set-up --yes",
            "printf '%s\\n' a",
        ];
        for text in shell {
            assert_eq!(foreign(text), None, "{text}");
        }
    }
}

//! Runs the program and searches what it says.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use docklint::report::Format;

fn arguments(command: &str, secret: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    for word in command.split(' ') {
        match word {
            "GIVEN" => {
                arguments.push(format!(
                    "--build-arg=HTTP_PROXY=http://u:{secret}@localhost:1"
                ));
                arguments.push(format!("--build-arg=API_TOKEN={secret}"));
            }
            "OUTPUTS" => arguments
                .extend(Format::ALL.map(|format| format!("--output={0}=out.{0}", format.name()))),
            _ => arguments.push(word.replace("WRONG", &format!("http://u:{secret}@h"))),
        }
    }
    arguments
}

/// Runs a command; gives all it says and writes.
pub fn said(folder: &Path, command: &str, secret: &str, stdin: &str) -> String {
    let input = folder.join("stdin");
    fs::write(&input, stdin).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_docklint"))
        .args(arguments(command, secret))
        .current_dir(folder)
        .stdin(Stdio::from(fs::File::open(&input).unwrap()))
        .output()
        .unwrap();
    fs::remove_file(input).unwrap();
    let mut said = output.stdout;
    said.extend(output.stderr);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if name.starts_with("out.") {
            said.extend(fs::read(&path).unwrap());
            fs::remove_file(path).unwrap();
        }
    }
    String::from_utf8(said).unwrap()
}

/// What stands around the secret in what was said. Formats escape, but a secret here has nothing
/// to escape.
pub fn leak(said: &str, secret: &str) -> Option<String> {
    let at = said.find(secret)?;
    let before: Vec<char> = said[..at].chars().rev().take(80).collect();
    let around = before.into_iter().rev().chain(said[at..].chars().take(80));
    Some(around.collect())
}

/// Fails with what leaked.
pub fn assert_tight(leaked: &[String]) {
    let shown: Vec<&str> = leaked.iter().map(String::as_str).take(40).collect();
    assert!(
        leaked.is_empty(),
        "{} leaks\n{}",
        leaked.len(),
        shown.join("\n")
    );
}

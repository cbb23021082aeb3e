//! Begins a rule: `cargo run --example new-rule <id>` writes its page and its file, and says what
//! is left to do.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]
#![allow(clippy::print_stderr, reason = "a program for the terminal")]

use std::path::Path;
use std::process::ExitCode;

const PAGE: &str = "\
---
id: {id}
summary: {Summary}
severity: warning
groups: {groups}
default: on
since: {version}
fix: none
reads: dockerfile
---

# {id}

## What it finds

## Why it matters

## How to fix

## When it is wrong

## Bad: {what}

```dockerfile file=Dockerfile
FROM alpine:3.22
```

## Good: {what not}

```dockerfile file=Dockerfile
FROM alpine:3.22
```
";

const CODE: &str = "\
//! `{id}`: see `rules/{id}.md`.

use super::{Rule, Sink};
use crate::flow::Workspace;

/// {What it looks for.}
pub(super) struct {Type};

impl Rule for {Type} {
    fn workspace(&self, _workspace: &Workspace<'_>, _sink: &mut Sink) {}
}
";

fn main() -> ExitCode {
    let Some(id) = std::env::args().nth(1).filter(|id| is_id(id)) else {
        eprintln!("usage: cargo run --example new-rule <id>, in small letters, digits and `-`");
        return ExitCode::from(2);
    };
    let module = id.replace('-', "_");
    let name: String = id.split('-').map(capitalised).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = PAGE
        .replace("{id}", &id)
        .replace("{version}", env!("CARGO_PKG_VERSION"));
    let code = CODE.replace("{id}", &id).replace("{Type}", &name);

    let files = [
        (root.join("rules").join(format!("{id}.md")), page),
        (root.join("src/rules").join(format!("{module}.rs")), code),
    ];
    for (path, text) in files {
        // Never over somebody's work.
        let written = std::fs::File::create_new(&path)
            .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
        if let Err(error) = written {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
        println!("wrote {}", path.display());
    }
    println!(
        "\n1. Add this line to `registry!` in src/rules/mod.rs, in the order of the alphabet:\n\
         \x20     \"{id}\" => {module}::{name},\n\
         2. Write the page's Bad case; `cargo test --test pages {id}` says that nothing is found.\n\
         3. Write the rule.\n\
         4. `DOCKLINT_BLESS=1 cargo test` writes the frame into the page: read it as your users will.\n\
         5. `rustfmt --edition 2024 src/rules/{module}.rs`: cargo fmt does not look into `registry!`."
    );
    ExitCode::SUCCESS
}

fn is_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(allowed)
        && !id.contains("--")
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

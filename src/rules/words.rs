//! Words that several rules' messages are made of.

/// Who keeps what stands in a stage's commands.
pub(super) fn keepers(is_shipped: bool) -> &'static str {
    match is_shipped {
        true => "this Dockerfile and the image's history keep",
        false => "this Dockerfile keeps",
    }
}

/// Names in a sentence, each once: `a`, `b` and `c`.
pub(super) fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut quoted: Vec<String> = Vec::new();
    for name in names.map(|name| format!("`{name}`")) {
        if !quoted.contains(&name) {
            quoted.push(name);
        }
    }
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

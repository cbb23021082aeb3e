//! Options that BuildKit reads before the file: `# check=` and build arguments that act by
//! themselves (upstream: `linter.ParseLintOptions`, `dockerui/config.go`).

use super::error::{BuildError, Phase, Scope};
use super::simulate::Simulation;
use crate::source::Span;
use crate::syntax::dockerfile::Dockerfile;

/// Reports options that BuildKit cannot read.
pub(super) fn check<'f>(simulation: &mut Simulation<'f, '_>, file: &'f Dockerfile<'f>) {
    let argument = |name: &str| {
        let (value, _) = simulation.build_args.get(name)?;
        value.as_known().filter(|text| !text.is_empty())
    };
    let mut messages = Vec::new();
    if let Some(text) = argument("BUILDKIT_MULTI_PLATFORM").filter(|text| !is_bool(text)) {
        messages.push((
            Span::at(0),
            format!("BUILDKIT_MULTI_PLATFORM is true or false, not `{text}`"),
        ));
    }
    // The build argument replaces the directive (`facts/buildkit.md` 1.21).
    let directive = file
        .directives
        .iter()
        .take_while(|directive| !directive.indented)
        .find(|directive| directive.name == "check")
        .map(|directive| (directive.value_span, directive.value));
    let given = argument("BUILDKIT_DOCKERFILE_CHECK").map(|text| (Span::at(0), text));
    if let Some((span, text)) = given.or(directive)
        && let Err(message) = check_options(text)
    {
        messages.push((span, message));
    }
    for (span, message) in messages {
        let mut error = BuildError::unlocated(Scope::File, span, message);
        error.phase = Phase::Options;
        simulation.errors.push(error);
    }
}

/// Checks `skip=A,B;error=true;experimental=C`.
fn check_options(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Ok(());
    }
    for option in text.trim().splitn(3, ';') {
        let known = match option.split_once('=') {
            Some((name, value)) => match name.trim() {
                "skip" | "experimental" => true,
                "error" => is_bool(value.trim()),
                _ => false,
            },
            None => false,
        };
        if !known {
            return Err(format!(
                "`{option}` is no check option; there are `skip=`, `error=` and `experimental=`"
            ));
        }
    }
    Ok(())
}

/// Go's `strconv.ParseBool`.
fn is_bool(text: &str) -> bool {
    matches!(
        text,
        "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_options_are_name_and_value() {
        assert!(check_options("skip=A, B;error=true").is_ok());
        assert!(check_options(" ").is_ok());
        for bad in ["skip", "error=maybe", "nope=1", "skip=all;"] {
            assert!(check_options(bad).is_err(), "{bad}");
        }
    }
}

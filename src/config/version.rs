//! `requires-docklint`.

use std::cmp::Ordering;

/// Whether `version` fulfils `requirement`: comparisons (`>=`, `>`, `<=`, `<`, `=`) joined by
/// commas, all of which must hold. The error says why not.
pub(super) fn check(requirement: &str, version: &str) -> Result<(), String> {
    let ours = numbers(version).unwrap_or_default();
    for comparison in requirement.split(',') {
        let (operator, theirs) = split(comparison.trim());
        let Some(theirs) = numbers(theirs.trim()) else {
            return Err(format!(
                "`{requirement}` is no version requirement; write `>=0.1`"
            ));
        };
        let order = ours.cmp(&theirs);
        let holds = match operator {
            ">=" => order != Ordering::Less,
            ">" => order == Ordering::Greater,
            "<=" => order != Ordering::Greater,
            "<" => order == Ordering::Less,
            _ => order == Ordering::Equal,
        };
        if !holds {
            return Err(format!(
                "this is docklint {version}, and `{requirement}` is required"
            ));
        }
    }
    Ok(())
}

fn split(comparison: &str) -> (&str, &str) {
    let end = comparison
        .find(|c: char| !matches!(c, '<' | '>' | '='))
        .unwrap_or(comparison.len());
    comparison.split_at(end)
}

/// Up to three numbers; what is not written counts as 0.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut numbers = [0; 3];
    let mut parts = version.split('.');
    for number in &mut numbers {
        match parts.next() {
            Some(part) => *number = part.parse().ok()?,
            None => break,
        }
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn comparisons_hold_or_not() {
        for requirement in [
            ">=0.1", ">= 0.3.2", "<1, >0.2", "=0.3.2", "0.3.2", "<=0.3.2",
        ] {
            assert_eq!(check(requirement, "0.3.2"), Ok(()), "{requirement}");
        }
        for requirement in [
            ">0.3.2",
            "<0.3",
            ">=0.1,<0.2",
            "",
            "new",
            ">=",
            "=>0.1.x",
            "1.2.3.4",
        ] {
            assert!(check(requirement, "0.3.2").is_err(), "{requirement}");
        }
    }
}

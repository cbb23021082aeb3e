//! Where heredocs begin on a line (upstream: `heredocsFromLine`, `heredocFromMatch` in
//! `parser/parser.go`).

use super::tree::{Heredoc, Word};
use super::word::{Lexer, Token};
use crate::source::Span;

/// The heredoc markers of a joined line, without their bodies.
pub(super) fn markers<'a>(line: &str) -> Vec<Heredoc<'a>> {
    words(line)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(start, end)| marker(line, start, end))
        .collect()
}

/// Reads the marker that the word at `start..end` is.
fn marker<'a>(line: &str, start: usize, end: usize) -> Option<Heredoc<'a>> {
    let word = heredoc_word(line.get(start..end)?)?;
    Some(Heredoc {
        name: word.name,
        marker: Word::new(start, end),
        expand: word.expand,
        chomp: word.chomp,
        body: "",
        body_span: Span::default(),
        terminator: None,
    })
}

/// What a heredoc marker says.
#[derive(Debug, PartialEq, Eq)]
pub struct HeredocWord {
    /// The word, quotes removed.
    pub name: String,
    /// No part of the word is quoted.
    pub expand: bool,
    /// `<<-`.
    pub chomp: bool,
}

/// Reads a word as a heredoc marker: `[fd]<<[-][ ]WORD`.
pub fn heredoc_word(word: &str) -> Option<HeredocWord> {
    let rest = word
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .strip_prefix("<<")?;
    let (chomp, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let rest = rest.trim_start_matches(['\t', '\n', '\x0c', '\r', ' ']);
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let (name, expand) = name(rest)?;
    Some(HeredocWord {
        name,
        expand,
        chomp,
    })
}

/// The name a heredoc word stands for, and whether none of it is quoted. The escape character is
/// always a backslash here (`facts/buildkit.md` 1.19).
fn name(word: &str) -> Option<(String, bool)> {
    let tokens = Lexer::new('\\').tokens(word).ok()?;
    let mut name = String::with_capacity(word.len());
    for token in &tokens {
        match token {
            Token::Text(range) => name.push_str(word.get(range.clone())?),
            // No variable is set here, and what is not set stays as written.
            Token::Variable { range, .. } => name.push_str(word.get(range.clone())?),
            Token::Open { .. } | Token::Separator | Token::Close(_) => return None,
        }
    }
    let is_quote = |c: &char| matches!(c, '"' | '\'');
    let quotes_left = name.chars().filter(is_quote).count();
    let expand = word.chars().filter(is_quote).count() == quotes_left;
    (!name.is_empty() && !name.contains(char::is_whitespace)).then_some((name, expand))
}

/// Splits a line into words as BuildKit's lexer does when it looks for heredocs: at Unicode spaces
/// outside quotes, but not at those behind `<<`. `None` where the lexer gives up.
fn words(line: &str) -> Option<Vec<(usize, usize)>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut at = 0;
    while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let from = at;
        at += c.len_utf8();
        if c.is_whitespace() {
            if let Some(start) = start.take() {
                words.push((start, from));
            }
            continue;
        }
        let word_start = *start.get_or_insert(from);
        match c {
            '\\' => at += next_len(line, at),
            '\'' => at += line.get(at..)?.find('\'')? + 1,
            '"' => {
                let (end, has_operator) = double_quoted(line, at)?;
                at = end;
                // Upstream's word buffer is shared with the operator's word, which clears it.
                start = Some(if has_operator { from } else { word_start });
            }
            '$' => {
                let (end, has_operator) = dollar(line, at)?;
                at = end;
                start = Some(if has_operator { from } else { word_start });
            }
            '<' if line.get(at..)?.starts_with('<') => {
                at += 1;
                let rest = line.get(at..)?;
                at += rest.len() - rest.trim_start_matches(['\t', '\r', ' ']).len();
            }
            _ => {}
        }
    }
    if let Some(start) = start {
        words.push((start, line.len()));
    }
    Some(words)
}

fn next_len(line: &str, at: usize) -> usize {
    line.get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8)
}

/// The end of a double-quoted string whose inside starts at `at`, and whether it holds a `${X-…}`.
fn double_quoted(line: &str, mut at: usize) -> Option<(usize, bool)> {
    let mut has_operator = false;
    loop {
        let c = line.get(at..)?.chars().next()?;
        at += c.len_utf8();
        match c {
            '"' => return Some((at, has_operator)),
            '\\' if line.get(at..)?.starts_with(['"', '$', '\\']) => at += 1,
            '$' => {
                let (end, operator) = dollar(line, at)?;
                at = end;
                has_operator |= operator;
            }
            _ => {}
        }
    }
}

/// The end of an expansion whose `$` stands before `at`, and whether it has an operator.
fn dollar(line: &str, at: usize) -> Option<(usize, bool)> {
    let rest = line.get(at..)?;
    if !rest.starts_with('{') {
        let special = rest.starts_with(['@', '*', '#', '?', '-', '$', '!']);
        return Some((at + usize::from(special), false));
    }
    let end = braces_end(rest)?;
    let inner = rest.get(1..end - 1)?;
    let tokens = Lexer::new('\\').tokens(line.get(at - 1..at + end)?).ok()?;
    let plain = matches!(tokens.as_slice(), [Token::Variable { .. }]);
    debug_assert!(!inner.is_empty() || plain, "an empty name is refused");
    Some((at + end, !plain))
}

/// Length of the `{…}` at the start of `text`, nested braces and quotes considered.
fn braces_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut chars = text.char_indices().peekable();
    let mut before = '$';
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => {
                chars.next();
            }
            (None, '\'' | '"') => quote = Some(c),
            (_, '{') if before == '$' => depth += 1,
            (None, '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        before = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<(String, bool, bool)> {
        markers(line)
            .into_iter()
            .map(|heredoc| (heredoc.name, heredoc.expand, heredoc.chomp))
            .collect()
    }

    #[test]
    fn markers_are_words_of_their_own() {
        assert_eq!(
            found("cat <<A && cat <<-'B'"),
            [("A".into(), true, false), ("B".into(), false, true)]
        );
        assert_eq!(found("cat 3<< EOF"), [("EOF".into(), true, false)]);
        assert_eq!(found("cat <<E\"O\"F"), [("EOF".into(), false, false)]);
        assert_eq!(found("echo $((1<<2))"), []);
        assert_eq!(found("cat <<<word"), []);
        assert_eq!(found("echo '<<EOF'"), []);
        assert_eq!(
            found("echo \"x <<EOF"),
            [],
            "an unclosed quote ends the search"
        );
    }
}

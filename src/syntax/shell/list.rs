//! Lists, `&&`, `||`, pipelines.

use super::reader::Reader;
use super::tree::{Command, Connector, Item, List, Pipeline};

/// Words that close or continue a construct; a command never starts with one of them.
const CLOSING_WORDS: [&str; 8] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

impl<'a> Reader<'a> {
    /// All commands up to the end; what closes nothing is an error and stepped over.
    pub(super) fn whole_list(&mut self) -> List<'a> {
        let mut list = self.list();
        while !self.at_end() {
            self.stray_closer();
            list.items.extend(self.list().items);
        }
        list
    }

    /// Steps over a closing word or operator that nothing opened.
    pub(super) fn stray_closer(&mut self) {
        self.error("nothing to close here");
        let word = self.plain_word().len();
        if word > 0 {
            self.at += word;
        } else {
            self.step();
            while self.peek() == Some(b';') {
                self.at += 1;
            }
        }
    }

    /// Commands up to `)`, `;;`, a closing word in command position (all left unread) or the end.
    pub(super) fn list(&mut self) -> List<'a> {
        let mut items = Vec::new();
        loop {
            self.newlines();
            match self.peek() {
                None | Some(b')') => break,
                Some(b';') if matches!(self.peek_at(1), Some(b';' | b'&')) => break,
                Some(b';' | b'|') => {
                    self.error("no command before this");
                    self.at += 1;
                    continue;
                }
                Some(b'&') if self.peek_at(1) != Some(b'>') => {
                    self.error("no command before this");
                    self.at += 1;
                    continue;
                }
                Some(_) => {}
            }
            if CLOSING_WORDS.contains(&self.plain_word()) {
                break;
            }
            let before = self.at;
            let item = self.item();
            items.push(item);
            if self.at == before {
                self.error("cannot be read");
                self.step();
            }
        }
        List { items }
    }

    fn item(&mut self) -> Item<'a> {
        let first = self.pipeline();
        let mut rest = Vec::new();
        loop {
            self.blanks();
            let connector = if self.eat("&&") {
                Connector::And
            } else if self.eat("||") {
                Connector::Or
            } else {
                break;
            };
            self.newlines();
            if self.starts_with("&&") || self.starts_with("||") {
                self.error("no command before this");
                continue;
            }
            if matches!(self.peek(), None | Some(b')' | b';')) {
                self.error("no command behind && or ||");
                break;
            }
            rest.push((connector, self.pipeline()));
        }
        let background = self.eat_separator();
        Item {
            first,
            rest,
            background,
        }
    }

    /// Steps over `;` or `&`; true for `&`.
    fn eat_separator(&mut self) -> bool {
        match (self.peek(), self.peek_at(1)) {
            (Some(b';'), Some(b';' | b'&')) => false,
            (Some(b';'), _) => {
                self.at += 1;
                false
            }
            (Some(b'&'), second) if second != Some(b'&') => {
                self.at += 1;
                true
            }
            _ => false,
        }
    }

    fn pipeline(&mut self) -> Pipeline<'a> {
        let mut negated = false;
        loop {
            self.blanks();
            if self.at_word("!") {
                negated = !negated;
                self.at += 1;
            } else if self.bash() && self.at_word("time") {
                self.at += "time".len();
                self.blanks();
                if self.at_word("-p") {
                    self.at += "-p".len();
                }
            } else {
                break;
            }
        }
        let mut commands: Vec<Command<'a>> = vec![self.command()];
        loop {
            self.blanks();
            if self.peek() != Some(b'|') || self.peek_at(1) == Some(b'|') {
                break;
            }
            self.at += 1;
            if self.peek() == Some(b'&') {
                self.at += 1;
            }
            self.newlines();
            if matches!(self.peek(), None | Some(b';' | b')' | b'&' | b'|')) {
                self.error("no command behind |");
                break;
            }
            commands.push(self.command());
        }
        Pipeline { negated, commands }
    }
}

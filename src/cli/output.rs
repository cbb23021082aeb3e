//! Standard output, with or without colours.

use std::io::{self, BufWriter, Write};

use anstream::{AutoStream, ColorChoice};

use super::args::Color;
use crate::report::RenderOptions;

/// Standard output.
pub(super) struct Stdout {
    /// Whether colours are wanted.
    pub color: bool,
    /// Where to write.
    pub writer: Box<dyn Write>,
}

impl Stdout {
    pub fn new(color: Color) -> Self {
        let stdout = io::stdout();
        let choice = match color {
            Color::Auto => AutoStream::choice(&stdout),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let color = choice != ColorChoice::Never;
        // Without colours there is nothing to translate for old Windows consoles or to strip.
        let writer: Box<dyn Write> = match color {
            true => Box::new(BufWriter::new(AutoStream::new(stdout, choice))),
            false => Box::new(BufWriter::new(stdout.lock())),
        };
        Self { color, writer }
    }

    /// Writes what `render` does and nothing more.
    pub fn render(
        mut self,
        render: impl FnOnce(&RenderOptions, &mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let options = RenderOptions {
            color: self.color,
            ..RenderOptions::default()
        };
        render(&options, &mut self.writer)?;
        self.writer.flush()
    }

    /// Writes `text` and nothing more.
    pub fn print(mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes())?;
        self.writer.flush()
    }
}

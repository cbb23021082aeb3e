//! What is known of a value.

use std::borrow::Cow;

/// A value as far as it can be known without running anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// The whole text.
    Known(Cow<'a, str>),
    /// Some of the text; holds at least one piece that is unknown.
    Partly(Vec<Piece<'a>>),
    /// Nothing but that there is, or may be, a value.
    Unknown(Unknown),
}

/// A part of a partly known value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Literal text.
    Text(Cow<'a, str>),
    /// A part that cannot be known.
    Unknown(Unknown),
}

/// Why a value cannot be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unknown {
    /// The base image may set it.
    BaseImage,
    /// A build argument that is given, with a value docklint is not told.
    BuildArg,
    /// The output of a command.
    CommandSubstitution,
    /// The content of a secret.
    Secret,
    /// A template's placeholder.
    Template,
    /// The environment of the process that runs the tool (Compose's shell, systemd's manager).
    ProcessEnvironment,
    /// A file that is not read: not there, outside the project, or not tracked.
    File,
    /// A part of the shell's state that is not simulated.
    Shell,
    /// The machine the build runs on (platform, kernel).
    Platform,
    /// Working it out would take more than docklint spends on a file.
    TooLong,
}

impl<'a> Value<'a> {
    /// A known value.
    pub fn known(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Known(text.into())
    }

    /// The text, if all of it is known.
    pub fn as_known(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Partly(_) | Self::Unknown(_) => None,
        }
    }

    /// Bytes that a copy takes.
    pub fn size(&self) -> usize {
        match self {
            Self::Known(text) => text.len(),
            Self::Partly(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => size_of_val(piece) + text.len(),
                    Piece::Unknown(_) => size_of_val(piece),
                })
                .sum(),
            Self::Unknown(_) => 0,
        }
    }

    /// Whether the value is known to be empty.
    pub fn is_empty(&self) -> bool {
        self.as_known().is_some_and(str::is_empty)
    }

    /// Joins pieces into the simplest value that says the same.
    pub fn from_pieces(pieces: Vec<Piece<'a>>) -> Self {
        let mut joined: Vec<Piece<'a>> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (_, Piece::Text(text)) if text.is_empty() => {}
                (Some(Piece::Text(before)), Piece::Text(text)) => before.to_mut().push_str(&text),
                (_, piece) => joined.push(piece),
            }
        }
        match joined.len() {
            0 => Self::known(""),
            1 => match joined.remove(0) {
                Piece::Text(text) => Self::Known(text),
                Piece::Unknown(why) => Self::Unknown(why),
            },
            _ => Self::Partly(joined),
        }
    }

    /// The same value, owning its text.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Known(text) => Value::Known(Cow::Owned(text.into_owned())),
            Self::Partly(pieces) => {
                Value::Partly(pieces.into_iter().map(Piece::into_owned).collect())
            }
            Self::Unknown(why) => Value::Unknown(why),
        }
    }
}

impl Piece<'_> {
    /// The same piece, owning its text.
    pub fn into_owned(self) -> Piece<'static> {
        match self {
            Self::Text(text) => Piece::Text(Cow::Owned(text.into_owned())),
            Self::Unknown(why) => Piece::Unknown(why),
        }
    }
}

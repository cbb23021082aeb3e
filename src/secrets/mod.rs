//! What a secret looks like: names, values, token formats. Pure functions on borrowed text.
//!
//! | module | what it knows |
//! | --- | --- |
//! | [`names`] | which names of settings say "secret" |
//! | [`formats`] | the forms of tokens that show themselves, one table |
//! | [`pem`] | private keys |
//! | [`userinfo`] | `user:password@` in URLs and proxy addresses |
//! | [`files`] | which files hold credentials |
//! | [`settings`] | names with values in raw text, whatever the notation |
//! | [`options`] | command-line options that take a secret |
//! | [`connections`] | `;Pwd=v` and `?sig=v` |
//! | [`instruction_words`] | values without a `=` in lines of ENV, ARG and LABEL |
//! | [`tools`] | commands that keep what they are told, and where |
//! | [`phrases`] | secrets that no name or option introduces: `echo v \| chpasswd` |
//! | `lent` | which names hold a secret because one is made of them |
//! | `hints` | what a text may hold, so that most need no closer look |
//! | [`interpolation`] | values that stand for something given elsewhere |
//! | [`values`] | what a value is: path, switch, placeholder, weak, literal |
//! | [`verdict`] | all of it together, by place |

mod checks;
pub mod connections;
mod extent;
pub mod files;
pub mod formats;
mod hints;
pub mod instruction_words;
pub mod interpolation;
mod lent;
#[rustfmt::skip] // the lists are read as text, many words a line
mod name_lists;
pub mod names;
mod needle;
pub mod options;
mod parameters;
pub mod pem;
pub mod phrases;
mod run;
pub mod settings;
pub mod tools;
pub mod userinfo;
#[rustfmt::skip] // as above
mod value_lists;
pub mod values;
pub mod verdict;
mod words;

pub use extent::is_note;
pub use lent::taken;
pub use names::{Kind, Names, Pattern};
pub use verdict::{
    Evidence, Judgement, Place, Verdict, certain, holds_tokens, is_login, judge, judge_text,
};

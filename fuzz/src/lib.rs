//! What the targets assert: the same as the property tests.

#[path = "../../tests/properties/check.rs"]
pub mod check;
#[path = "../../tests/properties/parsers/mod.rs"]
pub mod parsers;

//! Command lines and what the table says of them.

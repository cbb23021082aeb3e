//! `docklint.toml`: rule levels and what the project knows about its network.

//! Command lines: the client, whether it goes to the network, what it fetches, the proxy variables it
//! reads (`h` is `http_proxy`, `S` is `HTTPS_PROXY`, …; `?` is not established), its mirror variable,
//! and what it is told besides. One file for each file of the command table.

mod go;
mod jvm;
mod node;
mod other;
mod php;
mod python;
mod ruby;
mod rust;
mod script;
mod system;
mod transfer;

use super::describe;
use crate::model::base_images::Distro;

fn check(lines: &[(Distro, &str, &str)]) {
    let wrong: Vec<_> = lines
        .iter()
        .map(|&(distro, line, expected)| (line, describe(line, distro), expected))
        .filter(|(_, described, expected)| described != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

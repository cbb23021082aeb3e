//! The daemon's and the client's configuration on any files: every span lies in its file, and every
//! edit can be applied.

use std::sync::Arc;

use docklint::model::client;
use docklint::model::daemon::{self, Facts, Manager, Request, Scope};
use docklint::source::{FileId, FileKind, Location, MemoryTree, SourceFile, Span};
use proptest::prelude::*;

use super::{env_file, json, mutate, parsers, pieces, times};

fn file(id: u32, bytes: Vec<u8>) -> SourceFile {
    SourceFile::new(FileId(id), format!("f{id}"), FileKind::Unit, bytes)
}

fn check(file: &SourceFile, span: Span) {
    parsers::slice(file.text(), span);
}

proptest! {
    #![proptest_config(times(4))]

    #[test]
    fn clients(bytes in json()) {
        let file = file(0, bytes);
        for problem in client::read(&file).problems {
            check(&file, problem.at.span);
        }
    }

    #[test]
    fn daemons(
        fragment in mutate::soup(pieces::UNIT),
        drop_in in super::unit(),
        environment in env_file(),
        options in json(),
    ) {
        let fragment = [b"[Service]\nExecStart=/usr/bin/dockerd $A\n".to_vec(), fragment].concat();
        let drop_in = [b"[Service]\nEnvironmentFile=/etc/e\n".to_vec(), drop_in].concat();
        let files = [
            ("/usr/lib/systemd/system/docker.service", fragment),
            ("/etc/systemd/system/docker.service.d/a.conf", drop_in),
            ("/etc/e", environment),
            ("/etc/docker/daemon.json", options),
        ];
        let files: Vec<_> = files.into_iter().enumerate().map(|(id, (path, bytes))| {
            (path, Arc::new(file(u32::try_from(id).expect("few"), bytes)))
        }).collect();
        let mut tree = MemoryTree::default();
        for (path, file) in &files {
            tree.add_file(path, Arc::clone(file));
        }
        for scope in [Scope::Machine, Scope::Shipped] {
            let daemon = daemon::load(&Request {
                tree: &tree,
                unit: "docker.service",
                manager: Manager::System,
                scope,
                facts: Facts::default(),
            });
            let inside = |at: Location| check(&files[at.file.0 as usize].1, at.span);
            for found in &daemon.diagnostics {
                found.at.into_iter().for_each(inside);
                found.related.iter().for_each(|related| inside(related.at));
                let edits = found.repair.iter().flat_map(|repair| &repair.edits);
                edits.for_each(|(at, _)| inside(*at));
            }
            for variable in daemon.environment.values() {
                variable.at.into_iter().for_each(inside);
                let hops = daemon.provenance.story(variable.hop).into_iter();
                hops.filter_map(|hop| daemon.provenance.hop(hop).at).for_each(inside);
            }
            daemon.go_proxy().for_url("https://example.com/");
        }
    }
}

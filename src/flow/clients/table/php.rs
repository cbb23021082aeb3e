//! PHP.

use super::super::client::{
    Cache, Client, Evidence, Fill, OwnVariable, Role, Row, Syntax, Traffic,
};
use super::super::proxies::Scheme;
use super::proxies;

const ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: composer");

/// Composer; `COMPOSER_DISABLE_NETWORK=1` did not keep it off the network.
static COMPOSER: Client = Client {
    syntax: Syntax::unix("-d --repository --working-dir"),
    variables: &[OwnVariable::new(
        "COMPOSER_REPO_PACKAGIST",
        Role::Mirror,
        Evidence::recalled("not in facts: Composer's documentation"),
    )],
    default_target: Some((Scheme::Https, "repo.packagist.org")),
    ..Client::new(
        "composer",
        "composer|composer.phar|composer#",
        &[
            Row::new("install|i|update|u|upgrade|require|create-project|self-update|selfupdate|remove|outdated|\
                 audit|global require|global install|global update|search", Traffic::Certain, ROWS)
                .cache(Cache::Project, Fill::All),
            Row::new("run-script|run|exec", Traffic::Unknown, ROWS),
            Row::new("", Traffic::Never, ROWS),
        ],
        Some(&proxies::COMPOSER),
    )
};

/// PEAR's installers
static PEAR: Client = Client {
    syntax: Syntax::unix("-d -c"),
    ..Client::new(
        "pecl",
        "pecl|pear|pickle",
        &[
            Row::new(
                "install|upgrade|download|channel-update|update-channels|channel-discover|upgrade-all",
                Traffic::Certain,
                PEAR_ROWS,
            ),
            Row::new("", Traffic::Never, PEAR_ROWS),
        ],
        None,
    )
};

const PEAR_ROWS: Evidence = Evidence::recalled("not in facts: PEAR's manual");

pub(super) static CLIENTS: &[&Client] = &[&COMPOSER, &PEAR];

//! The keys of `deploy` and `develop`.

use super::service::RESERVED_DEVICE;
use super::shapes::*;
use super::{Object, Shape};

const UPDATE_FIELDS: Fields = &[
    ("delay", &DURATION),
    ("failure_action", &TEXT),
    ("max_failure_ratio", &NUMBER_TEXT),
    ("monitor", &DURATION),
    ("order", &Shape::Word(&["start-first", "stop-first"])),
    ("parallelism", &INT_TEXT),
];

pub(super) static DEPLOY: Object = open(
    &[
        ("endpoint_mode", &TEXT),
        ("labels", &LABELS),
        ("mode", &TEXT),
        (
            "placement",
            &Shape::Map(&open(
                &[
                    ("constraints", &TEXTS),
                    ("max_replicas_per_node", &INT_TEXT),
                    (
                        "preferences",
                        &Shape::List(&Shape::Map(&open(&[("spread", &TEXT)], &[]))),
                    ),
                ],
                &[],
            )),
        ),
        ("replicas", &COUNT),
        (
            "resources",
            &Shape::Map(&open(
                &[
                    (
                        "limits",
                        &Shape::Map(&open(
                            &[
                                ("cpus", &NUMBER_AS_TEXT),
                                ("memory", &SIZE_TEXT),
                                ("pids", &INT_AS_TEXT),
                            ],
                            &[],
                        )),
                    ),
                    (
                        "reservations",
                        &Shape::Map(&open(
                            &[
                                ("cpus", &NUMBER_AS_TEXT),
                                ("devices", &Shape::List(&Shape::Map(&RESERVED_DEVICE))),
                                (
                                    "generic_resources",
                                    &Shape::List(&Shape::Map(&GENERIC_RESOURCE)),
                                ),
                                ("memory", &SIZE_TEXT),
                            ],
                            &[],
                        )),
                    ),
                ],
                &[],
            )),
        ),
        (
            "restart_policy",
            &Shape::Map(&open(
                &[
                    ("condition", &TEXT),
                    ("delay", &DURATION),
                    ("max_attempts", &INT_TEXT),
                    ("window", &DURATION),
                ],
                &[],
            )),
        ),
        ("rollback_config", &Shape::Map(&open(UPDATE_FIELDS, &[]))),
        ("update_config", &Shape::Map(&open(UPDATE_FIELDS, &[]))),
    ],
    &[],
);

static GENERIC_RESOURCE: Object = open(
    &[(
        "discrete_resource_spec",
        &Shape::Map(&open(&[("kind", &TEXT), ("value", &NUMBER_TEXT)], &[])),
    )],
    &[],
);

pub(super) static DEVELOP: Object = open(&[("watch", &Shape::List(&Shape::Map(&WATCH)))], &[]);
static WATCH: Object = open(
    &[
        (
            "action",
            &Shape::Word(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"]),
        ),
        ("exec", &Shape::Map(&HOOK)),
        ("ignore", &TEXT_OR_SET),
        ("include", &TEXT_OR_SET),
        ("initial_sync", &BOOL),
        ("path", &TEXT),
        ("target", &TEXT),
    ],
    &["path", "action"],
);

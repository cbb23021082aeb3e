//! The keys of a compose file and of its sections, as the Compose Specification lists them.

use super::service::SERVICE;
use super::shapes::*;
use super::{Object, Others, Shape};

pub(super) static PROJECT: Object = open(
    &[
        ("version", &TEXT),
        ("name", &TEXT),
        (
            "include",
            &Shape::List(&Shape::Either(&[&TEXT, &Shape::Map(&INCLUDE)])),
        ),
        ("services", &Shape::Map(&section(&Shape::Map(&SERVICE)))),
        (
            "models",
            &Shape::Map(&Object {
                fields: &[],
                required: &[],
                others: Others::NamesAndMore(&Shape::Map(&MODEL)),
            }),
        ),
        (
            "networks",
            &Shape::Map(&Object {
                fields: &[],
                required: &[],
                others: Others::NamesAndMore(&Shape::Either(&[&NULL, &Shape::Map(&NETWORK)])),
            }),
        ),
        (
            "volumes",
            &Shape::Map(&section(&Shape::Either(&[&NULL, &Shape::Map(&VOLUME)]))),
        ),
        ("secrets", &Shape::Map(&section(&Shape::Map(&SECRET)))),
        ("configs", &Shape::Map(&section(&Shape::Map(&CONFIG)))),
    ],
    &[],
);

static INCLUDE: Object = closed(
    &[
        ("path", &TEXT_OR_SET),
        ("env_file", &TEXT_OR_SET),
        ("project_directory", &TEXT),
    ],
    &[],
);

static MODEL: Object = open(
    &[
        ("context_size", &INT),
        ("model", &TEXT),
        ("name", &TEXT),
        ("runtime_flags", &TEXTS),
    ],
    &["model"],
);

static NETWORK: Object = open(
    &[
        ("attachable", &BOOL_TEXT),
        ("driver", &TEXT),
        ("driver_opts", &OPTIONS),
        ("enable_ipv4", &BOOL_TEXT),
        ("enable_ipv6", &BOOL_TEXT),
        ("external", &EXTERNAL),
        ("internal", &BOOL_TEXT),
        (
            "ipam",
            &Shape::Map(&open(
                &[
                    (
                        "config",
                        &Shape::List(&Shape::Map(&open(
                            &[
                                ("aux_addresses", &Shape::Map(&TEXT_MAP)),
                                ("gateway", &TEXT),
                                ("ip_range", &TEXT),
                                ("subnet", &TEXT),
                            ],
                            &[],
                        ))),
                    ),
                    ("driver", &TEXT),
                    ("options", &Shape::Map(&TEXT_MAP)),
                ],
                &[],
            )),
        ),
        ("labels", &LABELS),
        ("name", &TEXT),
    ],
    &[],
);

const EXTERNAL: Shape = Shape::Either(&[&BOOL_TEXT, &Shape::Map(&open(&[("name", &TEXT)], &[]))]);
const OPEN_EXTERNAL: Shape = Shape::Either(&[
    &BOOL_TEXT,
    &Shape::Map(&Object {
        fields: &[("name", &TEXT)],
        required: &[],
        others: Others::Any(&Shape::Any),
    }),
]);

static VOLUME: Object = open(
    &[
        ("driver", &TEXT),
        ("driver_opts", &OPTIONS),
        ("external", &EXTERNAL),
        ("labels", &LIST_OR_MAP),
        ("name", &TEXT),
    ],
    &[],
);

static SECRET: Object = open(
    &[
        ("driver", &TEXT),
        ("driver_opts", &OPTIONS),
        ("environment", &TEXT),
        ("external", &OPEN_EXTERNAL),
        ("file", &TEXT),
        ("labels", &LIST_OR_MAP),
        ("name", &TEXT),
        ("template_driver", &TEXT),
    ],
    &[],
);

static CONFIG: Object = open(
    &[
        ("content", &TEXT),
        ("environment", &TEXT),
        ("external", &OPEN_EXTERNAL),
        ("file", &TEXT),
        ("labels", &LIST_OR_MAP),
        ("name", &TEXT),
        ("template_driver", &TEXT),
    ],
    &[],
);

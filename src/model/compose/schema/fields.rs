//! The keys of a compose file, section by section, as the Compose Specification lists them.

use super::{Object, Others, Shape, Types};

type Fields = &'static [(&'static str, &'static Shape)];

const TEXT: Shape = Shape::Scalar(Types::TEXT);
const BOOL: Shape = Shape::Scalar(Types::BOOL);
const INT: Shape = Shape::Scalar(Types::INT);
const NUMBER: Shape = Shape::Scalar(Types::NUMBER);
const NULL: Shape = Shape::Scalar(Types::NULL);
const BOOL_TEXT: Shape = Shape::Scalar(Types::BOOL.or(Types::TEXT));
const INT_TEXT: Shape = Shape::Scalar(Types::INT.or(Types::TEXT));
const NUMBER_TEXT: Shape = Shape::Scalar(Types::NUMBER.or(Types::TEXT));
const TEXTS: Shape = Shape::List(&TEXT);
const TEXT_SET: Shape = Shape::Set(&TEXT);
const TEXT_OR_SET: Shape = Shape::Either(&[&TEXT, &TEXT_SET]);
const TEXT_OR_LIST: Shape = Shape::Either(&[&TEXT, &TEXTS]);
const COMMAND: Shape = Shape::Either(&[&NULL, &TEXT, &TEXTS]);

/// `NAME: VALUE` or `NAME=VALUE`.
const LIST_OR_MAP: Shape = Shape::Either(&[&SCALAR_MAP, &TEXT_SET]);
const SCALAR_MAP: Shape = Shape::Map(&Object {
    fields: &[],
    required: &[],
    others: Others::Any(&Shape::Scalar(
        Types::TEXT
            .or(Types::NUMBER)
            .or(Types::BOOL)
            .or(Types::NULL),
    )),
});
const OPTIONS: Shape = any_key(&NUMBER_TEXT_MAP);
const NUMBER_TEXT_MAP: Object = Object {
    fields: &[],
    required: &[],
    others: Others::Any(&NUMBER_TEXT),
};
const TEXT_MAP: Object = Object {
    fields: &[],
    required: &[],
    others: Others::Any(&TEXT),
};

const fn any_key(object: &'static Object) -> Shape {
    Shape::Map(object)
}

/// A mapping with these keys and `x-…`.
const fn open(fields: Fields, required: &'static [&'static str]) -> Object {
    Object {
        fields,
        required,
        others: Others::Extensions,
    }
}

/// A mapping with these keys only.
const fn closed(fields: Fields, required: &'static [&'static str]) -> Object {
    Object {
        fields,
        required,
        others: Others::Refused,
    }
}

/// A section of named things, with no other keys.
const fn section(shape: &'static Shape) -> Object {
    Object {
        fields: &[],
        required: &[],
        others: Others::Names(shape),
    }
}

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

static SERVICE: Object = open(
    &[
        ("annotations", &LIST_OR_MAP),
        ("attach", &BOOL_TEXT),
        ("blkio_config", &Shape::Map(&BLKIO)),
        ("build", &Shape::Either(&[&TEXT, &Shape::Map(&BUILD)])),
        ("cap_add", &TEXT_SET),
        ("cap_drop", &TEXT_SET),
        ("cgroup", &Shape::Word(&["host", "private"])),
        ("cgroup_parent", &TEXT),
        ("command", &COMMAND),
        ("configs", &MOUNTS),
        (
            "container_name",
            &Shape::Text(is_container_name, "a container name"),
        ),
        ("cpu_count", &Shape::Range(0, i64::MAX)),
        (
            "cpu_percent",
            &Shape::Either(&[&Shape::Range(0, 100), &NUMBER_TEXT]),
        ),
        ("cpu_period", &NUMBER_TEXT),
        ("cpu_quota", &NUMBER_TEXT),
        ("cpu_rt_period", &NUMBER_TEXT),
        ("cpu_rt_runtime", &NUMBER_TEXT),
        ("cpu_shares", &NUMBER_TEXT),
        ("cpus", &NUMBER_TEXT),
        ("cpuset", &TEXT),
        (
            "credential_spec",
            &Shape::Map(&open(
                &[("config", &TEXT), ("file", &TEXT), ("registry", &TEXT)],
                &[],
            )),
        ),
        (
            "depends_on",
            &Shape::Either(&[&TEXT_SET, &Shape::Map(&section(&Shape::Map(&DEPENDS_ON)))]),
        ),
        ("deploy", &Shape::Either(&[&NULL, &Shape::Map(&DEPLOY)])),
        ("develop", &Shape::Either(&[&NULL, &Shape::Map(&DEVELOP)])),
        ("device_cgroup_rules", &TEXT_SET),
        (
            "devices",
            &Shape::List(&Shape::Either(&[&TEXT, &Shape::Map(&DEVICE)])),
        ),
        ("dns", &TEXT_OR_SET),
        ("dns_opt", &TEXT_SET),
        ("dns_search", &TEXT_OR_SET),
        ("domainname", &TEXT),
        ("entrypoint", &COMMAND),
        (
            "env_file",
            &Shape::Either(&[
                &TEXT,
                &Shape::List(&Shape::Either(&[&TEXT, &Shape::Map(&ENV_FILE)])),
            ]),
        ),
        ("environment", &LIST_OR_MAP),
        ("expose", &Shape::Set(&NUMBER_TEXT)),
        (
            "extends",
            &Shape::Either(&[
                &TEXT,
                &Shape::Map(&closed(
                    &[("service", &TEXT), ("file", &TEXT)],
                    &["service"],
                )),
            ]),
        ),
        ("external_links", &TEXT_SET),
        ("extra_hosts", &HOSTS),
        (
            "gpus",
            &Shape::Either(&[&Shape::Word(&["all"]), &Shape::List(&Shape::Map(&GPU))]),
        ),
        ("group_add", &Shape::Set(&NUMBER_TEXT)),
        ("healthcheck", &Shape::Map(&HEALTHCHECK)),
        ("hostname", &TEXT),
        ("image", &TEXT),
        ("init", &BOOL_TEXT),
        ("ipc", &TEXT),
        ("isolation", &TEXT),
        ("label_file", &TEXT_OR_LIST),
        ("labels", &LIST_OR_MAP),
        ("links", &TEXT_SET),
        (
            "logging",
            &Shape::Map(&open(
                &[
                    ("driver", &TEXT),
                    ("options", &Shape::Map(&LOGGING_OPTIONS)),
                ],
                &[],
            )),
        ),
        ("mac_address", &TEXT),
        ("mem_limit", &NUMBER_TEXT),
        ("mem_reservation", &INT_TEXT),
        ("mem_swappiness", &INT_TEXT),
        ("memswap_limit", &NUMBER_TEXT),
        (
            "models",
            &Shape::Either(&[
                &TEXT_SET,
                &Shape::Map(&Object {
                    fields: &[],
                    required: &[],
                    others: Others::NamesAndMore(&Shape::Either(&[
                        &NULL,
                        &Shape::Map(&open(&[("endpoint_var", &TEXT), ("model_var", &TEXT)], &[])),
                    ])),
                }),
            ]),
        ),
        ("network_mode", &TEXT),
        (
            "networks",
            &Shape::Either(&[
                &TEXT_SET,
                &Shape::Map(&section(&Shape::Either(&[
                    &NULL,
                    &Shape::Map(&SERVICE_NETWORK),
                ]))),
            ]),
        ),
        ("oom_kill_disable", &BOOL_TEXT),
        ("oom_score_adj", &Shape::Range(-1000, 1000)),
        ("pid", &Shape::Scalar(Types::TEXT.or(Types::NULL))),
        ("pids_limit", &NUMBER_TEXT),
        ("platform", &TEXT),
        (
            "ports",
            &Shape::List(&Shape::Either(&[&NUMBER_TEXT, &Shape::Map(&PORT)])),
        ),
        ("post_start", &Shape::List(&Shape::Map(&HOOK))),
        ("pre_stop", &Shape::List(&Shape::Map(&HOOK))),
        ("privileged", &BOOL_TEXT),
        ("profiles", &TEXT_SET),
        ("provider", &Shape::Map(&PROVIDER)),
        ("pull_policy", &Shape::Text(is_pull_policy, "a pull policy")),
        ("pull_refresh_after", &TEXT),
        ("read_only", &BOOL_TEXT),
        ("restart", &TEXT),
        ("runtime", &TEXT),
        ("scale", &INT_TEXT),
        ("secrets", &MOUNTS),
        ("security_opt", &TEXT_SET),
        ("shm_size", &NUMBER_TEXT),
        ("stdin_open", &BOOL_TEXT),
        ("stop_grace_period", &TEXT),
        ("stop_signal", &TEXT),
        (
            "storage_opt",
            &Shape::Map(&Object {
                fields: &[],
                required: &[],
                others: Others::Any(&Shape::Any),
            }),
        ),
        ("sysctls", &LIST_OR_MAP),
        ("tmpfs", &TEXT_OR_SET),
        ("tty", &BOOL_TEXT),
        ("ulimits", &ULIMITS),
        ("use_api_socket", &BOOL),
        ("user", &TEXT),
        ("userns_mode", &TEXT),
        ("uts", &TEXT),
        (
            "volumes",
            &Shape::List(&Shape::Either(&[&TEXT, &Shape::Map(&MOUNT)])),
        ),
        ("volumes_from", &TEXT_SET),
        ("working_dir", &TEXT),
    ],
    &[],
);

static BUILD: Object = open(
    &[
        ("additional_contexts", &LIST_OR_MAP),
        ("args", &LIST_OR_MAP),
        ("cache_from", &TEXTS),
        ("cache_to", &TEXTS),
        ("context", &TEXT),
        ("dockerfile", &TEXT),
        ("dockerfile_inline", &TEXT),
        ("entitlements", &TEXTS),
        ("extra_hosts", &HOSTS),
        ("isolation", &TEXT),
        ("labels", &LIST_OR_MAP),
        ("network", &TEXT),
        ("no_cache", &BOOL_TEXT),
        ("platforms", &TEXTS),
        ("privileged", &BOOL_TEXT),
        ("provenance", &BOOL_TEXT),
        ("pull", &BOOL_TEXT),
        ("sbom", &BOOL_TEXT),
        ("secrets", &MOUNTS),
        ("shm_size", &INT_TEXT),
        ("ssh", &LIST_OR_MAP),
        ("tags", &TEXTS),
        ("target", &TEXT),
        ("ulimits", &ULIMITS),
    ],
    &[],
);

const MOUNTS: Shape = Shape::List(&Shape::Either(&[&TEXT, &Shape::Map(&FILE_MOUNT)]));
static FILE_MOUNT: Object = open(
    &[
        ("source", &TEXT),
        ("target", &TEXT),
        ("uid", &TEXT),
        ("gid", &TEXT),
        ("mode", &NUMBER_TEXT),
    ],
    &[],
);

const HOSTS: Shape = Shape::Either(&[
    &Shape::Map(&Object {
        fields: &[],
        required: &[],
        others: Others::Any(&TEXT_OR_LIST),
    }),
    &TEXT_SET,
]);

const ULIMITS: Shape = Shape::Map(&Object {
    fields: &[],
    required: &[],
    others: Others::NamesAndMore(&Shape::Either(&[
        &INT_TEXT,
        &Shape::Map(&open(
            &[("hard", &INT_TEXT), ("soft", &INT_TEXT)],
            &["soft", "hard"],
        )),
    ])),
});

static ENV_FILE: Object = closed(
    &[("path", &TEXT), ("format", &TEXT), ("required", &BOOL_TEXT)],
    &["path"],
);

static DEPENDS_ON: Object = open(
    &[
        (
            "condition",
            &Shape::Word(&[
                "service_started",
                "service_healthy",
                "service_completed_successfully",
            ]),
        ),
        ("required", &BOOL),
        ("restart", &BOOL_TEXT),
    ],
    &["condition"],
);

static BLKIO: Object = closed(
    &[
        ("device_read_bps", &BLKIO_LIMITS),
        ("device_read_iops", &BLKIO_LIMITS),
        ("device_write_bps", &BLKIO_LIMITS),
        ("device_write_iops", &BLKIO_LIMITS),
        ("weight", &INT_TEXT),
        (
            "weight_device",
            &Shape::List(&Shape::Map(&closed(
                &[("path", &TEXT), ("weight", &INT_TEXT)],
                &[],
            ))),
        ),
    ],
    &[],
);
const BLKIO_LIMITS: Shape = Shape::List(&Shape::Map(&closed(
    &[("path", &TEXT), ("rate", &INT_TEXT)],
    &[],
)));

static DEVICE: Object = open(
    &[("source", &TEXT), ("target", &TEXT), ("permissions", &TEXT)],
    &["source"],
);

const GPU_FIELDS: Fields = &[
    ("capabilities", &TEXT_SET),
    ("count", &INT_TEXT),
    ("device_ids", &TEXT_SET),
    ("driver", &TEXT),
    ("options", &LIST_OR_MAP),
];
static GPU: Object = open(GPU_FIELDS, &[]);
static RESERVED_DEVICE: Object = open(GPU_FIELDS, &["capabilities"]);

static LOGGING_OPTIONS: Object = Object {
    fields: &[],
    required: &[],
    others: Others::Any(&Shape::Scalar(
        Types::TEXT.or(Types::NUMBER).or(Types::NULL),
    )),
};

static SERVICE_NETWORK: Object = open(
    &[
        ("aliases", &TEXT_SET),
        ("driver_opts", &OPTIONS),
        ("gw_priority", &NUMBER),
        ("interface_name", &TEXT),
        ("ipv4_address", &TEXT),
        ("ipv6_address", &TEXT),
        ("link_local_ips", &TEXT_SET),
        ("mac_address", &TEXT),
        ("priority", &NUMBER),
    ],
    &[],
);

static PORT: Object = open(
    &[
        ("app_protocol", &TEXT),
        ("host_ip", &TEXT),
        ("mode", &TEXT),
        ("name", &TEXT),
        ("protocol", &TEXT),
        ("published", &INT_TEXT),
        ("target", &INT_TEXT),
    ],
    &[],
);

static HOOK: Object = open(
    &[
        ("command", &COMMAND),
        ("environment", &LIST_OR_MAP),
        ("privileged", &BOOL_TEXT),
        ("user", &TEXT),
        ("working_dir", &TEXT),
    ],
    &["command"],
);

const PROVIDER_OPTION: Shape = Shape::Scalar(Types::TEXT.or(Types::NUMBER).or(Types::BOOL));
static PROVIDER: Object = open(
    &[
        (
            "options",
            &Shape::Map(&Object {
                fields: &[],
                required: &[],
                others: Others::Any(&Shape::Either(&[
                    &PROVIDER_OPTION,
                    &Shape::List(&PROVIDER_OPTION),
                ])),
            }),
        ),
        ("type", &TEXT),
    ],
    &["type"],
);

static HEALTHCHECK: Object = open(
    &[
        ("disable", &BOOL_TEXT),
        ("interval", &TEXT),
        ("retries", &NUMBER_TEXT),
        ("start_interval", &TEXT),
        ("start_period", &TEXT),
        ("test", &TEXT_OR_LIST),
        ("timeout", &TEXT),
    ],
    &[],
);

static MOUNT: Object = open(
    &[
        (
            "bind",
            &Shape::Map(&open(
                &[
                    ("create_host_path", &BOOL_TEXT),
                    ("propagation", &TEXT),
                    (
                        "recursive",
                        &Shape::Word(&["enabled", "disabled", "writable", "readonly"]),
                    ),
                    ("selinux", &Shape::Word(&["z", "Z"])),
                ],
                &[],
            )),
        ),
        ("consistency", &TEXT),
        ("image", &Shape::Map(&open(&[("subpath", &TEXT)], &[]))),
        ("read_only", &BOOL_TEXT),
        ("source", &TEXT),
        ("target", &TEXT),
        (
            "tmpfs",
            &Shape::Map(&open(
                &[("mode", &NUMBER_TEXT), ("size", &Shape::Range(0, i64::MAX))],
                &[],
            )),
        ),
        (
            "type",
            &Shape::Word(&["bind", "volume", "tmpfs", "cluster", "npipe", "image"]),
        ),
        (
            "volume",
            &Shape::Map(&open(
                &[
                    ("labels", &LIST_OR_MAP),
                    ("nocopy", &BOOL_TEXT),
                    ("subpath", &TEXT),
                ],
                &[],
            )),
        ),
    ],
    &["type"],
);

const UPDATE_FIELDS: Fields = &[
    ("delay", &TEXT),
    ("failure_action", &TEXT),
    ("max_failure_ratio", &NUMBER_TEXT),
    ("monitor", &TEXT),
    ("order", &Shape::Word(&["start-first", "stop-first"])),
    ("parallelism", &INT_TEXT),
];

static DEPLOY: Object = open(
    &[
        ("endpoint_mode", &TEXT),
        ("labels", &LIST_OR_MAP),
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
        ("replicas", &INT_TEXT),
        (
            "resources",
            &Shape::Map(&open(
                &[
                    (
                        "limits",
                        &Shape::Map(&open(
                            &[
                                ("cpus", &NUMBER_TEXT),
                                ("memory", &TEXT),
                                ("pids", &INT_TEXT),
                            ],
                            &[],
                        )),
                    ),
                    (
                        "reservations",
                        &Shape::Map(&open(
                            &[
                                ("cpus", &NUMBER_TEXT),
                                ("devices", &Shape::List(&Shape::Map(&RESERVED_DEVICE))),
                                (
                                    "generic_resources",
                                    &Shape::List(&Shape::Map(&GENERIC_RESOURCE)),
                                ),
                                ("memory", &TEXT),
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
                    ("delay", &TEXT),
                    ("max_attempts", &INT_TEXT),
                    ("window", &TEXT),
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

static DEVELOP: Object = open(&[("watch", &Shape::List(&Shape::Map(&WATCH)))], &[]);
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
        ("labels", &LIST_OR_MAP),
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

/// Holds a letter or digit with one of `[a-zA-Z0-9_.-]` behind it; the pattern is not anchored.
fn is_container_name(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    name.as_bytes()
        .windows(2)
        .any(|pair| matches!(*pair, [a, b] if a.is_ascii_alphanumeric() && is_inner(b)))
}

/// Holds one of the words; the pattern is not anchored.
fn is_pull_policy(policy: &str) -> bool {
    let words = [
        "always",
        "never",
        "build",
        "if_not_present",
        "missing",
        "refresh",
        "daily",
        "weekly",
    ];
    let is_interval = |rest: &str| {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        unit.len() < rest.len() && unit.starts_with(['w', 'd', 'h', 'm', 's'])
    };
    words.iter().any(|word| policy.contains(word))
        || policy.split("every_").skip(1).any(is_interval)
}

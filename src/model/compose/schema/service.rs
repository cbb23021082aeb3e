//! The keys of a service.

use super::deploy::{DEPLOY, DEVELOP};
use super::shapes::*;
use super::texts::{is_container_name, is_pull_policy};
use super::{Object, Others, Shape, Types};

pub(super) static SERVICE: Object = open(
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
            &Shape::Text(
                is_container_name,
                "a container name: a letter or digit, and more of these, `_`, `.` or `-`",
            ),
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
            &Shape::List(&Shape::Either(&[&DEVICE_TEXT, &Shape::Map(&DEVICE)])),
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
        ("mem_limit", &SIZE),
        ("mem_reservation", &WHOLE_SIZE),
        ("mem_swappiness", &WHOLE_SIZE),
        ("memswap_limit", &SIZE),
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
            &Shape::List(&Shape::Either(&[
                &PORT_TEXT,
                &Shape::Range(1, 65535),
                &Shape::Map(&PORT),
            ])),
        ),
        ("post_start", &Shape::List(&Shape::Map(&HOOK))),
        // Newer than Compose 2.40.3, which would refuse it (compose-spec `schema/compose-spec.json`).
        ("pre_start", &Shape::List(&Shape::Any)),
        ("pre_stop", &Shape::List(&Shape::Map(&HOOK))),
        ("privileged", &BOOL_TEXT),
        ("profiles", &TEXT_SET),
        ("provider", &Shape::Map(&PROVIDER)),
        (
            "pull_policy",
            &Shape::Text(
                is_pull_policy,
                "a pull policy such as `always`, `missing` or `every_12h`",
            ),
        ),
        ("pull_refresh_after", &TEXT),
        ("read_only", &BOOL_TEXT),
        ("restart", &TEXT),
        ("runtime", &TEXT),
        ("scale", &COUNT),
        ("secrets", &MOUNTS),
        ("security_opt", &TEXT_SET),
        ("shm_size", &SIZE),
        ("stdin_open", &BOOL_TEXT),
        ("stop_grace_period", &DURATION),
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
            &Shape::List(&Shape::Either(&[&VOLUME_TEXT, &Shape::Map(&MOUNT)])),
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
        ("shm_size", &WHOLE_SIZE),
        ("ssh", &LIST_OR_MAP),
        ("tags", &TEXTS),
        ("target", &TEXT),
        ("ulimits", &ULIMITS),
    ],
    &[],
);

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
    &[("path", &TEXT), ("rate", &WHOLE_SIZE)],
    &[],
)));

static DEVICE: Object = open(
    &[("source", &TEXT), ("target", &TEXT), ("permissions", &TEXT)],
    &["source"],
);

const GPU_FIELDS: Fields = &[
    ("capabilities", &TEXT_SET),
    ("count", &INT_OR_ALL),
    ("device_ids", &TEXT_SET),
    ("driver", &TEXT),
    ("options", &LIST_OR_MAP),
];
static GPU: Object = open(GPU_FIELDS, &[]);
pub(super) static RESERVED_DEVICE: Object = open(GPU_FIELDS, &["capabilities"]);

static LOGGING_OPTIONS: Object = Object {
    fields: &[],
    required: &[],
    others: Others::Any(&Shape::Scalar(
        Types::TEXT.or(Types::NUMBER).or(Types::NULL),
    )),
};

static SERVICE_NETWORK: Object = open(
    &[
        ("aliases", &TEXTS),
        ("driver_opts", &OPTIONS),
        ("gw_priority", &NUMBER),
        ("interface_name", &TEXT),
        ("ipv4_address", &TEXT),
        ("ipv6_address", &TEXT),
        ("link_local_ips", &TEXTS),
        ("mac_address", &TEXT),
        ("priority", &NUMBER),
    ],
    &[],
);

static PORT: Object = open(
    &[
        ("app_protocol", &TEXT),
        ("host_ip", &ADDRESS),
        ("mode", &TEXT),
        ("name", &TEXT),
        ("protocol", &TEXT),
        ("published", &INT_TEXT),
        ("target", &INT_TEXT),
    ],
    &["target"],
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
        ("interval", &DURATION),
        ("retries", &Shape::Either(&[&COUNT, &NUMBER_TEXT])),
        ("start_interval", &DURATION),
        ("start_period", &DURATION),
        ("test", &TEXT_OR_LIST),
        ("timeout", &DURATION),
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
    &["type", "target"],
);

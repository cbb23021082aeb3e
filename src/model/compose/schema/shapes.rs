//! Shapes that many keys share.

use std::net::IpAddr;

use super::texts::{
    is_command, is_duration, is_host, is_number, is_port, is_size, is_whole_number,
};
use super::{Object, Others, Shape, Types};
use crate::model::compose::canonical::Volume;

pub(super) type Fields = &'static [(&'static str, &'static Shape)];

pub(super) const TEXT: Shape = Shape::Scalar(Types::TEXT);
pub(super) const BOOL: Shape = Shape::Scalar(Types::BOOL);
pub(super) const INT: Shape = Shape::Scalar(Types::INT);
pub(super) const NUMBER: Shape = Shape::Scalar(Types::NUMBER);
pub(super) const NULL: Shape = Shape::Scalar(Types::NULL);
pub(super) const BOOL_TEXT: Shape = Shape::Scalar(Types::BOOL.or(Types::TEXT));
pub(super) const INT_TEXT: Shape = Shape::Scalar(Types::INT.or(Types::TEXT));
pub(super) const NUMBER_TEXT: Shape = Shape::Scalar(Types::NUMBER.or(Types::TEXT));
pub(super) const TEXTS: Shape = Shape::List(&TEXT);
pub(super) const TEXT_SET: Shape = Shape::Set(&TEXT);
pub(super) const TEXT_OR_SET: Shape = Shape::Either(&[&TEXT, &TEXT_SET]);
pub(super) const TEXT_OR_LIST: Shape = Shape::Either(&[&TEXT, &TEXTS]);
pub(super) const COMMAND: Shape = Shape::Either(&[&NULL, &COMMAND_LINE, &TEXTS]);
const COMMAND_LINE: Shape = Shape::Text(
    is_command,
    "a command line in which all quotes and parentheses have an end",
);

pub(super) const DURATION: Shape = Shape::Text(is_duration, "a duration such as `30s` or `1m30s`");
pub(super) const SIZE_TEXT: Shape = Shape::Text(is_size, "a size such as `512m`");
pub(super) const SIZE: Shape = Shape::Either(&[&NUMBER, &SIZE_TEXT]);
pub(super) const WHOLE_SIZE: Shape = Shape::Either(&[&INT, &SIZE_TEXT]);
pub(super) const NUMBER_AS_TEXT: Shape =
    Shape::Either(&[&NUMBER, &Shape::Text(is_number, "a number")]);
pub(super) const INT_AS_TEXT: Shape =
    Shape::Either(&[&INT, &Shape::Text(is_whole_number, "a whole number")]);
pub(super) const INT_OR_ALL: Shape = Shape::Either(&[
    &INT,
    &Shape::Text(
        |text| text == "all" || is_whole_number(text),
        "a whole number or `all`",
    ),
]);
pub(super) const ADDRESS: Shape =
    Shape::Text(|text| text.parse::<IpAddr>().is_ok(), "an IP address");
pub(super) const DEVICE_TEXT: Shape = Shape::Text(
    |text| text.split(':').count() <= 3,
    "a device such as `/dev/a:/dev/b:rwm`",
);
/// How many of something there are to be.
pub(super) const COUNT: Shape = Shape::Range(0, i64::MAX);
pub(super) const PORT_TEXT: Shape = Shape::Text(
    is_port,
    "ports such as `8080:80` or `127.0.0.1:8080:80/tcp`",
);
pub(super) const VOLUME_TEXT: Shape = Shape::Text(
    |text| Volume::parse(text).is_some(),
    "a volume such as `./data:/data:ro`",
);

/// `NAME: VALUE` or `NAME=VALUE`.
pub(super) const LIST_OR_MAP: Shape = Shape::Either(&[&SCALAR_MAP, &TEXT_SET]);
/// The same where Compose has made the list's items differ before it looks.
pub(super) const LABELS: Shape = Shape::Either(&[&SCALAR_MAP, &TEXTS]);
pub(super) const SCALAR_MAP: Shape = Shape::Map(&Object {
    fields: &[],
    required: &[],
    others: Others::Any(&Shape::Scalar(
        Types::TEXT
            .or(Types::NUMBER)
            .or(Types::BOOL)
            .or(Types::NULL),
    )),
});
pub(super) const OPTIONS: Shape = any_key(&NUMBER_TEXT_MAP);
pub(super) const NUMBER_TEXT_MAP: Object = Object {
    fields: &[],
    required: &[],
    others: Others::Any(&NUMBER_TEXT),
};
pub(super) const TEXT_MAP: Object = Object {
    fields: &[],
    required: &[],
    others: Others::Any(&TEXT),
};

pub(super) const fn any_key(object: &'static Object) -> Shape {
    Shape::Map(object)
}

/// A mapping with these keys and `x-…`.
pub(super) const fn open(fields: Fields, required: &'static [&'static str]) -> Object {
    Object {
        fields,
        required,
        others: Others::Extensions,
    }
}

/// A mapping with these keys only.
pub(super) const fn closed(fields: Fields, required: &'static [&'static str]) -> Object {
    Object {
        fields,
        required,
        others: Others::Refused,
    }
}

/// A section of named things, with no other keys.
pub(super) const fn section(shape: &'static Shape) -> Object {
    Object {
        fields: &[],
        required: &[],
        others: Others::Names(shape),
    }
}

pub(super) const MOUNTS: Shape = Shape::List(&Shape::Either(&[&TEXT, &Shape::Map(&FILE_MOUNT)]));
pub(super) static FILE_MOUNT: Object = open(
    &[
        ("source", &TEXT),
        ("target", &TEXT),
        ("uid", &TEXT),
        ("gid", &TEXT),
        ("mode", &NUMBER_TEXT),
    ],
    &[],
);

pub(super) const HOSTS: Shape = Shape::Either(&[
    &Shape::Map(&Object {
        fields: &[],
        required: &[],
        others: Others::Any(&TEXT_OR_LIST),
    }),
    &Shape::Set(&Shape::Text(is_host, "`HOST=ADDRESS`")),
]);

pub(super) const ULIMITS: Shape = Shape::Map(&Object {
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

pub(super) static HOOK: Object = open(
    &[
        ("command", &COMMAND),
        ("environment", &LIST_OR_MAP),
        ("privileged", &BOOL_TEXT),
        ("user", &TEXT),
        ("working_dir", &TEXT),
    ],
    &["command"],
);

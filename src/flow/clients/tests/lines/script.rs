//! Programs that do what docklint does not see.

use super::check;
use crate::model::base_images::Distro::Debian;

#[test]
fn what_is_not_seen() {
    check(&[
        (Debian, "make build", "script unknown ?://? ????????"),
        (Debian, "./build.sh", "script unknown ?://? ????????"),
        (
            Debian,
            "python3 setup.py install",
            "python unknown ?://? hHsSnN",
        ),
        (
            Debian,
            r#"node -e 'fetch("https://example.com")'"#,
            "node unknown ?://?",
        ),
        (Debian, "sh install.sh", "script unknown ?://? ????????"),
        (Debian, "echo hello", "no client"),
    ]);
}

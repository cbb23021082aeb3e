//! PHP.

use super::check;
use crate::model::base_images::Distro::Debian;

#[test]
fn php() {
    check(&[
        (
            Debian,
            "composer install --no-dev",
            "composer certain https://repo.packagist.org hHsSnN COMPOSER_REPO_PACKAGIST",
        ),
        (
            Debian,
            "composer dump-autoload -o",
            "composer never  hHsSnN COMPOSER_REPO_PACKAGIST",
        ),
    ]);
}

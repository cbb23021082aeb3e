//! Ruby.

use super::check;
use crate::model::base_images::Distro::Debian;

#[test]
fn ruby() {
    check(&[
        (
            Debian,
            "gem install bundler --version 2.4",
            "gem certain https://rubygems.org hHsSnN",
        ),
        (
            Debian,
            "gem install --http-proxy http://p:3128 rails",
            "gem certain https://rubygems.org hHsSnN  Proxy(None)=http://p:3128",
        ),
        (
            Debian,
            "gem install --local x.gem",
            "gem offline(--local) https://rubygems.org hHsSnN",
        ),
        (
            Debian,
            "bundle install --jobs 4",
            "bundle if-not-cached https://rubygems.org hHsSnN BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/",
        ),
        (
            Debian,
            "bundle install --local",
            "bundle offline(--local) https://rubygems.org hHsSnN BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/ Offline=",
        ),
        (
            Debian,
            "bundle config set path vendor",
            "bundle never  hHsSnN BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/",
        ),
    ]);
}

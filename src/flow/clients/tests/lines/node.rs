//! Node's package managers.

use super::check;
use crate::model::base_images::Distro::Debian;

#[test]
fn node() {
    check(&[
        (
            Debian,
            "npm ci",
            "npm certain https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "npm install --registry=https://npm.corp",
            "npm certain https://npm.corp sSnN NPM_CONFIG_REGISTRY Mirror=https://npm.corp",
        ),
        (
            Debian,
            "npm --prefix web install --proxy http://p:3128",
            "npm certain https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY Proxy(None)=http://p:3128",
        ),
        (
            Debian,
            "NPM_CONFIG_REGISTRY=https://npm.corp npm install -g yarn",
            "npm certain https://npm.corp sSnN NPM_CONFIG_REGISTRY Mirror=https://npm.corp",
        ),
        (
            Debian,
            "npm ci --offline",
            "npm offline(--offline) https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY Offline=",
        ),
        (
            Debian,
            "npm run build",
            "npm unknown https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "npm config set registry https://npm.corp",
            "npm never  hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "npm init -y",
            "npm never  hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "npx tsc",
            "npm usually https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "yarn",
            "yarn 1 certain https://registry.yarnpkg.com hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "yarn install --frozen-lockfile",
            "yarn 1 certain https://registry.yarnpkg.com hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "yarn install --immutable",
            "yarn 2 certain https://registry.yarnpkg.com  YARN_NPM_REGISTRY_SERVER",
        ),
        (
            Debian,
            "yarn build",
            "yarn 1 unknown https://registry.yarnpkg.com hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "yarn config set registry https://npm.corp",
            "yarn 1 never  hHsSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "pnpm install --frozen-lockfile",
            "pnpm certain https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY",
        ),
        (
            Debian,
            "pnpm i --offline",
            "pnpm offline(--offline) https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY Offline=",
        ),
        (Debian, "corepack enable", "corepack never  ????????"),
        (
            Debian,
            "corepack prepare pnpm@9 --activate",
            "corepack certain https://registry.npmjs.org ????????",
        ),
        (
            Debian,
            "corepack pnpm install",
            "pnpm certain https://registry.npmjs.org sSnN NPM_CONFIG_REGISTRY",
        ),
    ]);
}

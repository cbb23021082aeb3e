// Makes the npm packages: one for each platform with a binary in it, and the one that people install,
// which depends on them.
//
//   node npm/assemble.mjs FOLDER PLATFORM=BINARY…
//   node npm/assemble.mjs dist linux-x64=target/x86_64-unknown-linux-musl/release/docklint …
//
// A release gives all platforms of platforms.json; with fewer, the others are left out of the
// dependencies. The version is Cargo.toml's.

import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const json = (path) => JSON.parse(readFileSync(path, "utf8"));

function fail(message) {
  console.error(`assemble: ${message}`);
  process.exit(2);
}

function version() {
  const manifest = readFileSync(join(root, "Cargo.toml"), "utf8");
  return /^version = "(.+)"$/m.exec(manifest)?.[1] ?? fail("Cargo.toml has no version");
}

/** Writes a package's folder: what both kinds have, and its own keys. */
function writePackage(folder, keys) {
  const { name, description, license } = common;
  const own = { name, version: version(), description, license, ...keys };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(own, null, 2)}\n`);
  for (const file of ["README.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
    copyFileSync(join(root, file), join(folder, file));
  }
}

const [out, ...binaries] = process.argv.slice(2);
if (!out || binaries.length === 0) {
  fail("give a folder and PLATFORM=BINARY");
}
const common = json(join(here, "package.json"));
const platforms = json(join(here, "platforms.json")).map((platform) => platform.name);
const optionalDependencies = {};
for (const pair of binaries) {
  const [, platform, binary] = /^([^=]+)=(.+)$/.exec(pair) ?? fail(`${pair} is not PLATFORM=BINARY`);
  if (!platforms.includes(platform)) {
    fail(`there is no platform ${platform}; there is ${platforms.join(", ")}`);
  }
  const [os, cpu] = platform.split("-");
  const program = os === "win32" ? "docklint.exe" : "docklint";
  const folder = join(out, platform);
  mkdirSync(folder, { recursive: true });
  copyFileSync(binary, join(folder, program));
  chmodSync(join(folder, program), 0o755);
  const name = `@docklint/${platform}`;
  writePackage(folder, { name, files: [program], os: [os], cpu: [cpu] });
  optionalDependencies[name] = version();
}
const main = join(out, "docklint");
cpSync(join(here, "bin"), join(main, "bin"), { recursive: true });
writePackage(main, { ...common, optionalDependencies });

#!/usr/bin/env node
// Runs the program that npm installed for this platform.
"use strict";

const { spawnSync } = require("node:child_process");
const { constants } = require("node:os");

const FAILED = 2;

function fail(message) {
  console.error(`docklint: ${message}`);
  process.exit(FAILED);
}

function program() {
  const platform = `${process.platform}-${process.arch}`;
  const name = process.platform === "win32" ? "docklint.exe" : "docklint";
  try {
    return require.resolve(`@docklint/${platform}/${name}`);
  } catch {
    return fail(
      `the package @docklint/${platform} is not installed: npm was told to leave optional dependencies out, ` +
        "or there is none for this platform (cargo install docklint compiles one)",
    );
  }
}

const run = spawnSync(program(), process.argv.slice(2), { stdio: "inherit" });
if (run.error) {
  fail(run.error.message);
}
// As a shell tells of a program that was stopped by a signal.
process.exit(run.signal ? 128 + constants.signals[run.signal] : run.status);

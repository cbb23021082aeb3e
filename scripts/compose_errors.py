#!/usr/bin/env python3
"""Compares docklint's compose errors with those of the real Docker Compose.

    scripts/compose_errors.py DOCKER_COMPOSE FOLDER [--docklint PATH]

FOLDER holds repositories, each a folder of its own. Every compose file in them is given to
`docker-compose -f FILE config -q`, in its folder and with an empty environment, and to docklint, which is told
that this is the shell's. Printed are the files that only one of them refuses, by what is said. What docklint
refuses alone is a false alarm, and the exit code is then 1. What only Compose refuses may be no miss: a file
may be meant to be laid over another one or be brought in by it, and a missing `.env` is everybody's own.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

NAME = re.compile(r"(compose|docker-compose|compose\..+|docker-compose[._-].+)\.ya?ml")
RULES = ("compose-error", "syntax-error")
ENVIRONMENT = {"PATH": os.defpath, "HOME": "/nonexistent"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("compose", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--docklint", type=Path, default="target/release/docklint")
    options = parser.parse_args()
    compose, docklint = options.compose.resolve(), options.docklint.resolve()

    counts = defaultdict(int)
    alone = {"docklint": defaultdict(list), "Compose": defaultdict(list)}
    for repository in sorted(filter(Path.is_dir, options.folder.resolve().iterdir())):
        # Marks the root that paths must not leave.
        (repository / ".git").mkdir(exist_ok=True)
        for file in sorted(filter(is_compose_file, repository.rglob("*"))):
            theirs, ours = ask_compose(compose, file), ask_docklint(docklint, repository, file)
            counts[bool(theirs), bool(ours)] += 1
            if bool(theirs) != bool(ours):
                who, said = ("Compose", theirs) if theirs else ("docklint", ours)
                alone[who][kind(said)].append(file.relative_to(options.folder.resolve()))
    print(f"accepted by both {counts[False, False]}, refused by both {counts[True, True]}")
    for who, kinds in alone.items():
        print(f"refused by {who} alone: {sum(map(len, kinds.values()))}")
        for said, files in sorted(kinds.items(), key=lambda item: -len(item[1])):
            print(f"  {len(files):4} {said}, as in {files[0]}")
    return 1 if alone["docklint"] else 0


def is_compose_file(path):
    is_workflow = path.parent.name == "workflows"
    return bool(NAME.fullmatch(path.name)) and path.is_file() and not is_workflow


def ask_compose(program, file):
    """What Compose says against a file; empty if nothing."""
    run = ask([program, "-f", file.name, "config", "-q"], file.parent)
    lines = [line for line in run.stderr.splitlines() if line and not line.startswith("time=")]
    return " ".join(lines) or "?" if run.returncode else ""


def ask_docklint(program, repository, file):
    """The same of docklint."""
    options = ["--use-shell-env", "--isolated", "--no-baseline", "--format", "json"]
    run = ask([program, "check", file.relative_to(repository), *options], repository)
    findings = json.loads(run.stdout)["findings"]
    errors = [it["message"] for it in findings if it["rule"] in RULES and it["severity"] == "error"]
    return errors[0] if errors else ""


def ask(command, folder):
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)


def kind(said):
    """A message without its names and numbers."""
    return re.sub(r"\"[^\"]*\"|'[^']*'|/\S+|\bservices\.\S+|\d+", "_", said)[:90]


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Compares docklint with lines of public repositories that people labelled.

    scripts/wild.py FOLDER [--docklint PATH] [--labels FILE]

FOLDER holds the files as OWNER+NAME/COMMIT/PATH; a `^` behind the commit stands for its parent.
The labels say: repository, commit, path, line (0: the whole file), category, verdict, reason.

A `must-report` line counts as found if a rule of its category speaks within four lines of it, at any
severity. A `must-not-report` line is hit if such a rule speaks there at warning or error; a whole file,
if any rule does. `may-report` lines are not compared. Categories without rules here are left out.
"""

import argparse
import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

NEAR = 4

SHORT = {"arg-out-of-scope", "arg-declared-late", "env-from-undeclared", "export-lost"}

# The rules that answer for a category of labels.
CATEGORIES = {
    "goproxy-inconsistent": {"goproxy-inconsistent", "arg-out-of-scope", "arg-declared-late"},
    "goproxy-not-reaching": SHORT | {"build-arg-not-consumed"},
    "goproxy-malformed": {"goproxy-malformed"},
    "proxy-baked": {"proxy-baked"},
    "proxy-never-reaches": SHORT,
    "proxy-missing": {"proxy-missing", "proxy-runtime-only"},
    "no-proxy-missing": {"no-proxy-missing"},
    "proxy-credentials": {"proxy-credentials"},
    # An argument that an ENV keeps is told there.
    "secret-in-arg": {"secret-in-arg", "secret-in-env"},
    "secret-in-env": {"secret-in-env"},
    "secret-in-run": {"secret-in-run", "credential-literal"},
    "*": None,
}

# Files whose findings need the project round them, of which only single files are here.
PARTS = (".yml", ".yaml", ".conf", ".service", ".json", ".env")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--docklint", type=Path, default="target/release/docklint")
    parser.add_argument("--labels", type=Path, default=Path("fixtures/conformance/wild/labels.tsv"))
    options = parser.parse_args()

    labels = read_labels(options.labels)
    files = {file for file in map(file_of, labels) if (options.folder / file).is_file()}
    findings = lint(options.docklint.resolve(), options.folder, sorted(files))
    return report(labels, files, findings)


def read_labels(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def file_of(label):
    return f"{label['repo'].replace('/', '+')}/{label['commit']}/{label['path']}"


def lint(docklint, folder, files):
    """Each file by itself: versions of one repository are not one project."""
    findings = defaultdict(list)
    for file in files:
        command = [str(docklint), "check", "--isolated", "--format", "json", file]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
        if run.returncode not in (0, 1):
            sys.exit(f"{file}: docklint ended with {run.returncode}\n{run.stderr}")
        findings[file] = json.loads(run.stdout)["findings"]
    return findings


def lines(finding):
    """The lines of the finding's own place and of its story."""
    for label in finding["labels"]:
        if label["role"] != "related":
            yield label["start"]["line"], label["end"]["line"]


def primary(finding):
    return [label for label in finding["labels"] if label["role"] == "primary"][0]


def near(finding, line):
    return any(first - NEAR <= line <= last + NEAR for first, last in lines(finding))


def on(finding, line):
    place = primary(finding)
    return place["start"]["line"] <= line <= place["end"]["line"]


def judge(label, findings):
    """`ok`, or what is wrong with the findings of the label's file."""
    rules, line = CATEGORIES[label["category"]], int(label["line"])
    of_category = [it for it in findings if rules is None or it["rule"] in rules]
    if label["verdict"] == "must-report":
        found = any(line == 0 or near(finding, line) for finding in of_category)
        return "ok" if found else "missed"
    loud = [it for it in of_category if it["severity"] != "info" and (line == 0 or on(it, line))]
    return "ok" if not loud else "; ".join(f"{it['rule']}: {it['message']}" for it in loud)


def report(labels, files, findings):
    totals, wrong = Counter(), []
    for label in labels:
        category, verdict, file = label["category"], label["verdict"], file_of(label)
        if verdict == "may-report" or category not in CATEGORIES:
            totals[category, verdict, "not compared"] += 1
        elif file not in files:
            totals[category, verdict, "no file"] += 1
        elif verdict == "must-report" and file.endswith(PARTS):
            totals[category, verdict, "needs project"] += 1
        else:
            answer = judge(label, findings[file])
            totals[category, verdict, "ok" if answer == "ok" else "wrong"] += 1
            if answer != "ok":
                wrong.append((label, answer))
    for (category, verdict, answer), count in sorted(totals.items()):
        print(f"{category:22} {verdict:16} {answer:13} {count:4}")
    for label, answer in wrong:
        place = f"{label['repo']} {label['commit'][:9]} {label['path']}:{label['line']}"
        print(f"\n{place}\n  {label['category']} {label['verdict']}: {label['reason']}\n  {answer}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Hostile files, each checked by the released program: seconds and megabytes, against the limits.

    scripts/limits.py [PROGRAM] [--only TEXT] [--keep FOLDER]

Each shape is written into a folder of its own and checked three times; the fastest run counts,
since other work on the machine only adds. Run it on an idle machine. Exit 1: a limit is broken.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable

SECONDS = 1.0
MEGABYTES = 200
SIZE = 7_000_000
RUNS = 3
COMPOSE = "compose.yaml"
# Texts by path, each whole or in parts.
Files = dict[str, Iterable[str]]


def fill(head: str, unit, tail: str = "", size: int = SIZE):
    """`head`, then `unit` (a text, or what makes one of a number) until the size is reached.

    In parts, for this program must stay small: a child's peak of memory begins at its parent's.
    """
    yield head
    written, number = len(head), 0
    while written < size:
        part = unit(number) if callable(unit) else unit
        yield part
        written += len(part)
        number += 1
    yield tail


def one_service(field: str, unit) -> Files:
    return {COMPOSE: fill(f"services:\n  a:\n    image: x\n    {field}:\n", unit)}


def one_build(field: str, unit) -> Files:
    text = fill(f"services:\n  a:\n    build:\n      context: .\n      {field}:\n", unit)
    return {COMPOSE: text, "Dockerfile": "FROM scratch\n"}


def services(unit) -> Files:
    return {COMPOSE: fill("services:\n", unit)}


def top(field: str, unit) -> Files:
    return {COMPOSE: fill(f"{field}:\n", unit, "services: {a: {image: x}}\n")}


def dockerfile(head: str, unit, tail: str = "") -> Files:
    return {"Dockerfile": fill(head, unit, tail)}


def unit_file(unit) -> Files:
    return {"docker.service.d/proxy.conf": fill("[Service]\n", unit)}


def laughs(levels: int) -> str:
    lines = ["x0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"]
    lines += [f"x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, levels)]
    return "".join(lines) + f"services: {{a: {{image: x, command: *a{levels - 1}}}}}\n"


def doubling_merges(levels: int) -> str:
    lines = ["x0: &a0 {k: v}\n"]
    lines += [f"x{n}: &a{n} {{l{n}: *a{n - 1}, r{n}: *a{n - 1}}}\n" for n in range(1, levels)]
    return "".join(lines) + f"services: {{a: {{image: x, labels: {{<<: *a{levels - 1}}}}}}}\n"


def shapes() -> dict[str, Files]:
    """Every shape: its name, and its files."""
    deep = 100_000
    return {
        "alias bomb, lists": {COMPOSE: laughs(30)},
        "alias bomb, maps": {COMPOSE: doubling_merges(60)},
        "100,000 deep, flow list": {COMPOSE: "a: " + "[" * deep + "]" * deep + "\n"},
        "100,000 deep, flow map": {COMPOSE: "a: " + "{a: " * deep + "}" * deep + "\n"},
        "100,000 deep, open": {COMPOSE: "[" * deep},
        "100,000 deep, block list": {COMPOSE: "- " * deep + "x\n"},
        "1,500 deep, block map": {
            COMPOSE: "".join(" " * depth + "a:\n" for depth in range(1_500))
        },
        "50 MB file": {COMPOSE: fill("services:\n", "# text\n", size=50_000_000)},
        "include in a circle": {
            COMPOSE: "include: [b.yaml]\nservices: {a: {image: x}}\n",
            "b.yaml": "include: [compose.yaml]\nservices: {b: {image: x}}\n",
        },
        "extends of itself": {COMPOSE: "services: {a: {extends: {service: a}}}\n"},
        "env_file out of the project": {
            COMPOSE: "services: {a: {image: x, env_file: ../../../etc/passwd}}\n"
        },
        "context out of the project": {
            COMPOSE: "services: {a: {build: ../../../etc/passwd}}\n"
        },
        "one word": {COMPOSE: fill("", "aaaaaaa")},
        "one quoted word": {COMPOSE: fill('"', "aaaaaaa", '"\n')},
        "open quote": {COMPOSE: fill('services: {a: {image: "', "x\n ")},
        "tabs": {COMPOSE: fill("", '\t: "\n')},
        "faults": {COMPOSE: fill("services:\n", "  a: [\n  b: }\n")},
        "one key again and again": {COMPOSE: fill("", "a: 1\n")},
        "documents": {COMPOSE: fill("", "---\nservices: {a: {image: x}}\n")},
        "comments": {COMPOSE: fill("services: {a: {image: x}}\n", "# comment\n")},
        "blank lines": {COMPOSE: fill("services: {a: {image: x}}\n", "\n")},
        "anchors": {COMPOSE: fill("", lambda n: f"x-{n}: &a{n} v\n", "services: {a: {image: x}}\n")},
        "aliases": {COMPOSE: fill("x-a: &a v\nx-b:\n", "- *a\n", "services: {a: {image: x}}\n")},
        "merge keys": {
            COMPOSE: fill(
                "services: {a: {image: x}}\nx-a: &a {k: v}\nx-b:\n",
                lambda n: f"  k{n}: {{<<: *a}}\n",
            )
        },
        "tags": services(lambda n: f"  a{n}: !reset null\n"),
        "block scalar": {
            COMPOSE: fill("services:\n  a:\n    image: x\n    command: |\n", "      text text\n")
        },
        "services": services(lambda n: f"  a{n}: {{image: x}}\n"),
        "services of one line": services(lambda n: f"  a{n}: x\n"),
        "services with builds": {
            COMPOSE: fill("services:\n", lambda n: f"  a{n}: {{build: .}}\n"),
            "Dockerfile": "FROM scratch\n",
        },
        "services with missing builds": services(lambda n: f"  a{n}: {{build: ./d{n}}}\n"),
        "services with inline Dockerfiles": services(
            lambda n: f"  a{n}: {{build: {{dockerfile_inline: 'FROM x\n\n    RUN go mod download'}}}}\n"
        ),
        "services with environment": services(
            lambda n: f"  a{n}: {{image: x, environment: {{HTTP_PROXY: 'http://p:1'}}}}\n"
        ),
        "services that extend one": {
            COMPOSE: fill("services:\n  b: {image: x}\n", lambda n: f"  a{n}: {{extends: b}}\n")
        },
        "services that extend in a chain": {
            COMPOSE: fill("services:\n  a0: {image: x}\n", lambda n: f"  a{n + 1}: {{extends: a{n}}}\n")
        },
        "services with profiles": services(lambda n: f"  a{n}: {{image: x, profiles: [p{n}]}}\n"),
        "services that need another": services(
            lambda n: f"  a{n}: {{image: x, depends_on: [a{n + 1}]}}\n"
        ),
        "services with an env_file": {
            COMPOSE: fill("services:\n", lambda n: f"  a{n}: {{image: x, env_file: one.env}}\n"),
            "one.env": "A=1\n" * 1000,
        },
        "services with absent env_files": services(
            lambda n: f"  a{n}: {{image: x, env_file: e{n}.env}}\n"
        ),
        "services with an unknown key": services(lambda n: f"  a{n}: {{imgae: x}}\n"),
        "unknown top keys": {COMPOSE: fill("services: {a: {image: x}}\n", lambda n: f"k{n}: v\n")},
        "unknown keys of a service": {
            COMPOSE: fill("services:\n  a:\n    image: x\n", lambda n: f"    k{n}: v\n")
        },
        "networks": top("networks", lambda n: f"  n{n}: {{}}\n"),
        "volumes": top("volumes", lambda n: f"  n{n}:\n"),
        "secrets": top("secrets", lambda n: f"  n{n}: {{file: ./s}}\n"),
        "configs": top("configs", lambda n: f"  n{n}: {{content: x}}\n"),
        "extensions": top("x-a", lambda n: f"  n{n}: text\n"),
        "includes": top("include", lambda n: f"  - f{n}.yaml\n"),
        "environment map": one_service("environment", lambda n: f"      A{n}: v\n"),
        "environment list": one_service("environment", lambda n: f"      - A{n}=v\n"),
        "environment of one name": one_service("environment", "      - A=v\n"),
        "environment of proxies": one_service("environment", lambda n: f"      HTTP_PROXY{n}: http://u:p@h:1\n"),
        "labels": one_service("labels", lambda n: f"      a.{n}: v\n"),
        "ports": one_service("ports", lambda n: f"      - '{n % 60000 + 1}:80'\n"),
        "wrong ports": one_service("ports", "      - 'x:y:z:w'\n"),
        "mounted volumes": one_service("volumes", lambda n: f"      - ./a{n}:/b{n}\n"),
        "env_files": one_service("env_file", lambda n: f"      - e{n}.env\n"),
        "joined networks": one_service("networks", lambda n: f"      - n{n}\n"),
        "used secrets": one_service("secrets", lambda n: f"      - n{n}\n"),
        "depends_on": one_service("depends_on", lambda n: f"      - n{n}\n"),
        "command list": one_service("command", "      - word\n"),
        "profiles": one_service("profiles", lambda n: f"      - p{n}\n"),
        "build args map": one_build("args", lambda n: f"        A{n}: v\n"),
        "build args list": one_build("args", lambda n: f"        - A{n}=v\n"),
        "build args null": one_build("args", lambda n: f"        A{n}:\n"),
        "build secrets": one_build("secrets", lambda n: f"        - s{n}\n"),
        "build contexts": one_build("additional_contexts", lambda n: f"        c{n}: ./d{n}\n"),
        "build labels": one_build("labels", lambda n: f"        l{n}: v\n"),
        "build tags": one_build("tags", lambda n: f"        - t{n}\n"),
        "interpolation": one_service("labels", lambda n: f"      a{n}: ${{B{n}}}\n"),
        "interpolation of one name": one_service("labels", lambda n: f"      a{n}: $B\n"),
        "nested interpolation": {
            COMPOSE: fill("services: {a: {image: '", "${A:-${B:-c}}", "'}}\n")
        },
        "deep interpolation": {COMPOSE: fill("services: {a: {image: '", "${A:-", "'}}\n")},
        "wrong interpolation": one_service("labels", lambda n: f"      a{n}: ${{}}\n"),
        "required variables": one_service("labels", lambda n: f"      a{n}: ${{B{n}:?why}}\n"),
        "one inline Dockerfile": {
            COMPOSE: fill(
                "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM x\n",
                "        RUN go mod download\n",
            )
        },
        ".env": {
            COMPOSE: "services: {a: {image: x}}\n",
            ".env": fill("", lambda n: f"A{n}=v\n"),
        },
        ".env of references": {
            COMPOSE: "services: {a: {image: x}}\n",
            ".env": fill("A0=v\n", lambda n: f"A{n + 1}=$A{n}\n"),
        },
        ".env without an end": {
            COMPOSE: "services: {a: {image: x}}\n",
            ".env": fill('A="', "text\n"),
        },
        ".env of faults": {
            COMPOSE: "services: {a: {image: x}}\n",
            ".env": fill("", "a b c\n"),
        },
        "Dockerfile, one RUN": dockerfile("FROM golang\nRUN true", " \\\n && go mod download"),
        "Dockerfile, one RUN of short commands": dockerfile("FROM x\nRUN a", lambda n: ";a" if n % 1000 else ";a\\\n"),
        "Dockerfile, one RUN of words": dockerfile("FROM x\nRUN echo", " \\\n word"),
        "Dockerfile, one RUN of substitutions": dockerfile("FROM x\nRUN echo", " \\\n $(a)"),
        "Dockerfile, one RUN of ifs": dockerfile("FROM x\nRUN true", "; \\\n if a; then b; fi"),
        "Dockerfile, one RUN of assignments": dockerfile("FROM x\nRUN A=1", lambda n: f"; \\\nA{n}=$A"),
        "Dockerfile, one here-document": dockerfile("FROM x\nRUN <<E\n", "go mod download\n", "E\n"),
        "Dockerfile, RUNs": dockerfile("FROM golang\n", "RUN go mod download\n"),
        "Dockerfile, stages": dockerfile("", lambda n: f"FROM a AS s{n}\n"),
        "Dockerfile, stages in a chain": dockerfile(
            "FROM a AS s0\n", lambda n: f"FROM s{n} AS s{n + 1}\n"
        ),
        "Dockerfile, ARGs": dockerfile("FROM a\n", lambda n: f"ARG A{n}=v\n"),
        "Dockerfile, ENVs": dockerfile("FROM a\n", lambda n: f"ENV A{n}=v\n"),
        "Dockerfile, one ENV": dockerfile("FROM a\nENV", lambda n: f" \\\n A{n}=v"),
        "Dockerfile, one ENV of tokens": dockerfile("FROM a\nENV", lambda n: f" \\\n TOKEN{n}=v{n}abcd"),
        "Dockerfile, one LABEL": dockerfile("FROM a\nLABEL", lambda n: f" \\\n a{n}=v"),
        "Dockerfile, global ARGs": dockerfile("", lambda n: f"ARG A{n}=v\n", "FROM a\n"),
        "Dockerfile, values that grow": dockerfile("FROM a\nENV A=x\n", "ENV A=$A$A\n"),
        "Dockerfile, unknown words": dockerfile("FROM a\n", "RNU x\n"),
        "Dockerfile, no FROM": dockerfile("", "RUN x\n"),
        "Dockerfile, comments": dockerfile("FROM a\n", "# comment\n"),
        "Dockerfile, continuations": dockerfile("FROM a\nRUN a", " \\\n"),
        "Dockerfile, COPYs": dockerfile("FROM a\n", "COPY a b\n"),
        "Dockerfile, COPY --from": dockerfile("FROM a AS b\nFROM c\n", "COPY --from=b a b\n"),
        "Dockerfile, ONBUILD": dockerfile("FROM a\n", "ONBUILD RUN a\n"),
        "Dockerfile, userinfo": dockerfile("FROM a\nRUN true", lambda n: f" \\\n && curl http://u:p{n}wq@h"),
        "Dockerfile, mounts": dockerfile("FROM a\nRUN", " \\\n --mount=type=secret,id=a", " true\n"),
        "Dockerfile, other escape": dockerfile("# escape=`\nFROM a\nRUN a", " `\n && b"),
        "Dockerfile, cmd of JSON": dockerfile('FROM a\nCMD ["a"', ', \\\n "b"', "]\n"),
        "Dockerfile, suppressions": dockerfile("FROM a\n", "# docklint: ignore[proxy-baked]\nENV A=1\n"),
        "Dockerfile, unknown suppressions": dockerfile(
            "FROM a\nRUN a", lambda n: f" \\\n# docklint: ignore[something{n}]\n && a"
        ),
        "Dockerfile, misplaced suppressions": dockerfile(
            "FROM a\n", "RUN a # docklint: ignore[export-lost]\n"
        ),
        ".dockerignore": {
            "Dockerfile": "FROM a\nCOPY a b\n",
            ".dockerignore": fill("", lambda n: f"a{n}/**/b*\n"),
        },
        ".gitignore": {
            "Dockerfile": "FROM a\nCOPY a b\n",
            ".gitignore": fill("", lambda n: f"a{n}/**/b*\n"),
        },
        ".gitignore above": {
            "sub/Dockerfile": "FROM a\nCOPY a b\n",
            ".gitignore": fill("", lambda n: f"a{n}/**/b*\n"),
        },
        ".gitignore, just short enough": {
            "Dockerfile": "FROM a\nCOPY a b\n",
            ".gitignore": fill("", lambda n: f"a{n}/**/b*\n", size=250_000),
        },
        "docklint.toml": {
            "Dockerfile": "FROM a\n",
            "docklint.toml": fill("exclude = [\n", lambda n: f'"a{n}/**/b*",\n', "]\n"),
        },
        "docklint.toml, long patterns": {
            "Dockerfile": "FROM a\n",
            "docklint.toml": "exclude = [\n" + f'"{"**/b*" * 800}",\n' * 1000 + "]\n",
        },
        "docklint.toml, just short enough": {
            "Dockerfile": "FROM a\n",
            "docklint.toml": fill(
                "exclude = [\n", lambda n: f'"a{n}/**/b*",\n', "]\n", size=80_000
            ),
        },
        "docklint.toml, names": {
            "Dockerfile": "FROM a\nARG A1=x\n",
            "docklint.toml": fill("[secrets]\nnames = [\n", lambda n: f'"A{n}",\n', "]\n"),
        },
        "services that share a long RUN": {
            COMPOSE: "services:\n" + "".join(f"  a{n}: {{build: .}}\n" for n in range(200)),
            "Dockerfile": "FROM golang\nRUN true" + " \\\n && curl a" * 20_000 + "\n",
        },
        "services that share values that double": {
            COMPOSE: "services:\n" + "".join(f"  a{n}: {{build: .}}\n" for n in range(1000)),
            "Dockerfile": "FROM a\nENV A=12345678\n" + "ENV A=$A$A\n" * 30,
        },
        "services that share shells in which values double": {
            COMPOSE: "services:\n" + "".join(f"  a{n}: {{build: .}}\n" for n in range(1000)),
            "Dockerfile": "FROM a\nRUN A=12345678" + "; A=$A$A" * 30 + "; curl $A\n",
        },
        "daemon.json": {
            "etc/docker/daemon.json": fill("{", lambda n: f'"k{n}": "v",\n', '"a": 1}\n'),
            "Dockerfile": "FROM a\n",
        },
        "daemon.json, deep": {
            "etc/docker/daemon.json": fill("", '{"a":'),
            "Dockerfile": "FROM a\n",
        },
        "environment file": {
            "docker.service.d/proxy.conf": "[Service]\nEnvironmentFile=/etc/proxy.env\n",
            "etc/systemd/system/docker.service.d/proxy.conf": (
                "[Service]\nEnvironmentFile=/etc/proxy.env\n"
            ),
            "etc/proxy.env": fill("", lambda n: f"A{n}=v\n"),
        },
        "drop-in, settings": unit_file(lambda n: f'Environment="A{n}=v"\n'),
        "drop-in, one line": unit_file(lambda n: f"Environment=A{n}=v \\\n"),
        "drop-in, faults": unit_file("text\n"),
        "drop-in, sections": unit_file("[Service]\n"),
    }


def write(folder: pathlib.Path, files: Files) -> None:
    (folder / ".git").mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="\n") as file:
            file.writelines(text)


def run(program: str, folder: pathlib.Path) -> tuple[float, float, float, int, int]:
    """Seconds, seconds of processor time, megabytes, exit code and bytes of output."""
    output = folder.parent / "output"
    with output.open("wb") as file:
        start = time.perf_counter()
        child = subprocess.Popen([program, "check", "--format", "concise", "."], cwd=folder, stdout=file, stderr=file)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    # Linux counts in kilobytes, macOS in bytes.
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    processor = usage.ru_utime + usage.ru_stime
    return seconds, processor, usage.ru_maxrss / unit, child.returncode, output.stat().st_size


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("program", nargs="?", default="target/release/docklint")
    arguments.add_argument("--only", default="", help="shapes whose name holds this")
    arguments.add_argument("--keep", type=pathlib.Path, help="leave the files in this folder")
    options = arguments.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    broken = 0
    print(f"{'seconds':>8} {'cpu':>6} {'MB':>6} {'exit':>4} {'output':>9}  shape")
    with tempfile.TemporaryDirectory() as scratch:
        for number, (name, files) in enumerate(shapes().items()):
            if options.only not in name:
                continue
            folder = (options.keep or pathlib.Path(scratch)) / f"{number:03}"
            folder.mkdir(parents=True, exist_ok=True)
            write(folder, files)
            runs = [run(program, folder) for _ in range(RUNS)]
            seconds, processor = min(each[0] for each in runs), min(each[1] for each in runs)
            megabytes, code, size = max(each[2] for each in runs), runs[0][3], runs[0][4]
            over = seconds > SECONDS or megabytes > MEGABYTES or code not in (0, 1, 2)
            broken += over
            mark = "  OVER" if over else ""
            print(f"{seconds:8.2f} {processor:6.2f} {megabytes:6.0f} {code:>4} {size:>9}  {name}{mark}", flush=True)
    print(f"{broken} over {SECONDS:g} s or {MEGABYTES} MB")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())

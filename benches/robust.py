#!/usr/bin/env python3
"""Runs wiremap over hostile input: it must neither panic, crash, hang, nor drop anything in silence.

Every case is a small project made in a temporary folder. Besides the hostile part it holds one breach of its rules
that must always be found: input that is broken in one place takes nothing from the rest. Of each run it is checked
that

- the exit code is one that the case allows (3 where a source cannot be read or parsed, 2 where the rules are wrong),
- no signal ended it, it did not hang, and nothing on standard error says "panicked",
- the JSON report is whole, or was not written at all where the configuration is wrong,
- every file that the case says is unreadable is reported as `unparsed-source`, and no file that it says is readable,
- every breach that the case planted is found, at its line.

Cases: Python's own standard library with its deliberately broken test files, as one tree (3 is expected) and in
chunks (which must agree with the whole, file by file); an empty tree; NUL bytes, a line of 100 MB, invalid UTF-8,
PEP 263 cookies, line ends, byte order marks; symbolic links in circles, pipes and folders named like sources, files
and folders without permission; 10,000 files in one folder; nesting 10,000 deep of every kind that the grammar can nest;
re-exports through 10,000 modules; rules files of noise, and every prefix of a good one.

As root, permissions forbid nothing; the case for them then runs a copy of the binary as the user nobody, or says that
it was left out.

Inputs: none but the binary. `--stdlib` names another standard library than that of the Python that runs this script.

Run:

    python benches/robust.py
    python benches/robust.py --only 'nesting*' --only 'rules*'     (shell patterns over the names; --list shows them)

Needs Python 3.11 or newer on Linux or macOS, about 1 GB of room in the temporary folder.

Exit codes: 0 all cases hold; 1 some do not; 2 there is no binary.
"""

from __future__ import annotations

import argparse
import ast
import fnmatch
import json
import os
import random
import re
import resource
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

RULES = """\
[[layer]]
id = "high"
paths = ["high/**"]

[[layer]]
id = "low"
paths = ["low/**"]
must_not_call = ["high"]
"""
CONFIG = 'rules = ["rules.toml"]\n'
# Sources larger than the default limit are meant to be read in some cases.
LARGE = "max_file_bytes = 1073741824\n"
BREACH = "import high.thing\n"
NESTING = 10_000
# A runaway allocation must end the child, not the machine.
MEMORY_LIMIT = 12 << 30
NOBODY = 65534

FINDING = re.compile(r"^(.+?):(\d+):(\d+): (\w+)\[([^\]]+)\]")


@dataclass
class Case:
    """A hostile project and what must come of it."""

    name: str
    # Writes the project's files into a folder that holds the breach, the rules and the configuration already.
    build: Callable[[Path], None]
    # The exit codes allowed; with the planted breach, 1 is "everything was read".
    exits: set[int] = field(default_factory=lambda: {1})
    # Breaches planted besides the standing one, as (path, line).
    breaches: list[tuple[str, int]] = field(default_factory=list)
    # Files that must be reported as not understood.
    unparsed: list[str] = field(default_factory=list)
    # Files, with a line, that must be reported as not understood or have their breach at that line found.
    either: list[tuple[str, int]] = field(default_factory=list)
    # Whether only the files of `unparsed` and `either` may be reported as not understood.
    exact: bool = True
    rules: bytes = RULES.encode()
    config: bytes = CONFIG.encode()
    # Whether the standing breach is there.
    witness: bool = True
    # Whether permissions matter.
    unprivileged: bool = False
    timeout: float = 120


@dataclass
class Outcome:
    """What a run did."""

    exit_code: int | None
    seconds: float
    errors: str
    # (path, line, code) of each finding.
    findings: list[tuple[str, int, str]]
    # None where no report was written.
    report: bytes | None

    @property
    def unparsed(self) -> set[str]:
        """The files that were reported as not understood."""
        return {path for path, _, code in self.findings if code == "unparsed-source"}


def main() -> int:
    """Runs the cases that were asked for."""
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description="Runs wiremap over hostile input.")
    parser.add_argument(
        "--wiremap", type=Path, default=root / "target" / "release" / "wiremap", help="default: %(default)s"
    )
    parser.add_argument(
        "--stdlib", type=Path, default=Path(sysconfig.get_paths()["stdlib"]), help="default: %(default)s"
    )
    parser.add_argument("--only", action="append", metavar="PATTERN", help="only cases whose name matches (repeatable)")
    parser.add_argument("--list", action="store_true", help="list the cases (besides `stdlib`) and stop")
    parser.add_argument("--build-only", action="store_true", help="make every project, run nothing (tests this script)")
    parser.add_argument("--verbose", action="store_true", help="name the cases that hold too")
    args = parser.parse_args()

    binary = args.wiremap.resolve()
    if not (args.list or args.build_only or binary.is_file()):
        print(f"error: there is no binary at {binary}", file=sys.stderr)
        return 2

    def wanted(name: str) -> bool:
        return not args.only or any(fnmatch.fnmatch(name, only) for only in args.only)

    failed, run, as_nobody, slowest = 0, 0, 0, (0.0, "")
    runner = Runner(binary)
    # One at a time: some hold 100 MB of text.
    for case in cases():
        if not wanted(case.name):
            continue
        if args.list:
            print(case.name)
            continue
        run += 1
        with runner.project(case) as folder:
            if args.build_only:
                print(f"built   {case.name}")
                continue
            if case.unprivileged and os.geteuid() == 0 and not runner.can_be_nobody():
                print(f"LEFT OUT {case.name}: root can read everything, and the user nobody cannot be had")
                continue
            demote = case.unprivileged and os.geteuid() == 0
            outcome = runner.run(folder, case.timeout, demote)
            as_nobody += demote
        slowest = max(slowest, (outcome.seconds, case.name))
        problems = judge(case, outcome)
        failed += bool(problems)
        if problems:
            print(f"FAIL    {case.name}: {'; '.join(problems)}")
        elif args.verbose:
            print(f"ok      {case.name}: exit {outcome.exit_code}, {outcome.seconds:.2f} s")
    if args.list or args.build_only:
        return 0
    if wanted("stdlib"):
        standard, problems = standard_library(runner, args.stdlib.resolve())
        run += standard
        failed += len(problems)
        for problem in problems:
            print(f"FAIL    stdlib: {problem}")
    if as_nobody:
        print(f"running as root: {as_nobody} cases of permissions were run as the user nobody")
    print(f"slowest: {slowest[1]}, {slowest[0]:.1f} s")
    print(f"{run} cases, {failed} failed")
    return 1 if failed else 0


def judge(case: Case, outcome: Outcome) -> list[str]:
    """What is wrong with an outcome."""
    problems = crash(outcome)
    if problems:
        return problems
    if outcome.exit_code not in case.exits:
        told = outcome.errors.strip().splitlines()[:1]
        problems.append(f"exit {outcome.exit_code}, expected {sorted(case.exits)} {' '.join(told)[:300]}")
    if outcome.exit_code == 2:
        # The configuration is wrong: nothing else is said.
        return problems
    found = {(path, line) for path, line, code in outcome.findings if code == "must-not-call"}
    breaches = case.breaches + ([("low/witness.py", 1)] if case.witness else [])
    problems += [f"the breach at {path}:{line} was not found" for path, line in breaches if (path, line) not in found]
    problems += [f"{path} is not reported as unparsed" for path in case.unparsed if path not in outcome.unparsed]
    for path, line in case.either:
        if path not in outcome.unparsed and (path, line) not in found:
            problems.append(f"{path} is neither reported as unparsed nor is its breach at line {line} found")
    if case.exact:
        allowed = {*case.unparsed, *(path for path, _ in case.either)}
        problems += [f"{path} is reported as unparsed" for path in sorted(outcome.unparsed - allowed)[:5]]
    return problems


def crash(outcome: Outcome) -> list[str]:
    """What no run may ever do."""
    problems = []
    if outcome.exit_code is None:
        return [f"it hung: stopped after {outcome.seconds:.0f} s"]
    if outcome.exit_code < 0:
        problems.append(f"signal {-outcome.exit_code} ended it")
    elif outcome.exit_code not in (0, 1, 2, 3):
        problems.append(f"exit {outcome.exit_code}, which is none of its codes")
    if "panicked" in outcome.errors:
        line = next(line for line in outcome.errors.splitlines() if "panicked" in line)
        problems.append(f"it panicked: {line[:300]}")
    if outcome.exit_code in (0, 1, 3):
        try:
            json.loads(outcome.report or b"")
        except ValueError:
            problems.append("the JSON report is missing" if outcome.report is None else "the JSON report is cut off")
    elif outcome.exit_code == 2 and outcome.report is not None:
        problems.append("a report was written though the configuration is wrong")
    return problems


# --- running -----------------------------------------------------------------------------------------------------


class Project:
    """A project's folder, there for the time of a `with`."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.top = Path(tempfile.mkdtemp(prefix="robust-"))

    def __enter__(self) -> Path:
        case, folder = self.case, self.top / "project"
        # Another user may have to get in, and to leave a report beside the project.
        self.top.chmod(0o777)
        folder.mkdir()
        write(folder, "wiremap.toml", case.config)
        write(folder, "rules.toml", case.rules)
        if case.witness:
            write(folder, "high/__init__.py", "")
            write(folder, "high/thing.py", "value = 1\n")
            write(folder, "low/__init__.py", "")
            write(folder, "low/witness.py", BREACH)
        case.build(folder)
        return folder

    def __exit__(self, *_: object) -> None:
        # Folders without permission cannot be emptied.
        for path, folders, _files in os.walk(self.top):
            for folder in folders:
                if not os.path.islink(os.path.join(path, folder)):
                    os.chmod(os.path.join(path, folder), 0o755)
        shutil.rmtree(self.top)


class Runner:
    """Runs the binary."""

    def __init__(self, binary: Path) -> None:
        self.binary = binary

    def project(self, case: Case) -> Project:
        """The case's project."""
        return Project(case)

    def can_be_nobody(self) -> bool:
        """Whether a child may run as the user nobody here."""
        try:
            return subprocess.run(["true"], user=NOBODY, check=False).returncode == 0
        except (OSError, subprocess.SubprocessError):
            return False

    def run(self, folder: Path, timeout: float, as_nobody: bool = False) -> Outcome:
        """One `wiremap check` in a project's folder."""
        top = folder.parent
        binary, report = self.binary, top / "report.json"
        report.unlink(missing_ok=True)
        if as_nobody:
            # The folder the binary was built in need not be open to others.
            binary = Path(shutil.copy(self.binary, top / "wiremap"))
            binary.chmod(0o755)
        command = [str(binary), "check", "--format", "concise", "--format", f"json={report}"]
        options = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if as_nobody else {}
        with open(top / "stdout", "w+b") as out, open(top / "stderr", "w+b") as err:
            started = time.perf_counter()
            child = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=limit, **options
            )
            exit_code = wait(child, timeout)
            seconds = time.perf_counter() - started
            out.seek(0)
            err.seek(0)
            findings = []
            for line in out.read().decode("utf-8", "replace").splitlines():
                if match := FINDING.match(line):
                    findings.append((match[1], int(match[2]), match[5]))
            return Outcome(
                exit_code,
                seconds,
                err.read().decode("utf-8", "replace"),
                findings,
                report.read_bytes() if report.is_file() else None,
            )


def limit() -> None:
    """Bounds the child's memory; leaves no core behind."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def wait(child: subprocess.Popen[bytes], timeout: float) -> int | None:
    """Waits for a child: its exit code, or none if it had to be stopped."""
    try:
        return child.wait(timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return None


def write(folder: Path, path: str, content: str | bytes) -> None:
    """Writes a file, with the folders above it."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)


def files(**by_name: str | bytes) -> Callable[[Path], None]:
    """A builder that writes sources into `low/`, by the name before `.py`."""

    def build(folder: Path) -> None:
        for name, content in by_name.items():
            write(folder, f"low/{name}.py", content)

    return build


# --- the cases ---------------------------------------------------------------------------------------------------


def cases() -> Iterator[Case]:
    """All cases but the standard library."""
    yield from texts()
    yield from trees()
    yield from nestings()
    yield from reexports()
    yield from rules_files()


def readable(name: str, content: str | bytes, line: int, **more: object) -> Case:
    """A source that must be read, with a breach at the given line."""
    return Case(name, files(odd=content), breaches=[("low/odd.py", line)], **more)


def unreadable(name: str, content: str | bytes, **more: object) -> Case:
    """A source that must be reported as not understood."""
    return Case(name, files(odd=content), exits={3}, unparsed=["low/odd.py"], **more)


def undecided(name: str, content: str | bytes, line: int, **more: object) -> Case:
    """A source that may be either, but not dropped in silence."""
    return Case(name, files(odd=content), exits={1, 3}, either=[("low/odd.py", line)], **more)


def texts() -> Iterator[Case]:
    """Single sources whose bytes are odd."""
    large = (CONFIG + LARGE).encode()
    yield readable("text-plain", BREACH, 1)
    yield Case("text-empty", files(odd=b""))
    yield readable("text-no-final-newline", "value = 1\nimport high.thing", 2)
    yield readable("text-crlf", "'''doc'''\r\nvalue = 1\r\nimport high.thing\r\n", 3)
    yield readable("text-cr-alone", "'''doc'''\rvalue = 1\rimport high.thing\r", 3)
    yield readable("text-mixed-line-ends", "a = 1\r\nb = 2\rc = 3\n\rimport high.thing\n", 5)
    yield readable("text-form-feed", "\fa = 1\n\f\nimport high.thing\n", 3)
    yield readable("text-vertical-tab-in-string", "a = '\v\x1c\u2028'\nimport high.thing\n", 2)
    yield readable("text-bom", b"\xef\xbb\xbfimport high.thing\n", 1)
    yield readable("text-bom-and-cookie", b"\xef\xbb\xbf# -*- coding: utf-8 -*-\nimport high.thing\n", 2)
    yield readable("text-astral", "a = '\U0001f600' * 3; import high.thing\n", 1)
    yield readable("text-continuation-lines", "a = 1 + \\\n 1\n" * 1000 + BREACH, 2001)
    yield undecided("text-bom-twice", b"\xef\xbb\xbf\xef\xbb\xbfimport high.thing\n", 1)
    yield undecided("text-bom-and-other-cookie", b"\xef\xbb\xbf# -*- coding: latin-1 -*-\nimport high.thing\n", 2)
    yield undecided("text-utf-16", BREACH.encode("utf-16"), 1)
    yield undecided("text-utf-32", BREACH.encode("utf-32"), 1)
    yield undecided("text-nul-in-comment", b"# \x00\nimport high.thing\n", 2)
    yield undecided("text-nul-in-string", b"a = '\x00'\nimport high.thing\n", 2)
    yield undecided("text-control-z", b"import high.thing\n\x1a", 1)
    yield unreadable("text-nul-in-code", b"a = \x00 1\nimport high.thing\n")
    yield unreadable("text-nuls-alone", b"\x00" * 4096)
    yield unreadable("text-random-bytes", random.Random(1).randbytes(100_000))
    yield unreadable("text-machine-code", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 100)
    yield unreadable("text-invalid-utf-8", b"a = '\xff\xfe\x80'\nimport high.thing\n")
    yield unreadable("text-surrogate-utf-8", b"a = '\xed\xa0\x80'\nimport high.thing\n")
    yield unreadable("text-overlong-utf-8", b"a = '\xc0\xaf'\nimport high.thing\n")
    yield unreadable("text-cut-utf-8", b"import high.thing\na = '\xe2\x82")
    yield unreadable("text-syntax-error", "def (:\n")
    yield unreadable("text-python-2", "print 'a'\nexec 'b' in c\n")
    yield unreadable("text-merge-conflict", "<<<<<<< ours\na = 1\n=======\na = 2\n>>>>>>> theirs\n")
    yield unreadable("text-bad-indentation", "if a:\n        b\n    c\n")
    yield undecided("text-tabs-and-spaces", "if a:\n\tb\n        c\nimport high.thing\n", 4)
    yield readable("cookie-latin-1", b"# -*- coding: latin-1 -*-\na = '\xe9\xff'\nimport high.thing\n", 3)
    yield readable(
        "cookie-second-line", b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nb = '\x80'\nimport high.thing\n", 4
    )
    yield readable("cookie-koi8-r", "# coding: koi8-r\na = 'Привет'\nimport high.thing\n".encode("koi8-r"), 3)
    yield readable("cookie-shift-jis", "# coding=shift_jis\na = '表ソ'\nimport high.thing\n".encode("shift_jis"), 3)
    yield readable("cookie-third-line-is-none", b"a = 1\nb = 2\n# coding: nonsense\nimport high.thing\n", 4)
    yield readable("cookie-after-code-is-none", b"a = 1\n# coding: nonsense\nimport high.thing\n", 3)
    yield unreadable("cookie-unknown", b"# -*- coding: nonsense-42 -*-\nimport high.thing\n")
    yield unreadable("cookie-wrong-utf-8", b"# -*- coding: utf-8 -*-\na = '\xe9'\nimport high.thing\n")
    yield unreadable("cookie-wrong-ascii", b"# -*- coding: ascii -*-\na = '\xe9'\nimport high.thing\n")
    yield unreadable("cookie-wrong-shift-jis", b"# -*- coding: shift_jis -*-\na = '\xff\xfd'\nimport high.thing\n")
    yield undecided("cookie-utf-7", b"# coding: utf-7\nimport high.thing\n", 2)
    yield undecided("cookie-not-a-text-encoding", b"# coding: rot13\nimport high.thing\n", 2)
    yield undecided("cookie-long", b"# coding: " + b"a" * 100_000 + b"\nimport high.thing\n", 2)
    for size, config in (("default", CONFIG.encode()), ("raised", large)):
        make = unreadable if size == "default" else undecided
        more = () if size == "default" else (2,)
        yield make(
            f"line-100-mb-string-{size}",
            b"a = '" + b"x" * 100_000_000 + b"'\nimport high.thing\n",
            *more,
            config=config,
            timeout=300,
        )
        yield make(
            f"line-100-mb-comment-{size}",
            b"# " + b"x" * 100_000_000 + b"\nimport high.thing\n",
            *more,
            config=config,
            timeout=300,
        )
    yield undecided("line-100-mb-name", b"a" * 100_000_000 + b" = 1\nimport high.thing\n", 2, config=large, timeout=300)
    yield undecided(
        "line-100-mb-digits", b"a = " + b"9" * 100_000_000 + b"\nimport high.thing\n", 2, config=large, timeout=300
    )
    yield undecided(
        "line-20-mb-list", b"a = [" + b"1," * 10_000_000 + b"]\nimport high.thing\n", 2, config=large, timeout=300
    )
    yield undecided("line-of-10000-imports", "import " + ", ".join(["high.thing"] * 10_000) + "\n", 1)
    yield undecided(
        "line-of-10000-names", "from high.thing import " + ", ".join(f"n{i}" for i in range(10_000)) + "\n", 1
    )
    yield undecided("one-million-lines", "a = 1\n" * 1_000_000 + BREACH, 1_000_001, timeout=300)
    yield undecided("one-million-empty-lines", "\r\n" * 1_000_000 + BREACH, 1_000_001)


def trees() -> Iterator[Case]:
    """Folders whose shape is odd."""
    yield Case("tree-empty", lambda folder: None, exits={0}, witness=False)

    def empty_folders(folder: Path) -> None:
        for number in range(100):
            (folder / f"d{number}" / "e").mkdir(parents=True)

    yield Case("tree-of-empty-folders", empty_folders, exits={0}, witness=False)

    def folder_links(folder: Path) -> None:
        os.symlink("..", folder / "low" / "up")
        os.symlink(".", folder / "low" / "here")
        os.symlink(folder / "loop_b", folder / "loop_a")
        os.symlink(folder / "loop_a", folder / "loop_b")
        os.symlink("/", folder / "low" / "root")

    yield Case("links-of-folders-in-circles", folder_links)

    def file_links(folder: Path) -> None:
        os.symlink("self.py", folder / "low" / "self.py")
        os.symlink("two.py", folder / "low" / "one.py")
        os.symlink("one.py", folder / "low" / "two.py")
        os.symlink("nowhere.py", folder / "low" / "dangling.py")

    yield Case("links-of-files-in-circles", file_links, exits={1, 3}, exact=False)
    yield Case(
        "link-to-endless-device",
        lambda folder: os.symlink("/dev/zero", folder / "low" / "zero.py"),
        exits={1, 3},
        exact=False,
    )
    yield Case("link-to-file", lambda folder: os.symlink("witness.py", folder / "low" / "again.py"))

    def fifo(folder: Path) -> None:
        os.mkfifo(folder / "low" / "x.py")

    yield Case("pipe-named-like-a-source", fifo, exits={1, 3}, exact=False, timeout=30)

    def pipe_for_manifest(folder: Path) -> None:
        os.mkfifo(folder / "pyproject.toml")

    yield Case("pipe-named-like-a-manifest", pipe_for_manifest, exits={1, 2, 3}, exact=False, timeout=30)

    def sock(folder: Path) -> None:
        here = os.getcwd()
        # A socket's address must be short.
        os.chdir(folder / "low")
        try:
            socket.socket(socket.AF_UNIX).bind("z.py")
        finally:
            os.chdir(here)

    yield Case("socket-named-like-a-source", sock, exits={1, 3}, exact=False, timeout=30)

    def folder_named_py(folder: Path) -> None:
        write(folder, "low/y.py/inner.py", BREACH)
        write(folder, "odd/__init__.py/note.txt", "")
        write(folder, "pyproject.toml/note.txt", "")

    yield Case("folders-named-like-sources", folder_named_py, exits={1, 3}, exact=False)

    def forbidden_file(folder: Path) -> None:
        write(folder, "low/secret.py", BREACH)
        (folder / "low" / "secret.py").chmod(0)

    yield Case("file-without-permission", forbidden_file, exits={3}, unparsed=["low/secret.py"], unprivileged=True)

    def forbidden_folder(folder: Path) -> None:
        write(folder, "low/shut/inner.py", BREACH)
        (folder / "low" / "shut").chmod(0)

    yield Case("folder-without-permission", forbidden_folder, exits={3}, exact=False, unprivileged=True)

    def unlisted_folder(folder: Path) -> None:
        write(folder, "low/half/inner.py", BREACH)
        (folder / "low" / "half").chmod(0o444)

    yield Case("folder-without-search-permission", unlisted_folder, exits={3}, exact=False, unprivileged=True)

    def forbidden_rules(folder: Path) -> None:
        (folder / "rules.toml").chmod(0)

    yield Case("rules-without-permission", forbidden_rules, exits={2}, unprivileged=True)

    def many(folder: Path) -> None:
        for number in range(10_000):
            write(folder, f"low/m{number}.py", f"import low.m{number + 1}\n" if number < 9_999 else BREACH)

    yield Case("files-10000-in-one-folder", many, breaches=[("low/m9999.py", 1)])

    def deep(folder: Path) -> None:
        path = "low/" + "d/" * 600
        write(folder, path + "odd.py", BREACH)

    yield Case("folders-600-deep", deep, breaches=[("low/" + "d/" * 600 + "odd.py", 1)])

    def odd_names(folder: Path) -> None:
        for name in (
            "two words.py",
            "tab\there.py",
            "line\nbreak.py",
            "colon:1:2.py",
            "-dash.py",
            "ü.py",
            "\U0001f600.py",
            "a.b.c.py",
            ".py",
            ".hidden.py",
            "__init__.py",
            "class.py",
            "x" * 251 + ".py",
        ):
            write(folder, f"low/{name}", BREACH)
        if sys.platform == "linux":
            Path(os.fsdecode(os.fsencode(folder) + b"/low/\xff\xfe.py")).write_text(BREACH, encoding="utf-8")
            os.mkdir(os.fsencode(folder) + b"/low/\xff")
            Path(os.fsdecode(os.fsencode(folder) + b"/low/\xff/inner.py")).write_text(BREACH, encoding="utf-8")

    yield Case(
        "names-that-are-odd",
        odd_names,
        exits={1, 3},
        breaches=[("low/two words.py", 1), ("low/class.py", 1)],
        exact=False,
    )

    def clashes(folder: Path) -> None:
        for path in ("low/same.py", "low/same/__init__.py", "low/same.pyi", "low/same/same.py", "low/Same.py"):
            write(folder, path, "import high.thing\nfrom low import same\nfrom . import same\nimport low.same.same\n")

    yield Case("names-that-clash", clashes, breaches=[("low/same/__init__.py", 1)])

    def manifests(folder: Path) -> None:
        write(folder, "pyproject.toml", b"\xff\x00[[[")
        write(folder, "setup.cfg", b"\x00" * 100)
        write(folder, "setup.py", "def (:\n")
        write(folder, ".gitignore", b"\xff[\\\n" + b"**/" * 1000 + b"\n[z-a]\n!!\n")
        write(folder, ".git/HEAD", "nonsense")

    yield Case("manifests-of-noise", manifests, exits={1, 2, 3}, exact=False)


# How each thing nests: what opens a level, what stands in the middle, what closes a level; the whole must be Python.
WRAPPERS = {
    "parentheses": ("(", "a", ")"),
    "lists": ("[", "a", "]"),
    "sets": ("{", "a", "}"),
    "dicts": ("{a:", "a", "}"),
    "tuples": ("(", "a", ",)"),
    "calls-inside": ("f(", "a", ")"),
    "calls-after": ("", "f", "()"),
    "keyword-arguments": ("f(k=", "a", ")"),
    "subscripts-inside": ("a[", "a", "]"),
    "subscripts-after": ("", "a", "[0]"),
    "slices": ("a[", "a", ":]"),
    "attributes": ("", "a", ".b"),
    "attributes-and-calls": ("", "a", ".b()"),
    "negations": ("-", "a", ""),
    "inversions": ("~", "a", ""),
    "pluses": ("+", "a", ""),
    "nots": ("not ", "a", ""),
    "additions": ("", "a", "+a"),
    "powers": ("a**", "a", ""),
    "comparisons": ("", "a", "<a"),
    "ands": ("", "a", " and a"),
    "ands-and-ors": ("", "a", " and a or a"),
    "matrix-products": ("", "a", "@a"),
    "lambdas": ("lambda:", "a", ""),
    "lambda-defaults": ("lambda a=", "a", ":a"),
    "conditionals": ("a if a else ", "a", ""),
    "conditionals-tests": ("(a if ", "a", " else a)"),
    "list-comprehensions": ("[a for a in ", "a", "]"),
    "generators": ("(a for a in ", "a", ")"),
    "comprehension-clauses": ("", "[a for a in a", " for a in a"),
    "walruses": ("(a:=", "a", ")"),
    "stars": ("[*", "a", "]"),
    "dict-unpackings": ("{**", "a", "}"),
    "f-strings": ("f'{", "a", "}'"),
    "implicit-concatenations": ("'a' ", "'a'", ""),
    "dotted-strings": ("", "'a'", " 'a'"),
}

# Statements that nest by indentation.
BLOCKS = {
    "ifs": "if a:",
    "fors": "for a in a:",
    "whiles": "while a:",
    "withs": "with a:",
    "functions": "def f():",
    "async-functions": "async def f():",
    "classes": "class C:",
    "type-checking": "if TYPE_CHECKING:",
}


def nestings() -> Iterator[Case]:
    """Each kind of nesting, 50 deep, which must be read, and very deep, which must be read or reported."""
    config = (CONFIG + LARGE).encode()
    for depth in (50, NESTING, 10 * NESTING):
        for name, (opening, middle, closing) in WRAPPERS.items():
            end = "]" if middle.startswith("[") else ""
            text = f"a = 1\nx = {opening * depth}{middle}{closing * depth}{end}\nimport high.thing\n"
            yield nesting(name, depth, text, 3, config)
        # As a base class, an annotation, a decorator and an argument of the import machinery too: these are read.
        nested = "(" * depth + "a" + ")" * depth
        chain = "a" + ".b" * depth
        subscripts = "a[" * depth + "a" + "]" * depth
        added = "'high.thing'" + " + ''" * depth
        for name, text in {
            "base-parentheses": f"class C({nested}): pass\n",
            "base-attributes": f"class C({chain}): pass\n",
            "base-subscripts": f"class C({subscripts}): pass\n",
            "annotations": f"x: {subscripts}\n",
            "string-annotations": f"x: '{subscripts}'\n",
            "decorators": f"@{chain}\ndef f(): pass\n",
            "decorators-many": "@a\n" * depth + "def f(): pass\n",
            "dynamic-import": f"__import__({added})\n",
            "dynamic-import-chain": "__import__(" * depth + "'low.witness'" + ")" * depth + "\n",
            "all-sum": "__all__ = " + "['a'] + " * depth + "['b']\n",
            "assignments": "x = " * depth + "1\n",
            "deletions": f"del {nested}\n",
            "targets": "[" * depth + "x" + "]" * depth + " = 1\n",
            "for-targets": f"for {'(' * depth}x{',)' * depth} in a: pass\n",
            "elifs": "if a: pass\n" + "elif a: pass\n" * depth,
            "excepts": "try: pass\n" + "except a: pass\n" * depth,
            "cases": "match a:\n" + " case 1: pass\n" * depth,
            "patterns": f"match a:\n case {'[' * depth}x{']' * depth}: pass\n",
            "pattern-alternatives": f"match a:\n case {'1|' * depth}1: pass\n",
            "type-parameters": "type X[T: " + "a[" * depth + "a" + "]" * depth + "] = a\n",
            "with-items": f"with ({'a, ' * depth}a): pass\n",
            "import-dots": f"from {'.' * depth} import x\n",
            "import-components": f"import high{'.a' * depth}\n",
            "from-components": f"from high{'.a' * depth} import x\n",
            "import-in-parentheses": f"from high.thing import ({'value, ' * depth})\n",
            "semicolons": "a = 1;" * depth + "\n",
            "globals": "def f():\n global " + ", ".join(f"g{i}" for i in range(depth)) + "\n",
        }.items():
            text += BREACH
            yield nesting(name, depth, text, text.count("\n"), config)
        yield unreadable(f"nesting-unclosed-{depth}", "(" * depth + "\n", config=config)
        yield unreadable(f"nesting-unopened-{depth}", ")" * depth + "\n", config=config)
        yield unreadable(f"nesting-crossed-{depth}", "([" * depth + ")]" * depth + "\n", config=config)
        yield unreadable(f"nesting-unclosed-f-strings-{depth}", "f'{" * depth + "\n", config=config)
        yield unreadable(
            f"nesting-indentation-alone-{depth}",
            "\n".join(" " * i + "a" for i in range(min(depth, NESTING))) + "\n",
            config=config,
        )
    for depth in (50, NESTING):
        for name, opening in BLOCKS.items():
            lines = [" " * level + opening for level in range(depth)]
            text = "\n".join([*lines, " " * depth + "pass", "import high.thing\n"])
            yield nesting(f"block-{name}", depth, text, depth + 2, config)
        text = "".join(" " * level + "if a: pass\n" + " " * level + "else:\n" for level in range(depth))
        yield nesting("block-elses", depth, text + " " * depth + "pass\n" + BREACH, 2 * depth + 2, config)
        text = "".join(" " * level + "try:\n" for level in range(depth)) + " " * depth + "import high.thing\n"
        text += "".join(" " * level + "except ImportError: pass\n" for level in reversed(range(depth)))
        yield nesting("block-tries", depth, text, depth + 1, config)


def nesting(name: str, depth: int, text: str, line: int, config: bytes) -> Case:
    """A source that nests: shallow it must be read."""
    make = readable if depth == 50 else undecided
    return make(f"nesting-{name}-{depth}", text, line, config=config, timeout=300)


def reexports() -> Iterator[Case]:
    """Names handed on through very many modules, and in circles. All of it parses: 1 is the only right exit."""

    def chain(
        write_link: Callable[[int], str], length: int, last: str = "def thing(): pass\n"
    ) -> Callable[[Path], None]:
        def build(folder: Path) -> None:
            write(folder, "chain/__init__.py", "")
            for number in range(length):
                write(folder, f"chain/m{number}.py", write_link(number) if number < length - 1 else last)
            write(folder, "low/odd.py", "from chain.m0 import thing\nimport high.thing\nclass Sub(thing): pass\n")

        return build

    breach = [("low/odd.py", 2)]
    yield Case(
        "chain-10000-imports",
        chain(lambda n: f"from chain.m{n + 1} import thing\n", 10_000),
        breaches=breach,
        timeout=300,
    )
    yield Case(
        "chain-10000-relative",
        chain(lambda n: f"from .m{n + 1} import thing as thing\n", 10_000),
        breaches=breach,
        timeout=300,
    )
    yield Case(
        "chain-3000-stars", chain(lambda n: f"from chain.m{n + 1} import *\n", 3_000), breaches=breach, timeout=300
    )
    yield Case(
        "chain-10000-aliases",
        chain(lambda n: f"import chain.m{n + 1} as m\nthing = m.thing\n", 10_000),
        breaches=breach,
        timeout=300,
    )
    yield Case(
        "chain-10000-bases",
        chain(
            lambda n: f"from chain.m{n + 1} import thing as base\nclass thing(base): pass\n",
            10_000,
            "class thing: pass\n",
        ),
        breaches=breach,
        timeout=300,
    )
    yield Case(
        "ring-imports",
        chain(lambda n: f"from chain.m{n + 1} import thing\n", 500, "from chain.m0 import thing\n"),
        exits={1},
        breaches=breach,
    )
    yield Case(
        "ring-stars",
        chain(lambda n: f"from chain.m{n + 1} import *\n", 500, "from chain.m0 import *\n"),
        breaches=breach,
    )
    yield Case(
        "ring-of-itself",
        chain(
            lambda n: "",
            1,
            "from chain.m0 import *\nfrom chain.m0 import thing\nfrom . import m0\n"
            "thing = thing\nclass thing(thing): pass\n",
        ),
        breaches=breach,
    )
    yield Case(
        "clique-of-100-stars",
        chain(
            lambda n: "".join(f"from chain.m{i} import *\n" for i in range(100)) + f"v{n} = 1\n",
            100,
            "from chain.m0 import *\nthing = 1\n",
        ),
        breaches=breach,
        timeout=300,
    )
    yield Case(
        "doubling-60-times",
        # Two ways on from each module: 2^60 ways in all.
        chain(
            lambda n: (
                f"try:\n from chain.m{n + 1} import thing\n"
                f"except ImportError:\n from chain.m{min(n + 2, 59)} import thing\n"
            ),
            60,
        ),
        breaches=breach,
    )
    yield Case(
        "doubling-60-times-by-stars",
        chain(lambda n: f"from chain.m{n + 1} import *\nfrom chain.m{min(n + 2, 59)} import *\n", 60),
        breaches=breach,
    )


GOOD_RULES = """\
# Every kind of entry that a rules file may hold.
[topology]
name = "SHOP_V1"
reference = "SHOP_V1.md"
closed = true
called_by = "enforce"
unclassified = "note"
unclassified_except = ["tools/**", "*.py"]
header = "# Layer: {level}"

[cycles]
layers = "error"
domains = "warning"
modules = "note"
when = { deferred = false, type_only = false }

[levels]
missing-module = "warning"

[domains]
order = ["orders", "ümläut"]
others = "append"

[[layer]]
id = "high"
title = "High"
paths = ["high/**", "shop/{domain}/high/**"]
contract = "renders"
should_call = ["low"]

[[layer]]
id = "low"
paths = ["low/**", "shop/{domain}/{low,lower}/*.py"]
must_not_call = ["high"]
called_by = ["high", "outer"]

[[layer]]
id = "outer"
outside = true

[[rule]]
id = "SHOP-001"
from = { layer = "low", path = "low/**", not = { module = "low.free" } }
to = { layer = ["high", "l*"], domain = "other" }
kinds = ["import", "inherit"]
when = { test = true, guarded = false }
through = "direct"
level = "warning"
message = "low reaches another domain"
fix = "hand it over"
except = [{ from = "low/old.py", to = "high/**", reason = "until it moves", until = "2099-12-31" }]

[[rule]]
id = "SHOP-002"
from = { layer = "*" }
to = { external = ["sqlalchemy", "google.cloud.storage"] }

[[interface]]
module = "high.thing"
names = ["value"]
for = ["low"]

[[exception]]
code = "must-not-call"
from = "low/other.py"
to = { layer = "high" }
reason = "known"
until = 2099-12-31
"""


# Configurations that may be refused or taken: what they name is odd, but not wrong in itself.
DEBATABLE = {
    *("rules-is-a-device", "sources-missing", "sources-outside", "sources-a-file", "members-itself", "members-above"),
    *("roots-missing", "coverage-infinite", "bytes-zero"),
}

# What may stand where a rules file wants a string.
ODD_VALUES = ["1", "true", '"**{a"', '"{"', '"[z-a]"', '"\\u0000"', '""', "1e999", "{ x = 1 }", "[]", "2027-02-30"]

# What may stand where a rules file wants a pattern.
ODD_PATTERNS = [
    *("", "/", "..", "../**", "/**", "**", "**/**", "***", "*" * 10_000, "**/" * 10_000, "?" * 10_000),
    *("{", "}", "{}", "{a", "{a,}", "{,}", "{{a}}", "{domain}" * 1000, "{1..999999999}"),
    # Each doubles the alternatives, or nests them.
    *("{a,b}" * 30, "{a,b," * 2000 + "c" + "}" * 2000, "{" + ",".join(f"n{i}" for i in range(50_000)) + "}"),
    *("[", "[]", "[!]", "[z-a]", "\\\\", "a\\u0000b", "(" * 10_000, "\U0001f600/**", "x" * 1_000_000),
]


def rules_files() -> Iterator[Case]:
    """Rules and configuration that are noise, cut off, or vast."""
    anything = {0, 1, 2, 3}

    def rules(name: str, content: str | bytes, exits: set[int] = anything, **more: object) -> Case:
        content = content.encode() if isinstance(content, str) else content
        # What such rules find is not the point: the standing breach would have to be found by rules that forbid it.
        return Case(
            name,
            lambda folder: write(folder, "high/thing.py", "value = 1\n"),
            exits=exits,
            rules=content,
            exact=False,
            witness=False,
            **more,
        )

    yield rules("rules-empty", "", {0, 1, 2})
    yield rules("rules-good", GOOD_RULES, {0, 1})
    for seed in range(100):
        noise = random.Random(seed)
        yield rules(f"rules-random-bytes-{seed}", b"\xff" + noise.randbytes(noise.randrange(1, 5000)), {2})
    words = re.findall(r'"[^"]*"|[\w-]+|\S|\n', GOOD_RULES)
    for seed in range(300):
        noise = random.Random(seed)
        yield rules(f"rules-random-words-{seed}", " ".join(noise.choice(words) for _ in range(noise.randrange(1, 400))))
    lines = GOOD_RULES.splitlines()
    for seed in range(300):
        noise = random.Random(seed)
        changed = list(lines)
        for _ in range(noise.randrange(1, 4)):
            at = noise.randrange(len(changed))
            match noise.randrange(5):
                case 0:
                    del changed[at]
                case 1:
                    changed.insert(at, noise.choice(lines))
                case 2:
                    changed[at] = changed[at].replace('"', noise.choice(["'", '"""', "", "[", "{"]), 1)
                case 3:
                    value = noise.choice(ODD_VALUES)
                    changed[at] = re.sub(r'"[^"]*"', lambda _, value=value: value, changed[at])
                case _:
                    noise.shuffle(changed)
        yield rules(f"rules-mutated-{seed}", "\n".join(changed))
    for length in range(len(GOOD_RULES.encode())):
        yield rules(f"rules-prefix-{length}", GOOD_RULES.encode()[:length])
    for at, pattern in enumerate(ODD_PATTERNS):
        for key in ("paths", "unclassified_except", "path", "module"):
            text = {
                "paths": f'[[layer]]\nid = "low"\npaths = ["{pattern}"]\n',
                "unclassified_except": f'[topology]\nunclassified_except = ["{pattern}"]\n',
            }.get(
                key,
                '[[layer]]\nid = "low"\npaths = ["low/**"]\n'
                f'[[rule]]\nid = "R"\nfrom = {{ layer = "low" }}\nto = {{ {key} = "{pattern}" }}\n',
            )
            yield rules(f"rules-pattern-{key}-{at}", text)
    yield rules("rules-deep-arrays", "a = " + "[" * 100_000 + "]" * 100_000, {2})
    yield rules("rules-deep-unclosed", "a = " + "[" * 100_000, {2})
    yield rules("rules-deep-tables", "a = " + "{a = " * 100_000 + "1" + "}" * 100_000, {2})
    yield rules("rules-deep-keys", "a" + ".a" * 100_000 + " = 1", {2})
    yield rules("rules-deep-headers", "[a" + ".a" * 100_000 + "]\n", {2})
    yield rules(
        "rules-deep-not",
        '[[layer]]\nid = "low"\npaths = ["low/**"]\n[[rule]]\nid = "R"\nfrom = { layer = "low" }\nto = '
        + "{ not = " * 10_000
        + '{ layer = "low" }'
        + " }" * 10_000
        + "\n",
        {0, 1, 2},
    )
    yield rules(
        "rules-5000-layers", "".join(f'[[layer]]\nid = "l{i}"\npaths = ["l{i}/**"]\n' for i in range(5_000)), {0, 1}
    )
    yield rules("rules-5000-alike", '[[layer]]\nid = "low"\npaths = ["low/**"]\n' * 5_000, {2})
    yield rules("rules-long-string", f'[topology]\nname = "{"x" * 10_000_000}"\n', {0, 1, 2})
    yield rules("rules-crlf", GOOD_RULES.replace("\n", "\r\n"), {0, 1})
    yield rules("rules-bom", b"\xef\xbb\xbf" + GOOD_RULES.encode(), {0, 1, 2})
    yield rules("rules-nul", GOOD_RULES + "\x00", {2})
    yield rules("rules-utf-16", GOOD_RULES.encode("utf-16"), {2})
    yield rules("rules-unicode-mistake", '[topology]\nname = "\U0001f600"\nüñí = 1\n', {2})

    def configured(name: str, content: str | bytes, exits: set[int] = anything) -> Case:
        content = content.encode() if isinstance(content, str) else content
        return Case(name, lambda folder: None, exits=exits, config=content, exact=False, witness=False)

    for seed in range(100):
        noise = random.Random(seed)
        yield configured(f"config-random-bytes-{seed}", b"\xff" + noise.randbytes(noise.randrange(1, 2000)), {2})
    good = (
        'rules = ["rules.toml"]\nsources = ["."]\nexclude = ["**/old/**"]\ntests = ["**/tests/**"]\nmembers = []\n'
        'min_coverage = 0.5\nmax_file_bytes = 1000\n[python]\nroots = ["."]\n[documents]\nout = "docs"\n'
    )
    for length in range(len(good)):
        yield configured(f"config-prefix-{length}", good[:length])
    for name, text in {
        "rules-is-itself": 'rules = ["wiremap.toml"]\n',
        "rules-is-a-folder": 'rules = ["."]\n',
        "rules-is-a-device": 'rules = ["/dev/null"]\n',
        "rules-missing": 'rules = ["gone.toml"]\n',
        "rules-unknown-builtin": 'rules = ["builtin:gone"]\n',
        "rules-nul": 'rules = ["a\\u0000b"]\n',
        "sources-missing": CONFIG + 'sources = ["gone"]\n',
        "sources-outside": CONFIG + 'sources = ["../.."]\n',
        "sources-a-file": CONFIG + 'sources = ["rules.toml"]\n',
        "members-itself": CONFIG + 'members = ["."]\n',
        "members-above": CONFIG + 'members = [".."]\n',
        "roots-missing": CONFIG + '[python]\nroots = ["gone", "", "/", ".."]\n',
        "coverage-not-a-number": CONFIG + "min_coverage = nan\n",
        "coverage-infinite": CONFIG + "min_coverage = inf\n",
        "bytes-negative": CONFIG + "max_file_bytes = -1\n",
        "bytes-zero": CONFIG + "max_file_bytes = 0\n",
        "bytes-vast": CONFIG + "max_file_bytes = 99999999999999999999999\n",
    }.items():
        yield configured(f"config-{name}", text, {0, 1, 2} if name in DEBATABLE else {2})


# --- the standard library ----------------------------------------------------------------------------------------


def standard_library(runner: Runner, stdlib: Path) -> tuple[int, list[str]]:
    """The standard library as one tree, then in chunks; the number of runs and what is wrong.

    What is installed beside it (`site-packages`) is left out.
    """
    problems: list[str] = []
    sources = sorted(
        path
        for path in stdlib.rglob("*.py")
        if path.is_file() and "site-packages" not in path.relative_to(stdlib).parts
    )
    if not sources:
        return 1, [f"{stdlib} holds no sources"]

    def copy(chosen: list[Path]) -> Callable[[Path], None]:
        def build(folder: Path) -> None:
            for path in chosen:
                target = folder / "lib" / path.relative_to(stdlib)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)

        return build

    def checked(name: str, chosen: list[Path], exits: set[int]) -> Outcome:
        # The library is imported by its own names, the breach by those of the project.
        config = (CONFIG + '[python]\nroots = [".", "lib"]\n').encode()
        case = Case(name, copy(chosen), exits=exits, config=config, exact=False, timeout=600)
        with runner.project(case) as folder:
            outcome = runner.run(folder, case.timeout)
        problems.extend(f"{name}: {problem}" for problem in judge(case, outcome))
        return outcome

    whole = checked("as one tree", sources, {3})
    refused = {f"lib/{path.relative_to(stdlib).as_posix()}" for path in sources if not python_reads(path)}
    print(
        f"stdlib: {len(sources)} sources, {len(whole.unparsed)} reported as unparsed; Python's own parser refuses "
        f"{len(refused)}; {whole.seconds:.1f} s"
    )
    for path in sorted(refused - whole.unparsed):
        print(f"    refused by Python {sys.version_info.major}.{sys.version_info.minor}, read by wiremap: {path}")
    problems.extend(f"Python reads it, wiremap does not: {path}" for path in sorted(whole.unparsed - refused))

    size, runs = 100, 1
    for start in range(0, len(sources), size):
        chunk = sources[start : start + size]
        expected = whole.unparsed & {f"lib/{path.relative_to(stdlib).as_posix()}" for path in chunk}
        name = f"sources {start + 1} to {start + len(chunk)}"
        outcome = checked(name, chunk, {3} if expected else {1})
        runs += 1
        if outcome.unparsed != expected:
            problems.append(
                f"{name}: not the same files unparsed as in the whole: {sorted(outcome.unparsed ^ expected)[:5]}"
            )
    return runs, problems


def python_reads(path: Path) -> bool:
    """Whether the running Python parses a source; it is not compiled, let alone run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(path.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())

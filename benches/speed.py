#!/usr/bin/env python3
"""Times `wiremap check` on Home Assistant against the floor, ruff and import-linter, all in one run.

What runs, on the same 6,725 sources, each output written to a file:

    wiremap   `wiremap check` with three layers (components over helpers over util), JSON to a file
    floor     a program that only walks, reads and parses, with the same parser and threads (`--floor`)
    ruff      `ruff analyze graph --isolated homeassistant`
    linter    `lint-imports --no-cache` with the same three layers

The runs are interleaved (one of each, then again), so that a machine that slows down slows all of them, and their order
changes from round to round so that within rounds each follows each of the others about equally often: what a run finds
of caches and of memory that the system holds ready depends on the one before it. The median of the rounds counts. The
exit code of every run is checked, as is that the output is there: a tool that stops early is not fast. Peak memory is
what the kernel reports of each child. Then growth: 1, 2, 4 and 8 copies of the sources under package names of their
own, of equal length, so that twice the copies are twice the bytes.

Bars: at most 2.0 times the floor, 0.8 times ruff, 0.5 times import-linter; wiremap's peak at most 150 MiB; its time
for each MB in 2, 4 and 8 copies at most 15% above that in one.

Inputs: the unpacked source distribution of Home Assistant 2024.3.3, of which HOMEASSISTANT_DIR is the folder
`homeassistant`; it is copied to a temporary folder and not touched (about 600 MB of room, and time to copy, are
needed):

    pip download --no-deps --no-binary :all: homeassistant==2024.3.3
    pip install ruff import-linter
    cargo build --release --example floor      (or wherever the floor program is built)

Run, with nothing else running:

    python benches/speed.py path/to/homeassistant-2024.3.3/homeassistant --floor path/to/floor

A contender whose path is given as "" is left out, its bar counts as missed. Linux or macOS; Python 3.11 or newer.

Exit codes: 0 every bar is met; 1 one is missed; 2 the measurement could not be made.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

LAYERS = ("components", "helpers", "util")
PACKAGE = "homeassistant"
COPIES = (1, 2, 4, 8)
MEMORY_BAR_MIB = 150
GROWTH_BAR = 1.15


Each = TypeVar("Each")


class Unusable(Exception):
    """A run that does not count: a wrong exit code, or no output."""


@dataclass
class Contender:
    """A command, with what its runs took."""

    name: str
    command: list[str]
    # The one exit code that says the work was done. Home Assistant breaks the three layers, so the two linters must
    # find that and exit with 1.
    exit_code: int
    # At most this many times its time may wiremap take.
    bar: float | None = None
    # The file the command itself writes; otherwise its standard output is kept in one.
    output: Path | None = None
    seconds: list[float] = field(default_factory=list)
    peak_mib: float = 0.0

    @property
    def median(self) -> float:
        """The median of the rounds, in seconds."""
        return statistics.median(self.seconds)


def main() -> int:
    """Prepares the trees, measures, prints the tables."""
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description="Times wiremap on Home Assistant against its bars.")
    parser.add_argument("homeassistant", type=Path, help="the folder `homeassistant` of version 2024.3.3")
    parser.add_argument("--wiremap", default=str(root / "target" / "release" / "wiremap"), help="default: %(default)s")
    parser.add_argument(
        "--floor",
        default=str(root / "target" / "release" / "examples" / "floor"),
        help="the program that only walks, reads and parses the folder it is given (default: %(default)s)",
    )
    parser.add_argument("--ruff", default="ruff", help="default: the one on the PATH")
    parser.add_argument("--lint-imports", default="lint-imports", help="default: the one on the PATH")
    parser.add_argument("--rounds", type=int, default=8, help="rounds that count, after one that does not (default: 8)")
    parser.add_argument("--no-growth", action="store_true", help="leave out the growing trees")
    args = parser.parse_args()

    source = args.homeassistant.resolve()
    if not all((source / layer).is_dir() for layer in LAYERS):
        print(f"error: {source} is not Home Assistant's package folder", file=sys.stderr)
        return 2
    if not tool(args.wiremap):
        print(f"error: there is no wiremap at {args.wiremap}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="speed-") as scratch:
        try:
            missed = compare(args, source, Path(scratch))
            if not args.no_growth:
                missed += grow(args, source, Path(scratch))
        except Unusable as problem:
            print(f"error: {problem}", file=sys.stderr)
            return 2
    print()
    for bar in missed:
        print(f"missed: {bar}")
    if not missed:
        print("every bar is met")
    return 1 if missed else 0


def tool(path: str) -> str | None:
    """The absolute path of a program, or none."""
    found = shutil.which(path) if path else None
    return os.path.abspath(found) if found else None


# --- four programs on one tree -----------------------------------------------------------------------------------


def compare(args: argparse.Namespace, source: Path, scratch: Path) -> list[str]:
    """Interleaved runs of all contenders; the bars that are missed."""
    tree = scratch / "tree"
    print("copying the tree", file=sys.stderr)
    # Whole, with its translations and pictures: walking past them is part of everybody's work.
    shutil.copytree(source, tree / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    sources = list((tree / PACKAGE).rglob("*.py"))
    megabytes = sum(path.stat().st_size for path in sources) / 1e6
    write_rules(tree)
    write_contract(tree)

    report = scratch / "wiremap.json"
    wiremap = Contender("wiremap", check_command(args.wiremap, report), 1, output=report)
    others = [
        ("floor", args.floor, [PACKAGE, "py"], 0, 2.0),
        ("ruff", args.ruff, ["analyze", "graph", "--isolated", PACKAGE], 0, 0.8),
        ("lint-imports", args.lint_imports, ["--no-cache", "--config", ".importlinter"], 1, 0.5),
    ]
    contenders, missed = [wiremap], []
    for name, path, arguments, exit_code, bar in others:
        found = tool(path)
        if found:
            contenders.append(Contender(name, [found, *arguments], exit_code, bar))
        else:
            missed.append(f"{name} was not measured: no program {path!r}")

    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for contender in contenders:
        if contender.name != "floor":
            print(f"{contender.name}: {version(contender.command[0])}")
    print(f"{len(sources)} sources, {megabytes:.1f} MB; {args.rounds} rounds after one to warm up\n")

    for round_number, order in enumerate(orders(contenders, args.rounds + 1)):
        for contender in order:
            seconds, peak = run(contender, tree, scratch)
            if round_number > 0:
                contender.seconds.append(seconds)
            contender.peak_mib = max(contender.peak_mib, peak)
    check_json(report)

    print(f"{'program':14}{'median s':>10}{'min':>9}{'max':>9}{'peak MiB':>10}{'wiremap is':>12}{'bar':>7}  result")
    for contender in contenders:
        ratio = wiremap.median / contender.median
        row = f"{contender.name:14}{contender.median:10.3f}{min(contender.seconds):9.3f}{max(contender.seconds):9.3f}"
        row += f"{contender.peak_mib:10.0f}"
        if contender.bar is not None:
            passed = ratio <= contender.bar
            row += f"{ratio:11.2f}x{contender.bar:6.1f}x  {verdict(passed)}"
            if not passed:
                missed.append(f"{ratio:.2f} times {contender.name}, the bar is {contender.bar}")
        print(row)
    passed = wiremap.peak_mib <= MEMORY_BAR_MIB
    print(f"peak memory of wiremap: {wiremap.peak_mib:.0f} MiB, bar {MEMORY_BAR_MIB} MiB  {verdict(passed)}")
    if not passed:
        missed.append(f"{wiremap.peak_mib:.0f} MiB at the peak, the bar is {MEMORY_BAR_MIB}")
    return missed


def orders(contenders: list[Each], rounds: int) -> list[list[Each]]:
    """So many orders; in a full square of them each contender follows each other one equally often (Williams, 1949)."""
    count = len(contenders)
    first = [0]
    for step in range(1, count):
        first.append((first[-1] + (step if step % 2 else -step)) % count)
    square = [[(place + shift) % count for place in first] for shift in range(count)]
    if count % 2:
        square += [row[::-1] for row in square]
    return [[contenders[at] for at in square[number % len(square)]] for number in range(rounds)]


def verdict(passed: bool) -> str:
    """The last word of a row."""
    return "pass" if passed else "FAIL"


def version(program: str) -> str:
    """What a program says of its version."""
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 and asked.stdout.strip() else "(no version)"


def check_command(binary: str, report: Path) -> list[str]:
    """How wiremap is run, in the folder that holds its configuration."""
    return [tool(binary) or binary, "check", "--format", f"json={report}"]


def write_rules(tree: Path, packages: str = PACKAGE) -> None:
    """Three layers, none of which may reach upwards."""
    text = []
    for at, layer in enumerate(LAYERS):
        above = ", ".join(f'"{name}"' for name in LAYERS[:at])
        text.append(f'[[layer]]\nid = "{layer}"\npaths = ["{packages}/{layer}/**"]\nmust_not_call = [{above}]\n')
    (tree / "rules.toml").write_text("\n".join(text), encoding="utf-8")
    (tree / "wiremap.toml").write_text('rules = ["rules.toml"]\n', encoding="utf-8")


def write_contract(tree: Path) -> None:
    """The same for import-linter."""
    layers = "".join(f"\n    {PACKAGE}.{layer}" for layer in LAYERS)
    (tree / ".importlinter").write_text(
        f"[importlinter]\nroot_package = {PACKAGE}\n\n"
        f"[importlinter:contract:layers]\nname = Three layers\ntype = layers\nlayers ={layers}\n",
        encoding="utf-8",
    )


def run(contender: Contender, tree: Path, scratch: Path) -> tuple[float, float]:
    """Runs a command once: wall seconds and peak memory in MiB.

    This process must stay small itself: on Linux a child's peak starts at that of the process it was forked from.
    """
    kept = scratch / f"{contender.name}.out"
    if contender.output:
        contender.output.unlink(missing_ok=True)
    with open(kept, "wb") as out, open(scratch / "stderr", "w+b") as err:
        started = time.perf_counter()
        child = subprocess.Popen(contender.command, cwd=tree, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != contender.exit_code:
            err.seek(0)
            told = err.read(2000).decode("utf-8", "replace").strip() or kept.read_text("utf-8", "replace")[:2000]
            command = " ".join(contender.command)
            raise Unusable(
                f"{contender.name} exited with {child.returncode}, not {contender.exit_code}: {command}\n{told}"
            )
    output = contender.output or kept
    if contender.name != "floor" and not (output.is_file() and output.stat().st_size):
        raise Unusable(f"{contender.name} left no output in {output}")
    in_bytes = sys.platform == "darwin"
    return seconds, usage.ru_maxrss / (1024 * 1024 if in_bytes else 1024)


def check_json(report: Path) -> None:
    """Whether the report is whole; in a process of its own, see [`run`]."""
    whole = subprocess.run([sys.executable, "-m", "json.tool", str(report), os.devnull], check=False)
    if whole.returncode != 0:
        raise Unusable(f"{report} is not JSON")


# --- one program on growing trees --------------------------------------------------------------------------------


def grow(args: argparse.Namespace, source: Path, scratch: Path) -> list[str]:
    """Interleaved runs of wiremap on 1, 2, 4 and 8 copies of the sources; the bars that are missed."""
    print("\ncopying the growing trees", file=sys.stderr)
    names = [f"{PACKAGE[:-1]}{number}" for number in range(1, max(COPIES) + 1)]
    sizes = [copy_renamed(source, scratch / "copies" / name, name) for name in names]
    trees: dict[int, Path] = {}
    for copies in COPIES:
        trees[copies] = scratch / f"grown-{copies}"
        for name in names[:copies]:
            # Links to the same files: the trees differ in nothing but the number of packages.
            shutil.copytree(scratch / "copies" / name, trees[copies] / name, copy_function=os.link)
        write_rules(trees[copies], "*")

    runs: dict[int, Contender] = {}
    for copies in COPIES:
        report = scratch / f"grown-{copies}.json"
        runs[copies] = Contender(f"wiremap on {copies}", check_command(args.wiremap, report), 1, output=report)
    for round_number in range(args.rounds + 1):
        for copies in COPIES:
            seconds, peak = run(runs[copies], trees[copies], scratch)
            if round_number > 0:
                runs[copies].seconds.append(seconds)
            runs[copies].peak_mib = max(runs[copies].peak_mib, peak)

    missed = []
    heads = f"{'copies':>6}{'MB':>8}{'median s':>10}{'min':>9}{'max':>9}{'peak MiB':>10}{'ms/MB':>8}{'of one':>8}"
    print(f"\n{heads}{'bar':>7}  result")
    single = runs[1].median / sizes[0]
    for copies in COPIES:
        done, megabytes = runs[copies], sum(sizes[:copies])
        per_megabyte = done.median / megabytes
        ratio = per_megabyte / single
        passed = ratio <= GROWTH_BAR
        print(
            f"{copies:6}{megabytes:8.1f}{done.median:10.3f}{min(done.seconds):9.3f}{max(done.seconds):9.3f}"
            f"{done.peak_mib:10.0f}{per_megabyte * 1000:8.2f}{ratio:7.2f}x{GROWTH_BAR:6.2f}x  {verdict(passed)}"
        )
        if not passed:
            missed.append(f"{copies} copies take {ratio:.2f} times as long per MB as one, the bar is {GROWTH_BAR}")
    return missed


# The package's name where it is the first component of an absolute import.
ABSOLUTE = re.compile(rb"(?m)^([ \t]*(?:from|import)[ \t]+)" + PACKAGE.encode() + rb"(?=[. \t\r\n])")


def copy_renamed(source: Path, target: Path, name: str) -> float:
    """Copies the Python sources under another package name of the same length; their size in MB."""
    size = 0
    for path in source.rglob("*.py"):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = ABSOLUTE.sub(lambda found: found[1] + name.encode(), path.read_bytes())
        copy.write_bytes(text)
        size += len(text)
    return size / 1e6


if __name__ == "__main__":
    sys.exit(main())

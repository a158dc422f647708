#!/usr/bin/env python3
"""Times `wiremap check` on Rust crates against what `syn::parse_file` alone takes, all in one run.

What runs, on the same sources, each output written to a file:

    wiremap   `wiremap check`: every file in one layer, JSON to a file
    floor     a program that only walks, reads and calls `syn::parse_file`, with the same threads (`--floor`)

The runs are interleaved, the median of the rounds counts, exit codes and outputs are checked: see `speed.py`, whose
means these are. Then growth: 1, 2, 4 and 8 copies of the crates side by side.

Bars: at most 1.3 times the floor on at least 20 MB; wiremap's peak at most 350 MiB; its time for each MB in 2, 4 and
8 copies at most 15% above that in one.

Inputs: a folder of crates with at least 20 MB of Rust; it is copied to a temporary folder and not touched. Without one
of your own, this program's dependencies will do:

    cargo vendor path/to/crates
    cargo build --release --example floor

Run, with nothing else running:

    python benches/speed_rust.py path/to/crates

Linux or macOS; Python 3.11 or newer. Exit codes: 0 every bar is met; 1 one is missed; 2 it could not be measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from speed import COPIES, GROWTH_BAR, Contender, Unusable, check_command, check_json, orders, run, tool, verdict, version

LEAST_MB = 20.0
FLOOR_BAR = 1.3
MEMORY_BAR_MIB = 350


def main() -> int:
    """Prepares the trees, measures, prints the tables."""
    release = Path(__file__).resolve().parent.parent / "target" / "release"
    parser = argparse.ArgumentParser(description="Times wiremap on Rust crates against its bars.")
    parser.add_argument("crates", type=Path, help="a folder of crates, 20 MB of Rust or more")
    parser.add_argument("--wiremap", default=str(release / "wiremap"), help="default: %(default)s")
    parser.add_argument("--floor", default=str(release / "examples" / "floor"), help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=8, help="rounds that count, after one that does not (default: 8)")
    parser.add_argument("--no-growth", action="store_true", help="leave out the growing trees")
    args = parser.parse_args()
    for program in (args.wiremap, args.floor):
        if not tool(program):
            print(f"error: there is no program at {program}", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory(prefix="speed-") as scratch:
        try:
            missed = measure(args, Path(scratch))
        except Unusable as problem:
            print(f"error: {problem}", file=sys.stderr)
            return 2
    print()
    for bar in missed:
        print(f"missed: {bar}")
    if not missed:
        print("every bar is met")
    return 1 if missed else 0


def measure(args: argparse.Namespace, scratch: Path) -> list[str]:
    """Both programs on one copy, then wiremap on more of them; the bars that are missed."""
    trees = grown(args.crates.resolve(), scratch, (1,) if args.no_growth else COPIES)
    sources = list(trees[1].rglob("*.rs"))
    megabytes = sum(path.stat().st_size for path in sources) / 1e6
    if megabytes < LEAST_MB:
        raise Unusable(f"{args.crates} holds {megabytes:.1f} MB of Rust, {LEAST_MB:.0f} are wanted")
    # Crates carry sources that are broken on purpose, as tests of parsers: then the run ends with 3.
    codes = {copies: exit_code(args.wiremap, tree) for copies, tree in trees.items()}
    reports = {copies: scratch / f"{copies}.json" for copies in trees}
    wiremap = {
        copies: Contender(f"wiremap on {copies}", check_command(args.wiremap, report), codes[copies], output=report)
        for copies, report in reports.items()
    }
    floor = Contender("floor", [tool(args.floor) or args.floor, ".", "rs"], 0, FLOOR_BAR)
    print(f"{platform.platform()}, {os.cpu_count()} cores; wiremap: {version(args.wiremap)}")
    print(f"{len(sources)} sources, {megabytes:.1f} MB; {args.rounds} rounds after one to warm up\n")
    contenders = [(floor, trees[1]), *((wiremap[copies], trees[copies]) for copies in trees)]
    for round_number, order in enumerate(orders(contenders, args.rounds + 1)):
        for contender, tree in order:
            seconds, peak = run(contender, tree, scratch)
            if round_number > 0:
                contender.seconds.append(seconds)
            contender.peak_mib = max(contender.peak_mib, peak)
    for report in reports.values():
        check_json(report)

    missed = []
    print(f"{'program':14}{'median s':>10}{'min':>9}{'max':>9}{'peak MiB':>10}{'ms/MB':>8}")
    for contender, size in [(floor, 1), *((wiremap[copies], copies) for copies in trees)]:
        row = f"{contender.name:14}{contender.median:10.3f}{min(contender.seconds):9.3f}{max(contender.seconds):9.3f}"
        print(f"{row}{contender.peak_mib:10.0f}{contender.median / (megabytes * size) * 1000:8.2f}")
    ratio = wiremap[1].median / floor.median
    bars = [
        (f"{ratio:.2f} times the floor", ratio, FLOOR_BAR),
        (f"{wiremap[1].peak_mib:.0f} MiB at the peak", wiremap[1].peak_mib, MEMORY_BAR_MIB),
    ]
    for copies in list(trees)[1:]:
        growth = wiremap[copies].median / copies / wiremap[1].median
        bars.append((f"{copies} copies: {growth:.2f} times as long per MB as one", growth, GROWTH_BAR))
    for what, value, bar in bars:
        print(f"{what}, bar {bar}  {verdict(value <= bar)}")
        if value > bar:
            missed.append(f"{what}, the bar is {bar}")
    return missed


def grown(crates: Path, scratch: Path, numbers: tuple[int, ...]) -> dict[int, Path]:
    """Trees of so many copies of the crates' manifests and sources, each copy in a folder of its own."""
    print("copying the trees", file=sys.stderr)
    trees = {}
    for copies in numbers:
        tree = scratch / f"tree-{copies}"
        for number in range(copies):
            for path in [*crates.rglob("*.rs"), *crates.rglob("Cargo.toml")]:
                copy = tree / f"copy{number}" / path.relative_to(crates)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
        (tree / "rules.toml").write_text('[[layer]]\nid = "all"\npaths = ["**"]\n', encoding="utf-8")
        (tree / "wiremap.toml").write_text('rules = ["rules.toml"]\n', encoding="utf-8")
        trees[copies] = tree
    return trees


def exit_code(binary: str, tree: Path) -> int:
    """The code that a run on a tree ends with: 0, 1 or 3."""
    done = subprocess.run([tool(binary) or binary, "check", "--format", "concise"], cwd=tree, capture_output=True)
    if done.returncode not in (0, 1, 3):
        raise Unusable(f"wiremap exited with {done.returncode}: {done.stderr[:500]!r}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())

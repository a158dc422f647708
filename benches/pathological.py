#!/usr/bin/env python3
"""Times wiremap on code of shapes that nobody writes but generators do: cost must stay near what the size explains.

Each shape is a project of its own in a temporary folder. Its share is what `wiremap check` takes for as many bytes of
plain code in the same language: modules of classes whose methods call each other, made here, so that no tree has to
be fetched. The share is measured at the shape's own size, start-up and all, and the two runs take turns; the median of
the rounds counts. Every run must end with a whole report, and exit code 0, or 1 where the shape is wrong code (a ring
in Rust leads nowhere).

Shapes, in Python and in Rust: one function of 50,000 lines of calls; one function whose name is bound 5,000 times; a
class (a type) with 5,000 methods that call each other; 500 modules that re-export one name in a ring, and as a chain;
100 star imports in a ring, each of which brings all names of the others; a chain of 2,000 calls on each other's results; 2,000 classes below each other; 2,000
traits with one method of the same name; dictionaries and matches of 20,000 entries.

Bar: 10 times the share.

Run, with nothing else running:

    python benches/pathological.py
    python benches/pathological.py --only 'python*'     (shell patterns over the names; --list shows them)

Exit codes: 0 every shape is within the bar; 1 one is not; 2 the measurement could not be made.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

BAR = 10.0
RULES = '[[layer]]\nid = "app"\npaths = ["**"]\n'
CARGO = '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n'
Files = dict[str, str]


def main() -> int:
    """Measures the shapes that are asked for."""
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description="Times wiremap on code of unusual shapes.")
    parser.add_argument("--wiremap", default=str(root / "target" / "release" / "wiremap"), help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count (default: 3)")
    parser.add_argument("--only", action="append", help="shapes by shell patterns; may be repeated")
    parser.add_argument("--list", action="store_true", help="name the shapes and stop")
    args = parser.parse_args()
    names = [name for name in SHAPES if not args.only or any(fnmatch.fnmatch(name, only) for only in args.only)]
    if args.list:
        print("\n".join(names))
        return 0
    if not Path(args.wiremap).is_file():
        print(f"error: there is no wiremap at {args.wiremap}", file=sys.stderr)
        return 2
    missed = []
    print(f"{'shape':32}{'MB':>7}{'s':>9}{'share s':>9}{'times':>8}")
    for name in names:
        with tempfile.TemporaryDirectory(prefix="shape-") as scratch:
            shape, plain = Path(scratch, "shape"), Path(scratch, "plain")
            size = write(shape, SHAPES[name]())
            language = name.split("-", 1)[0]
            write(plain, (plain_python if language == "python" else plain_rust)(size))
            taken, share = [], []
            for _ in range(args.rounds):
                taken.append(check(args.wiremap, shape))
                share.append(check(args.wiremap, plain))
        times = statistics.median(taken) / statistics.median(share)
        print(
            f"{name:32}{size / 1e6:7.2f}{statistics.median(taken):9.3f}{statistics.median(share):9.3f}{times:7.1f}x",
            flush=True,
        )
        if times > BAR:
            missed.append(f"{name} takes {times:.1f} times its share, the bar is {BAR:.0f}")
    print()
    for bar in missed:
        print(f"missed: {bar}")
    if not missed:
        print("every bar is met")
    return 1 if missed else 0


def write(folder: Path, files: Files) -> int:
    """Writes a project; the bytes of its sources."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    (folder / "wiremap.toml").write_text('rules = ["rules.toml"]\n', encoding="utf-8")
    return sum(len(text.encode()) for path, text in files.items() if path.endswith((".py", ".rs")))


def check(binary: str, folder: Path) -> float:
    """Seconds that a check takes."""
    started = time.perf_counter()
    done = subprocess.run([binary, "check", "--format", "json"], cwd=folder, capture_output=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 1):
        sys.exit(f"error: exit code {done.returncode} in {folder}:\n{done.stdout.decode()[:2000]}\n{done.stderr.decode()}")
    json.loads(done.stdout)
    return seconds


def plain_python(size: int) -> Files:
    """Modules of some 4 kB, each with classes that call the one before."""
    files = {"plain/__init__.py": ""}
    written = 0
    while written < size:
        at = len(files)
        lines = [f"from plain.m{at - 1} import Part as Base" if at > 1 else "class Base:\n    def go(self): ..."]
        lines += ["class Part(Base):", "    def __init__(self, of=None):", "        self.of = of or Base()"]
        for number in range(40):
            lines.append(f"    def step{number}(self, value: int):")
            lines.append(f"        other = Part(); other.step{(number * 7) % 40}(value)")
            lines.append(f"        return self.step{(number + 1) % 40}(value + {number})")
        text = "\n".join(lines) + "\n"
        files[f"plain/m{at}.py"] = text
        written += len(text)
    return files


def plain_rust(size: int) -> Files:
    """The same in Rust."""
    files = {"Cargo.toml": CARGO}
    modules, written = [], 0
    while written < size:
        at = len(modules)
        lines = [f"use crate::m{at - 1}::Part as Base;" if at else "pub struct Base; impl Base { pub fn go(&self) {} }"]
        lines += ["pub struct Part { pub of: Option<Box<Base>> }", "impl Part {", "    pub fn go(&self) { self.step0(1); }"]
        for number in range(40):
            lines.append(f"    pub fn step{number}(&self, value: u32) -> u32 {{")
            lines.append(f"        let other = Part {{ of: None }}; other.step{(number * 7) % 40}(value);")
            lines.append(f"        self.step{(number + 1) % 40}(value + {number})\n    }}")
        text = "\n".join(lines) + "\n}\n"
        files[f"src/m{at}.rs"] = text
        modules.append(f"pub mod m{at};")
        written += len(text)
    files["src/lib.rs"] = "\n".join(modules) + "\n"
    return files


def python(text: str) -> Files:
    """One module."""
    return {"app/__init__.py": "", "app/main.py": text}


def rust(text: str) -> Files:
    """One crate of one file."""
    return {"Cargo.toml": CARGO, "src/lib.rs": text}


def lines(count: int, line: Callable[[int], str]) -> str:
    """So many lines, by number."""
    return "".join(line(number) + "\n" for number in range(count))


def python_modules(count: int, text: Callable[[int], str]) -> Files:
    """So many modules of a package."""
    return {"app/__init__.py": ""} | {f"app/m{number}.py": text(number) for number in range(count)}


def rust_modules(count: int, text: Callable[[int], str]) -> Files:
    """So many modules of a crate."""
    modules = {f"src/m{number}.rs": text(number) for number in range(count)}
    return {"Cargo.toml": CARGO, "src/lib.rs": lines(count, lambda number: f"pub mod m{number};")} | modules


PYTHON_JOB = "class Job:\n    def run(self): return self\n\n"
RUST_JOB = "pub struct Job;\nimpl Job { pub fn run(&self) -> &Job { self } pub fn new() -> Job { Job } }\n"

SHAPES: dict[str, Callable[[], Files]] = {
    "python-long-function": lambda: python(
        PYTHON_JOB + "def main(job: Job):\n" + lines(50_000, lambda at: f"    value{at % 500} = job.run().run({at})")
    ),
    "python-name-bound-often": lambda: python(
        PYTHON_JOB + "def main(flag):\n" + lines(5_000, lambda at: f"    if flag: job = Job()\n    job.run({at})")
    ),
    "python-class-of-5000-methods": lambda: python(
        "class Job:\n" + lines(5_000, lambda at: f"    def step{at}(self): return self.step{(at * 7) % 5_000}()")
    ),
    "python-re-export-ring": lambda: python_modules(
        500, lambda at: f"from app.m{(at + 1) % 500} import name, other\nname()\nother.run()\n"
    ),
    "python-re-export-chain": lambda: python_modules(
        500, lambda at: (f"from app.m{at + 1} import Job" if at < 499 else PYTHON_JOB) + "\nJob().run()\n"
    ),
    "python-star-ring": lambda: python_modules(
        100, lambda at: f"from app.m{(at + 1) % 100} import *\ndef own{at}(): ...\nown{(at * 7) % 100}()\n"
    ),
    "python-lists-by-any-star": lambda: python_modules(
        12,
        lambda at: lines(12, lambda other: f"from app.m{other} import *")
        + f"__all__ = ['name{at}']\n__all__ += elsewhere.__all__\ndef name{at}(): ...\nname{at}()\n",
    ),
    "python-values-within-values": lambda: python(
        "def job(a, b): ...\n" + lines(10, lambda at: "-job(a, 'text')**" * 12_000 + str(at))
    ),
    "python-chain-of-calls": lambda: python(PYTHON_JOB + "Job()" + ".run()" * 2_000 + "\n"),
    "python-classes-below-each-other": lambda: python(
        "class C0:\n    def run(self): ...\n" + lines(2_000, lambda at: f"class C{at + 1}(C{at}): ...\nC{at + 1}().run()")
    ),
    "python-functions-of-one-value": lambda: python(
        PYTHON_JOB
        + "def main():\n    jobs = ("
        + "Job().run(), " * 4_000
        + ")\n"
        + lines(4_000, lambda at: f"    def pick{at}(): return jobs[{at}]\n    pick{at}().run()")
    ),
    "python-attribute-handed-over-often": lambda: python(
        "class Job:\n"
        + lines(4_000, lambda at: f"    def set{at}(self, job):\n        self.job = job\n        self.job()")
    ),
    "python-large-dictionary": lambda: python(
        "def work(): ...\nTABLE = {\n" + lines(20_000, lambda at: f"    'key{at}': [work, {at}],") + "}\nTABLE['x'][0]()\n"
    ),
    "python-many-branches": lambda: python(
        PYTHON_JOB + "def main(flag):\n    while flag:\n"
        + lines(3_000, lambda at: f"        if flag == {at}:\n            job = Job()\n            continue\n        job.run()")
    ),
    "rust-long-function": lambda: rust(
        RUST_JOB + "pub fn main(job: &Job) {\n" + lines(50_000, lambda at: f"    let v{at % 500} = job.run().run();") + "}\n"
    ),
    "rust-type-of-5000-methods": lambda: rust(
        "pub struct Job;\nimpl Job {\n"
        + lines(5_000, lambda at: f"    pub fn step{at}(&self) {{ self.step{(at * 7) % 5_000}() }}")
        + "}\n"
    ),
    "rust-re-export-ring": lambda: rust_modules(500, lambda at: f"pub use crate::m{(at + 1) % 500}::name;\npub fn own() {{ name(); }}\n"),
    "rust-re-export-chain": lambda: rust_modules(
        500,
        lambda at: (f"pub use crate::m{at + 1}::Job;" if at < 499 else RUST_JOB) + "\npub fn own() { Job::new().run(); }\n",
    ),
    "rust-glob-ring": lambda: rust_modules(
        100, lambda at: f"pub use crate::m{(at + 1) % 100}::*;\npub fn own{at}() {{ own{(at * 7) % 100}(); }}\n"
    ),
    "rust-chain-of-calls": lambda: rust(RUST_JOB + "pub fn main(job: &Job) { job" + ".run()" * 1_000 + "; }\n"),
    "rust-traits-of-one-method-name": lambda: rust(
        "pub struct Job;\n"
        + lines(2_000, lambda at: f"pub trait T{at} {{ fn run(&self) {{}} }}\nimpl T{at} for Job {{}}\npub fn f{at}(job: &Job) {{ job.run(); }}")
    ),
    "rust-large-match": lambda: rust(
        RUST_JOB + "pub fn main(at: u32, job: &Job) {\n    match at {\n"
        + lines(20_000, lambda at: f"        {at} => {{ job.run(); }}")
        + "        _ => {}\n    }\n}\n"
    ),
    "rust-generic-calls": lambda: rust(
        RUST_JOB + lines(2_000, lambda at: f"pub fn g{at}<T: Clone>(of: T) -> T {{ g{(at + 1) % 2_000}(of.clone()) }}")
    ),
}

if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Holds wiremap's Rust edges against rust-analyzer's SCIP index of the same tree, site by site, both ways.

rust-analyzer resolves every name with types, macros expanded and one choice of `cfg`s; wiremap reads the text, expands
nothing and unites all `cfg`s. Both name a file for the same identifier, and these files are compared.

Precision: of the edges that lead into the tree and whose identifier the index knows, the share whose definition lies
in a file that the edge names or reaches. The identifier is the last of the edge's path that a module holds
(`module::Type::method`: the type); for a glob the one before the `*`.

Recall: of the identifiers that the index resolves to a definition in another file of the tree, and that ought to make
an edge, the share where wiremap has an edge at that place that names or reaches that file. What ought to make an edge:

- a leaf of a `use`, and `extern crate`,
- a path with `::` whose head is a module: the first of its names that is no module, or its last one,
- the trait of an `impl … for`, and a supertrait, in any form,
- a macro invoked by its name alone, where neither a `use` nor a glob of that file leads there.

An index is no god: it evaluates one `cfg`, and knows nothing of what it could not expand. Differences are listed by
class, for a person to read.

Inputs: a tree with a Cargo workspace that loads, and its index:

    cd TREE && rust-analyzer scip . --output INDEX.scip

Needs: Python 3.11 or newer. The tree is not written to.

Run:

    python benches/rust_truth.py target/release/wiremap path/to/tree index.scip
    python benches/rust_truth.py target/release/wiremap path/to/tree index.scip --show 20 --class macro
    python benches/rust_truth.py target/release/wiremap path/to/tree index.scip --draw 15 --seed 1

Exit codes: 0 compared; 2 the comparison could not be made.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# A place in a source: line and column, both from 0, the column in characters.
Spot = tuple[int, int]


def main() -> int:
    """Parses the arguments, compares, prints."""
    parser = argparse.ArgumentParser(description="Compares wiremap's Rust edges with a SCIP index.")
    parser.add_argument("wiremap", type=Path, help="the binary")
    parser.add_argument("tree", type=Path, help="the workspace's root")
    parser.add_argument("index", type=Path, help="what `rust-analyzer scip` wrote there")
    parser.add_argument("--show", type=int, default=3, help="differences to show of each class (default: %(default)s)")
    parser.add_argument("--class", dest="only", help="show only classes whose name holds this text")
    parser.add_argument("--draw", type=int, default=0, help="show so many edges drawn at random instead")
    parser.add_argument("--seed", type=int, default=1, help="for --draw (default: %(default)s)")
    args = parser.parse_args()

    tree = args.tree.resolve()
    try:
        graph = Graph(args.wiremap.resolve(), tree)
        if args.draw:
            draw(graph, args.draw, args.seed)
            return 0
        index = Index(args.index, tree)
    except Unusable as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    graph.describe()
    print(f"index: {len(index.documents)} documents, {sum(map(len, index.documents.values()))} occurrences")

    comparison = Comparison(tree, graph, index)
    comparison.run()
    comparison.print(args.show, args.only)
    return 0


class Unusable(Exception):
    """One side could not be had at all."""


# --- the index -----------------------------------------------------------------------------------------------------


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of protobuf, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The fields of a message: number, and value twice, or where its bytes start and end."""
    while at < end:
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = varint(data, at)
            yield number, value, value
        elif wire == 2:
            length, at = varint(data, at)
            yield number, at, at + length
            at += length
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            raise Unusable(f"the index holds a field of wire type {wire}")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A symbol at a place on one line; columns in UTF-8 bytes."""

    line: int
    start: int
    end: int
    symbol: str
    defines: bool


def read_index(path: Path) -> Iterator[tuple[str, list[Occurrence]]]:
    """The documents of an index with their occurrences."""
    data = path.read_bytes()
    texts: dict[bytes, str] = {}
    for number, start, end in fields(data, 0, len(data)):
        if number != 2:
            continue
        name, found = "", []
        for inner, first, last in fields(data, start, end):
            if inner == 1:
                name = data[first:last].decode()
            elif inner == 2:
                spans, symbol, roles = [], b"", 0
                for part, low, high in fields(data, first, last):
                    if part == 1:
                        while low < high:
                            value, low = varint(data, low)
                            spans.append(value)
                    elif part == 2:
                        symbol = data[low:high]
                    elif part == 3:
                        roles = low
                if len(spans) == 3:
                    text = texts.setdefault(symbol, "") or symbol.decode()
                    texts[symbol] = text
                    found.append(Occurrence(spans[0], spans[1], spans[2], text, bool(roles & 1)))
        yield name, found


DESCRIPTOR = re.compile(r"(?:`(?:[^`]|``)*`|[\w+\-$]+)(?:/|#|\.|!|:|\([^)]*\)\.)|\[[^\]]*\]|\([^)]*\)")


def parts_of(symbol: str) -> tuple[str, list[str]]:
    """A symbol's package and descriptors: `a/` a module, `A#` a type, `a!` a macro, `a.` a value, `a().` a function."""
    words = symbol.split(" ", 4)
    if len(words) < 5:
        return "", []
    return words[2], DESCRIPTOR.findall(words[4])


class Index:
    """The definitions of the tree by symbol, and the occurrences by document."""

    def __init__(self, path: Path, tree: Path) -> None:
        if not path.is_file():
            raise Unusable(f"there is no index at {path}")
        self.documents = dict(read_index(path))
        self.defined: dict[str, set[str]] = defaultdict(set)
        self.lines: dict[str, set[tuple[str, int]]] = defaultdict(set)
        children: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
        for document, occurrences in self.documents.items():
            for occurrence in occurrences:
                if occurrence.defines and not occurrence.symbol.startswith("local"):
                    self.defined[occurrence.symbol].add(document)
                    self.lines[occurrence.symbol].add((document, occurrence.line))
                    package, parts = parts_of(occurrence.symbol)
                    if parts and not parts[-1].endswith(("/", "!")):
                        children[package, tuple(parts[:-1])].add(document)
        self.children = children
        self.packages: dict[str, Path] = {}
        self.roots: dict[str, set[str]] = {}
        for manifest in tree.rglob("Cargo.toml"):
            try:
                said = tomllib.loads(manifest.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError):
                continue
            package = said.get("package")
            name = package.get("name") if isinstance(package, dict) else None
            if name:
                folder = manifest.parent.relative_to(tree)
                self.packages[name] = folder
                library = said.get("lib", {})
                roots = [library.get("path", "src/lib.rs"), "src/main.rs"]
                self.roots[name] = {(folder / root).as_posix() for root in roots}
        self._files: dict[str, set[str]] = {}

    def files(self, symbol: str) -> set[str]:
        """The files of the tree that define a symbol; none where it lies outside or is not known."""
        known = self._files.get(symbol)
        if known is None:
            known = self._files[symbol] = self._look(symbol)
        return known

    def _look(self, symbol: str) -> set[str]:
        package, parts = parts_of(symbol)
        own = self.defined.get(symbol, set())
        if not parts or package not in self.packages or not parts[-1].endswith("/"):
            return own
        # A module in a file of its own has no definition in the index: where are the things in it?
        if parts == ["crate/"]:
            return self.roots[package] | self.children.get((package, ()), set())
        # Crates of one package share their symbols: an inline module of one may be a file of another.
        found = own | self.children.get((package, tuple(parts)), set())
        way = "/".join(part.strip("`/") for part in parts)
        folder = self.packages[package].as_posix()
        for end in (f"{way}.rs", f"{way}/mod.rs"):
            found |= {name for name in self.documents if name.startswith(f"{folder}/") and name.endswith(f"/{end}")}
        return found


# --- wiremap -------------------------------------------------------------------------------------------------------


@dataclass
class Edge:
    """What stands at one site, over all modules that the file is."""

    path: str
    start: Spot
    end: Spot
    kinds: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    guarded: bool = False
    sure: bool = True
    raw: list[dict] = field(default_factory=list)


class Graph:
    """wiremap's edges by file and site."""

    def __init__(self, binary: Path, tree: Path) -> None:
        if not binary.is_file():
            raise Unusable(f"there is no binary at {binary}")
        self.binary, self.tree = binary, tree
        with tempfile.TemporaryDirectory(prefix="rust-truth-") as scratch:
            rules = Path(scratch, "rules.toml")
            rules.write_text('[[layer]]\nid = "all"\npaths = ["**"]\n', encoding="utf-8")
            # An empty configuration: what the tree's own one leaves out is in the index all the same.
            config = tree / "wiremap.toml"
            options = ["--rules", str(rules)]
            if config.exists():
                raise Unusable(f"{config} decides what is read; remove it from the copy of the tree")
            started = time.perf_counter()
            modules = self.run("graph", "--level", "module", *options)
            self.seconds = time.perf_counter() - started
            edges = self.run("graph", "--level", "item", *options)
            self.report = self.run("check", *options)
        paths = {node["id"]: node["path"] for node in modules["nodes"] if node.get("path")}
        self.modules = len(paths)
        self.edges: dict[tuple[str, Spot, Spot], Edge] = {}
        self.count = len(edges["edges"])
        for raw in edges["edges"]:
            if not raw["path"].endswith(".rs"):
                continue
            start = (raw["line"] - 1, raw["column"] - 1)
            end = (raw["end_line"] - 1, raw["end_column"] - 1)
            edge = self.edges.setdefault((raw["path"], start, end), Edge(raw["path"], start, end))
            edge.raw.append(raw)
            edge.kinds.add(raw["kind"])
            edge.guarded |= raw["when"]["guarded"]
            edge.sure &= raw["confidence"] == "exact"
            ends = [raw["to"]] if raw["to"] else []
            edge.files |= {end["path"] for end in ends + raw.get("candidates", [])}
            if raw["names"] in paths:
                edge.files.add(paths[raw["names"]])
            if raw["outside"]:
                edge.outside.add(raw["outside"])

    def run(self, command: str, *options: str) -> dict:
        """The JSON of a command."""
        line = [str(self.binary), command, *options, "--format", "json", "--quiet"]
        done = subprocess.run(line, cwd=self.tree, capture_output=True, check=False)
        if done.returncode not in (0, 1, 3):
            raise Unusable(f"wiremap exited with {done.returncode}: {done.stderr.decode('utf-8', 'replace').strip()}")
        return json.loads(done.stdout)

    def describe(self) -> None:
        """Prints what wiremap says of itself."""
        print(f"wiremap: {self.modules} modules, {self.count} edges, {self.seconds:.1f} s for the graph")
        for project in self.report["projects"]:
            imports = project["coverage"]["imports"]
            print("wiremap: imports", ", ".join(f"{key} {value}" for key, value in imports.items()))
            findings = Counter(finding["code"] for finding in project["findings"])
            print("wiremap: findings", dict(findings))
            for finding in project["findings"]:
                if finding["code"] in ("missing-module", "unparsed-source"):
                    print(f"    {finding['path']}:{finding.get('line')}: {finding['message'][:110]}")


# --- the source ----------------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"""
    (?P<skip>\s+|//[^\n]*)
    |(?P<comment>/\*)
    |(?P<raw>(?:b|c)?r(?P<hashes>\#*)"(?:.|\n)*?"(?P=hashes))
    |(?P<text>(?:b|c)?"(?:[^"\\]|\\(?:.|\n))*")
    |(?P<char>b?'(?:[^'\\\n]|\\(?:u\{[^}]*\}|x[0-9a-fA-F]{2}|.))')
    |(?P<life>'[^\W\d]\w*)
    |(?P<name>(?:r\#)?[^\W\d]\w*)
    |(?P<number>\d\w*(?:\.\d\w*)?)
    |(?P<sign>::|->|=>|.)
    """,
    re.VERBOSE,
)
NESTING = re.compile(r"/\*|\*/")
KEYWORDS = set(
    "as async await break const continue dyn else enum extern false fn for if impl in let loop match mod move mut pub"
    " ref return static struct trait true type unsafe use where while".split()
)


@dataclass(slots=True)
class Token:
    """A token by its text and place."""

    kind: str
    text: str
    line: int
    column: int
    # Where its last character ends.
    end: int
    # "": plain code; else what it stands in: a macro's tokens, a macro's definition, an attribute, a derive.
    inside: str = ""


@dataclass
class Mention:
    """Names that ought to make an edge, or may explain one."""

    # "use", "extern crate", "path", "trait", "macro"
    form: str
    # The path's names; for a `use` leaf all names before it too.
    names: list[Token]
    glob: bool = False
    # `$crate` stands first.
    of_definition: bool = False
    invoked: bool = False
    star: Token | None = None
    alias: Token | None = None


def lex(text: str) -> list[Token]:
    """The tokens of a source, comments left out."""
    starts = [0] + [match.end() for match in re.finditer("\n", text)]
    tokens = []
    at = 0
    if text.startswith("#!") and not text.startswith("#!["):
        at = text.find("\n")
        at = len(text) if at < 0 else at
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            at += 1
            continue
        kind = match.lastgroup or ""
        if kind == "hashes":
            kind = "raw"
        if kind == "comment":
            depth, at = 1, match.end()
            while depth:
                step = NESTING.search(text, at)
                if step is None:
                    at = len(text)
                    break
                depth += 1 if step.group() == "/*" else -1
                at = step.end()
            continue
        at = match.end()
        if kind == "skip":
            continue
        line = bisect_right(starts, match.start()) - 1
        column = match.start() - starts[line]
        word = match.group()
        # `r#type` keeps its mark: it is no keyword.
        plain = word if kind in ("name", "sign") else ""
        tokens.append(Token(kind, plain, line, column, column + len(word)))
    return tokens


OPEN, CLOSE = "([{", ")]}"


def mark(tokens: list[Token]) -> None:
    """Says of every token whether it stands in a macro, a macro's definition or an attribute."""
    around: list[str] = []
    inside = ""
    for at, token in enumerate(tokens):
        if token.kind == "sign" and token.text in OPEN:
            token.inside = inside
            around.append(inside)
            one = tokens[at - 1] if at else None
            two = tokens[at - 2] if at > 1 else None
            three = tokens[at - 3] if at > 2 else None
            if one and one.text == "!" and two and two.kind == "name" and two.text not in KEYWORDS:
                inside = "macro" if inside != "definition" else inside
            elif one and one.kind == "name" and two and two.text == "!" and three and three.text == "macro_rules":
                inside = "definition"
            elif one and one.kind == "name" and two and two.text == "macro":
                inside = "definition"
            elif token.text == "[" and one and (one.text == "#" or (one.text == "!" and two and two.text == "#")):
                inside = inside or "attribute"
            elif inside == "attribute" and one and one.text == "derive":
                inside = "derive"
            continue
        if token.kind == "sign" and token.text in CLOSE:
            inside = around.pop() if around else ""
        token.inside = inside


def skip_angles(tokens: list[Token], at: int) -> int:
    """Behind the `>` that closes the `<` at a place, or the place where it cannot be one."""
    depth = nested = 0
    for next_at in range(at, min(len(tokens), at + 4000)):
        text = tokens[next_at].text
        if text == "<":
            depth += 1
        elif text == ">":
            depth -= 1
            if depth == 0:
                return next_at + 1
        elif text and text in OPEN:
            nested += 1
        elif text and text in CLOSE:
            nested -= 1
            if nested < 0:
                return at
        elif text == ";" and nested == 0:
            return at
    return at


def mentions(tokens: list[Token]) -> list[Mention]:
    """All that ought to make edges, by form alone."""
    found: list[Mention] = []
    taken: set[int] = set()
    at = 0

    def text(place: int) -> str:
        return tokens[place].text if 0 <= place < len(tokens) else ""

    def is_name(place: int) -> bool:
        return 0 <= place < len(tokens) and tokens[place].kind == "name" and tokens[place].text not in KEYWORDS

    def use_tree(place: int, before: list[Token]) -> int:
        """Reads one tree of a `use`; gives the place behind it."""
        names = list(before)
        if text(place) == "::":
            place += 1
        while place < len(tokens):
            token = tokens[place]
            if token.text == "{":
                place += 1
                while text(place) not in ("}", ""):
                    behind = use_tree(place, names)
                    place = behind if behind > place else place + 1
                    if text(place) == ",":
                        place += 1
                return place + 1
            if token.text == "*":
                found.append(Mention("use", names, glob=True, star=token))
                return place + 1
            if token.text == "$":
                place += 1
                continue
            if token.kind != "name":
                return place
            taken.add(place)
            names.append(token)
            if text(place + 1) == "::":
                place += 2
                continue
            found.append(Mention("use", names))
            place += 1
            if text(place) == "as":
                taken.add(place + 1)
                found[-1].alias = tokens[place + 1]
                place += 2
            return place
        return place

    def bounds(place: int) -> None:
        """The single names that bounds begin with: supertraits."""
        depth, fresh = 0, True
        while place < len(tokens):
            token = tokens[place]
            if token.text in ("{", ";", "where", "=") and depth == 0:
                return
            if token.text == "<":
                behind = skip_angles(tokens, place)
                place = behind if behind > place else place + 1
                fresh = token.text == "<" and text(place - 1) == ">" and fresh
                continue
            if token.text == "+":
                fresh = True
            elif fresh and token.text in ("(", "?", "for", "~", "const"):
                pass
            elif fresh and is_name(place) and text(place + 1) != "::" and text(place - 1) != "::":
                found.append(Mention("trait", [token]))
                fresh = False
            elif token.text in OPEN and token.kind == "sign":
                depth += 1
                fresh = False
            elif token.text in CLOSE and token.kind == "sign" and depth:
                depth -= 1
            else:
                fresh = False
            place += 1

    while at < len(tokens):
        token = tokens[at]
        if token.kind != "name" or at in taken:
            at += 1
            continue
        if token.text == "use" and token.inside not in ("attribute", "derive") and text(at + 1) != "<":
            behind = use_tree(at + 1, [])
            at = max(behind, at + 1)
            continue
        if token.text == "extern" and text(at + 1) == "crate" and is_name(at + 2):
            found.append(Mention("extern crate", [tokens[at + 2]]))
            at += 3
            continue
        if token.text == "trait" and is_name(at + 1):
            place = at + 2
            if text(place) == "<":
                place = skip_angles(tokens, place)
            if text(place) == ":":
                bounds(place + 1)
            at += 2
            continue
        if token.text == "impl":
            place = at + 1
            if text(place) == "<":
                place = skip_angles(tokens, place)
            while text(place) in ("!", "const", "?"):
                place += 1
            if is_name(place) and text(place + 1) != "::":
                behind = place + 1
                if text(behind) == "<":
                    behind = skip_angles(tokens, behind)
                if text(behind) == "for" and text(behind + 1) != "<":
                    found.append(Mention("trait", [tokens[place]]))
            at += 1
            continue
        if text(at - 1) == "in" and text(at - 2) == "(" and text(at - 3) == "pub":
            # A visibility is no dependency.
            while text(at) not in (")", ""):
                taken.add(at)
                at += 1
            continue
        field_of = text(at - 1) == "." and text(at - 2) != "."
        if token.text in KEYWORDS or field_of or text(at - 1) in ("fn", "mod", "struct", "enum", "union"):
            at += 1
            continue
        # A path.
        rooted = text(at - 1) == "::"
        if rooted and text(at - 2) in (">", *CLOSE):
            # Of a type: `<T as Trait>::Name::name`.
            while text(at + 1) == "::" and is_name(at + 2):
                at += 2
                taken.add(at)
            at += 1
            continue
        of_definition = text(at - 1) == "$" and token.text == "crate"
        if text(at - 1) == "$" and not of_definition:
            at += 1
            continue
        names, place = [token], at + 1
        while text(place) in ("::", "<"):
            if text(place) == "::" and is_name(place + 1):
                names.append(tokens[place + 1])
                taken.add(place + 1)
                place += 2
            elif text(place) == "::" and text(place + 1) == "<":
                behind = skip_angles(tokens, place + 1)
                if behind == place + 1:
                    break
                place = behind
            elif text(place) == "<" and token.kind == "name":
                behind = skip_angles(tokens, place)
                if behind == place or text(behind) != "::":
                    break
                place = behind
            else:
                break
        invoked = text(place) == "!" and text(place + 1) in ("(", "[", "{") and text(place + 1) != ""
        if len(names) > 1 or rooted:
            found.append(Mention("path", names, of_definition=of_definition, invoked=invoked))
        elif invoked and not of_definition:
            found.append(Mention("macro", names, invoked=True))
        at += 1
    return found


# --- the comparison ------------------------------------------------------------------------------------------------


class Source:
    """A file's text, its mentions and what the index says of its names."""

    def __init__(self, path: Path, occurrences: list[Occurrence]) -> None:
        text = path.read_text(encoding="utf-8", errors="replace")
        # The index and wiremap count from behind a byte order mark; so does this.
        self.lines = text.removeprefix("\ufeff").split("\n")
        tokens = lex(text.removeprefix("\ufeff"))
        mark(tokens)
        self.mentions = mentions(tokens)
        self.by_spot = {(token.line, token.column): token for token in tokens}
        self.by_end = {(token.line, token.end): token for token in tokens if token.kind == "name"}
        self.symbols: dict[Spot, list[Occurrence]] = defaultdict(list)
        for occurrence in occurrences:
            if occurrence.line < len(self.lines):
                self.symbols[occurrence.line, self.column(occurrence)].append(occurrence)

    def column(self, occurrence: Occurrence) -> int:
        """The start of an occurrence in characters."""
        line = self.lines[occurrence.line]
        if line.isascii():
            return occurrence.start
        return len(line.encode()[: occurrence.start].decode("utf-8", "replace"))

    def of(self, token: Token) -> list[str]:
        """The symbols that the index has for a name."""
        spot = (token.line, token.column)
        return [occurrence.symbol for occurrence in self.symbols.get(spot, ())]

    def show(self, line: int) -> str:
        """A line for a person."""
        return self.lines[line].strip()[:150] if line < len(self.lines) else ""


def is_module(symbols: list[str]) -> bool:
    """Whether a name is a module or crate, by the index."""
    return any(symbol.endswith("/") for symbol in symbols)


def is_macro(symbols: list[str]) -> bool:
    """Whether a name is a macro, by the index."""
    return any(symbol.endswith("!") for symbol in symbols)


class Comparison:
    """Goes through all files that both sides know."""

    def __init__(self, tree: Path, graph: Graph, index: Index) -> None:
        self.tree, self.graph, self.index = tree, graph, index
        self.right = self.wrong = self.unknown = self.handed_on = self.unsaid = self.typed = 0
        self.found = self.lost = 0
        self.wrong_made = self.lost_made = 0
        # The symbols whose definition stands among a macro's tokens.
        self.made: set[str] = set()
        self.forms: Counter[tuple[str, bool]] = Counter()
        self.differences: dict[str, list[str]] = defaultdict(list)
        self.unknowns: Counter[str] = Counter()

    def run(self) -> None:
        """Compares everything."""
        by_file: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.graph.edges.values():
            by_file[edge.path].append(edge)
        sources: dict[str, Source] = {}
        for path, occurrences in self.index.documents.items():
            if path.startswith("..") or not (self.tree / path).is_file():
                continue
            source = sources[path] = Source(self.tree / path, occurrences)
            for occurrence in occurrences:
                if occurrence.defines:
                    token = source.by_spot.get((occurrence.line, source.column(occurrence)))
                    if token is None or token.inside:
                        self.made.add(occurrence.symbol)
            source.by_spot = {}
        for path in self.index.documents:
            source = sources.get(path)
            if source is None:
                continue
            edges = by_file.get(path, [])
            self.precision(path, source, edges)
            self.recall(path, source, edges)
        unread = sum(len(edges) for path, edges in by_file.items() if path not in self.index.documents)
        if unread:
            self.unknowns["in a file that the index has not"] += unread

    def precision(self, path: str, source: Source, edges: list[Edge]) -> None:
        """Judges wiremap's edges."""
        by_star = {(m.star.line, m.star.column): m for m in source.mentions if m.star}
        by_start: dict[Spot, Mention] = {}
        for mention in source.mentions:
            if mention.form == "path":
                by_start[mention.names[0].line, mention.names[0].column] = mention
        for edge in edges:
            if not edge.files:
                continue
            star = by_star.get(edge.start)
            mention = by_start.get(edge.start)
            if star:
                name = star.names[-1] if star.names else None
            elif mention and (mention.names[-1].line, mention.names[-1].end) >= edge.end:
                # The last name that a module holds.
                inside = [one for one in mention.names if (one.line, one.end) <= edge.end]
                name = self.held(source, inside)
            else:
                name = source.by_end.get(edge.end)
            symbols = source.of(name) if name else []
            if not star and mention and len(mention.names) > 1:
                head = source.of(mention.names[0])
                if head and all(symbol.endswith("#") for symbol in head):
                    self.typed += 1
                    self.note("precision", "a path whose head is a type", path, edge, source, f"{edge.files} | {head}")
            homes = [(symbol, self.index.files(symbol)) for symbol in symbols]
            homes = [(symbol, files) for symbol, files in homes if files]
            outside = [s for s in symbols if parts_of(s)[0] and parts_of(s)[0] not in self.index.packages]
            packages = {parts_of(symbol)[0].replace("-", "_") for symbol in outside}
            named = {full.split("::")[0].replace("-", "_") for full in edge.outside}
            words = {word for full in edge.outside for word in full.split("::")}
            last = words & {parts_of(symbol)[1][-1].rstrip("#/.!()") for symbol in outside}
            if not homes and outside and (packages & named or last):
                self.right += 1
                self.handed_on += 1
            elif not homes and outside and not edge.sure and not edge.outside:
                # One of several meanings lies outside; the JSON lists only those inside.
                self.unsaid += 1
            elif not homes and outside:
                self.wrong += 1
                kind = self.kind(edge, star, name, symbols) + ", outside by the index"
                self.note("precision", kind, path, edge, source, f"{edge.files} | {outside}")
            elif not homes:
                self.unknown += 1
                token = name.inside if name else "no name"
                self.unknowns["no symbol" if not symbols else "no definition", token] += 1
            elif any(files & edge.files for _, files in homes):
                self.right += 1
            else:
                self.wrong += 1
                made = any(symbol in self.made for symbol, _ in homes)
                self.wrong_made += made
                kind = self.kind(edge, star, name, symbols) + (", made by a macro" if made else "")
                self.note("precision", kind, path, edge, source, f"{edge.files} | {homes}")

    def held(self, source: Source, names: list[Token]) -> Token | None:
        """The first name of a path that is no module, or its last one."""
        for token in names:
            symbols = source.of(token)
            if token.text in ("crate", "self", "super") or is_module(symbols):
                continue
            return token
        return names[-1] if names else None

    def kind(self, edge: Edge, star: Mention | None, name: Token | None, symbols: list[str]) -> str:
        """A class by what stands there."""
        words = []
        if star:
            words.append("glob")
        if name and name.inside:
            words.append(f"in {name.inside}")
        if is_macro(symbols):
            words.append("macro")
        elif is_module(symbols):
            words.append("module")
        words.append("/".join(sorted(edge.kinds)))
        if edge.guarded:
            words.append("cfg")
        if not edge.sure:
            words.append("inferred")
        return " ".join(words)

    def recall(self, path: str, source: Source, edges: list[Edge]) -> None:
        """Looks for an edge wherever the index says that one is due."""
        starts: dict[Spot, list[Edge]] = defaultdict(list)
        for edge in edges:
            starts[edge.start].append(edge)
        # What each name is brought from by a `use`, by wiremap's own edge: an invocation needs no second one.
        brought: dict[str, set[str]] = defaultdict(set)
        globs = False
        for mention in source.mentions:
            if mention.form == "use" and mention.glob:
                globs = True
            elif mention.form == "use" and mention.names:
                leaf = mention.names[-1]
                for edge in starts.get((leaf.line, leaf.column), []):
                    brought[(mention.alias or leaf).text] |= edge.files
        for mention in source.mentions:
            if not mention.names:
                continue
            last = mention.names[-1]
            if mention.form == "path":
                head = source.of(mention.names[0])
                fixed = mention.names[0].text in ("crate", "self", "super")
                if len(mention.names) > 1 and not (fixed or is_module(head)):
                    continue
                last = self.held(source, mention.names) or last
            elif mention.form == "use" and last.text == "self" and len(mention.names) > 1 and not source.of(last):
                last = mention.names[-2]
            symbols = source.of(last)
            spot = (mention.star.line, mention.star.column) if mention.star else (last.line, last.column)
            if mention.form == "path":
                spot = (mention.names[0].line, mention.names[0].column)
            elif mention.form == "use" and not mention.glob:
                spot = (mention.names[-1].line, mention.names[-1].column)
            here = starts.get(spot, [])
            for symbol in symbols:
                files = self.index.files(symbol)
                if not files or path in files:
                    continue
                if mention.form == "macro" and (files & brought[last.text] or not symbol.endswith("!")):
                    # `cfg!` of the language is no crate `cfg`, whatever the index says.
                    continue
                if any(files & edge.files for edge in here):
                    self.found += 1
                    self.forms[mention.form, True] += 1
                    continue
                if mention.form == "macro" and globs and not here:
                    # A glob may have brought it.
                    case = self.case(path, last, source, files, here)
                    self.differences["recall: macro by a glob, perhaps"].append(case)
                    continue
                self.lost += 1
                made = symbol in self.made
                self.lost_made += made
                self.forms[mention.form, False] += 1
                kind = self.loss(mention, last, symbol, symbols, here) + (", made by a macro" if made else "")
                self.differences[f"recall: {kind}"].append(
                    self.case(path, last, source, files, here) + f" <{symbol.split(' ', 2)[-1]}>"
                )

    def loss(self, mention: Mention, last: Token, symbol: str, symbols: list[str], here: list[Edge]) -> str:
        """A class by what stands there and what wiremap made of it."""
        words = [mention.form]
        if mention.glob:
            words.append("glob")
        if mention.of_definition:
            words.append("$crate")
        if last.inside:
            words.append(f"in {last.inside}")
        if symbol.endswith("!"):
            words.append("macro")
        elif symbol.endswith("/"):
            words.append("module")
        if len(symbols) > 1:
            words.append("one of several namespaces")
        if not here:
            words.append("- no edge")
        elif any(edge.files for edge in here):
            words.append("- leads elsewhere")
        else:
            words.append("- taken for outside")
        return " ".join(words)

    def case(self, path: str, token: Token, source: Source, files: set[str], here: list[Edge]) -> str:
        """A difference as a line."""
        ours = sorted({name for edge in here for name in edge.files | edge.outside})
        place = f"{path}:{token.line + 1}:{token.column + 1}"
        return f"{place}: {source.show(token.line)} | index {sorted(files)} ours {ours}"

    def note(self, side: str, kind: str, path: str, edge: Edge, source: Source, what: str) -> None:
        """Keeps a difference."""
        text = f"{path}:{edge.start[0] + 1}:{edge.start[1] + 1}: {source.show(edge.start[0])} | ours {what}"
        self.differences[f"{side}: {kind}"].append(text)

    def print(self, show: int, only: str | None) -> None:
        """Prints counts, shares and differences."""
        known = self.right + self.wrong
        share = self.right / known if known else 1.0
        print(f"precision: {self.right} of {known} = {share:.4%}; not known to the index: {self.unknown}")
        print(f"    of these, {self.handed_on} lead to a module that hands on something outside, and say so")
        print(f"    not counted: {self.unsaid} that have several meanings, one of them outside by the index")
        print(f"    {self.typed} are paths whose head is a type by the index: no edge is due there")
        made = self.wrong_made
        share = self.right / max(1, known - made)
        print(f"    of the wrong ones, {made} name what a macro defines; without: {share:.4%}")
        for cause, count in self.unknowns.most_common():
            print(f"    not known: {count} {cause}")
        due = self.found + self.lost
        share = self.found / due if due else 1.0
        made = self.lost_made
        print(f"recall, without {made} names that a macro defines: {self.found / max(1, due - made):.4%}")
        print(f"recall: {self.found} of {due} = {share:.4%}")
        for form in sorted({form for form, _ in self.forms}):
            print(f"    {form}: {self.forms[form, True]} found, {self.forms[form, False]} not")
        for kind, cases in sorted(self.differences.items(), key=lambda item: -len(item[1])):
            if only and only not in kind:
                continue
            print(f"\n{kind}: {len(cases)}")
            step = max(1, len(cases) // show) if show else 1
            for case in cases[::step][:show]:
                print(f"    {case}")


def draw(graph: Graph, count: int, seed: int) -> None:
    """Prints edges drawn at random among those that lead into the tree, with their lines and what they reach."""
    inside = sorted((e for e in graph.edges.values() if e.files), key=lambda e: (e.path, e.start, e.end))
    for number, edge in enumerate(random.Random(seed).sample(inside, min(count, len(inside))), 1):
        lines = (graph.tree / edge.path).read_text(encoding="utf-8", errors="replace").split("\n")
        (line, column), (end_line, end) = edge.start, edge.end
        site = lines[line][column:end] if line == end_line else "\n".join(lines[line : end_line + 1])
        print(f"{number}. {edge.path}:{line + 1}:{column + 1} `{site}` in: {lines[line].strip()[:140]}")
        for raw in edge.raw:
            to = raw["to"] and f"{raw['to']['path']}:{raw['to']['line']} {raw['to']['item']}"
            more = [f"{c['path']}:{c['line']} {c['item']}" for c in raw.get("candidates", [])]
            print(f"     {raw['kind']} {raw['confidence']} names {raw['names']} to {to} candidates {more}")


if __name__ == "__main__":
    sys.exit(main())

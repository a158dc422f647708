#!/usr/bin/env python3
"""Holds wiremap's module-to-module import edges against grimp's, edge by edge, both ways.

grimp (the library under import-linter) reads the same import statements with code of its own, so an edge that only
one of the two has is a mistake of one of them, or a known difference in what they set out to read. Every such edge is
put in a named class by a third reading: this script parses the sources in question with Python's own `ast` and looks
for the statement that makes the edge. A class is never granted by name alone; each demands that the source shows its
cause, and that both tools, by their own documented reading of that statement, must arrive where they did. What fits
no class is printed as unexplained, and the exit code is 1.

Inputs: an unpacked source distribution. The bars are held on two, by their exact versions:

    pip download --no-deps --no-binary :all: Django==5.2.19        (package django)
    pip download --no-deps --no-binary :all: homeassistant==2024.3.3   (package homeassistant)

TREE is the folder that holds the package's folder. The tree is not written to, and nothing of it is imported except
that grimp asks the import system where the top-level package lies (which runs no code of it).

Needs: Python 3.11 or newer (new enough for the tree's own syntax) and `pip install grimp`.

Run:

    python benches/import_truth.py path/to/Django-5.2.19 django --wiremap target/release/wiremap
    python benches/import_truth.py path/to/homeassistant-2024.3.3 homeassistant

`--by-ast` puts this script's own reading in wiremap's place: it needs no binary, and shows whether the classes below
account for grimp's side at all.

Exit codes: 0 every difference is explained; 1 some are not; 2 the comparison could not be made.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Edge = tuple[str, str]

# The kinds of wiremap's edges that are imports. Calls and base classes come on top of an import and are no evidence
# of their own here.
IMPORT_KINDS = {"import", "re-export", "dynamic"}


def main() -> int:
    """Parses the arguments, compares, prints, and says how it went."""
    parser = argparse.ArgumentParser(
        description="Compares wiremap's import edges with grimp's; unexplained differences fail.",
    )
    parser.add_argument("tree", type=Path, help="the folder that holds the package's folder")
    parser.add_argument("package", help="the name of the top-level package")
    default = Path(__file__).resolve().parent.parent / "target" / "release" / "wiremap"
    parser.add_argument("--wiremap", type=Path, default=default, help="the binary (default: %(default)s)")
    parser.add_argument("--by-ast", action="store_true", help="put this script's own reading in wiremap's place")
    parser.add_argument("--samples", type=int, default=3, help="lines to show of each class (default: %(default)s)")
    args = parser.parse_args()

    tree = args.tree.resolve()
    if not (tree / args.package).is_dir():
        print(f"error: {tree} holds no folder {args.package}", file=sys.stderr)
        return 2
    reading = Reading(tree, args.package)
    try:
        theirs_modules, theirs = grimp_edges(tree, args.package)
        if args.by_ast:
            ours_modules, ours = ast_edges(reading)
        else:
            ours_modules, ours = wiremap_edges(args.wiremap.resolve(), tree, args.package)
    except Unusable as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2

    name = "ast" if args.by_ast else "wiremap"
    print(f"{args.package}: {name} {len(ours_modules)} modules, {len(ours)} edges")
    print(f"{args.package}: grimp {len(theirs_modules)} modules, {len(theirs)} edges")
    print(f"in both: {len(ours & theirs)}; {name} only: {len(ours - theirs)}; grimp only: {len(theirs - ours)}")

    judge = Judge(reading, ours_modules, ours, theirs_modules, theirs)
    report = judge.compare(name)
    for cause, cases in sorted(report.explained.items()):
        show(f"explained, {cause}", cases, args.samples)
    for cause, cases in sorted(report.unexplained.items()):
        show(f"UNEXPLAINED, {cause}", cases, max(args.samples, 20))
    unexplained = sum(map(len, report.unexplained.values()))
    print(f"\nunexplained: {unexplained}")
    return 1 if unexplained else 0


def show(title: str, cases: list[str], samples: int) -> None:
    """Prints a class with its count and its first cases."""
    print(f"\n{title}: {len(cases)}")
    for case in cases[:samples]:
        print(f"    {case}")


class Unusable(Exception):
    """One side could not be had at all."""


# --- the two sides -----------------------------------------------------------------------------------------------


def grimp_edges(tree: Path, package: str) -> tuple[set[str], set[Edge]]:
    """All modules and direct imports that grimp finds within the package."""
    try:
        import grimp
    except ImportError as error:
        raise Unusable(f"grimp cannot be imported ({error}); pip install grimp") from error
    sys.path.insert(0, str(tree))
    started = time.perf_counter()
    graph = grimp.build_graph(package, include_external_packages=False, cache_dir=None)
    print(f"grimp took {time.perf_counter() - started:.1f} s", file=sys.stderr)
    edges = {
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    return set(graph.modules), edges


def wiremap_edges(binary: Path, tree: Path, package: str) -> tuple[set[str], set[Edge]]:
    """All modules of the package and the direct imports between them, as wiremap finds them."""
    if not binary.is_file():
        raise Unusable(f"there is no binary at {binary}")
    with tempfile.TemporaryDirectory(prefix="import-truth-") as scratch:
        rules = Path(scratch, "rules.toml")
        rules.write_text(f'[[layer]]\nid = "all"\npaths = ["{package}/**"]\n', encoding="utf-8")
        command = [str(binary), "graph", "--level", "module", "--format", "json", "--rules", str(rules)]
        started = time.perf_counter()
        done = subprocess.run(command, cwd=tree, capture_output=True, check=False)
    print(f"wiremap took {time.perf_counter() - started:.1f} s", file=sys.stderr)
    # 3: some source of the tree does not parse. Its missing edges, if it is of the package, show up below.
    if done.returncode not in (0, 3):
        message = done.stderr.decode("utf-8", "replace").strip()
        raise Unusable(f"wiremap exited with {done.returncode}: {message}")
    paths, edges = read_graph(done.stdout)
    names = {node: module_name(path) for node, path in paths.items() if path.startswith(f"{package}/")}
    if not names:
        raise Unusable(
            f"wiremap's graph has no module below {package}/; its paths start like {sorted(paths.values())[:3]}"
        )
    return set(names.values()), {
        (names[source], names[target])
        for source, target, kinds in edges
        if kinds & IMPORT_KINDS and source in names and target in names
    }


def read_graph(text: bytes) -> tuple[dict[str, str], list[tuple[str, str, set[str]]]]:
    """Reads `wiremap graph --level module --format json`: paths by node, and edges with their kinds.

    This is the one place that knows the JSON: `nodes` hold `id`, `name` and `path` (none for what lies outside the
    project), `edges` hold `from` and `to` (a node's id, or its name) and `kinds` (by name, with counts).
    """
    graph = json.loads(text)
    by_name: dict[str, str] = {}
    paths: dict[str, str] = {}
    for node in graph["nodes"]:
        identity = str(node["id"])
        by_name.setdefault(str(node.get("name", identity)), identity)
        if node.get("path"):
            paths[identity] = node["path"]

    def node_of(end: object) -> str:
        if isinstance(end, dict):
            end = end.get("id") or end.get("module") or end.get("name")
        end = str(end)
        return end if end in paths else by_name.get(end, end)

    edges = [(node_of(edge["from"]), node_of(edge["to"]), set(edge["kinds"])) for edge in graph["edges"]]
    return paths, edges


def ast_edges(reading: Reading) -> tuple[set[str], set[Edge]]:
    """The same by this script's own reading of every file."""
    edges = set()
    for module in reading.files:
        for site in reading.sites(module):
            edges |= {(module, target) for target in reading.by_python(site) if target in reading.files}
    return set(reading.files), edges


# --- the third reading -------------------------------------------------------------------------------------------


def module_name(path: str) -> str:
    """The dotted name of a source by its path below the tree; a stub has its module's name with `.pyi` after it."""
    stub = path.endswith(".pyi")
    parts = path.removesuffix(".pyi" if stub else ".py").split("/")
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) + (".pyi" if stub else "")


@dataclass(frozen=True)
class Site:
    """One imported name at one place in a source."""

    importer: str
    line: int
    # "import" (`import a.b`), "from" (`from a import b`), "star" (`from a import *`) or "dynamic".
    form: str
    # The module, made absolute.
    module: str
    # The imported name, for the form "from".
    name: str | None = None


@dataclass
class Binding:
    """What a name stands for in a module, as far as it matters here."""

    # The submodules that import statements bind the name to.
    submodules: set[str] = field(default_factory=set)
    # Whether something else than an import of a submodule binds it.
    other: bool = False
    line: int = 0


class Reading:
    """The package's sources, read with `ast`: which modules there are, what each imports, what each binds."""

    def __init__(self, tree: Path, package: str) -> None:
        self.tree = tree
        self.package = package
        self.files: dict[str, Path] = {}
        self.stubs: dict[str, Path] = {}
        self.initialised: set[str] = set()
        self.folders: set[str] = set()
        self._trees: dict[Path, ast.Module] = {}
        self._sites: dict[str, list[Site]] = {}
        self._bindings: dict[str, dict[str, Binding]] = {}
        self._list(tree / package)

    def _list(self, folder: Path) -> None:
        """Walks the package. A folder that is no identifier can hold no module that a statement could name."""
        entries = sorted(folder.iterdir())
        for entry in entries:
            path = entry.relative_to(self.tree).as_posix()
            if entry.is_dir() and not entry.is_symlink():
                if entry.name.isidentifier():
                    self._list(entry)
            elif entry.suffix in (".py", ".pyi") and entry.is_file():
                name = module_name(path)
                if entry.suffix == ".pyi":
                    self.stubs[name] = entry
                    continue
                # A package wins over a module of the same name beside it.
                if entry.name == "__init__.py" or name not in self.files:
                    self.files[name] = entry
                if entry.name == "__init__.py":
                    self.initialised.add(name)
        name = ".".join(folder.relative_to(self.tree).parts)
        if any(known == name or known.startswith(f"{name}.") for known in self.files):
            self.folders.add(name)

    def path(self, module: str) -> Path | None:
        """The source of a module or of a stub."""
        return self.files.get(module) or self.stubs.get(module)

    def text(self, module: str, line: int) -> str:
        """A line of a module's source, for a person to look at."""
        path = self.path(module)
        lines = path.read_bytes().splitlines() if path else []
        shown = lines[line - 1].decode("utf-8", "replace").strip() if 0 < line <= len(lines) else ""
        return f"{path.relative_to(self.tree).as_posix() if path else module}:{line}: {shown}"

    def tree_of(self, module: str) -> ast.Module:
        """The syntax tree of a module's source; `ast` takes bytes, so it heeds encoding declarations."""
        path = self.path(module)
        if path is None:
            return ast.Module(body=[], type_ignores=[])
        if path not in self._trees:
            self._trees[path] = ast.parse(path.read_bytes(), filename=str(path))
        return self._trees[path]

    def is_package(self, module: str) -> bool:
        """Whether submodules can lie below it: it has an `__init__.py`, or is a folder without one."""
        return module in self.initialised or (module in self.folders and module not in self.files)

    # What stands in a source.

    def sites(self, module: str) -> list[Site]:
        """Every import in a module, wherever it stands: in functions, under `if`, in handlers."""
        if module not in self._sites:
            self._sites[module] = list(self._read_sites(module))
        return self._sites[module]

    def _read_sites(self, module: str) -> Iterator[Site]:
        own = module.removesuffix(".pyi")
        is_init = (self.path(module) or Path()).stem == "__init__"
        package = own if is_init else own.rpartition(".")[0]
        tree = self.tree_of(module)
        importers = dynamic_importers(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Site(module, alias.lineno, "import", alias.name)
            elif isinstance(node, ast.ImportFrom):
                base = absolute(package, node.level, node.module or "")
                for alias in node.names if base else []:
                    if alias.name == "*":
                        yield Site(module, node.lineno, "star", base)
                    else:
                        yield Site(module, node.lineno, "from", base, alias.name)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in importers:
                target = constant_target(node, own, package)
                if target:
                    yield Site(module, node.lineno, "dynamic", target)

    def bindings(self, module: str) -> dict[str, Binding]:
        """The names that a module's own code binds at module level, stars included."""
        if module not in self._bindings:
            # Entered before it is filled: two modules may star-import each other.
            found = self._bindings[module] = {}
            if module in self.files:
                tree = self.tree_of(module)
                package = module if module in self.initialised else module.rpartition(".")[0]
                for statement in module_level(tree.body):
                    self._bind(found, statement, module, package)
                for node in ast.walk(tree):
                    # A function may bind a module's name too, if it says so.
                    if isinstance(node, ast.Global):
                        for name in node.names:
                            bind(found, name, node.lineno)
        return self._bindings[module]

    def _bind(self, found: dict[str, Binding], node: ast.AST, module: str, package: str) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname is None:
                    bind(found, alias.name.partition(".")[0], node.lineno)
                else:
                    bind(found, alias.asname, node.lineno, self._below(module, alias.asname, alias.name))
        elif isinstance(node, ast.ImportFrom):
            base = absolute(package, node.level, node.module or "")
            for alias in node.names:
                if alias.name != "*":
                    name = alias.asname or alias.name
                    bind(found, name, node.lineno, self._below(module, name, f"{base}.{alias.name}"))
                elif base in self.files and base != module:
                    for name, binding in self.bindings(base).copy().items():
                        if name in self.public(base):
                            bind(found, name, node.lineno, binding.submodules if not binding.other else ())
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bind(found, node.name, node.lineno)
        else:
            for name in stored_names(node):
                bind(found, name, node.lineno)

    def _below(self, module: str, name: str, target: str) -> set[str]:
        """The target, if it is the very submodule that the name would find without any binding."""
        return {target} if target == f"{module}.{name}" and self.is_module(target) else set()

    def public(self, module: str) -> set[str]:
        """The names that a star import takes: `__all__` where it can be read, else those without an underscore."""
        named = all_names(self.tree_of(module))
        return named if named is not None else {name for name in self.bindings(module) if not name.startswith("_")}

    def is_module(self, name: str) -> bool:
        """Whether an import of this name finds something: a source, or a folder that holds sources."""
        return name in self.files or name in self.folders

    # Where an import leads.

    def by_python(self, site: Site) -> set[str]:
        """The module that the statement names, by Python's rules: an attribute of a package before its submodule."""
        if site.form != "from":
            return {site.module} if self.is_module(site.module) else set()
        submodule = f"{site.module}.{site.name}"
        if not self.is_module(site.module):
            return set()
        if not self.is_package(site.module) or not self.is_module(submodule):
            return {site.module}
        # While a package's own file runs, its names are not there yet: its imports from itself find the submodule.
        if site.module != site.importer and site.name in self.bindings(site.module):
            return {site.module}
        return {submodule}

    def by_grimp(self, site: Site, modules: set[str]) -> set[str]:
        """The same by grimp's reading: statements alone, and a submodule before an attribute, whatever binds it."""
        if site.form == "dynamic":
            return set()
        submodule = f"{site.module}.{site.name}"
        if site.form == "from" and submodule in modules:
            return {submodule}
        return {site.module} & modules

    def folder_without_init(self, module: str) -> str | None:
        """A folder above the module's source, inside the package, that has no `__init__.py`."""
        path = self.path(module)
        if path is None:
            return None
        for folder in path.relative_to(self.tree).parents:
            if folder.parts and not (self.tree / folder / "__init__.py").is_file():
                return folder.as_posix()
        return None


def bind(found: dict[str, Binding], name: str, line: int, submodules: set[str] | tuple[()] = ()) -> None:
    """Notes that a name is bound, to submodules or to something else."""
    binding = found.setdefault(name, Binding(line=line))
    binding.submodules |= set(submodules)
    binding.other |= not submodules


def absolute(package: str, level: int, module: str) -> str:
    """A relative module name made absolute; empty where it leads out of the top-level package."""
    if level == 0:
        return module
    parts = package.split(".")
    if level > len(parts):
        return ""
    base = ".".join(parts[: len(parts) - level + 1])
    return f"{base}.{module}" if module else base


def module_level(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The statements that bind module-level names: those of the body and of its blocks, functions and classes shut."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from module_level(getattr(statement, block, []))
        for handler in getattr(statement, "handlers", []):
            if handler.name:
                yield handler
            yield from module_level(handler.body)
        for case in getattr(statement, "cases", []):
            yield case.pattern
            yield from module_level(case.body)


def stored_names(node: ast.AST) -> Iterator[str]:
    """The names that a statement's own expressions bind: targets, `as`, `:=`, captures; nested scopes are shut."""
    if isinstance(node, ast.ExceptHandler):
        yield node.name or ""
        return
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return
    own = [
        value
        for key, values in ast.iter_fields(node)
        if key not in ("body", "orelse", "finalbody", "handlers", "cases")
        for value in (values if isinstance(values, list) else [values])
        if isinstance(value, ast.AST)
    ]
    if isinstance(node, ast.pattern):
        own = [node]
    while own:
        inner = own.pop()
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id
        elif isinstance(inner, ast.MatchAs | ast.MatchStar) and inner.name:
            yield inner.name
        elif isinstance(inner, ast.MatchMapping) and inner.rest:
            yield inner.rest
        if not isinstance(inner, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            own.extend(ast.iter_child_nodes(inner))


def all_names(tree: ast.Module) -> set[str] | None:
    """What `__all__` lists: literals, `+=`, concatenations; none where it is absent."""
    found: set[str] | None = None
    for node in module_level(tree.body):
        value = getattr(node, "value", None)
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in targets
        ):
            texts = {
                part.value for part in ast.walk(value) if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
            found = (found or set()) | texts
    return found


def dynamic_importers(tree: ast.Module) -> set[str]:
    """The expressions by which a module may call the import machinery, under the names it gave them."""
    found = {"__import__", "builtins.__import__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == "importlib" and (alias.asname is None or alias.name == "importlib"):
                    found |= {f"{alias.asname or 'importlib'}.{name}" for name in ("import_module", "__import__")}
        elif isinstance(node, ast.ImportFrom) and node.module == "importlib" and node.level == 0:
            found |= {
                alias.asname or alias.name for alias in node.names if alias.name in ("import_module", "__import__")
            }
    return found


def constant_target(call: ast.Call, module: str, package: str) -> str | None:
    """The module that a call to the import machinery names, where constants say it."""
    if not (call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)):
        return None
    name = call.args[0].value
    level = len(name) - len(name.lstrip("."))
    if level == 0:
        return name
    anchors = [word.value for word in call.keywords if word.arg == "package"] + call.args[1:2]
    for anchor in anchors:
        if isinstance(anchor, ast.Constant) and isinstance(anchor.value, str):
            return absolute(anchor.value, level, name[level:]) or None
        if isinstance(anchor, ast.Name) and anchor.id in ("__package__", "__name__"):
            return absolute(package if anchor.id == "__package__" else module, level, name[level:]) or None
    return None


# --- the judgment ------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """Differences by cause, each as a line to look at."""

    explained: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unexplained: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


class Judge:
    """Looks at every difference in the source."""

    def __init__(
        self, reading: Reading, ours_modules: set[str], ours: set[Edge], theirs_modules: set[str], theirs: set[Edge]
    ) -> None:
        self.reading = reading
        self.ours_modules, self.ours = ours_modules, ours
        self.theirs_modules, self.theirs = theirs_modules, theirs

    def compare(self, name: str) -> Report:
        """All differences: of modules, then of edges, then whether this script reads grimp rightly at all."""
        report = Report()
        for module in sorted(self.ours_modules - self.theirs_modules):
            cause = self.why_not_grimps(module)
            where = report.explained if cause else report.unexplained
            where[f"module of {name} only: {cause or 'grimp should list it'}"].append(module)
        for module in sorted(self.theirs_modules - self.ours_modules):
            folder = module in self.reading.folders and module not in self.reading.files
            where = report.explained if folder else report.unexplained
            cause = "a folder without __init__.py has no source" if folder else f"{name} should list it"
            where[f"module of grimp only: {cause}"].append(module)
        for edge in sorted(self.ours - self.theirs):
            known, cause, case = self.only_ours(edge)
            (report.explained if known else report.unexplained)[f"edge of {name} only: {cause}"].append(case)
        for edge in sorted(self.theirs - self.ours):
            known, cause, case = self.only_theirs(edge)
            (report.explained if known else report.unexplained)[f"edge of grimp only: {cause}"].append(case)
        return report

    def why_not_grimps(self, module: str) -> str | None:
        """Why grimp does not list a module, if its documented walk leaves it out."""
        path = self.reading.path(module)
        if path is None:
            return None
        if module in self.reading.stubs:
            return "grimp reads no type stubs"
        if self.reading.folder_without_init(module):
            return "below a folder without __init__.py inside a package, which grimp does not enter"
        return None

    def only_ours(self, edge: Edge) -> tuple[bool, str, str]:
        """Why wiremap has an edge that grimp has not."""
        importer, target = edge
        reading = self.reading
        for end in edge:
            cause = None if end in self.theirs_modules else self.why_not_grimps(end)
            if cause:
                sites = [site for site in reading.sites(importer) if target in reading.by_python(site)]
                if sites:
                    return True, cause, self.case(edge, sites[0])
                return False, "no import in the source leads there", self.case(edge, None)
        sites = [site for site in reading.sites(importer) if target in reading.by_python(site)]
        if not sites:
            return False, "no import in the source leads there", self.case(edge, None)
        for site in sites:
            if target in reading.by_grimp(site, self.theirs_modules):
                return False, "a plain import that grimp should read", self.case(edge, site)
        site = sites[0]
        if site.form == "dynamic":
            return True, "dynamic import of a constant string, which grimp does not read", self.case(edge, site)
        submodule = self.shadowed(site)
        if submodule and target == site.module:
            if (importer, submodule) in self.theirs or importer == submodule:
                return True, self.shadow_cause(site), self.case(edge, site)
            return False, "the package binds the name, yet grimp has no edge to the submodule", self.case(edge, site)
        return False, "no class fits", self.case(edge, site)

    def only_theirs(self, edge: Edge) -> tuple[bool, str, str]:
        """Why grimp has an edge that wiremap has not."""
        importer, target = edge
        reading = self.reading
        sites = [s for s in reading.sites(importer) if target in reading.by_grimp(s, self.theirs_modules)]
        if not sites:
            return False, "no import in the source leads there by grimp's reading", self.case(edge, None)
        if importer == target:
            return True, "a module's import of itself", self.case(edge, sites[0])
        if target not in reading.files and target in reading.folders:
            return True, "a folder without __init__.py has no source to point at", self.case(edge, sites[0])
        for site in sites:
            if target in reading.by_python(site):
                return False, "a plain import that leads there", self.case(edge, site)
        site = sites[0]
        if self.shadowed(site) == target:
            if (importer, site.module) in self.ours or importer == site.module:
                return True, self.shadow_cause(site), self.case(edge, site)
            return False, "the package binds the name, yet there is no edge to the package", self.case(edge, site)
        return False, "no class fits", self.case(edge, site)

    def shadowed(self, site: Site) -> str | None:
        """The submodule that `from package import name` does not reach, as the package's own file binds the name."""
        submodule = f"{site.module}.{site.name}"
        if site.form != "from" or site.module == site.importer or submodule not in self.reading.files:
            return None
        return submodule if site.name in self.reading.bindings(site.module) else None

    def shadow_cause(self, site: Site) -> str:
        """The class of a shadowed submodule, by what the package binds the name to."""
        binding = self.reading.bindings(site.module)[site.name or ""]
        if binding.other:
            return "from package import name, where the package binds the name to something else than its submodule"
        return "from package import name, where the package imports its own submodule and hands it on"

    def case(self, edge: Edge, site: Site | None) -> str:
        """One difference as a line, with what the package binds where that is the point."""
        text = f"{edge[0]} -> {edge[1]}"
        if site is None:
            return text
        text += f"   {self.reading.text(site.importer, site.line)}"
        if self.shadowed(site):
            line = self.reading.bindings(site.module)[site.name or ""].line
            text += f"   [{self.reading.text(site.module, line)}]"
        return text


if __name__ == "__main__":
    sys.exit(main())

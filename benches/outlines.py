"""How what documents list of a Python file differs from what Python's own `ast` and `inspect` say.

    python3 benches/outlines.py [--wiremap target/release/wiremap] [FOLDER]

Every file that this Python parses is compared, uncut: lines, docstrings, classes and their methods, functions with
their signatures as `ast.unparse` writes them, imports, constants, exports. FOLDER is the standard library of the Python
that runs this, unless given. Differences are listed; the exit code is 1 if there are any.
"""

import argparse
import ast
import inspect
import json
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tokenize


def parameter(argument, default):
    text = argument.arg
    if argument.annotation is not None:
        text += f": {ast.unparse(argument.annotation)}"
    if default is not None:
        text += f" = {ast.unparse(default)}"
    return text


def signature(function):
    given = function.args
    positional = given.posonlyargs + given.args
    defaults = [None] * (len(positional) - len(given.defaults)) + given.defaults
    parts = []
    for at, (argument, default) in enumerate(zip(positional, defaults)):
        parts.append(parameter(argument, default))
        if given.posonlyargs and at == len(given.posonlyargs) - 1:
            parts.append("/")
    if given.vararg:
        parts.append("*" + parameter(given.vararg, None))
    elif given.kwonlyargs:
        parts.append("*")
    parts += [parameter(a, d) for a, d in zip(given.kwonlyargs, given.kw_defaults)]
    if given.kwarg:
        parts.append("**" + parameter(given.kwarg, None))
    result = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return f"({', '.join(parts)}){result}"


def documentation(node):
    text = ast.get_docstring(node, clean=False)
    return inspect.cleandoc(text).split("\n")[0] if text else ""


def strings(value):
    """The constant strings of a list, tuple or sum."""
    if isinstance(value, (ast.List, ast.Tuple)):
        return [e.value for e in value.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return strings(value.left) + strings(value.right)
    return []


def outline(text, module):
    own = {
        "lines": len(text.splitlines()),
        "documentation": documentation(module),
        "classes": [],
        "functions": [],
        "imports": [],
        "constants": [],
        "exports": [],
    }
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            methods = [m.name for m in node.body if isinstance(m, (ast.FunctionDef, ast.AsyncFunctionDef))]
            own["classes"].append((node.name, methods, documentation(node)))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            is_async = isinstance(node, ast.AsyncFunctionDef)
            own["functions"].append((node.name, signature(node), is_async, documentation(node)))
        elif isinstance(node, ast.Import):
            own["imports"] += [(a.name, [a.asname or a.name], False) for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            own["imports"].append((node.module or "", [a.name for a in node.names], node.level > 0))
        targets = node.targets if isinstance(node, ast.Assign) else []
        own["constants"] += [t.id for t in targets if isinstance(t, ast.Name) and t.id.isupper()]
    for node in statements(module.body):
        own["exports"] += exports(node)
    return own


def statements(body):
    """Statements that run when the module is loaded, in order: those under conditions too."""
    for node in body:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for part in ("body", "handlers", "orelse", "finalbody"):
                yield from statements(getattr(node, part, []))


def exports(node):
    """What a statement adds to `__all__`."""

    def is_all(target):
        return isinstance(target, ast.Name) and target.id == "__all__"

    if isinstance(node, ast.Assign) and any(is_all(t) for t in node.targets):
        return strings(node.value)
    if isinstance(node, (ast.AugAssign, ast.AnnAssign)) and is_all(node.target) and node.value is not None:
        return strings(node.value)
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and is_all(call.func.value):
        elements = {"extend": lambda a: a, "append": lambda a: ast.List(elts=[a])}.get(call.func.attr)
        return strings(elements(call.args[0])) if elements and call.args else []
    return []


def written(file):
    """The same, as the document's twin for machines has it."""
    return {
        "lines": file["lines"],
        "documentation": file["documentation"],
        "classes": [(c["name"], c["methods"], c["documentation"]) for c in file["classes"]],
        "functions": [(f["name"], f["signature"], f["is_async"], f["documentation"]) for f in file["functions"]],
        "imports": [(i["module"], i["names"], i["relative"]) for i in file["imports"]],
        "constants": file["constants"],
        "exports": file["exports"],
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wiremap", default="target/release/wiremap")
    parser.add_argument("folder", nargs="?", default=sysconfig.get_paths()["stdlib"])
    options = parser.parse_args()
    root = pathlib.Path(options.folder).resolve()
    wiremap = pathlib.Path(options.wiremap).resolve()
    compared, different, skipped = 0, [], 0
    with tempfile.TemporaryDirectory() as scratch:
        tree = pathlib.Path(scratch, "tree")
        wanted = {}
        for file in sorted(root.rglob("*.py")):
            inner = file.relative_to(root)
            if "site-packages" in inner.parts:
                continue
            try:
                module = ast.parse(file.read_bytes())
                with tokenize.open(file) as lines:
                    text = lines.read()
            except (SyntaxError, ValueError):
                skipped += 1
                continue
            # A package file is in no document: it goes by another name here.
            name = inner.with_name("package_file.py") if inner.name == "__init__.py" else inner
            target = tree / "all" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            wanted[f"all/{name.as_posix()}"] = outline(text, module)
        (tree / "wiremap.toml").write_text('rules = ["rules.toml"]\n')
        (tree / "rules.toml").write_text(
            '[topology]\nname = "all"\n[[layer]]\nid = "all"\npaths = ["{domain}/**"]\n'
        )
        out = pathlib.Path(scratch, "out")
        command = [wiremap, "docs", "--out", out]
        subprocess.run(command, cwd=tree, check=False, stdout=subprocess.DEVNULL)
        for document in out.rglob("all.json"):
            for file in json.loads(document.read_text())["files"]:
                if file["not_understood"]:
                    skipped += 1
                    wanted.pop(file["path"], None)
                    continue
                theirs = wanted.pop(file["path"])
                for part, own in written(file).items():
                    compared += len(own) if isinstance(own, list) else 1
                    if own != theirs[part]:
                        different.append((file["path"], part, theirs[part], own))
    for path, name, expected, own in different:
        print(f"{path} {name}\n  Python:  {expected}\n  wiremap: {own}")
    for path in wanted:
        print(f"{path}: not in the documents")
    print(f"{compared} facts compared, {len(different)} differ, {skipped} files that one of the two does not parse")
    sys.exit(1 if different or wanted else 0)


if __name__ == "__main__":
    main()

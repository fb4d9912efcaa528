"""The caps that keep the house livable. Widen one only with a reason in the commit."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("claxson", "classifier", "pipeline")

MAX_FILE_LINES = 400
MAX_BODY_LINES = 50
SHORT_BODY_LINES = 25
SHORT_BODY_SHARE = 0.90
MAX_NESTING = 3
MAX_MODULES_IN_FOLDER = 12
MAX_TEST_LINES = 15
BANNED_NAMES = {"utils", "helpers", "misc", "common"}

Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def modules() -> list[Path]:
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[Function]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    docstring = ast.get_docstring(function, clean=False)
    body = function.body[1:] if docstring is not None else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


def nesting(node: ast.AST, depth: int = 0) -> int:
    """Depth of nested blocks; an `elif` is a sibling of its `if`, not a child."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        inner = depth + 1 if isinstance(child, BLOCKS) and not is_elif else depth
        deepest = max(deepest, nesting(child, inner))
    return deepest


def where(path: Path, function: Function) -> str:
    return f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"


def test_no_file_is_longer_than_the_cap() -> None:
    too_long = [
        str(p.relative_to(ROOT)) for p in modules() if len(p.read_text().splitlines()) > MAX_FILE_LINES
    ]
    assert not too_long


def test_no_function_body_is_longer_than_the_cap() -> None:
    too_long = [where(p, f) for p in modules() for f in functions(p) if body_lines(f) > MAX_BODY_LINES]
    assert not too_long


def test_nine_functions_in_ten_are_short() -> None:
    lengths = [body_lines(f) for p in modules() for f in functions(p)]
    share = sum(n <= SHORT_BODY_LINES for n in lengths) / len(lengths)
    assert share >= SHORT_BODY_SHARE


def test_no_function_nests_deeper_than_the_cap() -> None:
    too_deep = [where(p, f) for p in modules() for f in functions(p) if nesting(f) > MAX_NESTING]
    assert not too_deep


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [str(p.relative_to(ROOT)) for p in modules() if p.stem in BANNED_NAMES]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folder_holds_more_modules_than_the_cap(package: str) -> None:
    folders = {p.parent for p in modules() if p.is_relative_to(ROOT / package)}
    crowded = [
        str(d.relative_to(ROOT)) for d in folders if len(list(d.glob("[!_]*.py"))) > MAX_MODULES_IN_FOLDER
    ]
    assert not crowded


def test_no_package_is_an_empty_room() -> None:
    folders = [p.parent for package in PACKAGES for p in (ROOT / package).rglob("__init__.py")]
    rooms = [d for d in folders if d.name not in {"migrations", "management", "commands"}]
    empty = [
        str(d) for d in rooms if not any(p.suffix == ".py" and p.name != "__init__.py" for p in d.rglob("*"))
    ]
    assert not empty


def test_test_bodies_are_short() -> None:
    files = (ROOT / "tests").rglob("test_*.py")
    tests = ((p, f) for p in files for f in functions(p) if f.name.startswith("test_"))
    assert not [where(p, f) for p, f in tests if body_lines(f) > MAX_TEST_LINES]

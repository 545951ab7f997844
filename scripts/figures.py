"""Measure the shape of the project's Python code and templates, and fail where a figure is above its limit.

    python -m scripts.figures                   the product and its tests against LIMITS
    python -m scripts.figures --worst 10        after the table, the longest, most complex and deepest functions
    python -m scripts.figures --by-package      one row for each stage too
    python -m scripts.figures --json            the same figures for a program to read

Only the standard library is used and no measured file is imported or run.

What the columns mean
    files           Python files measured (generated, vendored and migration folders are left out: SKIP_PARTS)
    lines           physical lines in them
    file_lines      lines a file: median, 95th percentile, largest; empty files (bare __init__.py) not counted
    over_500        files with more than 500 lines
    functions       functions and methods, nested ones too
    function_lines  from `def` to the last line of the body, docstring included, decorators not
    over_50         functions longer than 50 lines, as a share
    complexity      cyclomatic, by radon's rules; a nested function is counted by itself; an assert of a test is no way
                    through it
    over_10         functions with complexity above 10
    depth           deepest nesting of if/for/while/with/try/match in a function: 95th percentile, deepest
    params          parameters of a function, without self and cls: 95th percentile, most
    duplicated      share of significant lines that lie in a run of 6 or more standing elsewhere too;
                    blank lines, comments, docstrings, imports and lone punctuation are no significant lines
    documented      public classes and functions with a docstring
    typed           functions with a return annotation or, lacking one, at least one annotated parameter
    comments        comment lines for 100 lines
    inline imports  import statements inside functions, most often a sign of a cycle
    suppressed      comments that silence a tool (noqa, type: ignore, pragma: no cover, ...)
    left out        files that this interpreter could not parse; not 0 means: run it with a newer Python
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SKIP_PARTS = {
    ".git",
    ".nox",
    ".tox",
    ".venv",
    "__pycache__",
    "_vendor",
    "alembic",
    "build",
    "dist",
    "docs",
    "env",
    "migrations",
    "node_modules",
    "vendor",
    "venv",
    "versions",
}
ROOT = Path(__file__).resolve().parent.parent
LIMITS: dict[str, dict[str, float]] = {
    "app": {
        "file_lines_max": 400,
        "over_500": 0,
        "function_lines_median": 6,
        "function_lines_p95": 25,
        "function_lines_max": 50,
        "complexity_p95": 5,
        "complexity_max": 10,
        "depth_max": 3,
        "params_max": 7,
        "duplicated_share": 1.5,
        "inline_imports": 5,
        "left_out": 0,
    },
    "tests": {
        "file_lines_max": 600,
        "function_lines_median": 10,
        "function_lines_p95": 25,
        "function_lines_max": 60,
        "complexity_p95": 6,
        "complexity_max": 10,
        "depth_max": 3,
        "duplicated_share": 10,
        "inline_imports": 0,
        "left_out": 0,
    },
    "templates": {"file_lines_p95": 120, "file_lines_max": 200},
}
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|ty:\s*ignore|pyright:|mypy:|pylint:|pragma:\s*no|nosec|fmt:\s*off)")
DUPLICATE_RUN = 6

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda)
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)


@dataclass(frozen=True)
class Function:
    name: str
    path: Path
    line: int
    lines: int
    complexity: int
    depth: int
    params: int
    typed: bool


@dataclass
class Module:
    path: Path
    lines: int
    comments: int
    significant: list[tuple[int, str]]
    inline_imports: int
    suppressions: int
    functions: list[Function] = field(default_factory=list)
    public: int = 0
    documented: int = 0


# --- reading a tree -------------------------------------------------------------------------------------------


def python_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if path.is_file() and SKIP_PARTS.isdisjoint(path.relative_to(folder).parts):
            yield path


def template_figures(folder: Path) -> dict[str, float]:
    return spread("file_lines", [len(path.read_text(encoding="utf-8").splitlines()) for path in folder.rglob("*.html")])


def read_module(path: Path) -> Module | None:
    """The measured module, or None where it is no Python that this interpreter can parse."""
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, UnicodeDecodeError, tokenize.TokenError, ValueError) as error:
        print(f"left out: {path}: {error}", file=sys.stderr)
        return None

    text = source.splitlines()
    comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
    whole_line_comments = {line for line in comments if text[line - 1].lstrip().startswith("#")}
    passed_over = whole_line_comments | import_lines(tree) | docstring_lines(tree)
    module = Module(
        path=path,
        lines=len(text),
        comments=len(comments),
        significant=[
            (number, " ".join(line.split()))
            for number, line in enumerate(text, start=1)
            if number not in passed_over and any(character.isalnum() for character in line)
        ],
        inline_imports=sum(
            isinstance(node, (ast.Import, ast.ImportFrom))
            for function in ast.walk(tree)
            if isinstance(function, FUNCTIONS)
            for node in own_nodes(function)
        ),
        suppressions=sum(bool(SUPPRESSION.search(comment)) for comment in comments.values()),
    )
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            module.functions.append(measure_function(node, path))
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_"):
            module.public += 1
            module.documented += ast.get_docstring(node, clean=False) is not None
    return module


def import_lines(tree: ast.AST) -> set[int]:
    return span_of(node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))


def docstring_lines(tree: ast.AST) -> set[int]:
    return span_of(
        node.body[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)) and ast.get_docstring(node, clean=False) is not None
    )


def span_of(nodes: Iterable[ast.stmt]) -> set[int]:
    return {line for node in nodes for line in range(node.lineno, last_line(node) + 1)}


# --- one function ---------------------------------------------------------------------------------------------


def measure_function(node: ast.FunctionDef | ast.AsyncFunctionDef, path: Path) -> Function:
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    own = [argument for argument in named if argument.arg not in ("self", "cls")]
    return Function(
        name=node.name,
        path=path,
        line=node.lineno,
        lines=last_line(node) - node.lineno + 1,
        complexity=1 + sum(decisions(child) + is_check(child, path) for child in own_nodes(node)),
        depth=nesting(node.body),
        params=len(own),
        typed=node.returns is not None or any(argument.annotation for argument in named),
    )


def last_line(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def own_nodes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """Every node of the function's body that belongs to no function or class nested in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def decisions(node: ast.AST) -> int:
    """How many further ways through the code this node opens (radon's rules)."""
    match node:
        case ast.If() | ast.IfExp():
            return 1
        case ast.For() | ast.AsyncFor() | ast.While():
            return 1 + bool(node.orelse)
        case ast.Try() | ast.TryStar():
            return len(node.handlers) + bool(node.orelse)
        case ast.BoolOp():
            return len(node.values) - 1
        case ast.comprehension():
            return 1 + len(node.ifs)
        case ast.Match():
            catch_all = any(
                isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None for case in node.cases
            )
            return max(0, len(node.cases) - catch_all)
    return 0


def is_check(node: ast.AST, path: Path) -> bool:
    """An assert of the product is a way out; one of a test is what the test is for."""
    return isinstance(node, ast.Assert) and ROOT / "tests" not in path.parents


def nesting(statements: Sequence[ast.AST]) -> int:
    """Blocks within blocks; an `elif` is no deeper than its `if`, and what a nested function holds is its own."""
    deepest = 0
    for node in statements:
        if isinstance(node, SCOPES):
            continue
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, BLOCKS):
            below = nesting([child for child in children if not is_elif(node, child)])
            beside = nesting([child for child in children if is_elif(node, child)])
            deepest = max(deepest, 1 + below, beside)
        else:
            deepest = max(deepest, nesting(children))
    return deepest


def is_elif(parent: ast.AST, child: ast.AST) -> bool:
    return (
        isinstance(parent, ast.If)
        and isinstance(child, ast.If)
        and parent.orelse == [child]
        and child.col_offset == parent.col_offset
    )


# --- a whole tree ---------------------------------------------------------------------------------------------


def duplicated_lines(modules: Sequence[Module]) -> int:
    """Significant lines in a run of DUPLICATE_RUN or more that stands at another place of these modules too."""
    places: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for index, module in enumerate(modules):
        texts = [text for _, text in module.significant]
        for start in range(len(texts) - DUPLICATE_RUN + 1):
            places[tuple(texts[start : start + DUPLICATE_RUN])].append((index, start))
    marked = {
        (index, start + offset)
        for found in places.values()
        if len(found) > 1
        for index, start in found
        for offset in range(DUPLICATE_RUN)
    }
    return len(marked)


def figures(modules: Sequence[Module]) -> dict[str, float]:
    functions = [function for module in modules for function in module.functions]
    file_lines = [length for length in column(modules, "lines") if length]
    lengths = column(functions, "lines")
    complexities = column(functions, "complexity")
    return {
        "files": len(modules),
        "lines": sum(file_lines),
        **spread("file_lines", file_lines),
        "over_500": above(500, file_lines),
        "functions": len(functions),
        **spread("function_lines", lengths),
        "over_50_share": share(above(50, lengths), len(functions)),
        **spread("complexity", complexities),
        "over_10": above(10, complexities),
        "over_10_share": share(above(10, complexities), len(functions)),
        **spread("depth", column(functions, "depth")),
        **spread("params", column(functions, "params")),
        "duplicated_share": share(duplicated_lines(modules), sum(map(len, column(modules, "significant")))),
        "documented_share": share(sum(column(modules, "documented")), sum(column(modules, "public"))),
        "typed_share": share(sum(column(functions, "typed")), len(functions)),
        "comments_per_100": share(sum(column(modules, "comments")), sum(file_lines)),
        "inline_imports": sum(column(modules, "inline_imports")),
        "suppressions": sum(column(modules, "suppressions")),
    }


def row(paths: Sequence[Path], modules: Sequence[Module]) -> dict[str, float]:
    return figures(modules) | {"left_out": len(paths) - len(modules)}


def column(measured: Sequence[Module] | Sequence[Function], name: str) -> list[Any]:
    return [getattr(each, name) for each in measured]


def spread(name: str, values: Sequence[int]) -> dict[str, float]:
    return {
        f"{name}_median": percentile(values, 50),
        f"{name}_p95": percentile(values, 95),
        f"{name}_max": max(values, default=0),
    }


def percentile(values: Sequence[int], rank: int) -> int:
    """Nearest rank, so that the answer is always a value that occurs."""
    place = -(-rank * len(values) // 100)
    return sorted(values)[max(0, place - 1)] if values else 0


def above(bound: int, values: Sequence[int]) -> int:
    return sum(value > bound for value in values)


def share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


# --- printing -------------------------------------------------------------------------------------------------

COLUMNS = (
    ("files", "{files}"),
    ("lines", "{lines}"),
    ("file lines med/p95/max", "{file_lines_median}/{file_lines_p95}/{file_lines_max}"),
    (">500", "{over_500}"),
    ("functions", "{functions}"),
    ("func lines med/p95/max", "{function_lines_median}/{function_lines_p95}/{function_lines_max}"),
    (">50", "{over_50_share}%"),
    ("complexity med/p95/max", "{complexity_median}/{complexity_p95}/{complexity_max}"),
    (">10", "{over_10} ({over_10_share}%)"),
    ("depth p95/max", "{depth_p95}/{depth_max}"),
    ("params p95/max", "{params_p95}/{params_max}"),
    ("duplicated", "{duplicated_share}%"),
    ("documented", "{documented_share}%"),
    ("typed", "{typed_share}%"),
    ("comments", "{comments_per_100}"),
    ("inline imports", "{inline_imports}"),
    ("suppressed", "{suppressions}"),
    ("left out", "{left_out}"),
)


def print_table(rows: dict[str, dict[str, float]]) -> None:
    print(f"| folder | {' | '.join(title for title, _ in COLUMNS)} |")
    print(f"| --- |{' ---: |' * len(COLUMNS)}")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(form.format(**row) for _, form in COLUMNS)} |")


def print_worst(functions: Sequence[Function], count: int) -> None:
    if not count:
        return
    for title, key in (("longest", "lines"), ("most complex", "complexity"), ("deepest", "depth")):
        print(f"\n{title} functions")
        for function in sorted(functions, key=lambda each: -getattr(each, key))[:count]:
            print(f"  {getattr(function, key):5d}  {function.path}:{function.line} {function.name}")


def broken_limits(measured: dict[str, dict[str, float]]) -> list[str]:
    return [
        f"{name}: {figure} is {row[figure]}, above {highest:g}"
        for name, row in measured.items()
        for figure, highest in LIMITS[name].items()
        if row[figure] > highest
    ]


def measure(folder: Path, *, by_package: bool = False) -> tuple[dict[str, dict[str, float]], list[Function]]:
    """The rows of one folder, the whole first, and every function in it."""
    paths = list(python_files(folder))
    modules = [module for module in map(read_module, paths) if module is not None]
    rows = {folder.name: row(paths, modules)}
    packages = sorted({folder / path.relative_to(folder).parts[0] for path in paths} - set(paths)) if by_package else []
    for package in packages:
        inside = {path for path in paths if package in path.parents}
        rows[f"{folder.name}/{package.name}"] = row(sorted(inside), [each for each in modules if each.path in inside])
    return rows, [function for module in modules for function in module.functions]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--by-package", action="store_true", help="a row for each direct subfolder too")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="name the N worst functions")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    product, functions = measure(ROOT / "app", by_package=options.by_package)
    tests, test_functions = measure(ROOT / "tests", by_package=options.by_package)
    templates = template_figures(ROOT / "app")
    if options.json:
        print(json.dumps(product | tests | {"templates": templates}, indent=2))
    else:
        print_table(product | tests)
        print(f"templates: lines p95 {templates['file_lines_p95']}, most {templates['file_lines_max']}")
        print_worst(functions + test_functions, options.worst)
    broken = broken_limits({"app": product["app"], "tests": tests["tests"], "templates": templates})
    for line in broken:
        print(line, file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

"""The layout holds: arrows point to the left, no circles, functions and lines stay short."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "chalicelib"
FILES = sorted(PACKAGE.rglob("*.py"))

# A room may import itself and what stands to its left.
# Rooms that share a cell, or are parted by `;`, are strangers.
ROOMS = (
    "errors log clock config record < input < rules ; channels"
    " < models < words < flows < handlers < app"
)
FLOWS = (
    "lookup < access < change < contract < engine < post"
    " < calls money errands inquiries public < views < night"
)
KNOWS = {"rules": {"errors", "record", "input"}}  # of what stands to its left, no more than this

LIBRARIES = {
    "input": {"email_validator", "phonenumbers"},
    "rules": {"jpholiday"},
    "channels": {"botocore", "pyasn1", "urllib3"},
    "models": {"botocore", "pynamodb"},
    "words": {"jinja2", "markupsafe", "typst"},
    "flows": {"pynamodb"},
    "handlers": {"chalice", "botocore", "pynamodb"},
    "app": {"chalice"},
}


def cells(row: str) -> list[set[str]]:
    """The cells of a row from left to right."""
    return [set(cell.replace(";", " ").split()) for cell in row.split(" < ")]


def to_the_left(row: str, room: str) -> set[str]:
    """The rooms that stand to the left of a room."""
    rooms: set[str] = set()
    for cell in cells(row):
        if room in cell:
            return rooms
        rooms |= cell
    raise AssertionError(f"{room} stands in no row")


def module(path: Path) -> tuple[str, ...]:
    """A file's name as Python imports it, in parts: `("chalicelib", "rules", "calendar")`."""
    return path.relative_to(ROOT).with_suffix("").parts


def room(name: tuple[str, ...]) -> str:
    return name[1] if len(name) > 1 else name[0]


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """Every name that a file imports, also inside its functions, in parts."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            yield from (tuple(f"{node.module}.{alias.name}".split(".")) for alias in node.names)


def ours(path: Path) -> Iterator[tuple[str, ...]]:
    return (name for name in imports(path) if name[0] == "chalicelib")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [ROOT / "app.py", *FILES], ids=named)
def test_arrows_between_rooms_point_to_the_left(path):
    here = room(module(path))
    if here == "__init__":
        return
    left = to_the_left(ROOMS, here)
    known = KNOWS.get(here, left) & left | {here}
    assert {room(name) for name in ours(path)} <= known


@pytest.mark.parametrize("path", sorted((PACKAGE / "flows").rglob("*.py")), ids=named)
def test_arrows_between_flows_point_to_the_left(path):
    here = module(path)[2]
    if here == "__init__":
        return
    known = to_the_left(FLOWS, here) | {here}
    assert {name[2] for name in ours(path) if name[1] == "flows"} <= known


@pytest.mark.parametrize("path", sorted((PACKAGE / "flows").rglob("*.py")), ids=named)
def test_only_post_sends_and_only_the_night_and_papers_use_queue_and_bucket(path):
    ways_out = {name[2] for name in ours(path) if name[1] == "channels"}
    allowed = {
        "post": {"ses", "chatwork", "outcome"},
        "money": {"files", "queue"},
        "night": {"queue"},
    }
    assert ways_out <= allowed.get(module(path)[2], set())


@pytest.mark.parametrize("path", FILES, ids=named)
def test_the_wall_between_houses_stands_in_one_file(path):
    compared = [node for node in nodes_of(path) if isinstance(node, ast.Compare)]
    sides = [[ast.unparse(side) for side in (node.left, *node.comparators)] for node in compared]
    in_python = [side for side in sides if not side[0].startswith("Line.")]  # what the store checks
    ends = [{name.rpartition(".")[2] for name in side} for side in in_python]
    assert ({"house", "key"} in ends) is (path.name == "lookup.py")


@pytest.mark.parametrize("path", [ROOT / "app.py", *FILES], ids=named)
def test_libraries_are_known_to_few_rooms(path):
    foreign = {name[0] for name in imports(path)} - sys.stdlib_module_names - {"chalicelib"}
    assert foreign <= LIBRARIES.get(room(module(path)), set())


def test_nothing_goes_round_in_a_circle():
    files = {module(path): path for path in FILES}
    arrows = {name: {target(each, files) for each in ours(path)} for name, path in files.items()}
    assert not circle(arrows)


def target(name: tuple[str, ...], files: dict) -> tuple[str, ...]:
    """The file that an imported name stands in."""
    return next(
        part
        for part in (name, name[:-1], (*name, "__init__"), (*name[:-1], "__init__"))
        if part in files
    )


def circle(arrows: dict) -> list:
    """A circle among the arrows, or nothing.

    Files without open arrows are taken away one by one: a circle is what is left.
    """
    arrows = {name: set(to) - {name} for name, to in arrows.items()}
    while free := [name for name, to in arrows.items() if not to]:
        for name in free:
            del arrows[name]
        for to in arrows.values():
            to.difference_update(free)
    return sorted(arrows)


def test_a_circle_would_be_seen():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}) == ["a", "b", "c"]
    assert not circle({"a": {"b"}, "b": {"c"}, "c": set()})


def test_one_file_reads_the_clock_and_one_the_environment():
    def uses(*words: str) -> set[str]:
        return {path.name for path in FILES if any(word in path.read_text() for word in words)}

    assert uses("datetime.now", "date.today", "utcnow", "time.time(") == {"clock.py"}
    assert uses("os.environ", "getenv") == {"config.py"}


def functions() -> list[tuple[str, ast.FunctionDef]]:
    found = []
    for path in [ROOT / "app.py", *FILES]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                found.append((f"{named(path)}:{node.name}", node))
    return found


def lines(function: ast.FunctionDef) -> int:
    return function.end_lineno - function.lineno + 1


def nodes_a_line(function: ast.FunctionDef) -> float:
    return sum(1 for _ in ast.walk(function)) / lines(function)


def spread(measure) -> tuple[float, float, float, str]:
    """(median, what 90 % stay within, the most, whose that is) of a measure over all functions."""
    values = sorted((measure(function), name) for name, function in functions())
    most, whose = values[-1]
    return values[len(values) // 2][0], values[len(values) * 9 // 10][0], most, whose


def nodes_of(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", [ROOT / "app.py", *FILES], ids=named)
def test_no_conditional_stands_in_a_conditional(path):
    choices = [node for node in nodes_of(path) if isinstance(node, ast.IfExp)]
    inner = [each for node in choices for each in ast.walk(node) if isinstance(each, ast.IfExp)]
    assert len(inner) == len(choices)


@pytest.mark.parametrize("path", [ROOT / "app.py", *FILES], ids=named)
def test_no_comprehension_assigns(path):
    kinds = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    comprehensions = [node for node in nodes_of(path) if isinstance(node, kinds)]
    assigned = [each for node in comprehensions for each in ast.walk(node)]
    assert not [each for each in assigned if isinstance(each, ast.NamedExpr)]


def test_functions_stay_short():
    median, most_of_them, longest, whose = spread(lines)
    assert longest <= 40, whose
    assert median <= 8
    assert most_of_them <= 20


def test_lines_hold_one_thought():
    median, most_of_them, _, densest = spread(nodes_a_line)
    assert median <= 10, densest
    assert most_of_them <= 18, densest


@pytest.mark.parametrize("path", FILES, ids=named)
def test_files_stay_short(path):
    assert len(path.read_text().splitlines()) <= 250


@pytest.mark.parametrize("path", [path for path in FILES if path.name != "__init__.py"], ids=named)
def test_every_file_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text()))

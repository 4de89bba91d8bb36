"""The layout holds: one file reads the clock and one the environment, functions stay short."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "chalicelib").rglob("*.py"))


def test_one_file_reads_the_clock_and_one_the_environment():
    def uses(words):
        return {path.name for path in FILES if any(word in path.read_text() for word in words)}

    assert uses(["datetime.now", "date.today", "utcnow", "time.time("]) == {"clock.py"}
    assert uses(["os.environ", "getenv"]) == {"config.py"}


def test_functions_and_files_stay_short():
    lengths = []
    for path in FILES:
        assert len(path.read_text().splitlines()) <= 320, path
        tree = ast.parse(path.read_text())
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        lengths += [
            (node.end_lineno - node.body[0].lineno + 1, f"{path.name}:{node.name}")
            for node in functions
        ]
    lengths.sort()
    assert lengths[-1][0] <= 40, lengths[-3:]
    assert lengths[len(lengths) // 2][0] <= 8
    assert lengths[len(lengths) * 9 // 10][0] <= 20


def test_every_public_thing_of_the_core_says_what_it_is():
    for path in FILES:
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree) or path.name == "__init__.py", path

"""The layout holds: arrows point inwards, one file reads the clock and one the environment, functions stay short."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "chalicelib").rglob("*.py"))
HELPERS = {
    "attempt",
    "carriers",
    "chatwork",
    "clock",
    "config",
    "errors",
    "kinds",
    "log",
    "mail",
    "pages",
    "phones",
    "queue",
    "ses",
    "shapes",
    "sns",
}

MAY_IMPORT = {
    "app": {"handlers", "rules"},
    "handlers": {
        "handlers",
        "flows",
        "rules",
        "chatwork",
        "clock",
        "config",
        "errors",
        "kinds",
        "log",
        "pages",
        "phones",
        "queue",
        "ses",
        "shapes",
        "sns",
    },
    "flows": {
        "chatwork",
        "flows",
        "rules",
        "models",
        "attempt",
        "carriers",
        "config",
        "errors",
        "kinds",
        "log",
        "mail",
        "phones",
        "queue",
        "ses",
        "shapes",
    },
    "rules": {"rules", "errors", "kinds", "shapes"},
    "models": {"models", "chatwork", "config"},
    "mail": {"carriers", "pages"},
    "pages": {"carriers", "chatwork", "phones", "rules"},
    "shapes": {"errors"},
    "kinds": {"carriers", "phones", "shapes"},
    "ses": {"attempt", "carriers", "config", "models"},
    "chatwork": {"attempt", "config"},
    "queue": {"config", "models"},
    "sns": {"config"},
}
OUTSIDE = {
    "rules": {"jpholiday"},
    "models": {"botocore", "pynamodb"},
    "flows": {"pynamodb"},
    "handlers": {"chalice", "botocore", "pynamodb"},
    "ses": {"botocore"},
    "chatwork": {"urllib3"},
    "queue": {"botocore"},
    "pages": {"jinja2", "markupsafe"},
    "phones": {"phonenumbers"},
    "kinds": {"email_validator"},
    "sns": {"pyasn1"},
}


def kind(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "chalicelib" and len(parts) > 1 else parts[0]


def imports(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", [ROOT / "app.py", *FILES], ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_inwards(path):
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("chalicelib.")}
    assert ours <= MAY_IMPORT.get(kind(path), set()) | ({"models"} if kind(path) == "models" else set())
    stdlib = set(__import__("sys").stdlib_module_names)
    foreign = {name.split(".")[0] for name in imports(path)} - stdlib - {"chalicelib"}
    assert foreign <= (OUTSIDE.get(kind(path), set()) if kind(path) != "app" else {"chalice"})


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
        lengths += [(node.end_lineno - node.body[0].lineno + 1, f"{path.name}:{node.name}") for node in functions]
    lengths.sort()
    assert lengths[-1][0] <= 40, lengths[-3:]
    assert lengths[len(lengths) // 2][0] <= 8
    assert lengths[len(lengths) * 9 // 10][0] <= 20


def test_every_public_thing_of_the_core_says_what_it_is():
    for path in FILES:
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree) or path.name == "__init__.py", path

"""A reference to a rule leads to its place in docs/rules, and what the documents name is there."""

import re

import pytest

from tests.docs.references import ROOT, Reference, fault, prose, references

FOLDERS = ("chalicelib", "dev", "infra", "tests", "templates")
KINDS = {".py", ".toml", ".txt", ".html", ".css", ".typ"}
OWN = ROOT / "tests" / "docs"  # its examples lead nowhere on purpose

DOCUMENTS = [
    path
    for pattern in ("README*.md", "CONTRIBUTING.md", "docs/*.md", "docs/rules/*.md")
    for path in sorted(ROOT.glob(pattern))
]
SOURCES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if path.suffix in KINDS and OWN not in path.parents
)
TEXTS = [ROOT / "app.py", *SOURCES, *DOCUMENTS]


def test_every_reference_to_a_rule_resolves():
    said = [(path, each) for path in TEXTS for text in prose(path) for each in references(text)]
    wrong = [
        f"{path.relative_to(ROOT)}: {each.file} {' '.join(each.sections)}: {why}"
        for path, each in said
        if (why := fault(each))
    ]
    assert wrong == []
    assert len(said) > 60  # the search itself finds what is there


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("who is told (houses.md 7)", [Reference("houses.md", ("7",))]),
        ("by the cut-off (houses.md 5 and 6).", [Reference("houses.md", ("5", "6"))]),
        ("(S0, houses.md 5)", [Reference("sources.md", ("S0",)), Reference("houses.md", ("5",))]),
        (
            "(houses.md 1 and 12, calls.md The line)",
            [Reference("houses.md", ("1", "12")), Reference("calls.md", ("The line",))],
        ),
        ("(calls.md Count, money.md)", [Reference("calls.md", ("Count",)), Reference("money.md")]),
        ("(houses.md 7, calls.md Report 1)", [
            Reference("houses.md", ("7",)), Reference("calls.md", ("Report 1",)),
        ]),
        ("(law.md, carrier addresses)", [Reference("law.md", ("carrier addresses",))]),
        ("(life.md, Asking for advice): the", [Reference("life.md", ("Asking for advice",))]),
        ("The events of life.md, and how they are called.", [Reference("life.md")]),
        ("houses.md 7 and 8, calls.md and the dates", [
            Reference("houses.md", ("7", "8")), Reference("calls.md"),
        ]),
        ("PC and mobile (S1 Q8)", [Reference("sources.md", ("S1", "Q8"))]),
        ("`calls.md Corrections` or [S1 Q8](sources.md)", [
            Reference("calls.md", ("Corrections",)), Reference("sources.md", ("S1", "Q8")),
            Reference("sources.md"),
        ]),
        ("see README.md and docs/style.md", []),
    ],
)  # fmt: skip
def test_references_are_read_out_of_prose(text, expected):
    assert references(text) == expected


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        (Reference("houses.md", ("7",)), None),
        (Reference("calls.md", ("The line",)), None),
        (Reference("calls.md", ("Report 1",)), None),
        (Reference("law.md", ("carrier addresses",)), None),
        (Reference("sources.md", ("S1", "Q8")), None),
        (Reference("errands.md"), "there is no errands.md"),
        (Reference("houses.md", ("5", "99")), "houses.md has no section 99"),
        (Reference("calls.md", ("Report 9",)), "calls.md has no section Report 9"),
        (Reference("calls.md", ("Lin",)), "calls.md has no section Lin"),
        (Reference("sources.md", ("S9",)), "sources.md has no S9"),
        (Reference("sources.md", ("S1", "Q99")), "sources.md has no Q99 below S1"),
        (Reference("sources.md", ("S0", "Q8")), "sources.md has no Q8 below S0"),
    ],
)
def test_a_reference_resolves_or_says_why_not(reference, why):
    assert fault(reference) == why


def test_a_reference_that_goes_on_in_the_next_line_is_read_whole(tmp_path):
    file = tmp_path / "some.py"
    file.write_text(
        '"""Who is told (houses.md\n7)."""\n\n# by the cut-off (houses.md\n# 5)\nA = 1\n'
    )
    found = [each for text in prose(file) for each in references(text)]
    assert found == [Reference("houses.md", ("7",)), Reference("houses.md", ("5",))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_of_a_document_exists(document):
    assert lost(document.read_text("utf-8"), document.parent) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`app.py`, `chalicelib/rules/calls/`, `rules/calendar.py`, `make test`", []),
        ("`houses/mk.toml` and `chalicelib/houses/*.toml`", []),
        ("`.ci/run`, `tests/flows/test_third_house.py`", []),
        ("`chalicelib/none.py`", ["chalicelib/none.py"]),
        ("`flows/none.py` (`take`)", ["flows/none.py"]),
        ("`make nothing ONLY=x`", ["make nothing"]),
        ("    PORT=1 make nothing", ["make nothing"]),
        ("[rules](none.md)", ["none.md"]),
        ("`GET /v1/plans`, `/mk/signup`, `application/json`, `applied → ended`", []),
        ("`./data`, `dist/dev/`, `mk/2026`", []),
    ],
)
def test_a_path_that_is_not_there_is_found(text, expected):
    assert lost(text, ROOT) == expected


MADE = {"data", "dist", "artefacts", ".venv", ".tools"}  # made by commands, never kept
TOPS = {path.name for path in ROOT.iterdir()} - MADE
BASES = [ROOT, ROOT / "chalicelib", *(path for path in ROOT.glob("chalicelib/*") if path.is_dir())]
SUFFIXES = (".py", ".toml", ".md", ".txt", ".html", ".yaml", ".json", ".png")


def lost(text: str, folder) -> list[str]:
    """Paths and make targets that a document names and the repository does not have."""
    quoted = re.findall(r"`([^`\n]+)`", text)
    commands = [each for each in quoted if each.startswith("make ")]
    commands += re.findall(r"^ {4}((?:\w+=\S+ )*make .+)$", text, re.MULTILINE)
    targets = [re.search(r"\bmake ([a-z][a-z0-9-]*)", command)[1] for command in commands]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    missing = [
        f"make {target}"
        for target in targets
        if not re.search(rf"^{target}:", makefile, re.MULTILINE)
    ]
    missing += [path for path in quoted if _is_path(path) and not _is_there(path)]
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    return missing + [link for link in links if not (folder / link).exists()]


def _is_path(quoted: str) -> bool:
    """A path begins with a name of the repository, or of chalicelib, and ends like a file."""
    if re.search(r"[\s…<>{}=:]", quoted) or quoted.startswith("/"):
        return False
    head = quoted.partition("/")[0]
    return (head in TOPS and "/" in quoted) or quoted.endswith(SUFFIXES)


def _is_there(path: str) -> bool:
    return any(next(base.glob(path.rstrip("/")), None) for base in BASES)

"""What source files say of `docs/rules/`, and whether the place they name is there.

A reference is a rules file with what may follow (`houses.md 5 and 6`, `calls.md Report 1`,
`law.md, carrier addresses`), or a source with a question (`S1 Q8`).
"""

import io
import re
import tokenize
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
RULES = ROOT / "docs" / "rules"

_FILE = re.compile(r"(?<![\w./-])([a-z_]+\.md)\b")
_SOURCE = re.compile(r"\bS(\d+)\b(?: Q(\d+))?")
_NUMBERS = re.compile(r",? (\d+(?:(?:, | and )\d+)*)")
_SECTION = re.compile(r",? ([A-Z][^][,.;:()`\"]*)")
_IN_BRACKETS = re.compile(r", (?!(?:[a-z_]+\.md|S\d)\b)([a-z][^][,.;:()`\"]*)(?=[,)])")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Reference(NamedTuple):
    """`sections` are numbers (`7`), names (`Corrections`, `Report 1`) or questions (`Q8`)."""

    file: str
    sections: tuple[str, ...] = ()


def references(text: str) -> list[Reference]:
    """Every reference in a piece of prose, in its order."""
    found = [(match.start(), _of_file(text, match)) for match in _FILE.finditer(text)]
    found += [(match.start(), _of_source(match)) for match in _SOURCE.finditer(text)]
    return [reference for _, reference in sorted(found)]


def _of_file(text: str, match: re.Match) -> Reference:
    name, end = match[1], match.end()
    if numbers := _NUMBERS.match(text, end):
        return Reference(name, tuple(re.findall(r"\d+", numbers[1])))
    if section := _SECTION.match(text, end):
        return Reference(name, (section[1].strip(),))
    # In lower case only a name that closes in brackets is one: other prose just goes on.
    opened = text.count("(", 0, end) > text.count(")", 0, end)
    if opened and (section := _IN_BRACKETS.match(text, end)):
        return Reference(name, (section[1].strip(),))
    return Reference(name)


def _of_source(match: re.Match) -> Reference:
    question = (f"Q{match[2]}",) if match[2] else ()
    return Reference("sources.md", (f"S{match[1]}", *question))


def fault(reference: Reference, folder: Path = RULES) -> str | None:
    """Why a reference leads nowhere; None if it resolves."""
    path = folder / reference.file
    if not path.is_file():
        return f"there is no {reference.file}"
    text = path.read_text("utf-8")
    if reference.file == "sources.md" and reference.sections:
        return _source_fault(text, *reference.sections)
    missing = [section for section in reference.sections if not _has_section(text, section)]
    return f"{reference.file} has no section {', '.join(missing)}" if missing else None


def _has_section(text: str, section: str) -> bool:
    """By number, by a heading's first words, or by both: a numbered heading below the named one."""
    if section.isdecimal():
        return any(heading.startswith(f"{section}. ") for heading in _HEADING.findall(text))
    name, _, number = section.rpartition(" ")
    if name and number.isdecimal():
        below = _below(text, name)
        return (
            below is not None and re.search(rf"^### {number}\. ", below, re.MULTILINE) is not None
        )
    return _below(text, section) is not None


def _below(text: str, name: str) -> str | None:
    """What stands below the heading of the second level that begins with these words."""
    begins = rf"^## {re.escape(name)}\b.*\n((?:(?!## ).*\n?)*)"
    found = re.search(begins, text, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else None


def _source_fault(text: str, source: str, question: str | None = None) -> str | None:
    below = _below(text, source)
    if below is None:
        return f"sources.md has no {source}"
    if question and not re.search(rf"^\| {question} \|", below, re.MULTILINE):
        return f"sources.md has no {question} below {source}"
    return None


def prose(path: Path) -> list[str]:
    """The comments and strings of a Python file, each as one line; the lines of any other file."""
    text = path.read_text("utf-8")
    return _comments_and_strings(text) if path.suffix == ".py" else text.splitlines()


def _comments_and_strings(source: str) -> list[str]:
    pieces, last = [], (-1, -1)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            said = token.string.lstrip("# ")
            follows = token.start == (last[0] + 1, last[1])
            if follows:
                pieces[-1] += " " + said
            else:
                pieces.append(said)
            last = token.start
        elif token.type == tokenize.STRING:
            pieces.append(" ".join(token.string.split()))
    return pieces

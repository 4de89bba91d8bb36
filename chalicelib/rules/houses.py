"""The houses of this deployment, each read from one TOML file.

A file is checked as a whole when it is loaded; a fault stops the start with a
sentence that names the file, the key and what would be right.
"""

import hashlib
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from chalicelib.errors import Fault, Invalid
from chalicelib.rules.house import House
from chalicelib.rules.house_checks import contradictions
from chalicelib.rules.house_file import HOUSE
from chalicelib.rules.house_records import record

FOLDER = Path(__file__).parent.parent / "houses"


class BadHouseFile(Exception):
    """A house file cannot be used. Each line names the file, the key and the remedy."""


def load(path: Path) -> House:
    """Read one house file. Raises BadHouseFile naming everything that is wrong with it."""
    try:
        text = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadHouseFile(
            f"{path.name}: TOMLとして読み取れません({fault})。示された行を直してください。"
        ) from None
    try:
        values = HOUSE.read(text)
    except Invalid as invalid:
        raise _bad(path, invalid.errors) from None
    house: House = record(House, values | {"key": path.stem})
    faults = contradictions(house)
    if faults:
        raise _bad(path, faults)
    return house


@cache
def all_houses() -> dict[str, House]:
    """Every house of this deployment by its key, which is its file's name."""
    return {path.stem: load(path) for path in _files()}


def digest() -> str:
    """Which version of the house files this is."""
    content = b"".join(path.read_bytes() for path in _files())
    return hashlib.sha256(content).hexdigest()[:16]


def find(key: str) -> House | None:
    """The house of that key, or None."""
    return all_houses().get(key)


def _files() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


def _bad(path: Path, faults: Iterable[Fault]) -> BadHouseFile:
    lines = [f"{path.name}: {fault.field or 'file'}: {fault.message}" for fault in faults]
    return BadHouseFile("\n".join(lines))


__all__ = ["FOLDER", "BadHouseFile", "House", "all_houses", "digest", "find", "load"]

"""`make fonts`: the typeface of the papers, cut from the npm package that carries it.

Noto Sans JP knows more characters than any name in Japan needs, and each of them costs room in
the layer. Nothing of it is committed: the package is pinned, and its licence lies beside the cut.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".tools"
FOLDER = TOOLS / "fonts"
TEMPLATES = ROOT / "templates" / "papers"

PACKAGE = "@expo-google-fonts/noto-sans-jp"
VERSION = "0.4.3"
SHA512 = "Fl+Z6vtD24HFAYsvzB0S9Nery1ly16B9PesdY0wBd+wEHAvkNglnkTUspU0HqGOubkmoa8zusJrKv6vDx1o70A=="
REGULAR = "package/400Regular/NotoSansJP_400Regular.ttf"
BOLD = "package/700Bold/NotoSansJP_700Bold.ttf"
LICENCE = "package/LICENSE_FONT"

CHARACTER_SETS = ("euc_jis_2004", "cp932")  # JIS X 0208 and 0213, and what Windows adds
# What names are written with besides: 𠮷 and every other ideograph, and Nguyễn.
NAMES = (
    range(0x20, 0x7F),
    range(0xA0, 0x250),
    range(0x1E00, 0x1F00),
    range(0x2E80, 0x2FE0),  # radicals, which copied names have in place of ideographs
    range(0x3400, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x40000),
)
FURTHER = {0x2014, 0x3099, 0x309A}  # —, and the marks of kana that have no whole form
KANA_AND_FORMS = (range(0x3000, 0x3100), range(0xFF01, 0xFF5F))
ASCII = range(0x20, 0x7F)
DAYS = "年月日月火水木金土"  # of a day as it is said


class Missing(Exception):
    """Why the fonts cannot be made, in one sentence."""


def make(folder: Path = FOLDER) -> Path:
    """Cut `regular.ttf` and `bold.ttf` into a folder, with `characters.txt` and the licence.

    `characters.txt` names every character of the regular cut, in order. Raises Missing.
    """
    source = _source()
    with tempfile.TemporaryDirectory(dir=TOOLS) as work:
        cut = Path(work) / "fonts"
        cut.mkdir()
        characters = _cut(source / REGULAR, cut / "regular.ttf", wanted)
        _cut(source / BOLD, cut / "bold.ttf", on_labels)
        text = "".join(map(chr, sorted(characters)))
        (cut / "characters.txt").write_text(text, "utf-8", newline="")
        shutil.copy(source / LICENCE, cut / "OFL.txt")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(cut, folder)
    return folder


def wanted(code: int) -> bool:
    """Whether a paper may show a character, given by its code point."""
    if code in FURTHER or any(code in block for block in NAMES):
        return True
    return code >= 0x20 and any(_can_write(name, chr(code)) for name in CHARACTER_SETS)


def _can_write(character_set: str, character: str) -> bool:
    try:
        character.encode(character_set)
    except UnicodeEncodeError:
        return False
    return True


def on_labels(code: int) -> bool:
    """Whether a label may need a character in bold: all that templates write, kana and figures.

    What people are called is never set in bold.
    """
    plain = code in ASCII or any(code in block for block in KANA_AND_FORMS)
    return plain or chr(code) in DAYS or chr(code) in _template_text()


@cache
def _template_text() -> str:
    return "".join(path.read_text("utf-8") for path in sorted(TEMPLATES.glob("*.typ")))


def _cut(source: Path, target: Path, wants: Callable[[int], bool]) -> set[int]:
    """Write the part of a font that is wanted; the code points that it holds."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(source, recalcTimestamp=False)
    characters = {code for code in font.getBestCmap() if wants(code)}
    options = subset.Options(hinting=False, name_IDs=["*"], notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    font.save(target)
    return characters


def _source() -> Path:
    """The unpacked package, fetched once a version."""
    place = TOOLS / f"noto-sans-jp-{VERSION}"
    if place.is_dir():
        return place
    if not shutil.which("npm"):
        raise Missing("No npm here, and the papers' font comes from an npm package.")
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS) as work:
        archive = _fetch(Path(work))
        unpacked = Path(work) / "unpacked"
        with tarfile.open(archive) as packed:
            for name in (REGULAR, BOLD, LICENCE):
                _write(unpacked / name, packed.extractfile(name))
        shutil.move(unpacked, place)
    return place


def _write(file: Path, content: IO[bytes] | None) -> None:
    """Only the content of one file: whatever else an archive says of it is left out."""
    assert content is not None  # it is no folder
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.read())


def _fetch(folder: Path) -> Path:
    """The package's archive, which must be the very one that was measured."""
    pack = ["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"]
    run = subprocess.run(pack, cwd=folder, capture_output=True, text=True)
    if run.returncode != 0:
        raise Missing(f"npm could not fetch {PACKAGE} {VERSION}.")
    archive = next(folder.glob("*.tgz"))
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise Missing(f"What npm fetched is not the {PACKAGE} {VERSION} that is pinned.")
    return archive


def main() -> int:
    try:
        folder = make()
    except Missing as why:
        print(f"{why} Until then no paper can be made, and their tests are skipped.")
        return 1
    print(f"{folder.relative_to(ROOT)} is made")
    return 0


if __name__ == "__main__":
    sys.exit(main())

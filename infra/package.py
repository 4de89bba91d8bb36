"""`make package STAGE=dev`: the SAM template and the zips that are deployed, in `dist/<stage>/`.

Chalice packs; this adds what it lacks (tables, schedules, byte code) and takes
out what no function uses. Everything is made in a folder of its own and moved
into place when it is whole, so a failure leaves nothing behind.
"""

import compileall
import json
import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from infra import layer

ROOT = Path(__file__).parent.parent
SOURCES = ("app.py", "chalicelib", "templates", "vendor", "requirements.txt", ".chalice")
# The services whose descriptions botocore has to read.
AWS_DATA = ("dynamodb", "s3", "sesv2", "ses", "sqs", "sts")
NOT_NEEDED = (
    "*.dist-info/RECORD",
    "*.pyi",
    "*.c",
    "boto3",
    "boto3-*",
    "s3transfer",
    "s3transfer-*",
    "*.data",
)
LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Unready(Exception):
    """Why nothing can be packed, in one sentence."""


def package(stage: str, region: str, into: Path = ROOT / "dist") -> Path:
    """Make the package of a stage in a folder of its own in `into`; that folder.

    Raises Unready.
    """
    check(stage, region)
    from infra.template import LAYER, merge_template

    place = into / stage
    with tempfile.TemporaryDirectory() as work:
        source, result = Path(work, "source"), Path(work, "result")
        _copy_sources(source)
        Path(source, "merge.json").write_text(json.dumps(merge_template(stage)))
        _run_chalice(source, result, stage, region)
        _rebuild(result / "deployment.zip")
        _add_layer(Path(work, "layer"), result / LAYER)
        _finish_template(result / "sam.json")
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(exist_ok=True)
        shutil.move(result, place)
    return place


def check(stage: str, region: str) -> None:
    """Raises Unready for what would only fail later, or in the cloud."""
    from chalicelib.rules import houses

    stages = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]
    names = ", ".join(stages)
    if not stage:
        raise Unready(f"Say which stage to pack, one of {names}: make package STAGE=dev")
    if stage not in stages:
        raise Unready(f"There is no stage {stage!r} in .chalice/config.json: take one of {names}.")
    if not region:
        raise Unready(
            "Say for which region to pack: set AWS_REGION, for example AWS_REGION=ap-northeast-1."
        )
    try:
        houses.all_houses()
    except houses.BadHouseFile as problem:
        raise Unready(str(problem).splitlines()[0]) from None
    _check_layer()


def _check_layer() -> None:
    try:
        layer.check()
    except layer.Missing as why:
        raise Unready(str(why)) from None


def _copy_sources(source: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "deployments", "deployed")
    source.mkdir()
    for name in SOURCES:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(path, source / name)


def _run_chalice(source: Path, result: Path, stage: str, region: str) -> None:
    regions = {"AWS_DEFAULT_REGION": region, "AWS_REGION": region}
    environment = os.environ | regions | {"PYTHONPATH": ""}
    chalice = [sys.executable, "-c", "from chalice.cli import main; main()"]
    options = ["package", "--stage", stage, "--merge-template", "merge.json", str(result)]
    run = subprocess.run(
        [*chalice, *options], cwd=source, env=environment, capture_output=True, text=True
    )
    if run.returncode != 0:
        last_words = (run.stderr or run.stdout).strip().splitlines()[-1]
        raise Unready(f"Chalice could not pack: {last_words}")


def _rebuild(archive: Path) -> None:
    """The zip again: trimmed, in a fixed order and time.

    Its byte code is never checked against its source.
    """
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        _trim(folder)
        _compile(folder)
        _pack(folder, archive)


def _add_layer(folder: Path, archive: Path) -> None:
    """The layer of the papers as a zip. It is no code of ours: nothing of it is compiled."""
    try:
        layer.gather(folder)
    except layer.Missing as why:
        raise Unready(str(why)) from None
    for pattern in ("*.pyi", "*.dist-info/RECORD", "*.dist-info/sboms"):
        for path in list(folder.rglob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    _pack(folder, archive)


def _compile(folder: Path) -> None:
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(
        folder, quiet=2, invalidation_mode=mode, stripdir=folder, workers=0
    ):
        raise Unready("A Python file of the package cannot be compiled.")


def _pack(folder: Path, archive: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in files:
            entry = zipfile.ZipInfo(str(path.relative_to(folder)), LONG_AGO)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())


def _trim(folder: Path) -> None:
    for service in (folder / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in AWS_DATA:
            shutil.rmtree(service)
    for pattern in NOT_NEEDED:
        for path in _matches(folder, pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _matches(folder: Path, pattern: str) -> Iterator[Path]:
    """What a pattern names: a plain name or a path at the top, any other wherever it lies."""
    is_at_top = "/" in pattern or "*" not in pattern
    return folder.glob(pattern) if is_at_top else folder.rglob(pattern)


def _finish_template(file: Path) -> None:
    """What a merge can only add to, put right: nothing uses Chalice's own role."""
    template = json.loads(file.read_text())
    template["Resources"].pop("DefaultRole", None)
    file.write_text(json.dumps(template, indent=1, ensure_ascii=False) + "\n")


def main() -> int:
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    try:
        place = package(os.environ.get("STAGE", ""), region)
    except Unready as why:
        print(why)
        return 1
    print(f"{place.relative_to(ROOT)}/sam.json")
    for archive in sorted(place.glob("*.zip")):
        print(f"{archive.relative_to(ROOT)}  {archive.stat().st_size / 2**20:.1f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

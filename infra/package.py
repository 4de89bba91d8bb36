"""`make package STAGE=dev`: the SAM template and the zip that are deployed, in `dist/<stage>/`.

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
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = ("app.py", "chalicelib", "templates", "vendor", "requirements.txt", ".chalice")
AWS_DATA = (
    "dynamodb",
    "sesv2",
    "ses",
    "sqs",
    "sts",
)  # the services whose descriptions botocore has to read
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
    """Make the package of a stage; the folder it lies in, one of its own in `into`. Raises Unready."""
    check(stage, region)
    from infra.template import merge_template

    place = into / stage
    with tempfile.TemporaryDirectory() as work:
        source, made = Path(work, "source"), Path(work, "made")
        _copy_sources(source)
        Path(source, "merge.json").write_text(json.dumps(merge_template(stage)))
        _run_chalice(source, made, stage, region)
        _rebuild(made / "deployment.zip")
        _finish_template(made / "sam.json")
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(exist_ok=True)
        shutil.move(made, place)
    return place


def check(stage: str, region: str) -> None:
    """Raises Unready for what would only fail later, or in the cloud."""
    from chalicelib.rules import houses

    stages = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]
    if not stage:
        raise Unready(
            f"Say which stage to pack, one of {', '.join(stages)}: make package STAGE=dev"
        )
    if stage not in stages:
        raise Unready(
            f"There is no stage {stage!r} in .chalice/config.json: take one of {', '.join(stages)}."
        )
    if not region:
        raise Unready(
            "Say for which region to pack: set AWS_REGION, for example AWS_REGION=ap-northeast-1."
        )
    try:
        houses.all_houses()
    except houses.BadHouseFile as bad:
        raise Unready(str(bad).splitlines()[0]) from None


def _copy_sources(source: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "deployments", "deployed")
    source.mkdir()
    for name in SOURCES:
        found = ROOT / name
        if found.is_dir():
            shutil.copytree(found, source / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy(found, source / name)


def _run_chalice(source: Path, made: Path, stage: str, region: str) -> None:
    environment = os.environ | {
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "PYTHONPATH": "",
    }
    chalice = [
        sys.executable,
        "-m",
        "chalice.cli",
        "package",
        "--stage",
        stage,
        "--merge-template",
        "merge.json",
        str(made),
    ]
    chalice[1:3] = ["-c", "from chalice.cli import main; main()"]
    done = subprocess.run(chalice, cwd=source, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise Unready(
            f"Chalice could not pack: {(done.stderr or done.stdout).strip().splitlines()[-1]}"
        )


def _rebuild(archive: Path) -> None:
    """The zip again: trimmed, with byte code that is never checked against its source, in a fixed order and time."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        _trim(folder)
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        if not compileall.compile_dir(
            folder, quiet=2, invalidation_mode=mode, stripdir=folder, workers=0
        ):
            raise Unready("A Python file of the package cannot be compiled.")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                entry = zipfile.ZipInfo(str(path.relative_to(folder)), LONG_AGO)
                entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
                packed.writestr(entry, path.read_bytes())


def _trim(folder: Path) -> None:
    for service in (folder / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in AWS_DATA:
            shutil.rmtree(service)
    for pattern in NOT_NEEDED:
        for path in (
            folder.glob(pattern) if "/" in pattern or "*" not in pattern else folder.rglob(pattern)
        ):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _finish_template(file: Path) -> None:
    """What a merge can only add to, put right: nothing uses Chalice's own role."""
    template = json.loads(file.read_text())
    template["Resources"].pop("DefaultRole", None)
    file.write_text(json.dumps(template, indent=1, ensure_ascii=False) + "\n")


def main() -> int:
    try:
        place = package(
            os.environ.get("STAGE", ""),
            os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "",
        )
    except Unready as why:
        print(why)
        return 1
    zipped = place / "deployment.zip"
    print(
        f"{place.relative_to(ROOT)}/sam.json\n{zipped.relative_to(ROOT)}  {zipped.stat().st_size / 2**20:.1f} MiB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`make mutation`: whether the tests of the rules notice when a rule is changed by a hair.

mutmut 3 changes nothing outside functions, where the houses' limits stand, and cosmic-ray writes into the working tree
and starts Python anew for each change; here each change is tried in a fork of a process that has everything imported.
What cannot be noticed, since it changes nothing, is excused with its reason in tests/rules/survivors.toml.
"""

import contextlib
import io
import os
import re
import signal
import sys
import time
import tomllib
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from unittest import mock

import hypothesis
import pytest

from dev.mutants import Mutant, mutants

ROOT = Path(__file__).parent.parent
RULES, TESTS = ROOT / "chalicelib" / "rules", ROOT / "tests" / "rules"
ENGINE = ROOT / "tests" / "flows" / "engine"  # what the dues' rules make of a contract
FLOOR = 90  # percent, in every file
SPARE = 5  # seconds of the processor beyond what the tests need: a rule that never ends has been noticed


class Watch:
    """A pytest plug-in that learns which test enters which files and how long it takes, then picks tests by it."""

    def __init__(self) -> None:
        self.entered: dict[str, set[str]] = {}
        self.seconds: dict[str, float] = {}
        self.mutant: Mutant | None = None

    def pytest_collection_modifyitems(self, items):
        if self.mutant:
            place = {test: place for place, test in enumerate(self.fit(self.mutant))}
            items[:] = sorted(
                (item for item in items if item.nodeid in place),
                key=lambda item: place[item.nodeid],
            )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        seen, begun = self.entered.setdefault(item.nodeid, set()), time.monotonic()

        def look(frame, *_):
            seen.add(frame.f_code.co_filename)
            if time.monotonic() > begun + 1:
                sys.settrace(None)

        sys.settrace(None if self.mutant else look)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.seconds[item.nodeid] = time.monotonic() - begun

    def fit(self, mutant: Mutant) -> list[str]:
        """The tests that enter the changed file, the quickest first, then those that enter a file which imports it.

        The latter read what the changed file says outside its functions without ever entering it.
        """
        imported = re.compile(rf"^(from|import) .*\b{mutant.path.stem}\b", re.M)
        users = {
            str(path)
            for folder in (RULES, TESTS, ENGINE)
            for path in folder.rglob("*.py")
            if imported.search(path.read_text())
        }
        enter = [test for test, files in self.entered.items() if str(mutant.path) in files]
        read = [
            test
            for test, files in self.entered.items()
            if users & files and str(mutant.path) not in files
        ]
        return sorted(enter, key=self.seconds.__getitem__) + sorted(
            read, key=self.seconds.__getitem__
        )

    def patience(self, mutant: Mutant) -> float:
        """Seconds of the processor, not of the clock: on a busy machine what is only slow must not pass for noticed."""
        return SPARE + 2 * sum(self.seconds[test] for test in self.fit(mutant))

    def run(self, *files: str) -> int:
        quick = ["-p", "no:xdist", "-p", "no:unraisableexception", "--assert=plain"]
        return pytest.main(
            ["-x", "-q", *quick, f"--rootdir={ROOT}", f"--confcutdir={TESTS}", *files],
            plugins=[self],
        )

    def run_on(self, mutant: Mutant) -> int:
        """Tests the changed text in place of the file; needs a process of its own, that nothing was imported into."""
        as_it_is, self.mutant = SourceFileLoader.get_code, mutant

        def changed(loader: SourceFileLoader, name: str) -> CodeType | None:
            return (
                compile(mutant.text, mutant.path, "exec")
                if Path(loader.path) == mutant.path
                else as_it_is(loader, name)
            )

        files = sorted({str(ROOT / test.partition("::")[0]) for test in self.fit(mutant)})
        with mock.patch.object(SourceFileLoader, "get_code", changed):
            return self.run(*files) if files else pytest.ExitCode.NO_TESTS_COLLECTED


def survivors(waiting: list[Mutant], watch: Watch) -> list[Mutant]:
    running: dict[int, Mutant] = {}
    found = []
    while waiting or running:
        if waiting and len(running) < (os.cpu_count() or 2):
            mutant, *waiting = waiting
            if child := os.fork():
                running[child] = mutant
                continue
            signal.setitimer(signal.ITIMER_PROF, watch.patience(mutant))
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            code: int = pytest.ExitCode.INTERNAL_ERROR
            try:
                code = watch.run_on(mutant)
            finally:
                os._exit(code)
        child, status = os.wait()
        mutant, code = running.pop(child), os.waitstatus_to_exitcode(status)
        if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            found.append(mutant)
        elif code not in (
            pytest.ExitCode.TESTS_FAILED,
            pytest.ExitCode.INTERRUPTED,
            -signal.SIGPROF,
        ):
            raise RuntimeError(
                f"pytest ended with {code} on {mutant.path.name}:{mutant.number}: {mutant.becomes}"
            )
    return found


def main(*only: str) -> int:
    """Measures the named rules, or all; 1 if a file is under the floor or an excuse in survivors.toml has gone stale."""
    hypothesis.settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
    hypothesis.settings.load_profile("mutation")
    watch = Watch()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        failed = watch.run(str(TESTS), str(ENGINE))
    if failed:
        print(f"{said.getvalue()}\nThe tests fail on the rules as they are.")
        return 1
    for name in [name for name in sys.modules if name.split(".")[0] in ("chalicelib", "tests")]:
        del sys.modules[
            name
        ]  # what third parties bring stays imported for every process that follows
    excuses = tomllib.loads((TESTS / "survivors.toml").read_text())["equivalent"]
    return (
        1
        if sum(
            [
                poor(path, watch, excuses)
                for path in sorted(RULES.rglob("[a-z]*.py"))
                if path.stem in (only or [path.stem])
            ]
        )
        else 0
    )


def poor(path: Path, watch: Watch, excuses: list[dict]) -> bool:
    """Measures one file and tells of it; whether it is under the floor or an excuse is stale."""
    excused = {
        (each["line"], each["becomes"])
        for each in excuses
        if each["file"] == path.name and each["why"]
    }
    made = mutants(path)
    left = survivors(made, watch)
    missed = [
        mutant for mutant in sorted(left, key=lambda each: each[2:]) if mutant[3:] not in excused
    ]
    for mutant in missed:
        print(f"{path.relative_to(ROOT)}:{mutant.number}\n  - {mutant.line}\n  + {mutant.becomes}")
    stale = excused - {mutant[3:] for mutant in left}
    for line, becomes in sorted(stale):
        print(
            f"{path.name}: noticed or gone, take it out of survivors.toml\n  - {line}\n  + {becomes}"
        )
    score = 100 * (1 - len(missed) / ((len(made) - len(left) + len(missed)) or 1))
    print(
        f"{path.name:14} {score:6.1f} %  {len(made)} changes, {len(missed)} unnoticed, {len(left) - len(missed)} excused",
        flush=True,
    )
    return bool(stale) or score < FLOOR


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

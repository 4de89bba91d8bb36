"""`make mutation`: whether the tests of the rules notice when a rule is changed by a hair.

mutmut 3 changes nothing outside functions, where the houses' limits stand;
cosmic-ray writes into the working tree and starts Python anew for each change.
Here each change is tried in a fork of a process that has everything imported.
A change that nothing can notice is excused in tests/rules/survivors.toml, with
its reason.
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
# Seconds of the processor beyond what the tests need: a rule that never ends has been noticed.
SPARE = 5
NOTICED = (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED, -signal.SIGPROF)
UNNOTICED = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


class Watch:
    """A pytest plug-in that learns which test enters which files and how long the test takes.

    Then it picks the tests that fit a mutant.
    """

    def __init__(self) -> None:
        self.entered: dict[str, set[str]] = {}
        self.seconds: dict[str, float] = {}
        self.mutant: Mutant | None = None

    def pytest_collection_modifyitems(self, items):
        if self.mutant is None:
            return
        place = {test: place for place, test in enumerate(self.fit(self.mutant))}
        fitting = [item for item in items if item.nodeid in place]
        items[:] = sorted(fitting, key=lambda item: place[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        files, start = self.entered.setdefault(item.nodeid, set()), time.monotonic()

        def look(frame, *_):
            files.add(frame.f_code.co_filename)
            if time.monotonic() > start + 1:
                sys.settrace(None)

        sys.settrace(None if self.mutant else look)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.seconds[item.nodeid] = time.monotonic() - start

    def fit(self, mutant: Mutant) -> list[str]:
        """The tests that enter the changed file, the quickest first, then those of its users.

        A user is a file that imports the changed one. Its tests read what the
        changed file says outside its functions without ever entering it.
        """
        changed_file = str(mutant.path)
        users = _users(mutant.path)
        entering, reading = [], []
        for test, files in self.entered.items():
            if changed_file in files:
                entering.append(test)
            elif users & files:
                reading.append(test)
        quickest_first = self.seconds.__getitem__
        return sorted(entering, key=quickest_first) + sorted(reading, key=quickest_first)

    def patience(self, mutant: Mutant) -> float:
        """How long the tests of a mutant may take, in seconds of the processor.

        The clock will not do: on a busy machine a slow test must not pass for one that noticed.
        """
        return SPARE + 2 * sum(self.seconds[test] for test in self.fit(mutant))

    def run(self, *files: str) -> int:
        quick = ["-p", "no:xdist", "-p", "no:unraisableexception", "--assert=plain"]
        return pytest.main(
            ["-x", "-q", *quick, f"--rootdir={ROOT}", f"--confcutdir={TESTS}", *files],
            plugins=[self],
        )

    def run_on(self, mutant: Mutant) -> int:
        """Run the tests on the changed text in place of the file; pytest's exit code.

        This needs a process of its own, into which nothing was imported.
        """
        original, self.mutant = SourceFileLoader.get_code, mutant

        def changed(loader: SourceFileLoader, name: str) -> CodeType | None:
            if Path(loader.path) == mutant.path:
                return compile(mutant.text, mutant.path, "exec")
            return original(loader, name)

        files = sorted({str(ROOT / test.partition("::")[0]) for test in self.fit(mutant)})
        with mock.patch.object(SourceFileLoader, "get_code", changed):
            return self.run(*files) if files else pytest.ExitCode.NO_TESTS_COLLECTED


def _users(path: Path) -> set[str]:
    """The files of rules and tests that import a file."""
    imports = re.compile(rf"^(from|import) .*\b{path.stem}\b", re.M)
    files = [*RULES.rglob("*.py"), *TESTS.rglob("*.py"), *ENGINE.rglob("*.py")]
    return {str(file) for file in files if imports.search(file.read_text())}


def survivors(waiting: list[Mutant], watch: Watch) -> list[Mutant]:
    """The mutants that no test notices; each is tried in a process, one for each processor."""
    running: dict[int, Mutant] = {}
    unnoticed = []
    while waiting or running:
        if waiting and len(running) < (os.cpu_count() or 2):
            mutant, *waiting = waiting
            running[_try_in_fork(mutant, watch)] = mutant
            continue
        child, status = os.wait()
        mutant, code = running.pop(child), os.waitstatus_to_exitcode(status)
        if code in UNNOTICED:
            unnoticed.append(mutant)
        elif code not in NOTICED:
            place = f"{mutant.path.name}:{mutant.number}"
            raise RuntimeError(f"pytest ended with {code} on {place}: {mutant.becomes}")
    return unnoticed


def _try_in_fork(mutant: Mutant, watch: Watch) -> int:
    """The id of a new process that ends with pytest's exit code on the mutant."""
    if child := os.fork():
        return child
    signal.setitimer(signal.ITIMER_PROF, watch.patience(mutant))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    code: int = pytest.ExitCode.INTERNAL_ERROR
    try:
        code = watch.run_on(mutant)
    finally:
        os._exit(code)


def main(*only: str) -> int:
    """Measure the named rules, or all of them.

    Returns 1 if a file is under the floor or an excuse in survivors.toml has
    gone stale, else 0.
    """
    hypothesis.settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
    hypothesis.settings.load_profile("mutation")
    watch = Watch()
    with contextlib.redirect_stdout(io.StringIO()) as output:
        failed = watch.run(str(TESTS), str(ENGINE))
    if failed:
        print(f"{output.getvalue()}\nThe tests fail on the rules as they are.")
        return 1
    _forget_imports()
    excuses = tomllib.loads((TESTS / "survivors.toml").read_text())["equivalent"]
    paths = sorted(RULES.rglob("[a-z]*.py"))
    verdicts = [poor(path, watch, excuses) for path in paths if not only or path.stem in only]
    return 1 if any(verdicts) else 0


def _forget_imports() -> None:
    """Forget our own modules; those of third parties stay imported for every later process."""
    for name in list(sys.modules):
        if name.split(".")[0] in ("chalicelib", "tests"):
            del sys.modules[name]


def poor(path: Path, watch: Watch, excuses: list[dict]) -> bool:
    """Measure and print one file; whether it is under the floor or an excuse is stale."""
    ours = [each for each in excuses if each["file"] == path.name and each["why"]]
    excused = {(each["line"], each["becomes"]) for each in ours}
    changes = mutants(path)
    unnoticed = sorted(survivors(changes, watch), key=lambda mutant: mutant[2:])
    missed = [mutant for mutant in unnoticed if mutant[3:] not in excused]
    for mutant in missed:
        print(f"{path.relative_to(ROOT)}:{mutant.number}\n  - {mutant.line}\n  + {mutant.becomes}")
    stale = excused - {mutant[3:] for mutant in unnoticed}
    for line, becomes in sorted(stale):
        print(f"{path.name}: noticed or gone, take it out of survivors.toml")
        print(f"  - {line}\n  + {becomes}")
    excused_count = len(unnoticed) - len(missed)
    score = 100 * (1 - len(missed) / (len(changes) - excused_count or 1))
    counts = f"{len(changes)} changes, {len(missed)} unnoticed, {excused_count} excused"
    print(f"{path.name:14} {score:6.1f} %  {counts}", flush=True)
    return bool(stale) or score < FLOOR


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

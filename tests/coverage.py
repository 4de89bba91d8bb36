"""Which lines of the product no test reaches, told before pytest's own last line."""

import json
import os
from pathlib import Path

import pytest
import slipcover

FLOOR = 98  # percent


def measured() -> dict | None:
    """What all processes of the tests have reached together; None where it is not measured."""
    file = Path(os.environ.get("SLIPCOVER_COVERAGE_DIR", ""), "merged.json")
    return json.loads(file.read_text()) if file.exists() else None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    reached = measured()
    if reached and reached["summary"]["percent_covered"] < FLOOR:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if reached := measured():
        percent = reached["summary"]["percent_covered"]
        terminalreporter.section("lines that no test reaches")
        slipcover.print_coverage(reached, outfile=terminalreporter, skip_covered=True)
        terminalreporter.line(f"{percent:.2f} % of the lines are reached; the floor is {FLOOR} %.")

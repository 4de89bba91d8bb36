"""The fault matrix of a path: every call of its record under every fault.

After each the repair, and what must hold then.
"""

import io
import random
import time
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from zlib import crc32

from chalicelib.config import TABLE_PREFIX
from tests.desk import Answer
from tests.faults import holds
from tests.faults.kinds import FAULTS, KINDS, Fault
from tests.faults.paths import Path
from tests.faults.wire import Call, Killed, Mail, Wire
from tests.faults.world import Tables, World

REPEATS = 5  # a client asks again every 5 seconds, as Retry-After says
RETRIES = 2  # Lambda calls a function again with an event that it failed on


@dataclass
class Run:
    """What came of telling a story.

    The calls, the fault's hits, everything that was answered, and the world
    after the repair.
    """

    start: datetime
    calls: list[Call] = field(default_factory=list)
    hits: int = 0
    answers: list[Answer] = field(default_factory=list)
    tables: Tables = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    taken: int = 0
    view: object = None


class Teller:
    """Tells a path's story on the prepared world, as often as wanted.

    It also does what else goes on in that world.
    """

    def __init__(self, path: Path, world: World):
        self.path, self.world = path, world
        self.wire = Wire(TABLE_PREFIX, meanwhile=self)
        path.prepare(world.desk)
        world.keep()

    def tell(self, place: int | None = None, fault: Fault | None = None) -> Run:
        """The story with one fault in it, and the repair.

        Who asked asks again, and the sweep runs for two minutes.
        """
        self.world.restore()
        random.seed(0)
        self.run = run = Run(start=self.world.desk.moment)
        with redirect_stderr(io.StringIO()), self.wire.laid(), self.world.clocks():
            with self.wire.listening(place, fault):
                done = self._ask(struck=fault is not None)
            run.calls, run.hits = self.wire.calls, self.wire.hits
            self._repair(done)
            run.mails, run.taken = self.wire.mails, self.world.mails_taken()
            run.view = self.path.look(self.world.desk)
            run.tables = self._look()
        return run

    def rival(self) -> None:
        """Somebody else does the same: the client's own repeat, another sweep."""
        with self.wire.aside():
            self._ask()

    def rival_dies(self) -> None:
        """The same, and the process is killed as soon as its mail was taken."""
        with self.wire.aside(dies=True):
            self._ask()

    def time_passes(self) -> None:
        """Longer than a lease; the sweep finds what is left."""
        with self.wire.aside():
            self.world.sweep(after=35)

    def _ask(self, struck: bool = False) -> bool:
        """The story, once; whether it is done.

        Only a process that is killed, or a job under a fault, may leave no answer.
        """
        try:
            answer = self.path.story(self.world.desk)
        except Killed:
            self.world.new_process()
            return False
        except Exception:
            if not struck or self.path.final:
                raise
            return False
        if isinstance(answer, Answer):
            self.run.answers.append(answer)
            return answer.status == self.path.final
        return True

    def _look(self) -> Tables:
        return self.world.look(self.wire.written)

    def _repair(self, done: bool) -> None:
        for _ in range(self._repeats()):
            if done:
                break
            if self.path.event:
                # Lambda takes its time, and the sweep comes every minute.
                self.world.sweep(after=60)
            else:
                self.world.sleep(5)
            done = self._ask()
        self.world.sweep(after=60)
        if holds.waiting(self._look()):
            self.world.sweep(after=60)
        if self.path.final or self.path.event:
            self._ask()

    def _repeats(self) -> int:
        if self.path.final:
            return REPEATS
        return RETRIES if self.path.event else 0


@dataclass
class Cell:
    """One call under one fault.

    It has why the call cannot meet the fault, or what did not hold: nothing, if
    all is well.
    """

    place: int
    call: Call
    fault: Fault
    misses: str = ""
    left: bool = False  # to the long run
    broken: list[str] = field(default_factory=list)
    ran: bool = False
    again: int = 0  # mails that went out once more

    @property
    def mark(self) -> str:
        if self.misses:
            return "·"
        if self.left:
            return "-"
        if not self.ran:
            return "?"
        if self.broken:
            return "X"
        return "2" if self.again else "o"

    def __str__(self) -> str:
        return f"{self.place + 1} {self.call} | {self.fault.kind}: {self.fault.name}"


@dataclass
class Matrix:
    path: Path
    calls: list[Call]
    cells: list[Cell]
    seconds: float = 0.0  # of this process's own work

    @property
    def failed(self) -> list[str]:
        cells = [cell for cell in self.cells if cell.broken]
        return [f"{self.path.name} | {cell}: {'; '.join(cell.broken)}" for cell in cells]

    @property
    def not_run(self) -> list[str]:
        cells = [cell for cell in self.cells if not (cell.ran or cell.misses or cell.left)]
        return [str(cell) for cell in cells]

    def __str__(self) -> str:
        width = max(len(str(call)) for call in self.calls) + 5
        lines = [f"{self.path.name}", " " * width + "".join(f"{kind:<11}" for kind in KINDS)]
        for place, call in enumerate(self.calls):
            marks = "".join(f"{self._marks(place, kind):<11}" for kind in KINDS)
            name = f"{place + 1:>2} {call}"
            lines.append(f"{name:<{width}}{marks}")
        return "\n".join([*lines, self._sum()])

    def _marks(self, place: int, kind: str) -> str:
        """The signs of a call's cells of one kind."""
        cells = [cell for cell in self.cells if cell.place == place and cell.fault.kind == kind]
        return "".join(cell.mark for cell in cells)

    def _sum(self) -> str:
        ran = len([cell for cell in self.cells if cell.ran])
        left = len([cell for cell in self.cells if cell.left])
        misses = len([cell for cell in self.cells if cell.misses])
        short = f", {left} left to `make faults`" if left else ""
        counts = f"{ran} cells run{short}, {misses} cannot happen, {len(self.failed)} broken"
        return f"{counts}; {self.seconds:.1f} s of CPU beside the store's"


def legend() -> str:
    """What each sign in a table's columns stands for, and the reasons for the dots."""
    lines = [
        "o held   2 held, and a mail went out again with its doubt on record   X broken   "
        "- left to `make faults`   · cannot happen; the signs of a column, in this order:"
    ]
    for kind in KINDS:
        names = [fault.name for fault in FAULTS if fault.kind == kind]
        lines.append(f"{kind:<10} {' / '.join(names)}")
    return "\n".join(lines)


def run(path: Path, world: World, choice: str) -> Matrix:
    """Record the path, then tell it again with a fault in it, and again for each further fault.

    `choice` says with which: `all` faults at each call, `some` (one of each
    kind), or `few` (one at each call).
    """
    teller, start = Teller(path, world), time.process_time()
    calm = teller.tell()
    cells = [
        Cell(place, call, fault, misses=_misses(path, call, fault))
        for place, call in enumerate(calm.calls)
        for fault in FAULTS
    ]
    if choice != "all":
        _leave_out(path, cells, choice)
    for cell in cells:
        if not cell.misses and not cell.left:
            _fill(cell, teller, calm)
    return Matrix(path, calm.calls, cells, time.process_time() - start)


def _misses(path: Path, call: Call, fault: Fault) -> str:
    if path.old and fault.kind == "stale":
        return "what it reads was written days before"
    return fault.misses(call)


def _fill(cell: Cell, teller: Teller, calm: Run) -> None:
    run = teller.tell(cell.place, cell.fault)
    cell.broken = holds.broken(calm, run, cell, teller.path, teller.world.prepared)
    cell.ran = True
    cell.again = max(0, len(run.mails) - len(calm.mails))


def _leave_out(path: Path, cells: list[Cell], choice: str) -> None:
    """One fault remains at each call, or with `some` one of each kind.

    It is drawn by path and place, so it is always the same. With `some` a
    transaction keeps them all.
    """
    some = choice == "some"

    def draw(cell: Cell) -> tuple[int, str]:
        return cell.place, cell.fault.kind if some else ""

    for (place, kind), group in groupby(cells, key=draw):
        able = [cell for cell in group if not cell.misses]
        if some:
            able = [cell for cell in able if cell.call.operation != "TransactWriteItems"]
        chosen = crc32(f"{path.name} {place} {kind}".encode()) % max(1, len(able))
        for number, cell in enumerate(able):
            cell.left = number != chosen

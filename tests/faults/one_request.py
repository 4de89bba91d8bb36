"""One thing that the app does, in a process that the tests may kill."""

import os
import sys
from datetime import datetime

from tests import conftest  # noqa: F401 - the tests' environment
from tests.desk import Desk


def main(what: str) -> None:
    desk = Desk()
    desk.moment = datetime.fromisoformat(os.environ["DESK_MOMENT"])
    if what == "memo":
        desk.memo("killed-1")
    elif what == "signup":
        desk.signs_up("smile")
    else:
        import app

        app.sweep({}, None)


if __name__ == "__main__":
    main(sys.argv[1])

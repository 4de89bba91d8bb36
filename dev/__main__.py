"""`python -m dev`: the whole back office on this machine. `python -m dev nightly 2026-12-01`: live through the days until then."""

import os
import signal
import sys
import threading
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path


def main(arguments: list[str]) -> int:
    port = int(os.environ.get("PORT") or 8000)
    if arguments[:1] == ["nightly"]:
        return nightly(port, *arguments[1:])
    return run(port)


def run(port: int) -> int:
    """Start everything, say where it is, and serve until Ctrl-C."""
    from dev import store

    remembers = os.environ.get("STORE") == "dynamodb-local"
    if os.environ.get("STORE") not in (None, "", "moto", "dynamodb-local"):
        print(
            "STORE is moto (in memory) or dynamodb-local (keeps its data): make run STORE=dynamodb-local DATA=./data"
        )
        return 1
    if not remembers:
        return serve(port, store.Drawer(None))
    if why := store.missing():
        print(why)
        return 1
    data = Path(os.environ.get("DATA") or "data")
    drawer = store.Drawer(data)
    with store.running(data) as address:
        return serve(port, drawer, address)


def serve(port: int, drawer, dynamodb: str | None = None) -> int:
    """The app, its cloud and its clockwork, until Ctrl-C."""
    from dev import cloud

    address = f"http://127.0.0.1:{port}"
    cloud.open_cloud(address, drawer, dynamodb)
    import app
    from chalicelib import clock
    from dev import days, demo, server

    try:
        http = server.make_server(app.app, port)
    except OSError as taken:
        print(
            f"Port {port} cannot be used ({taken.strerror}). Choose another: make run PORT={port + 1}"
        )
        return 1
    days.run_clock()
    shown = drawer.read("demo") or [each._asdict() for each in demo.fill(clock.now())]
    drawer.keep("demo", shown)
    threading.Thread(target=days.keep_going, daemon=True).start()
    threading.Thread(target=http.serve_forever, daemon=True).start()
    with urllib.request.urlopen(f"{address}/healthz") as answer:
        assert answer.status == 200
    _tell(address, shown, drawer)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print("\nstopped")
    http.shutdown()
    cloud.keep_mails()
    return 0


def nightly(port: int, at: str = "") -> int:
    """Ask the running stack to live through the nights until a day."""
    try:
        day = date.fromisoformat(at)
    except ValueError:
        print("Say until which day, for example: make nightly AT=2026-12-01")
        return 1
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_dev/nightly/{day}") as answer:
            print(answer.read().decode(), end="")
    except urllib.error.URLError:
        print(f"Nothing answers on port {port}. Start it first: make run")
        return 1
    return 0


def _tell(address: str, shown: list[dict], drawer) -> None:
    kept = f"is kept in {drawer.folder}" if drawer.folder else "is gone when it stops"
    print(f"\nDenwaban runs on this machine. What is stored {kept}.\n")
    print(f"  signup      {address}/mk/signup   {address}/smile/signup")
    print(
        f"  mails       {address}/_dev/mails (bounce@…, full@…, late@… and spam@… do not simply arrive)"
    )
    print(f"  Chatwork    {address}/_dev/chatwork")
    print(f"  API         {address}/docs\n")
    for house in shown:
        print(f"  {house['house']}: a client in trial, {house['contract']}, on {house['line']}")
        for role, key in house["keys"].items():
            print(f"    {role:<9} {key}")
    print("\n  live through days: make nightly AT=2026-12-01\n")
    print(f"ready {address}", flush=True)


if __name__ == "__main__":
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(0)

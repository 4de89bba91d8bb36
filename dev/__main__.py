"""The whole back office on this machine.

`python -m dev` starts the stack. `python -m dev nightly 2026-12-01` lets the
running stack live through the days until that date.
"""

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

    wish = os.environ.get("STORE") or "moto"
    if wish not in ("moto", "dynamodb-local"):
        print(
            "STORE is moto (in memory) or dynamodb-local (keeps its data): "
            "make run STORE=dynamodb-local DATA=./data"
        )
        return 1
    if wish == "moto":
        return serve(port, store.Drawer(None))
    if why := store.missing():
        print(why)
        return 1
    data = Path(os.environ.get("DATA") or "data")
    drawer = store.Drawer(data)
    with store.running(data) as address:
        return serve(port, drawer, address)


def serve(port: int, drawer, dynamodb: str | None = None) -> int:
    """The app, its cloud and its clockwork, until Ctrl-C.

    `dynamodb` is the address of a store that remembers; the drawer keeps what
    lies beside its tables.
    """
    from dev import cloud

    address = f"http://127.0.0.1:{port}"
    cloud.open_cloud(address, drawer, dynamodb)
    import app
    from dev import days, server

    try:
        http = server.make_server(app.app, port)
    except OSError as refusal:
        print(f"Port {port} cannot be used ({refusal.strerror}). Choose another: ", end="")
        print(f"make run PORT={port + 1}")
        return 1
    days.run_clock()
    examples = _examples(drawer)
    threading.Thread(target=days.keep_going, daemon=True).start()
    threading.Thread(target=http.serve_forever, daemon=True).start()
    with urllib.request.urlopen(f"{address}/healthz") as answer:
        assert answer.status == 200
    _welcome(address, examples, drawer)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print("\nstopped")
    http.shutdown()
    cloud.keep_mails()
    return 0


def _examples(drawer) -> list[dict]:
    """The clients to look at: those of an earlier run, or new ones."""
    from chalicelib import clock
    from dev import demo

    examples = drawer.read("demo")
    if not examples:
        examples = [example._asdict() for example in demo.fill(clock.now())]
    drawer.keep("demo", examples)
    return examples


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


def _welcome(address: str, examples: list[dict], drawer) -> None:
    fate = f"is kept in {drawer.folder}" if drawer.folder else "is gone when it stops"
    simulated = "(bounce@…, full@…, late@… and spam@… do not simply arrive)"
    print(f"\nDenwaban runs on this machine. What is stored {fate}.\n")
    print(f"  signup      {address}/mk/signup   {address}/smile/signup")
    print(f"  mails       {address}/_dev/mails {simulated}")
    print(f"  Chatwork    {address}/_dev/chatwork")
    print(f"  API         {address}/docs\n")
    for example in examples:
        house, contract, line = example["house"], example["contract"], example["line"]
        print(f"  {house}: a client in trial, {contract}, on {line}")
        for role, key in example["keys"].items():
            print(f"    {role:<9} {key}")
        print(f"  {house}: a client of some months, {example['billed']}, with its invoices")
        for invoice in example["invoices"]:
            print(f"    {invoice}")
    print("\n  live through days: make nightly AT=2026-12-01\n")
    print(f"ready {address}", flush=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(0)

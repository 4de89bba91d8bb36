"""The one session with AWS: every service's client is made from it, once."""

import threading
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session

from chalicelib import config

_making = threading.RLock()
_session: Session | None = None
_clients: dict[str, Any] = {}


def session() -> Session:
    """The botocore session of this process.

    A name of our own spares botocore from composing its user agent twice a
    request, a tenth of a memo's time.
    """
    global _session
    with _making:
        if _session is None:
            _session = get_session()
            _session.set_default_client_config(Config(user_agent=f"denwaban/{config.VERSION}"))
        return _session


def client(service: str, limits: Config) -> Any:
    """The one client of a service; `limits` are its time-outs and tries."""
    known = _clients.get(service)
    if known is not None:
        return known
    with _making:
        if service not in _clients:
            _clients[service] = session().create_client(service, config.REGION, config=limits)
        return _clients[service]


def forget() -> None:
    """Drop every client, so that the next one is made for the endpoints of then."""
    _clients.clear()

"""What leaves by a door: JSON, pages and files with their headers, and what is wrong."""

import json
from typing import Any

from chalice import Response

from chalicelib.errors import Problem
from chalicelib.handlers.incoming import Visit
from chalicelib.words import pages

Headers = dict[str, str | list[str]]
_COMMON: Headers = {
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HTML: Headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": _POLICY,
}


def json_answer(
    body: Any, status: int = 200, kind: str = "application/json", **headers: str
) -> Response:
    own: Headers = {"Content-Type": kind, "Cache-Control": "no-store", **headers}
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status_code=status, headers=_COMMON | own)


def html_answer(
    template: str, visit: Visit, status: int = 200, cache: str = "no-store", **facts: Any
) -> Response:
    """A page of `templates/pages/` with the facts that the template names."""
    text = pages.render(f"pages/{template}", root=visit.root, **facts)
    headers = _COMMON | _HTML | {"Cache-Control": cache}
    return Response(text, status_code=status, headers=headers)


def leading_to(place: str, page: Response) -> Response:
    """A page whose form may be answered by a way to another host: browsers ask the page first."""
    policy = _POLICY.replace("form-action 'self'", f"form-action 'self' {place}")
    page.headers["Content-Security-Policy"] = policy
    return page


def way_to(address: str) -> Response:
    """Sends the visitor on to another address."""
    own: Headers = {"Location": address, "Cache-Control": "no-store", "Content-Type": "text/plain"}
    return Response("", status_code=303, headers=_COMMON | own)


def xml_answer(body: bytes) -> Response:
    own: Headers = {"Content-Type": "application/xml", "Cache-Control": "no-store"}
    return Response(body.decode(), status_code=200, headers=_COMMON | own)


def file_answer(body: bytes, kind: str) -> Response:
    """A text file that everybody may keep for an hour."""
    own: Headers = {"Content-Type": kind, "Cache-Control": "public, max-age=3600"}
    return Response(body.decode(), status_code=200, headers=_COMMON | own)


def problem_answer(problem: Problem) -> Response:
    """What is wrong, as JSON (RFC 9457)."""
    body = problem_body(problem)
    return json_answer(body, problem.status, "application/problem+json", **_retry(problem))


def problem_body(problem: Problem) -> dict[str, Any]:
    """What is wrong, by the names of RFC 9457."""
    body: dict[str, Any] = {
        "type": f"/problems/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = [fault._asdict() for fault in problem.errors]
    return body


def problem_page(problem: Problem, root: str) -> Response:
    """What is wrong, as a page."""
    text = pages.render("pages/public/problem.html", root=root, problem=problem)
    headers = _COMMON | _HTML | {"Cache-Control": "no-store", **_retry(problem)}
    return Response(text, status_code=problem.status, headers=headers)


def _retry(problem: Problem) -> dict[str, str]:
    if not problem.retry_after:
        return {}
    return {"Retry-After": str(problem.retry_after)}

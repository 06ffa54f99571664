"""Errors as clients get them: RFC 9457 problem JSON with a stable ``code``."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import orjson
from aiohttp import web
from pydantic import BaseModel

from core.errors import AppError
from graphs.schema import Issue

SHOWN = ("errors", "issues", "verdict", "current", "reason", "retry_after", "field", "theirs", "who", "at", "cases")
"""Facts of an error that are meant for clients; others may name what is inside."""

RETRY_SECONDS = {429: 5, 503: 2}


def render_problem(error: AppError) -> web.Response:
    """Return the answer to an error of ours."""
    facts = {key: _plain(error.facts[key]) for key in SHOWN if error.facts.get(key) is not None}
    headers = {}
    if error.status in RETRY_SECONDS:
        headers["Retry-After"] = str(error.facts.get("retry_after") or RETRY_SECONDS[error.status])
    message = error.message if error.status < 500 or error.retryable else "Something went wrong on our side."
    return problem(error.status, error.code, message, headers=headers, facts=facts)


def render_http_error(error: web.HTTPException) -> web.Response:
    """Return the answer to an error of the web framework: unknown address, wrong method, body too large."""
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status, "error")
    return problem(error.status, code, error.reason, headers=headers)


def problem(
    status: int,
    code: str,
    title: str,
    *,
    headers: Mapping[str, str] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> web.Response:
    """Return problem JSON."""
    body = {"type": f"urn:frontdesk:problem:{code}", "title": title, "status": status, "code": code, **(facts or {})}
    return web.Response(
        status=status,
        body=orjson.dumps(body, default=str),
        content_type="application/problem+json",
        headers=dict(headers or {}),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Issue):
        return value.to_json()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value

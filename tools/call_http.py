"""Call a service that the tenant has connected. The builder says where; a model can only fill in declared values.

Outside writes go through ``context.effects``, so that a replayed turn finds the answer instead of writing twice.
"""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import Field

from core.errors import ToolFailed, ToolRetry
from core.turns import HttpCall, HttpReply
from tools.base import BUILDER, Arguments, Tool, ToolContext, ToolOutcome

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")

Value = Annotated[str, Field(max_length=2000)] | bool | int | float | None


class HttpArguments(Arguments):
    """One request."""

    values: dict[str, Value] = Field(default_factory=dict, max_length=50, description="What to send, by name")
    connection: Annotated[str, BUILDER]
    method: Annotated[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], BUILDER] = "GET"
    path: Annotated[str, BUILDER] = "/"
    """May hold ``{names}`` of values."""
    accepts: Annotated[tuple[str, ...], BUILDER] = ()
    """The only names a model may send besides those in the path."""
    body: Annotated[dict[str, Any], BUILDER] = Field(default_factory=dict)
    """Sent with every request that has a body; values are laid over it."""
    pick: Annotated[str | None, BUILDER] = None
    """JMESPath into the answer's body: what the model gets to see."""
    write: Annotated[bool | None, BUILDER] = None
    """Changes something over there; by default everything but GET does."""
    timeout: Annotated[timedelta, BUILDER] = timedelta(seconds=10)
    retries: Annotated[int, BUILDER] = Field(0, ge=0, le=3)
    repeatable: Annotated[bool, BUILDER] = False
    """The service knows an ``Idempotency-Key``: a write that may have been done already is asked for again."""


async def call_http(arguments: HttpArguments, context: ToolContext) -> ToolOutcome:
    """Make the request.

    Raises:
        ToolRetry: A value is missing or not accepted.
        ToolFailed: The service refused (``code`` ``4xx``, ``429`` or ``5xx``), or could not be reached.
    """
    path, rest = fill_path(arguments.path, arguments.values)
    if unknown := sorted(set(rest) - set(arguments.accepts)):
        raise ToolRetry(f"These values are not accepted: {', '.join(unknown)}.", fields=unknown)
    sends_body = arguments.method in {"POST", "PUT", "PATCH"}
    if rest and not sends_body:
        path = f"{path}{'&' if '?' in path else '?'}{urlencode({key: _text(value) for key, value in rest.items()})}"
    write = arguments.method != "GET" if arguments.write is None else arguments.write
    call = HttpCall(
        connection=arguments.connection,
        method=arguments.method,
        path=path,
        json={**arguments.body, **rest} if sends_body else None,
        timeout=arguments.timeout,
        retries=arguments.retries,
        retry_on=frozenset({"timeout", "5xx", "429"}),
        write=write,
    )
    result = (
        await _write(call, context, repeatable=arguments.repeatable)
        if write
        else _result(await context.http.call(call))
    )
    return ToolOutcome({**result, "body": _pick(arguments.pick, result.get("body"))})


def fill_path(path: str, values: dict[str, Value]) -> tuple[str, dict[str, Any]]:
    """Return the path with its places filled, each as one quoted segment, and the values that are left."""
    names = set(_PLACE.findall(path))
    if missing := sorted(name for name in names if _text(values.get(name)).strip(". ") == ""):
        raise ToolRetry(f"Still missing: {', '.join(missing)}.", fields=missing)
    filled = _PLACE.sub(lambda match: quote(_text(values[match[1]]), safe=""), path)
    return filled, {key: value for key, value in values.items() if key not in names and value is not None}


async def _write(call: HttpCall, context: ToolContext, *, repeatable: bool) -> dict[str, Any]:
    if not context.writes_allowed:
        return {"status": 0, "body": None, "mocked": True}

    async def perform(key: str) -> dict[str, Any]:
        return _result(await context.http.call(_with_key(call, key)))

    arguments = {"connection": call.connection, "method": call.method, "path": call.path, "json": call.json}
    done = await context.effects.once(
        node=context.node, visit=context.visit, tool="call_http", arguments=arguments, call=perform,
        repeatable=repeatable,
    )  # fmt: skip
    return dict(done)


def _with_key(call: HttpCall, key: str) -> HttpCall:
    return HttpCall(
        call.connection,
        call.method,
        call.path,
        json=call.json,
        timeout=call.timeout,
        retries=call.retries,
        retry_on=call.retry_on,
        write=True,
        idempotency_key=key,
    )


def _result(reply: HttpReply) -> dict[str, Any]:
    if reply.status < 400:
        return {"status": reply.status, "body": reply.body}
    code = "429" if reply.status == 429 else f"{reply.status // 100}xx"
    raise ToolFailed(f"The service answered {reply.status}.", code=code, status=reply.status)


def _pick(expression: str | None, body: Any) -> Any:
    if expression is None or body is None:
        return body
    try:
        return jmespath.search(expression, body)
    except JMESPathError as error:
        raise ToolFailed("The service's answer could not be read.", code="bad_mapping") from error


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


CALL_HTTP = Tool(
    name="call_http",
    description="Ask or tell one of the business's own services.",
    Arguments=HttpArguments,
    run=call_http,
    write=True,
)

"""Call one of the tenant's connections and keep what its answer holds."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import jmespath

from core.errors import ToolFailed
from core.turns import HttpCall
from graphs.contract import Executor, Follow, Making, Outcome, Visit
from graphs.schema.nodes_work import HttpNode
from graphs.scope import resolve
from graphs.texts import parse_template
from graphs.trace import shorten


class Http(Executor):
    """Executor of ``http``: a write is done once, whatever is replayed."""

    external = True

    def __init__(self, making: Making[HttpNode]) -> None:
        node = making.node
        self._node = node
        self._path = parse_template(node.path)
        self._map = {name: jmespath.compile(expression) for name, expression in node.map.items()}
        self.seconds = node.timeout_s * (node.retry.max + 1) + 5

    async def enter(self, visit: Visit) -> Outcome:
        """Make the request; leave by ``ok`` with the mapped values, or by the error's port."""
        request = self._request(visit)
        asked = {"connection": request.connection, "method": request.method, "path": request.path,
                 "given": shorten(request.json)}  # fmt: skip
        if self._node.writes and not visit.turn.writes_allowed:
            return Follow("ok", facts={"skipped": "write", "request": asked})
        try:
            reply = await self._perform(visit, request)
        except ToolFailed as error:
            code = str(error.facts.get("code") or error.code)
            return replace(self._failed(code, asked), emits=visit.doubt(code, self._node.connection))
        status = int(reply["status"])
        asked["status"], asked["told"] = status, shorten(reply["body"])
        if status >= 400:
            return self._failed("429" if status == 429 else f"{status // 100}xx", asked)
        update = {name: expression.search(reply) for name, expression in self._map.items()}
        return Follow("ok", set=update, facts={"request": asked})

    def _request(self, visit: Visit) -> HttpCall:
        scope, style = visit.scope, visit.style
        return HttpCall(
            connection=self._node.connection,
            method=self._node.method,
            path=self._path.render(scope, style, quoted=_segment),
            json=resolve(self._node.body, scope, lambda text: parse_template(text).render(scope, style)),
            timeout=timedelta(seconds=self._node.timeout_s),
            retries=self._node.retry.max,
            retry_on=frozenset(self._node.retry.on),
            write=self._node.writes,
        )

    async def _perform(self, visit: Visit, request: HttpCall) -> dict[str, Any]:
        async def call(key: str) -> dict[str, Any]:
            reply = await visit.turn.http.call(replace(request, idempotency_key=key) if key else request)
            return {"status": reply.status, "body": reply.body}

        if not self._node.writes:
            return await call("")
        arguments = {"connection": request.connection, "path": request.path, "json": request.json}
        done = await visit.turn.effects.once(
            node=visit.node,
            visit=visit.visit,
            tool="http",
            arguments={**arguments, "method": request.method},
            call=call,
            repeatable=self._node.repeatable,
        )
        return dict(done)

    def _failed(self, code: str, asked: dict[str, Any]) -> Follow:
        return Follow((code, "error"), cause=f"error:{code}", facts={"error": code, "request": asked})


def _segment(value: str) -> str:
    """A value fills one segment, or one argument: what a customer wrote never leads elsewhere."""
    return quote(value, safe="")

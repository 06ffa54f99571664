"""Keeping personal data out of traces and, where a flow asks for it, out of prompts.

``mask`` is for traces and cannot be undone. ``RedactedModels`` gives a model tokens instead of values and puts the
values back into its answer, so that it can say a name it never saw.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from core.personal import longest_first, replace_personal
from core.turns import ModelMessage, ModelReply, ModelRequest, Models, ToolCall

_TOKEN = re.compile(r"\[\[[a-z0-9_.]+\]\]")
LONGEST_TOKEN = 64


def mask(text: str, *, country: str | None = None, values: Mapping[str, Any] | None = None) -> str:
    """Return ``text`` with known values, e-mails, card numbers, IBANs, identity numbers and phones masked."""
    return replace_personal(text, lambda kind: f"[{kind}]", country=country, values=values or {})


def mask_facts(facts: Mapping[str, Any], *, country: str | None = None) -> dict[str, Any]:
    """Return a trace's facts with every text in them masked."""
    return {key: _mask_value(value, country) for key, value in facts.items()}


class Redactor:
    """Swaps the values of personal variables for tokens, and back."""

    def __init__(self, values: Mapping[str, Any], *, listed: frozenset[str] = frozenset()) -> None:
        """Keep ``values`` by variable name out of sight, except those a node has ``listed``."""
        hidden = {name: value for name, value in values.items() if name not in listed}
        self._tokens = {value: f"[[{name}]]" for name, value in longest_first(hidden)}
        self._values = {token: value for value, token in self._tokens.items()}
        alternatives = "|".join(re.escape(value) for value in self._tokens)
        self._pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)") if alternatives else None

    def hide(self, text: str) -> str:
        """Return ``text`` with tokens for values."""
        return self._pattern.sub(lambda match: self._tokens[match[0]], text) if self._pattern else text

    def restore(self, text: str) -> str:
        """Return ``text`` with values for tokens; a token that was never given stays."""
        return _TOKEN.sub(lambda match: self._values.get(match[0], match[0]), text)

    def restore_value(self, value: Any) -> Any:
        """Restore every text in a JSON value."""
        if isinstance(value, str):
            return self.restore(value)
        if isinstance(value, list):
            return [self.restore_value(item) for item in value]
        if isinstance(value, Mapping):
            return {key: self.restore_value(item) for key, item in value.items()}
        return value


class RedactedModels:
    """``core.turns.Models`` that never see the values a ``Redactor`` hides."""

    def __init__(self, models: Models, redactor: Redactor) -> None:
        self._models = models
        self._redactor = redactor

    def available(self, alias: str = "default") -> bool:
        return self._models.available(alias)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Ask with values hidden; the answer, its tool calls and its stream have them back."""
        stream = _RestoringStream(self._redactor, request.on_delta) if request.on_delta else None
        hidden = replace(
            request,
            messages=tuple(self._hide(message) for message in request.messages),
            on_delta=stream.delta if stream else None,
        )
        reply = await self._models.complete(hidden)
        if stream:
            await stream.end()
        restore = self._redactor.restore_value
        calls = tuple(
            replace(call, arguments=restore(call.arguments), raw=restore(call.raw)) for call in reply.tool_calls
        )
        return replace(reply, text=restore(reply.text), tool_calls=calls, parsed=restore(reply.parsed))

    def _hide(self, message: ModelMessage) -> ModelMessage:
        calls = tuple(self._hide_call(call) for call in message.tool_calls)
        return replace(message, text=self._redactor.hide(message.text), tool_calls=calls)

    def _hide_call(self, call: ToolCall) -> ToolCall:
        arguments = None if call.arguments is None else _each_text(call.arguments, self._redactor.hide)
        return replace(call, arguments=arguments, raw=self._redactor.hide(call.raw))


class _RestoringStream:
    """Passes words on, holding back what may be the beginning of a token."""

    def __init__(self, redactor: Redactor, pass_on: Callable[[str], Awaitable[None]]) -> None:
        self._redactor = redactor
        self._pass_on = pass_on
        self._held = ""

    async def delta(self, text: str) -> None:
        self._held += text
        cut = self._held.rfind("[")
        if cut > 0 and self._held[cut - 1] == "[":
            cut -= 1
        if cut < 0 or "]]" in self._held[cut:] or len(self._held) - cut > LONGEST_TOKEN:
            cut = len(self._held)
        ready, self._held = self._held[:cut], self._held[cut:]
        if ready:
            await self._pass_on(self._redactor.restore(ready))

    async def end(self) -> None:
        if self._held:
            await self._pass_on(self._redactor.restore(self._held))
            self._held = ""


def _mask_value(value: Any, country: str | None) -> Any:
    return _each_text(value, lambda text: mask(text, country=country))


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_each_text(item, change) for item in value]
    if isinstance(value, Mapping):
        return {key: _each_text(item, change) for key, item in value.items()}
    return value

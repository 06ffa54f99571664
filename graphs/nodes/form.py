"""Ask for several things, one by one; take what a message says of more than one, also of what was asked before."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphs.contract import Executor, Follow, Heard, Making, Outcome, Suspend, Visit
from graphs.expect.answers import Parsed
from graphs.nodes.ask import CONFIRM, Ask
from graphs.schema.nodes_form import FormField, FormNode
from graphs.schema.nodes_talk import AskNode

SEVERAL = "@several"
_BETWEEN = re.compile(r"[\n,;]+")
_A_NAME = 3
"""Words of an answer to a free question that holds nothing else."""


class Form(Executor):
    """Executor of ``form``: an ``ask`` for each field, of which the memo says which is at hand and which are done."""

    waits = True
    asks = True
    renews = True

    def __init__(self, making: Making[FormNode]) -> None:
        node = making.node
        self._fields = node.fields
        self.digress = node.digress
        self.asked = [
            Ask(Making(making.flow, making.key, making.name, _question(node, field), making.translations))
            for field in node.fields
        ]

    # --- hearing ---

    def strict(self, visit: Visit, text: str, *, source: str | None = None) -> Heard | None:
        """Take what can only be the answer: each part of the message another field's, or the whole the one at hand."""
        pieces = [piece.strip() for piece in _BETWEEN.split(text) if piece.strip()]
        if len(pieces) > 1 and (found := self._several(visit, pieces)):
            return Heard("answer", value=found, option=SEVERAL, text=text, source=source)
        return self.at_hand(visit).strict(visit, text, source=source)

    def loose(self, visit: Visit, text: str, *, source: str | None = None) -> Heard | None:
        """Take what may be the answer to the question at hand."""
        return self.at_hand(visit).loose(visit, text, source=source)

    def may_say_more(self, visit: Visit, text: str) -> bool:
        """Tell whether free words at the question at hand are so many that they may answer others as well."""
        at = int(visit.memo.get("at", 0))
        others = any(one != at for one in self._open(visit, visit.memo))
        return others and self._fields[at].expect.type == "text" and len(text.split()) > _A_NAME

    def tapped(self, visit: Visit, option: str, *, source: str | None = None) -> Heard | None:
        """Take a tap on an option of the question at hand; older ones are done with."""
        return self.at_hand(visit).tapped(visit, option, source=source) if "at" in visit.memo else None

    def _several(self, visit: Visit, pieces: Sequence[str]) -> dict[str, Any] | None:
        """Give each piece to a field that is open; None unless all are taken, the question at hand's among them."""
        at = int(visit.memo.get("at", 0))
        left = [at, *(one for one in self._open(visit, visit.memo) if one != at)]
        found: dict[str, Any] = {}
        free: list[str] = []
        for piece in pieces:
            taken = next(((one, got) for one in left if (got := self._read(one, piece, visit))), None)
            if taken is None:
                free.append(piece)
                continue
            left.remove(taken[0])
            found[self._fields[taken[0]].save] = taken[1].value
        if not found:
            return None  # only words: a comma between them parts nothing
        for piece in free:
            texts = [one for one in left if self._fields[one].expect.type == "text"]
            reading = self.asked[texts[0]].reader.loose(piece, visit) if texts else None
            if not isinstance(reading, Parsed):
                return None
            left.remove(texts[0])
            found[self._fields[texts[0]].save] = reading.value
        return found if self._fields[at].save in found else None

    def _read(self, field: int, piece: str, visit: Visit) -> Parsed | None:
        reading = self.asked[field].reader.strict(piece, visit)
        return reading if isinstance(reading, Parsed) else None

    # --- acting ---

    async def enter(self, visit: Visit) -> Outcome:
        """Ask for the first thing that is not known."""
        return await self._next(visit, done=())

    async def reask(self, visit: Visit) -> Outcome:
        """Repeat the question at hand, or the first that was not answered on the way."""
        return await self.at_hand(visit).reask(visit)

    async def resume(self, visit: Visit, heard: Heard) -> Outcome:
        """Keep what was said and ask for the next thing; repeat what was not understood."""
        at, done, check = _place(visit.memo)
        if heard.kind == "skip":
            return await self._next(visit, done=(*done, at), check=check)
        confirmed = visit.phase == CONFIRM and heard.option in {"yes", "no"}
        if heard.kind != "answer" or (confirmed and not heard.value):
            return _noted(await self.asked[at].resume(visit, heard), at=at, done=done, check=check)
        if confirmed:
            return await self._next(visit, done=(*done, at), check=check)
        given = heard.value if heard.option == SEVERAL else {self._fields[at].save: heard.value}
        corrected = self._corrected(visit, given)
        for name, value in given.items():
            visit.scope.set(name, value)
        answered = [one for one, field in enumerate(self._fields) if field.save in given]
        doubtful = [one for one in (*check, *corrected) if one not in answered or one in corrected]
        left = tuple(one for one in (*done, *answered) if one not in doubtful)
        return await self._next(visit, done=left, check=tuple(dict.fromkeys(doubtful)), facts={"fields": sorted(given)})

    def _corrected(self, visit: Visit, given: Mapping[str, Any]) -> list[int]:
        """Return the fields whose answer was another before; which that is, a model may have got wrong."""
        asked_for = {int(visit.memo.get("at", 0)), *self._open(visit, visit.memo)}
        return [
            one
            for one, field in enumerate(self._fields)
            if one not in asked_for and field.save in given and visit.scope.get(field.save) != given[field.save]
        ]

    async def _next(
        self,
        visit: Visit,
        *,
        done: tuple[int, ...],
        check: tuple[int, ...] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Ask whether what was corrected is right, then for what is open."""
        visit.phase, visit.tries = "enter", 0
        if check:
            outcome: Outcome = self.asked[check[0]].confirm(visit)
            return _noted(outcome, at=check[0], done=done, check=check[1:], facts=facts)
        at = next(self._open(visit, {"done": done}), None)
        if at is None:
            return Follow("ok", facts=facts or {})
        return _noted(await self.asked[at].enter(visit), at=at, done=done, check=(), facts=facts)

    def _open(self, visit: Visit, memo: Mapping[str, Any]) -> Iterator[int]:
        """Yield the fields that are still to be asked for."""
        done = memo.get("done", ())
        for at, field in enumerate(self._fields):
            known = field.prefill == "skip_if_set" and visit.scope.get(field.save) is not None
            if at not in done and not known:
                yield at

    def at_hand(self, visit: Visit) -> Ask:
        return self.asked[int(visit.memo.get("at", 0))]


def _place(memo: Mapping[str, Any]) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Return the question at hand, those that are done with, and those to be confirmed after it."""
    return int(memo.get("at", 0)), tuple(memo.get("done", ())), tuple(memo.get("check", ()))


def _noted(
    outcome: Outcome,
    *,
    at: int,
    done: Sequence[int],
    check: Sequence[int],
    facts: Mapping[str, Any] | None = None,
) -> Outcome:
    if not isinstance(outcome, Suspend):
        return outcome
    memo = {"at": at, "done": list(dict.fromkeys(done)), **({"check": list(check)} if check else {})}
    return replace(outcome, memo=memo, facts=outcome.facts if facts is None else facts)


def _question(node: FormNode, field: FormField) -> AskNode:
    return AskNode(
        type="ask",
        say=field.say,
        expect=field.expect,
        save=field.save,
        render=field.render,
        retries=node.retries,
        digress=node.digress,
        give_up=node.give_up,
    )

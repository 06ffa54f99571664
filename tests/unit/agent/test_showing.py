"""What is shown while a turn runs: by the flush, while the agent holds the conversation, and taken back by draft."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from agent.showing import FLUSH, Showing, ShownModels
from agent.taking import take
from channels.base import ChannelRuntime
from channels.registry import CHANNELS
from core.channel_types import ChannelType
from core.clock import MovableClock, SystemClock
from core.errors import TakenOver
from core.ports import StreamDelta
from core.settings import Settings
from core.turns import ModelMessage, ModelReply, ModelRequest
from tests.unit.agent.factories import NOW, make_workload, message, pending


class Sealed:
    """A seal that is closed."""

    async def close(self) -> None:
        return


class Stage:
    """The outside of ``Showing``: who holds the conversation, what was shown and rung."""

    def __init__(self, channel: ChannelType = ChannelType.WIDGET) -> None:
        self.clock = MovableClock(NOW)
        self.held = True
        self.told: list[StreamDelta] = []
        self.rung: list[str] = []
        self.asked = 0
        work = make_workload(channel=channel, pending=(pending(message("merhaba")),))
        made = CHANNELS[channel](ChannelRuntime(None, Settings(), SystemClock()))
        stage: Any = self
        self.showing = Showing(
            work, channel=made, live=stage, seal=Sealed(), store=stage, clock=self.clock, taken=take(work, NOW),
            sends=self.rung.append,
        )  # type: ignore[arg-type]  # fmt: skip

    def delta(self, _tenant: str, _conversation: str, delta: StreamDelta) -> None:
        self.told.append(delta)

    def present(self, _tenant: str, _conversation: str, _staff: str, _state: str) -> None: ...

    def typing(self, _conversation: str, _author: str) -> None:
        return

    async def signal(self, _work: Any, _rendered: Any) -> None:
        assert not self.rung, "the sender is rung once there is something to send"

    async def still_held(self, _claim: Any, *, owner_epoch: int) -> bool:
        self.asked += 1
        return self.held and owner_epoch == 0


async def test_that_words_that_come_fast_are_shown_together_and_the_store_asked_once_a_flush() -> None:
    stage = Stage()
    for word in ("Bu", "yu", "run"):
        await stage.showing.delta("d", word)
    assert (stage.told, stage.asked) == ([StreamDelta("d", 0, "Bu")], 1)
    stage.clock.advance(FLUSH)
    await stage.showing.delta("d", ".")
    assert (stage.told[1:], stage.asked) == ([StreamDelta("d", 2, "yurun.")], 2)


async def test_that_words_of_another_draft_do_not_mix() -> None:
    stage = Stage()
    for draft, word in (("d1", "A"), ("d1", "B"), ("d2", "C")):
        await stage.showing.delta(draft, word)
    await stage.showing.flush()
    assert stage.told == [StreamDelta("d1", 0, "A"), StreamDelta("d1", 1, "B"), StreamDelta("d2", 0, "C")]


async def test_that_nothing_is_shown_from_the_flush_on_that_finds_another_owner() -> None:
    stage = Stage()
    await stage.showing.delta("d", "Buyurun")
    stage.held = False
    stage.clock.advance(FLUSH)
    with pytest.raises(TakenOver):
        await stage.showing.delta("d", " size")
    stage.held = True
    await stage.showing.delta("d", " yardım")
    await stage.showing.flush()
    assert stage.told == [StreamDelta("d", 0, "Buyurun")]
    assert stage.showing.shown == {"d": "Buyurun"}


async def test_that_a_draft_nobody_saw_is_not_broken_off() -> None:
    stage = Stage()
    stage.held = False
    await stage.showing.delta("d", "Buyurun")
    assert (stage.told, stage.showing.shown) == ([], {})


class Talking:
    """A model that says words one by one."""

    def __init__(self, stage: Stage, *words: str | Callable[[], None]) -> None:
        self.stage, self.words, self.finished = stage, words, False

    def available(self, alias: str = "default") -> bool:
        return alias == "default"

    async def complete(self, request: ModelRequest) -> ModelReply:
        pass_on: Callable[[str], Awaitable[None]] | None = request.on_delta
        assert pass_on is not None
        for word in self.words:
            if callable(word):
                word()
            else:
                self.stage.clock.advance(timedelta(seconds=1))
                await pass_on(word)
        self.finished = True
        return ModelReply("".join(word for word in self.words if isinstance(word, str)))


def asked(stage: Stage) -> ModelRequest:
    async def on_delta(text: str) -> None:
        await stage.showing.delta("d", text)

    return ModelRequest("default", (ModelMessage("user", "?"),), on_delta=on_delta)


async def test_that_a_takeover_ends_the_models_answer_where_the_customer_saw_it_end() -> None:
    stage = Stage()
    model = Talking(stage, "Bir", " implant", lambda: setattr(stage, "held", False), " kırk", " bin")
    reply = await ShownModels(model, stage.showing).complete(asked(stage))
    assert (reply.text, model.finished) == ("Bir implant", False)


async def test_that_the_last_words_are_shown_though_they_came_fast() -> None:
    stage = Stage()
    model = Talking(stage, "Bir", lambda: stage.clock.advance(-timedelta(seconds=1)), " implant")
    await ShownModels(model, stage.showing).complete(asked(stage))
    assert "".join(delta.text or "" for delta in stage.told) == "Bir implant"


async def test_that_drafts_that_are_not_said_are_taken_back_by_their_ids() -> None:
    stage = Stage()
    for draft in ("d1", "d2"):
        await stage.showing.delta(draft, "Bir saniye")
    await stage.showing.flush()
    stage.told.clear()
    stage.showing.retract(but={"d2", None})
    assert stage.told == [StreamDelta("d1")]


async def test_that_typing_rings_the_sender_once() -> None:
    stage = Stage(ChannelType.WHATSAPP)
    await stage.showing.typing()
    await stage.showing.typing()
    assert stage.rung == ["c"]

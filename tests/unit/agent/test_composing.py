"""What a flow emitted becomes one write."""

from datetime import timedelta
from typing import Any

from agent.composing import Composition, used_assets
from agent.minting import TurnMinter
from agent.taking import HANDOFF_TIMER, take
from channels.base import ChannelRuntime
from channels.registry import CHANNELS
from core.channel_types import ChannelType
from core.clock import SystemClock
from core.content import ChoicesPart, MediaPart, Option, TextPart
from core.nouns import Delivery
from core.policy import Author
from core.settings import Settings
from core.store import OpenHandoff, RunWrite, Workload
from core.turns import Brief, OptOut, RequestHandoff, Say, SetContact, TurnResult
from tests.unit.agent.factories import NOW, make_workload, message, pending

CHANNEL = CHANNELS[ChannelType.WHATSAPP](ChannelRuntime(None, Settings(), SystemClock()))
HANDOFF = RequestHandoff(
    queue="default",
    reason="asked",
    priority=10,
    brief=Brief("asked", "wants a person"),
    notice=(TextPart(text="Aktarıyorum"),),
    node="main/handoff",
    visit="v2",
    sla=timedelta(minutes=10),
)


def compose(work: Workload, *emits: Any, assets: dict[str, str] | None = None) -> Composition:
    """Return a composition that has taken over ``emits``."""
    made = Composition(
        work=work,
        taken=take(work, NOW),
        channel=CHANNEL,
        minter=TurnMinter("c", work.turn_no),
        now=NOW,
        assets=assets or {},
        initiated=False,
    )
    made.emit(TurnResult(emits, (), None, {}, "tr"))
    return made


def say(text: str, **changes: Any) -> Say:
    """Return words of the agent."""
    return Say((TextPart(text=text),), "main/x", "v1", **changes)


def test_that_one_message_longer_than_the_channel_carries_becomes_several_requests() -> None:
    made = compose(make_workload(), say("a " * 3000))
    assert len(made.messages) == 1
    assert len(made.sends) == 2
    assert {send.message_id for send in made.sends} == {made.messages[0].id}


def test_that_an_answer_names_the_message_that_it_answers() -> None:
    asked = pending(message("kaç para?")), pending(message("nerede?", "2"), "2"), pending(None, "back")
    work = make_workload(pending=asked)
    made = compose(work, say("1000 lira", answers="in-1"), say("Kadıköy", answers="in-2"), say("Bu arada…"),
                   say("Döndüm", answers="in-back"))  # fmt: skip
    assert [one.reply_to for one in made.messages] == ["msg-1", "msg-2", None, None]


def test_that_a_handoff_has_exactly_one_notice_however_often_it_is_asked_for() -> None:
    made = compose(make_workload(), HANDOFF, HANDOFF)
    assert [m.author for m in made.messages] == [Author.SYSTEM]
    assert made.sends[0].handoff_id == (made.handoff.id if made.handoff else None)


def test_that_no_second_handoff_opens_while_one_waits() -> None:
    made = compose(make_workload(handoff=OpenHandoff("h", "waiting", None, None)), HANDOFF)
    assert made.handoff is None
    assert made.messages == []


def test_that_the_conversation_waits_for_a_person_where_the_flow_stopped_at_the_handoff() -> None:
    run = RunWrite("run", "f", "r", False, "live", "main/handoff", "v2", None, b"")
    write = compose(make_workload(), HANDOFF).turn_write(run=run, turn=None, locale="tr")
    assert write.owner == "nobody"
    assert [timer.name for timer in write.timers] == [HANDOFF_TIMER]


def test_that_the_agent_goes_on_where_the_flow_did() -> None:
    run = RunWrite("run", "f", "r", False, "live", "main/ask", "v3", None, b"")
    write = compose(make_workload(), HANDOFF, say("Bu arada…")).turn_write(run=run, turn=None, locale="tr")
    assert write.owner is None
    assert write.handoff is not None


def test_that_an_asset_gets_its_address_and_a_lost_one_keeps_its_caption() -> None:
    picture = Say((MediaPart(media="image", asset="logo", caption="Hoş geldiniz"),), "n", "v")
    found = compose(make_workload(), picture, assets={"logo": "https://x.example/l.png"})
    assert found.sends[0].rendered.body["image"]["link"] == "https://x.example/l.png"
    lost = compose(make_workload(), picture)
    assert lost.sends[0].rendered.body["text"]["body"] == "Hoş geldiniz"
    assert used_assets(TurnResult((picture,), (), None, {}, "tr")) == {"logo"}


def test_that_what_the_channel_cannot_carry_is_kept_as_failed_with_its_reason() -> None:
    impossible = Say((MediaPart(media="image", url="ftp://nowhere"),), "n", "v")
    made = compose(make_workload(), impossible)
    if made.sends:
        assert made.messages[0].delivery is Delivery.QUEUED
    else:
        assert made.messages[0].delivery is Delivery.FAILED
        assert made.messages[0].reason == "rejected"


def test_that_consent_and_opt_out_leave_a_record() -> None:
    made = compose(make_workload(), SetContact("consent", True, "in-1"), OptOut())
    assert made.contact_fields == {"consent": True}
    assert ("data_processing", True, "flow") in made.consents
    assert made.opted_out is True


def test_that_ids_are_the_same_when_a_turn_is_replayed() -> None:
    ask = Say((ChoicesPart(body="?", options=(Option(id="a", label="A"),)),), "n", "v", prompt=True)
    first, again = compose(make_workload(), ask), compose(make_workload(), ask)
    assert [s.id for s in first.sends] == [s.id for s in again.sends]
    later = compose(make_workload(turn_no=4), ask)
    assert first.sends[0].id != later.sends[0].id


def test_that_the_read_mark_goes_behind_the_answer() -> None:
    made = compose(make_workload(pending=(pending(message("merhaba")),)), say("Hoş geldiniz"))
    made.mark_read()
    assert [send.rendered.kind for send in made.sends] == ["message", "signal"]

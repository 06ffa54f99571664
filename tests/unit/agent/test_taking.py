"""What pending events mean: who holds the conversation, and what the flow is to answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.taking import HANDOFF_TIMER, take
from core.channel_types import ChannelType
from core.context import Context, Referral
from core.inbound import (
    CallReceived,
    MessageRevoked,
    Person,
    ReactionReceived,
    ReferralReceived,
    Tap,
    ThreadControl,
)
from core.policy import Author
from core.store import DueTimer, LiveRun, OpenHandoff, PendingEvent
from tests.unit.agent.factories import NOW, RUN, echo, make_workload, message, pending, said


def test_that_words_become_a_message_and_an_event_for_the_flow() -> None:
    taken = take(make_workload(pending=(pending(message("merhaba")),)), NOW)
    assert [m.id for m in taken.messages] == ["msg-1"]
    assert [(e.kind, e.text) for e in taken.events] == [("message", "merhaba")]
    assert taken.consumed == ["in-1"]
    assert taken.contact_fields == {"name": "Ayşe", "wa_phone": "+905321112233"}


def test_that_a_call_opens_the_window_and_is_not_answered_in_words() -> None:
    call = CallReceived(
        channel=ChannelType.WHATSAPP, account="700", dedupe="wacid.1", at=NOW, sender=Person(wa_id="905321112233")
    )
    taken = take(make_workload(pending=(pending(call),)), NOW)
    assert (taken.last_inbound_at, taken.events, taken.messages) == (NOW, [], [])
    assert taken.consumed == ["in-1"]


def test_that_what_a_message_came_with_is_kept_with_it() -> None:
    ad = Referral(source="ad", ad_id="600", headline="Spring", click_id="c1")
    came = message("fiyat?", reply_to="wamid.0", story_id="s1", referral=ad, forwarded=True)
    taken = take(make_workload(pending=(pending(came), pending(message("ya bu?"), "2"))), NOW)
    context = Context(quotes="wamid.0", story_id="s1", referral=ad, forwarded=True)
    assert [m.context for m in taken.messages] == [context, None]
    assert taken.contact_fields["came_from"] == "Spring"


def test_that_a_customer_who_comes_back_without_a_word_is_noted() -> None:
    came = ReferralReceived(
        **message("").model_dump(include={"channel", "account", "dedupe", "at", "sender"}), referral=Referral(ref="r1")
    )
    taken = take(make_workload(pending=(pending(came),)), NOW)
    assert taken.referrals == [Referral(ref="r1")]
    assert taken.contact_fields["came_from"] == "r1"
    assert taken.messages == []


def test_that_what_a_person_answers_in_the_native_app_is_kept() -> None:
    taken = take(make_workload(pending=(pending(echo("Evet", reply_to="wamid.0")),)), NOW)
    assert [m.context for m in taken.messages] == [Context(quotes="wamid.0")]


def test_that_a_tap_is_not_typed_text() -> None:
    tap = message("İmplant", tap=Tap(payload="fd1|main/ask|v|implant"))
    taken = take(make_workload(pending=(pending(tap),)), NOW)
    assert [(e.kind, e.payload) for e in taken.events] == [("tap", "fd1|main/ask|v|implant")]
    assert not taken.typed


@pytest.mark.parametrize("owner", ["staff:7", "app", "nobody"])
def test_that_nothing_is_answered_while_a_person_holds_the_conversation(owner: str) -> None:
    taken = take(make_workload(owner=owner, owner_since=NOW, pending=(pending(message("fiyat?")),)), NOW)
    assert taken.events == []
    assert len(taken.messages) == 1


def test_that_a_standby_message_is_kept_and_not_answered() -> None:
    taken = take(make_workload(pending=(pending(message("hi", standby=True)),)), NOW)
    assert taken.events == []
    assert len(taken.messages) == 1


def test_that_an_echo_of_ours_changes_nothing() -> None:
    taken = take(make_workload(pending=(pending(echo("Hoş geldiniz"), echo="ours"),)), NOW)
    assert taken.messages == []
    assert taken.owner is None
    assert taken.consumed == ["in-1"]


def test_that_an_echo_from_the_native_app_takes_the_conversation_and_silences_the_agent() -> None:
    rows = (pending(message("kimse var mı?")), pending(echo("Buradayım"), "2"))
    taken = take(make_workload(pending=rows), NOW)
    assert taken.owner == "app"
    assert taken.events == []
    assert [m.author for m in taken.messages] == [Author.CONTACT, Author.APP]


def test_that_an_echo_of_another_app_takes_nothing() -> None:
    other = echo("Kampanya", native=False, app_id="999")
    assert take(make_workload(pending=(pending(other),)), NOW).owner is None


def test_that_an_echo_that_may_be_ours_waits_for_the_request_to_resolve() -> None:
    taken = take(make_workload(pending=(pending(echo("?"), echo="undecided"),)), NOW)
    assert taken.undecided
    assert taken.consumed == []
    assert taken.owner is None


def test_that_a_native_takeover_lapses_after_the_idle_time() -> None:
    long_ago = NOW - timedelta(hours=13)
    work = make_workload(owner="app", owner_since=long_ago, pending=(pending(message("hâlâ orada mısınız")),))
    taken = take(work, NOW)
    assert taken.owner == "agent"
    assert len(taken.events) == 1


def test_that_a_native_takeover_holds_within_the_idle_time() -> None:
    work = make_workload(
        owner="app",
        owner_since=NOW - timedelta(hours=13),
        window=(said("app", "Birazdan dönerim", 30),),
        pending=(pending(message("tamam")),),
    )
    assert take(work, NOW).events == []


def test_that_a_hand_back_carries_what_nobody_answered() -> None:
    row = pending(
        None,
        internal={
            "port": "returned",
        },
        words=("implant?", "fiyatı nedir?"),
    )
    taken = take(make_workload(pending=(row, pending(message("orada mısınız?"), "2"))), NOW)
    assert [(e.kind, e.port, e.text) for e in taken.events] == [
        ("handback", "returned", "implant?\nfiyatı nedir?"),
        ("message", None, "orada mısınız?"),
    ]


def test_that_words_that_ask_for_a_person_are_not_put_to_the_agent_again() -> None:
    row = pending(None, internal={"port": "returned"}, words=("fiyat?", "I want to talk to a person", "operator"))
    assert [e.text for e in take(make_workload(pending=(row,)), NOW).events] == ["fiyat?"]
    row = pending(None, internal={"port": "returned"}, words=("I want to talk to a person",))
    assert take(make_workload(run=None, pending=(row,)), NOW).events == []


def test_that_what_a_person_answered_before_it_was_read_is_kept_and_not_answered_again() -> None:
    row = pending(None, internal={"port": "returned", "answered": ["in-2", "in-3"]})
    asked, stop = pending(message("fiyat?", "2"), "2"), pending(message("STOP", "3"), "3")
    taken = take(make_workload(pending=(asked, stop, row)), NOW)
    assert [(e.kind, e.text) for e in taken.events] == [("handback", ""), ("message", "STOP")]
    assert len(taken.messages) == 2
    assert sorted(taken.consumed) == ["in-1", "in-2", "in-3"]


def test_that_a_hand_back_with_nothing_unanswered_has_no_words() -> None:
    row = pending(None, internal={"port": "returned"})
    work = make_workload(pending=(row,), window=(said("contact", "fiyat?"),))
    assert [e.text for e in take(work, NOW).events] == [""]


def fate(name: str = "9", *, visit: str = "visit-1", port: str = "failed") -> PendingEvent:
    row = pending(None, name, kind="delivery")
    return replace(row, internal={"port": port, "visit": visit, "ref": "o1"})


def test_that_the_fate_of_a_question_comes_before_what_the_customer_says_next() -> None:
    work = make_workload(pending=(pending(message("Ayşe")), fate()))
    taken = take(work, NOW)
    assert [(e.kind, e.port, e.visit) for e in taken.events] == [
        ("delivery", "failed", "visit-1"),
        ("message", None, None),
    ]
    assert set(taken.consumed) == {"in-1", "in-9"}


def test_that_the_fate_of_a_question_waits_while_a_person_holds_the_conversation() -> None:
    taken = take(make_workload(owner="staff:7", pending=(pending(message("Ayşe")), fate())), NOW)
    assert (taken.events, taken.consumed) == ([], ["in-1"])


def test_that_a_fate_does_not_swallow_what_a_person_left_unanswered() -> None:
    back = pending(None, internal={"port": "returned"}, words=("fiyat?",))
    work = make_workload(pending=(back, fate()))
    assert [(e.kind, e.text) for e in take(work, NOW).events] == [("delivery", ""), ("handback", "fiyat?")]


@pytest.mark.parametrize("run", [None, replace(RUN, visit="visit-2")])
def test_that_nobody_wants_to_know_of_a_question_that_was_left(run: LiveRun | None) -> None:
    taken = take(make_workload(run=run, pending=(fate(),)), NOW)
    assert (taken.events, taken.consumed) == ([], ["in-9"])


def test_that_a_hand_back_without_a_run_answers_what_is_left() -> None:
    row = pending(None, internal={"port": "returned"}, words=("fiyat?",))
    work = make_workload(run=None, pending=(row,))
    assert [(e.kind, e.text) for e in take(work, NOW).events] == [("message", "fiyat?")]


def test_that_a_timer_of_the_present_visit_fires() -> None:
    timer = DueTimer("t1", "no_input.0", "main/ask", RUN.visit or "", NOW)
    assert [e.kind for e in take(make_workload(timers=(timer,)), NOW).events] == ["timer"]


def test_that_words_win_over_a_timer_and_a_left_visit_is_void() -> None:
    timer = DueTimer("t1", "no_input.0", "main/ask", "another visit", NOW)
    assert take(make_workload(timers=(timer,)), NOW).events == []
    timer = DueTimer("t1", "no_input.0", "main/ask", RUN.visit or "", NOW)
    taken = take(make_workload(timers=(timer,), pending=(pending(message("geldim")),)), NOW)
    assert [e.kind for e in taken.events] == ["message"]
    assert taken.fired == ["t1"]


def test_that_timers_wait_while_a_person_holds_the_conversation() -> None:
    timer = DueTimer("t1", "no_input.0", "main/ask", RUN.visit or "", NOW)
    assert take(make_workload(owner="staff:7", timers=(timer,)), NOW).fired == []


def test_that_a_hand_back_that_moves_nothing_leaves_a_due_timer_its_turn() -> None:
    timer = DueTimer("t1", "no_input.0", "main/ask", RUN.visit or "", NOW)
    back = make_workload(timers=(timer,), pending=(pending(None, internal={"port": "returned"}),))
    assert take(back, NOW).fired == []
    assert take(replace(back, pending=(replace(back.pending[0], words=("geldim",)),)), NOW).fired == ["t1"]


def test_that_an_unclaimed_handoff_comes_back_to_the_agent() -> None:
    timer = DueTimer("t1", HANDOFF_TIMER, "main/handoff", "v", NOW)
    waiting = OpenHandoff("h", "waiting", "main/handoff", "v")
    taken = take(make_workload(owner="nobody", timers=(timer,), handoff=waiting), NOW)
    assert taken.owner == "agent"
    assert taken.close_handoff == "expired"
    assert [(e.kind, e.port) for e in taken.events] == [("handback", "timeout")]


def test_that_a_claimed_handoff_does_not_time_out() -> None:
    timer = DueTimer("t1", HANDOFF_TIMER, "main/handoff", "v", NOW)
    claimed = OpenHandoff("h", "claimed", "main/handoff", "v")
    taken = take(make_workload(owner="staff:7", timers=(timer,), handoff=claimed), NOW)
    assert taken.events == []
    assert taken.close_handoff is None


def test_that_a_reaction_starts_no_turn_and_an_unsent_message_goes() -> None:
    base = {"channel": "whatsapp", "account": "PN1", "at": NOW, "sender": Person(wa_id="905321112233")}
    react = ReactionReceived(dedupe="r", target="wamid.9", emoji="❤", **base)
    revoke = MessageRevoked(dedupe="v", provider_id="wamid.8", **base)
    taken = take(make_workload(pending=(pending(react), pending(revoke, "2"))), NOW)
    assert taken.events == []
    assert [r.target for r in taken.reactions] == ["wamid.9"]
    assert [(c.provider_id, c.parts) for c in taken.changes] == [("wamid.8", None)]


def test_that_thread_control_taken_elsewhere_silences_the_agent() -> None:
    taken_away = ThreadControl(
        channel="instagram", account="IG1", dedupe="x", at=NOW, sender=Person(igsid="1"), change="taken"
    )
    taken = take(make_workload(pending=(pending(message("hi")), pending(taken_away, "2"))), NOW)
    assert taken.owner == "app"
    assert taken.events == []


def test_that_an_opt_out_is_confirmed_once_although_a_person_holds_the_conversation() -> None:
    stop = make_workload(owner="staff:7", pending=(pending(message("İPTAL")),))
    assert take(stop, NOW).stopped
    assert not take(replace(stop, opt_out_told=True), NOW).stopped
    assert not take(replace(stop, owner="agent"), NOW).stopped
    assert not take(make_workload(owner="staff:7", pending=(pending(message("randevu")),)), NOW).stopped

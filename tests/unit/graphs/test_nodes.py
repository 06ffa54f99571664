"""Executors alone: no graph, no store, no model; a visit goes in, an outcome comes out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.channel_types import ChannelType
from core.content import ChoicesPart, MediaPart, TemplatePart, TextPart
from core.errors import InvalidFlow, ToolFailed
from core.policy import OpenHours, Policy
from core.turns import FlowEvent, HttpReply, ModelReply, Passage, PolicyFacts, RequestHandoff, Say, SetTimer
from graphs.contract import Ended, Enter, Fail, Follow, Go, Heard, Making, Suspend, Visit
from graphs.filters import Style
from graphs.nodes.registry import EXECUTORS
from graphs.schema import parse_flow
from graphs.scope import Scope
from graphs.stand_ins import CannedHttp, ScriptedModels, SmallKnowledge
from graphs.testing_cases import CAPABILITIES
from graphs.texts import Translations
from tests.conformance.graphs.talks import NOW, context, flow

END = {"type": "end"}


def executor(node: dict[str, Any], **more: Any):
    read = parse_flow(flow({"it": node, "done": END, "other": END}, **more))
    spec = read.nodes["it"]
    return EXECUTORS[node["type"], 1](Making(read, "it", "tiny/it", spec, Translations.of(read.locales)))


def visit(roots: dict[str, Any] | None = None, *, said: str = "", phase: str = "enter", **changes: Any) -> Visit:
    scope = Scope(
        {"slots": {}, "conv": {}, "contact": {}, "tenant": {"name": "Shop"}, "sys": {}, "turn": {}, **(roots or {})}
    )
    known = {name: changes.pop(name) for name in ("memo", "tries", "cause", "opted_out") if name in changes}
    locale = changes.get("locale", "en")
    return Visit(
        context(**changes), "tiny/it", "visit-1", scope, Style(locale, "UTC"), Translations("en", ("en", "tr")),
        phase=phase, said=said, **known,
    )  # fmt: skip


async def test_that_a_message_is_worded_for_its_channel_and_language():
    it = executor(
        {
            "type": "message",
            "say": {"en": "Hi", "tr": "Selam"},
            "channels": {"instagram": {"say": [{"kind": "image", "asset": "logo", "caption": {"en": "Hi!"}}]}},
            "to": {"next": "done"},
        }
    )
    whatsapp = await it.enter(visit(locale="tr"))
    instagram = await it.enter(visit(channel=ChannelType.INSTAGRAM))
    assert whatsapp.emits[0].parts == (TextPart(text="Selam"),)
    assert instagram.emits[0].parts == (MediaPart(media="image", asset="logo", caption="Hi!"),)


CHOICE = {
    "type": "ask",
    "say": {"en": "Which?"},
    "save": "slots.c",
    "expect": {
        "type": "choice",
        "options": [{"id": "a", "label": {"en": "Apple"}}, {"id": "b", "label": {"en": "Pear"}}],
    },
    "retries": {"max": 1},
    "to": {"ok": "done", "b": "other", "failed": "done"},
}


async def test_that_a_question_shows_its_options_and_waits():
    outcome = await executor(CHOICE).enter(visit())
    assert isinstance(outcome, Suspend)
    (part,) = outcome.emits[0].parts
    assert isinstance(part, ChoicesPart)
    assert [(option.id, option.label) for option in part.options] == [
        ("fd1|tiny/it|visit-1|a", "Apple"),
        ("fd1|tiny/it|visit-1|b", "Pear"),
    ]
    assert outcome.emits[0].prompt


async def test_that_an_option_with_a_port_of_its_own_leaves_by_it():
    it = executor(CHOICE)
    outcome = await it.resume(visit(), it.strict(visit(), "pear"))
    assert outcome == Follow(("b", "ok"), set={"slots.c": "b"}, facts={"option": "b"})


async def test_that_retries_end():
    it = executor(CHOICE)
    first = await it.resume(visit(tries=0), Heard("no_match"))
    second = await it.resume(visit(tries=1), Heard("no_match"))
    assert isinstance(first, Suspend)
    assert first.tries == 1
    assert second == Follow(("failed",), facts={"retries": 2}, cause="no_match")


@pytest.mark.parametrize(
    ("prefill", "kind"), [("always_ask", Suspend), ("skip_if_set", Follow), ("confirm_if_set", Suspend)]
)
async def test_that_a_known_answer_is_asked_skipped_or_confirmed(prefill, kind):
    outcome = await executor({**CHOICE, "prefill": prefill}).enter(visit({"slots": {"c": "a"}}))
    assert isinstance(outcome, kind)
    if prefill == "confirm_if_set":
        assert outcome.phase == "confirm"
        assert "Apple" in outcome.emits[0].parts[0].body


async def test_that_silence_has_timers():
    it = executor({**CHOICE, "give_up": "PT2H", "to": {**CHOICE["to"], "timeout": "done"}})
    outcome = await it.enter(visit())
    assert [emit.due - NOW for emit in outcome.emits if isinstance(emit, SetTimer)] == [timedelta(hours=2)]
    assert (await it.resume(visit(), Heard("timer", timer="give_up"))).port == ("timeout",)


async def test_that_the_first_case_that_holds_is_taken():
    it = executor(
        {
            "type": "condition",
            "cases": [
                {"id": "big", "all": [{"var": "conv.n", "op": "gt", "value": 9}], "expr": "slots.go == true"},
                {"id": "any", "any": [{"var": "conv.n", "op": "gt", "value": 99}, {"var": "conv.n", "op": "set"}]},
            ],
        }
    )
    assert (await it.enter(visit({"conv": {"n": 10}, "slots": {"go": True}}))).port == "big"
    assert (await it.enter(visit({"conv": {"n": 10}}))).port == "any"
    assert (await it.enter(visit())).port == "else"


async def test_that_assignments_see_the_ones_before():
    it = executor(
        {
            "type": "set",
            "assign": [
                {"var": "conv.a", "value": 2},
                {"var": "conv.b", "expr": "conv.a * 3"},
                {"var": "conv.c", "value": "{{ conv.b }}!"},
            ],
        }
    )
    seen = visit()
    await it.enter(seen)
    assert seen.scope.changes == {"conv.a": 2, "conv.b": 6, "conv.c": "6!"}


async def test_that_keywords_route_and_what_fits_two_is_ambiguous():
    it = executor(
        {
            "type": "router",
            "intents": [
                {"id": "buy", "keywords": {"en": ["buy"]}, "examples": {"en": ["I want [to] order (something|it)"]}},
                {"id": "sell", "keywords": {"en": ["sell"]}},
            ],
            "to": {"buy": "done", "sell": "done", "none": "done", "ambiguous": "other"},
        }
    )
    assert (await it.enter(visit(said="where to buy this"))).port == "buy"
    assert (await it.enter(visit(said="i want to order it"))).port == "buy"
    assert (await it.enter(visit(said="buy and sell"))).port == "ambiguous"
    assert (await it.enter(visit(said="hello"))).port == "none"


async def test_that_a_model_routes_only_to_what_there_is():
    node = {"type": "router", "intents": [{"id": "buy", "description": "wants to buy"}]}
    right = ScriptedModels([ModelReply("", parsed={"intent": "buy"})])
    wrong = ScriptedModels([ModelReply("", parsed={"intent": "drop tables"})])
    assert (await executor(node).enter(visit(said="shut up and take my money", models=right))).port == "buy"
    assert (await executor(node).enter(visit(said="shut up and take my money", models=wrong))).port == "none"


async def test_that_policy_names_the_check_that_failed():
    closed = PolicyFacts(policy=Policy(hours=(OpenHours(day=5, start="09:00", end="10:00"),)))
    it = executor({"type": "policy", "checks": ["opt_out", "business_hours"]})
    assert (await it.enter(visit())).port == "pass"
    assert (await it.enter(visit(policy=closed))).port == ("business_hours", "fail")


@pytest.mark.parametrize(
    ("until", "due"),
    [
        ("slots.day", "2026-03-05T00:00:00+00:00"),
        ("slots.moment", "2026-03-05T08:30:00+00:00"),
        ("timestamp(slots.moment) - duration('24h')", "2026-03-04T08:30:00+00:00"),
        ("timestamp('2020-01-01T00:00:00Z')", NOW.isoformat()),
    ],
)
async def test_that_a_wait_ends_at_a_moment(until, due):
    slots = {"day": "2026-03-05", "moment": "2026-03-05T11:30:00+03:00"}
    (timer,) = (await executor({"type": "wait", "until": until}).enter(visit({"slots": slots}))).emits
    assert (timer.name, timer.due.isoformat()) == ("elapsed", due)


@pytest.mark.parametrize("until", ["slots.gone", "slots.words"])
async def test_that_a_wait_for_what_is_no_moment_fails(until):
    outcome = await executor({"type": "wait", "until": until}).enter(visit({"slots": {"words": "soon"}}))
    assert isinstance(outcome, Fail)
    assert outcome.code == "not_a_moment"


async def test_that_a_wait_goes_on_until_the_business_opens():
    thursdays = PolicyFacts(policy=Policy(hours=(OpenHours(day=3, start="09:00", end="17:00"),)))
    it = executor({"type": "wait", "for": "PT1H", "opening": True})
    (closed,) = (await it.enter(visit(policy=thursdays))).emits
    (always,) = (await it.enter(visit())).emits
    opens, waited = datetime(2026, 3, 5, 9, tzinfo=UTC), timedelta(days=2, hours=23)
    assert opens <= closed.due <= opens + waited / 10
    assert always.due == NOW + timedelta(hours=1)


async def test_that_http_maps_the_answer_and_names_the_failure():
    node = {
        "type": "http",
        "connection": "crm",
        "path": "/c/{{ slots.id }}",
        "map": {"conv.x": "body.items[0].n", "conv.s": "status"},
    }
    http = CannedHttp({"crm": HttpReply(200, {"items": [{"n": 7}]})})
    outcome = await executor(node).enter(visit({"slots": {"id": 5}}, http=http))
    assert outcome.set == {"conv.x": 7, "conv.s": 200}
    assert http.calls[0].path == "/c/5"
    for reply, ports in ((HttpReply(404, ""), ("4xx", "error")), (ToolFailed(code="timeout"), ("timeout", "error"))):
        assert (await executor(node).enter(visit(http=CannedHttp({"crm": reply})))).port == ports


async def test_that_a_value_in_a_path_stays_one_segment():
    node = {"type": "http", "connection": "crm", "path": "/c/{{ slots.id }}?of={{ slots.id }}"}
    http = CannedHttp({"crm": HttpReply(200, {})})
    await executor(node).enter(visit({"slots": {"id": "7/../b?a=1&c=ç"}}, http=http))
    assert http.calls[0].path == "/c/7%2F..%2Fb%3Fa%3D1%26c%3D%C3%A7?of=7%2F..%2Fb%3Fa%3D1%26c%3D%C3%A7"


async def test_that_knowledge_is_quoted_without_a_model_and_told_with_one():
    it = executor({"type": "knowledge", "min_score": 0.5})
    found = SmallKnowledge([Passage("kb", "Prices", "A haircut costs 20.", 0.8)])
    quoted = await it.enter(visit(said="what is the price of a haircut", knowledge=found))
    told = await it.enter(visit(said="haircut price", knowledge=found, models=ScriptedModels([ModelReply("Twenty.")])))
    unknown = await it.enter(visit(said="haircut", knowledge=found, models=ScriptedModels([ModelReply("NOT_FOUND")])))
    assert quoted.emits[0].parts == (TextPart(text="A haircut costs 20."),)
    assert quoted.emits[0].sources == ("Prices",)
    assert told.emits[0].parts == (TextPart(text="Twenty."),)
    assert unknown.port == "not_found"


async def test_that_a_handoff_has_one_notice_and_a_brief():
    it = executor({"type": "handoff", "say": {"en": "One moment."}, "priority": "{{ conv.score }}", "sla": "PT10M"})
    outcome = await it.enter(visit({"conv": {"score": 70}, "slots": {"name": "Ada"}}, cause="asked"))
    (request,) = outcome.emits
    assert isinstance(request, RequestHandoff)
    assert (request.priority, request.reason, request.sla) == (70, "asked", timedelta(minutes=10))
    assert request.brief.collected == {"name": "Ada"}
    assert request.notice == (TextPart(text="One moment."),)
    assert outcome.facts["available"], "no hours set and no presence known: open"


async def test_that_a_brief_says_where_the_customer_came_from():
    came = visit({"contact": {"came_from": "Spring sale", "wa_phone": "+905321112233"}}, cause="asked")
    (request,) = (await executor({"type": "handoff"}).enter(came)).emits
    assert isinstance(request, RequestHandoff)
    assert request.brief.collected["came_from"] == "Spring sale"


async def test_that_a_handoff_does_not_fetch_whoever_just_gave_it_back():
    it = executor({"type": "handoff"})

    async def entered(*events: FlowEvent) -> Any:
        return await it.enter(visit(events=events))

    back = FlowEvent("handback", "b1", NOW, port="returned")
    asked = FlowEvent("message", "m1", NOW, text="a person")
    assert await entered(back) == Ended("returned")
    for events in ((back, asked), (replace(back, text="price?"),), (replace(back, port="timeout"),)):
        assert isinstance(await entered(*events), Suspend), events


async def test_that_a_closed_business_says_so_and_the_request_is_kept():
    closed = PolicyFacts(queues_available={"default": False})
    outcome = await executor({"type": "handoff", "to": {"unavailable": "done"}}).enter(visit(policy=closed))
    assert outcome.port == "unavailable"
    assert "not available" in outcome.emits[0].notice[0].text


async def test_that_a_handoff_goes_on_where_it_comes_back():
    it = executor({"type": "handoff", "to": {"returned": "done"}})
    assert (await it.resume(visit(), Heard("handback", port="returned"))).port == "returned"
    assert await it.resume(visit(), Heard("handback", port="resolved")) == Ended("resolved")
    assert isinstance(await it.resume(visit(), Heard("text", text="hello?")), Suspend)
    assert await executor({"type": "handoff"}).resume(visit(), Heard("handback", port="returned")) == Go("tiny/it")


TEMPLATE = {
    "type": "template",
    "template": "come_back",
    "params": ["{{ slots.name }}"],
    "when_window_open": {"say": {"en": "Shall we go on?"}},
    "limit": {"per_contact": 1, "per": "P7D"},
}


async def test_that_words_go_out_while_they_may_and_a_template_after():
    it = executor(TEMPLATE)
    named = {"slots": {"name": "Ada"}}
    words = await it.enter(visit(named))
    later = PolicyFacts(last_inbound_at=NOW - timedelta(days=2))
    template = await it.enter(visit(named, policy=later))
    assert words.port == "sent"
    assert isinstance(template, Suspend)
    (said,) = [emit for emit in template.emits if isinstance(emit, Say)]
    assert said.parts == (TemplatePart(name="come_back", language="en", params=("Ada",)),)
    assert said.initiated


async def test_that_a_template_is_blocked_where_it_may_not_go():
    it = executor(TEMPLATE)
    recent = {"contact": {"sent_come_back": [(NOW - timedelta(days=1)).isoformat()]}, "slots": {"name": "Ada"}}
    old = PolicyFacts(last_inbound_at=NOW - timedelta(days=2))
    assert (await it.enter(visit(recent))).port == "blocked"
    assert (await it.enter(visit(policy=PolicyFacts(opted_out=True)))).port == "blocked"
    instagram = {"channel": ChannelType.INSTAGRAM, "capabilities": CAPABILITIES[ChannelType.INSTAGRAM]}
    assert (await it.enter(visit({"slots": {"name": "Ada"}}, policy=old, **instagram))).port == "blocked"


@pytest.mark.parametrize(
    ("fate", "port"), [("delivered", "sent"), ("blocked", "blocked"), ("failed", ("error", "blocked"))]
)
async def test_that_a_templates_fate_decides(fate, port):
    assert (await executor(TEMPLATE).resume(visit(), Heard("delivery", port=fate))).port == port


async def test_that_a_language_is_set_detected_or_asked():
    assert (await executor({"type": "language", "use": "set", "locale": "tr"}).enter(visit())).locale == "tr"
    assert (await executor({"type": "language"}).enter(visit(locale="tr"))).locale == "tr"
    asking = executor({"type": "language", "use": "ask"})
    assert isinstance(await asking.enter(visit()), Suspend)
    assert asking.strict(visit(), "türkçe").value == "tr"


async def test_that_calls_and_jumps_say_where():
    call = executor(
        {"type": "call", "flow": "sub", "in": {"slots.topic": "{{ slots.x }}"}, "out": {"slots.y": "answer"}}
    )
    assert await call.enter(visit({"slots": {"x": "tea"}})) == Enter("sub", {"topic": "tea"})
    back = await call.resume(visit(), Heard("return", port="fine", value={"answer": 3}))
    assert (back.port, back.set) == (("fine", "done"), {"slots.y": 3})
    assert await executor({"type": "jump", "flow": "other"}).enter(visit()) == Go("other")
    assert await executor({"type": "jump", "node": "done"}).enter(visit()) == Go("tiny/done")


async def test_that_an_end_confirms_an_opt_out_even_without_words_of_its_own():
    it = executor({"type": "end", "outcome": "bye"})
    assert await it.enter(visit()) == Ended("bye")
    assert (await it.enter(visit(opted_out=True))).emits[0].system


async def test_that_an_agent_without_a_model_says_so_and_fails():
    it = executor({"type": "agent", "instructions": "Help."})
    outcome = await it.enter(visit(said="hi"))
    assert isinstance(outcome, Fail)
    assert outcome.code == "model_unavailable"
    assert "passing you" in outcome.notice[0].text


async def test_that_what_an_agent_notes_is_kept():
    from core.turns import ToolCall

    it = executor({"type": "agent", "instructions": "x", "collect": {"slots.when": "the day"}, "exits": {"ok": "done"}})
    models = ScriptedModels(
        [ModelReply("", (ToolCall("1", "note_answer", {"name": "when", "value": "May"}), ToolCall("2", "exit_ok", {})))]
    )
    seen = visit(said="in May", models=models, now=datetime(2026, 3, 2, tzinfo=UTC))
    assert (await it.enter(seen)).port == "ok"
    assert seen.scope.changes == {"slots.when": "May"}


def calling(name: str, arguments: dict[str, Any] | None) -> ScriptedModels:
    from core.turns import ToolCall

    return ScriptedModels([ModelReply("", (ToolCall("1", name, arguments),)), ModelReply("Done.")])


async def test_that_an_agent_offers_langchain_tools_without_what_its_flow_fixed():
    from langchain_core.tools import StructuredTool

    node = {"type": "agent", "instructions": "x", "tools": ["capture_lead"], "knowledge": ["prices"]}
    it = executor({**node, "collect": {"slots.when": "the day"}, "exits": {"ok": "done"}})
    models = calling("search_knowledge", {"query": "implant"})
    kept = SmallKnowledge([Passage("prices", "Prices", "An implant costs much.", 0.9)])
    outcome = await it.enter(visit(said="hi", models=models, knowledge=kept))
    offered = models.requests[0].tools
    assert all(isinstance(tool, StructuredTool) for tool in offered)
    assert [tool.name for tool in offered] == ["capture_lead", "search_knowledge", "exit_ok", "note_answer"]
    assert "sources" not in offered[1].args_schema["properties"]
    assert "An implant costs much." in models.requests[1].messages[-1].text
    assert outcome.emits[-1].sources == ("Prices",)


@pytest.mark.parametrize("taken", ["config", "run_manager", "self", "callbacks"])
async def test_that_names_that_langchain_takes_for_itself_are_refused_like_any_other(taken):
    it = executor({"type": "agent", "instructions": "x", "tools": ["capture_lead"]})
    models = calling("capture_lead", {"name": "Ali Can", taken: "x"})
    outcome = await it.enter(visit(said="hi", models=models))
    assert f"{taken}: Extra inputs are not permitted" in models.requests[1].messages[-1].text
    assert [type(emit) for emit in outcome.emits] == [Say]


async def test_that_a_split_keeps_to_its_weights_and_each_customer_to_their_way():
    it = executor({"type": "split", "arms": [{"id": "a", "weight": 3}, {"id": "b"}], "to": {"a": "done", "b": "other"}})
    ways = [(await it.enter(visit(conversation_id=f"talk-{number}"))).port for number in range(400)]
    assert 260 <= ways.count("a") <= 340
    assert ways == [(await it.enter(visit(conversation_id=f"talk-{number}"))).port for number in range(400)]


async def test_that_an_event_is_recorded_with_its_values_cut_short():
    it = executor(
        {"type": "emit", "event": "asked", "data": {"what": {"$var": "slots.what"}, "who": "{{ slots.who }}"}}
    )
    outcome = await it.enter(visit({"slots": {"what": "x" * 2000, "who": "Ada"}}))
    (event,) = outcome.emits
    assert (event.name, event.node, event.data["who"], len(event.data["what"])) == ("asked", "tiny/it", "Ada", 600)
    assert outcome.port == "next"


@pytest.mark.parametrize(
    "node",
    [
        {"type": "split", "arms": [{"id": "a"}, {"id": "a"}]},
        {"type": "split", "arms": [{"id": "a"}]},
        {"type": "form", "fields": [{"save": "slots.a", "say": {"en": "?"}, "expect": {"type": "text"}}] * 2},
    ],
    ids=["arms alike", "one arm", "one variable for two fields"],
)
def test_that_a_split_and_a_form_name_each_of_their_parts_once(node):
    with pytest.raises(InvalidFlow):
        executor(node)

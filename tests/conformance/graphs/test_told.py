"""What other programs tell a conversation: taken by the wait that names it, kept where it comes early, else void."""

from datetime import timedelta

from core.turns import Say, SetTimer
from graphs.lint import lint
from graphs.schema import parse_flow
from graphs.testing import run_cases
from tests.conformance.graphs.talks import NOW, Talk, flow, release, spoken

VARIABLES = {"slots.amount": {"type": "number"}, "slots.how": {"type": "string"}}
PAY = {
    "type": "wait", "for": "PT2H", "events": ["paid", "refused"],
    "map": {"slots.amount": "data.amount", "slots.how": "event"},
    "to": {"paid": "thanks", "refused": "sorry", "elapsed": "late"},
}  # fmt: skip
AFTER = {
    "thanks": {"type": "message", "say": {"en": "Thank you for {{ slots.amount }} ({{ slots.how }})."},
               "to": {"next": "done"}},
    "sorry": {"type": "message", "say": {"en": "It was refused."}, "to": {"next": "done"}},
    "late": {"type": "message", "say": {"en": "Still waiting."}, "to": {"next": "done"}},
    "done": {"type": "end"},
}  # fmt: skip
AGENT = {"agent": {"type": "agent", "instructions": "x", "exits": {"back": "x"},
                   "to": {"back": "@return", "budget": "@return"}}}  # fmt: skip


def talk(nodes, **more):
    return Talk(release(flow({**nodes, **AFTER}, variables=VARIABLES, **more)))


def told(it, name, **data):
    return it.event("event", port=name, data=data)


async def test_that_a_wait_ends_by_the_event_that_it_names_with_what_came_along():
    it = talk({"pay": PAY})
    assert (await it.says("hi")).cursor.node == "tiny/pay"
    result = await it.happens([told(it, "paid", amount=120)])
    assert spoken(result) == "Thank you for 120 (paid)."
    assert all(emit.initiated for emit in result.emits if isinstance(emit, Say)), "the business starts"
    assert [step.port for step in result.steps][:2] == ["event", "paid"]


async def test_that_an_event_that_nothing_names_is_void():
    it = talk({"pay": PAY})
    await it.says("hi")
    result = await it.happens([told(it, "shipped")])
    assert (spoken(result), result.cursor.node, result.steps[-1].port) == ("", "tiny/pay", "void")


async def test_that_an_event_that_comes_early_is_kept_for_one_wait():
    ask = {"type": "ask", "say": {"en": "Name?"}, "expect": {"type": "text"}, "to": {"ok": "pay", "failed": "done"}}
    it = talk({"ask": ask, "pay": {**PAY, "to": {**PAY["to"], "paid": "again"}}, "again": {**PAY, "map": {}}})
    await it.says("hi")
    kept = await it.happens([told(it, "paid", amount=7)])
    assert (spoken(kept), kept.cursor.node, kept.steps[-1].port) == ("", "tiny/ask", "kept")
    result = await it.says("Ada")
    assert result.cursor.node == "tiny/again", "it was taken by the first wait, and is gone"
    assert result.variables["slots.amount"] == 7
    assert not any(name.startswith("early") for step in result.steps for name in step.changed)


async def test_that_an_event_of_an_earlier_run_is_not_remembered():
    quick = {
        "ask": {"type": "ask", "say": {"en": "?"}, "expect": {"type": "yes_no"}, "to": {"yes": "pay", "no": "done"}}
    }
    it = talk({**quick, "pay": PAY})
    await it.says("hi")
    await it.happens([told(it, "paid", amount=1)])
    await it.says("no")
    await it.says("hi")
    assert (await it.says("yes")).cursor.node == "tiny/pay"


async def test_that_a_wait_that_something_came_between_still_ends():
    faq = {"id": "faq", "class": "digress", "keywords": {"en": ["question"]}, "do": "call", "to": "between"}
    between = {
        "type": "ask",
        "say": {"en": "What?"},
        "expect": {"type": "text"},
        "to": {"ok": "@return", "failed": "@return"},
    }
    for happened, words in (("paid", "Thank you for 3 (paid)."), ("time", "Still waiting."), ("nothing", "")):
        it = talk({"pay": PAY, "between": between}, triggers=[faq])
        first = await it.says("hi")
        (timer,) = [emit for emit in first.emits if isinstance(emit, SetTimer)]
        assert (await it.says("question")).cursor.node == "tiny/between"
        later = NOW + timedelta(hours=3 if happened == "time" else 0)
        if happened == "paid":
            await it.happens([told(it, "paid", amount=3)])
        if happened == "time":
            await it.happens([it.event("timer", visit=timer.visit, timer=timer.name)], now=later)
        result = await it.says("this", now=later)
        assert spoken(result) == words
        assert (result.cursor is None) == (happened != "nothing")


async def test_that_flow_tests_tell_events():
    cases = """
cases:
  - name: paid
    steps:
      - {user: hi, expect: {at: pay}}
      - {event: paid, data: {amount: 5}, expect: {said: "for 5", set: {slots.how: paid}, outcome: done}}
  - name: too late
    steps:
      - {user: hi}
      - {wait: PT3H, expect: {said: "Still"}}
"""
    report = await run_cases(release(flow({"pay": PAY, **AFTER}, variables=VARIABLES)), cases)
    assert report.ok, str(report)


def test_that_events_are_exits_with_names_of_their_own_and_mappings_are_read():
    nodes = {"pay": PAY, **AFTER}
    assert [issue for issue in lint(flow(nodes, variables=VARIABLES)) if issue.severity == "error"] == []
    undrawn = {**PAY, "to": {"paid": "thanks", "elapsed": "late"}}
    assert [(issue.code, issue.pointer) for issue in lint(flow({"pay": undrawn, **AFTER}, variables=VARIABLES))
            if issue.code == "unconnected_port"]  # fmt: skip
    bad = {**PAY, "map": {"slots.amount": "data.["}}
    assert "bad_mapping" in {issue.code for issue in lint(flow({"pay": bad, **AFTER}, variables=VARIABLES))}
    missing = {**PAY, "map": {"slots.none": "data"}}
    assert "undeclared_variable" in {issue.code for issue in lint(flow({"pay": missing, **AFTER}, variables=VARIABLES))}
    for names in (["elapsed"], ["message"], ["paid", "paid"], ["p p"]):
        issues = lint(flow({"pay": {**PAY, "events": names}, **AFTER}, variables=VARIABLES))
        assert any(issue.pointer.startswith("/nodes/pay/events") for issue in issues), names
    assert parse_flow(flow(nodes, variables=VARIABLES))

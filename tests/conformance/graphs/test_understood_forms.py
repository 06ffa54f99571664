"""What a model makes of words at a form: several fields at once, corrections that are confirmed, nothing unchecked."""

import pytest

from core.turns import ModelReply
from graphs.stand_ins import ScriptedModels
from graphs.testing import run_cases
from tests.conformance.graphs.talks import Talk, context, flow, release, spoken

FIELDS = [
    {"save": "slots.name", "say": {"en": "Your name?"}, "expect": {"type": "text"}},
    {"save": "slots.email", "say": {"en": "Your e-mail?"}, "expect": {"type": "email"}},
    {"save": "slots.day", "say": {"en": "Which day?"}, "expect": {"type": "date"}},
    {"save": "slots.kind", "say": {"en": "What kind?"}, "expect": {"type": "choice", "options": [
        {"id": "cut", "label": {"en": "A cut"}}, {"id": "dye", "label": {"en": "Colour"}}]}},
]  # fmt: skip
VARIABLES = {"slots.name": {"type": "string"}, "slots.email": {"type": "email"}, "slots.day": {"type": "date"},
             "slots.kind": {"type": "string"}, "contact.consent": {"type": "bool"}}  # fmt: skip
DOCUMENT = flow(
    {"form": {"type": "form", "fields": FIELDS, "to": {"ok": "done"}}, "done": {"type": "end"}}, variables=VARIABLES
)
LONG = "I am Ada and I would come on the fifth of March"


def say(**values):
    return [{"cmd": "set", "slot": f"slots.{name}", "value": value} for name, value in values.items()]


def talk(*replies, **more):
    """Return a conversation at the form's first question, and its model that answers with these commands."""
    models = ScriptedModels([ModelReply("", parsed={"commands": list(one)}) for one in replies])
    return Talk(release({**DOCUMENT, **more}), context(models=models)), models


async def test_that_one_message_fills_several_fields_and_the_rest_is_asked():
    it, models = talk(say(name="Ada", day="2026-03-05", kind="dye"))
    await it.says("hi")
    result = await it.says(LONG)
    assert result.variables == {"slots.name": "Ada", "slots.day": "2026-03-05", "slots.kind": "dye"}
    assert spoken(result) == "Your e-mail?"
    (asked,) = models.requests
    told = asked.messages[-1].text
    assert "Slot slots.day (date, not known yet): Which day?" in told
    assert "Slot slots.kind is one of: cut (A cut), dye (Colour)" in told
    assert (await it.says("ada@example.com")).cursor is None
    assert len(models.requests) == 1, "what a parser understands costs no call"


@pytest.mark.parametrize(
    "commands", [say(name="Ada of old"), [{"cmd": "unclear"}], [{"cmd": "set", "slot": "conv.x"}], "!"]
)
async def test_that_the_customers_own_words_stand_where_the_model_adds_nothing(commands):
    it, models = talk(commands)
    await it.says("hi")
    result = await it.says("Augusta Ada King Countess of Lovelace")
    assert (result.variables, spoken(result)) == (
        {"slots.name": "Augusta Ada King Countess of Lovelace"}, "Your e-mail?"
    )  # fmt: skip
    assert len(models.requests) == 1


async def test_that_a_short_answer_and_one_without_a_model_are_taken_as_they_are():
    it, models = talk(say(name="x", day="2026-03-05"))
    await it.says("hi")
    assert (await it.says("Ada Lovelace")).variables == {"slots.name": "Ada Lovelace"}
    assert models.requests == []
    alone = Talk(release(DOCUMENT))
    await alone.says("hi")
    assert (await alone.says(LONG)).variables == {"slots.name": LONG}


async def test_that_each_value_passes_its_own_question():
    wrong = [*say(name="Ada", email="nowhere", day="someday", kind="perm"), *say(nothing="x"),
             {"cmd": "set", "slot": "contact.consent", "value": True}]  # fmt: skip
    it, _ = talk(wrong)
    await it.says("hi")
    result = await it.says(LONG)
    assert result.variables == {"slots.name": LONG}, "nothing else held, so the words are the answer"
    assert "consent" not in str(result.emits)


async def test_that_a_correction_of_an_earlier_field_is_confirmed():
    it, _ = talk(say(name="Ada Byron"), say(name="Ada King"))
    await it.says("hi")
    await it.says("Ada Lovelace")
    asks = await it.says("sorry, my name is Ada Byron")
    assert (asks.variables["slots.name"], asks.cursor.phase) == ("Ada Byron", "await")
    assert "Ada Byron" in spoken(asks)
    assert spoken(await it.says("yes")) == "Your e-mail?"
    again = await it.says("no wait, it is Ada King")
    assert "Ada King" in spoken(again)
    assert spoken(await it.says("no")) == "Your name?"
    result = await it.says("Ada L")
    assert (result.variables["slots.name"], spoken(result)) == ("Ada L", "Your e-mail?")


async def test_that_a_correction_and_an_answer_come_in_one_message():
    it, _ = talk(say(name="Ada Byron", email="ada@example.com"))
    await it.says("hi")
    await it.says("Ada Lovelace")
    asks = await it.says("I am called Ada Byron and reach me at home")
    assert "Ada Byron" in spoken(asks)
    result = await it.says("yes")
    assert (result.variables["slots.email"], spoken(result)) == ("ada@example.com", "Which day?")


async def test_that_a_turn_costs_one_call_however_much_is_said():
    it, models = talk([{"cmd": "unclear"}], [{"cmd": "unclear"}])
    await it.says("hi")
    await it.says("Ada")
    await it.says("hm let me", "think about that", "a little")
    assert len(models.requests) == 1


async def test_that_who_wants_something_else_gets_it_first():
    it, _ = talk([*say(day="2026-03-05"), {"cmd": "handoff"}])
    await it.says("hi")
    assert (await it.says("somebody else please, before the fifth")).cursor.node.endswith("handoff")


async def test_that_fields_that_exclude_the_model_are_not_its_to_fill():
    own = [{**FIELDS[0]}, {**FIELDS[1]}, {**FIELDS[2], "expect": {"type": "date", "understand": ["exact"]}}, FIELDS[3]]
    nodes = {**DOCUMENT["nodes"], "form": {**DOCUMENT["nodes"]["form"], "fields": own}}
    it, _ = talk(say(name="Ada", day="2026-03-05", kind="cut"), nodes=nodes)
    await it.says("hi")
    assert (await it.says(LONG)).variables == {"slots.name": "Ada", "slots.kind": "cut"}


async def test_that_what_is_said_at_a_question_fills_a_form_that_comes_later():
    ask = {
        "type": "ask",
        "say": {"en": "How many?"},
        "expect": {"type": "number"},
        "to": {"ok": "form", "failed": "done"},
    }
    it, _ = talk(say(email="ada@example.com"), nodes={"ask": ask, **DOCUMENT["nodes"]}, entry="ask")
    await it.says("hi")
    result = await it.says("mail me at ada@example.com whatever")
    assert (result.variables, spoken(result)) == ({"slots.email": "ada@example.com"}, "How many?")
    await it.says("3")
    assert spoken(await it.says("Ada")) == "Which day?"


@pytest.mark.parametrize("expect", [{"type": "yes_no"}, {"type": "text", "understand": ["exact"]}])
async def test_that_a_field_that_is_not_a_models_to_fill_is_not_its_to_fill_ahead(expect):
    ask = {"type": "ask", "say": {"en": "How many?"}, "expect": {"type": "number"}, "to": {"ok": "form"}}
    form = {"type": "form", "fields": [{"save": "slots.sure", "say": {"en": "Sure?"}, "expect": expect}],
            "to": {"ok": "done"}}  # fmt: skip
    nodes = {"ask": ask, "form": form, "done": {"type": "end"}}
    document = flow(nodes, variables={"slots.sure": {"type": "bool" if expect["type"] == "yes_no" else "string"}})
    models = ScriptedModels([ModelReply("", parsed={"commands": say(sure="yes")})])
    it = Talk(release(document), context(models=models))
    await it.says("hi")
    result = await it.says("whatever you like, and yes")
    assert ("slots.sure" in result.variables, "slots.sure" in models.requests[0].messages[-1].text) == (False, False)
    await it.says("3")
    assert (await it.says("no")).cursor is None


async def test_that_flow_tests_say_what_a_model_would():
    cases = f"""
cases:
  - name: all at once
    mock:
      understand:
        fifth of March:
          - {{cmd: set, slot: slots.name, value: Ada}}
          - {{cmd: set, slot: slots.day, value: 2026-03-05}}
    steps:
      - {{user: hi}}
      - {{user: "{LONG}", expect: {{via: understand, said: "e-mail", set: {{slots.name: Ada}}}}}}
"""
    report = await run_cases(release(DOCUMENT), cases)
    assert report.ok, str(report)

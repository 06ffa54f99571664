"""Our side of the OpenAI protocol, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from agent.llm.lean_chat import LeanChat
from agent.llm.openai_models import OpenAIClients, OpenAIModels
from agent.llm.usage import UsageRecord
from core.errors import LostLease, ModelMisbehaved, ModelRefused, ModelUnavailable
from core.turns import ModelMessage, ModelRequest, ToolCall
from tests.fakes.openai_server import Calls, Failure, FakeOpenAI, Hang, Raw, Text
from tools.registry import TOOLS, offered_tool, spec_of

SPECS = tuple(spec_of(tool) for tool in TOOLS.values())
OFFERED = tuple(offered_tool(spec) for spec in SPECS)
SCHEMA = {
    "type": "object",
    "properties": {"cmd": {"type": "string", "enum": ["choose", "unclear"]}, "option": {"type": ["string", "null"]}},
    "required": ["cmd", "option"],
    "additionalProperties": False,
}


def ask(text: str = "İmplant ne kadar?", **values: Any) -> ModelRequest:
    messages = (ModelMessage("system", "Answer in Turkish."), ModelMessage("user", text))
    return ModelRequest(**{"alias": "default", "messages": messages, **values})


class Ear:
    """Hears the streamed words."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def __call__(self, text: str) -> None:
        self.heard.append(text)


# ---------------------------------------------------------------- answers


async def test_that_a_question_is_asked_and_its_cost_recorded(
    models: OpenAIModels, fake_openai: FakeOpenAI, records: list[UsageRecord]
) -> None:
    fake_openai.script(Text("18.500 TL'den başlar.", usage=(1000, 200)))
    reply = await models.complete(ask(max_tokens=300, temperature=0.1, purpose="answer"))
    assert reply.text == "18.500 TL'den başlar."
    assert (reply.usage.tokens_in, reply.usage.tokens_out) == (1000, 200)
    assert reply.usage.usd == pytest.approx((1000 * 0.40 + 200 * 1.60) / 1e6)
    body = fake_openai.requests[0].body
    assert (body["model"], body["temperature"], body["max_completion_tokens"]) == ("gpt-4.1-mini", 0.1, 300)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    (record,) = records
    assert (record.usage, record.outcome, record.purpose) == (reply.usage, "ok", "answer")
    assert (record.scope.tenant_id, record.scope.turn_no, record.estimated, record.priced) == (
        "tenant-1",
        3,
        False,
        True,
    )


async def test_that_words_are_streamed_and_their_usage_still_counted(
    models: OpenAIModels, fake_openai: FakeOpenAI, records: list[UsageRecord]
) -> None:
    ear = Ear()
    fake_openai.script(Text("Merhaba, nasıl yardımcı olabilirim?", usage=(50, 9)))
    reply = await models.complete(ask(on_delta=ear))
    assert ear.heard == ["Merhaba, ", "nasıl ", "yardımcı ", "olabilirim?"]
    assert reply.text == "".join(ear.heard)
    assert (records[0].usage.tokens_in, records[0].usage.tokens_out, records[0].estimated) == (50, 9, False)
    assert fake_openai.requests[0].body["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize("streamed", [False, True])
async def test_that_tool_calls_arrive_whole_and_in_order(
    models: OpenAIModels, fake_openai: FakeOpenAI, streamed: bool
) -> None:
    wanted = Calls(("search_knowledge", '{"query": "çalışma saatleri"}'), ("request_handoff", '{"reason": "asked"}'))
    fake_openai.script(wanted)
    reply = await models.complete(ask(tools=OFFERED, on_delta=Ear() if streamed else None))
    assert [(call.name, call.arguments) for call in reply.tool_calls] == [
        ("search_knowledge", {"query": "çalışma saatleri"}),
        ("request_handoff", {"reason": "asked"}),
    ]
    offered = {tool["function"]["name"]: tool["function"] for tool in fake_openai.requests[0].body["tools"]}
    assert offered["search_knowledge"]["parameters"] == SPECS[-1].parameters
    assert set(offered) == set(TOOLS)


@pytest.mark.parametrize(
    ("raw", "streamed"),
    [
        *(
            (raw, streamed)
            for raw in ('{"query": "saat', "query=saat", '{"query": "a"}}')
            for streamed in (False, True)
        ),
        ("[1, 2]", True),
        ('"saat"', True),
    ],
)
async def test_that_broken_arguments_are_never_completed_by_guessing(
    models: OpenAIModels, fake_openai: FakeOpenAI, streamed: bool, raw: str
) -> None:
    fake_openai.script(Calls(("search_knowledge", raw), ("request_handoff", '{"reason": "ok"}')))
    reply = await models.complete(ask(tools=OFFERED, on_delta=Ear() if streamed else None))
    broken = next(call for call in reply.tool_calls if call.name == "search_knowledge")
    assert broken.arguments is None
    assert broken.raw == raw


@pytest.mark.parametrize("raw", ["[1, 2]", '"saat"'])
async def test_that_arguments_of_another_kind_spoil_an_answer_that_is_not_streamed(
    models: OpenAIModels, fake_openai: FakeOpenAI, raw: str
) -> None:
    fake_openai.script(Calls(("search_knowledge", raw)))
    with pytest.raises(ModelMisbehaved):
        await models.complete(ask(tools=OFFERED))


async def test_that_a_conversation_with_tool_answers_is_given_back_in_order(
    models: OpenAIModels, fake_openai: FakeOpenAI
) -> None:
    good = ToolCall("call_1", "search_knowledge", {"query": "saat"}, '{"query": "saat"}')
    broken = ToolCall("call_2", "capture_lead", None, '{"name": ')
    messages = (
        ModelMessage("user", "Saat kaçta açıksınız?"),
        ModelMessage("assistant", "", tool_calls=(good, broken)),
        ModelMessage("tool", '{"found": true}', tool_call_id="call_1"),
        ModelMessage("tool", "The arguments are not valid JSON.", tool_call_id="call_2"),
    )
    fake_openai.script(Text("09.00"))
    assert (await models.complete(ask(messages=messages, tools=OFFERED))).text == "09.00"
    calls = fake_openai.requests[0].body["messages"][1]["tool_calls"]
    assert [json.loads(call["function"]["arguments"]) for call in calls] == [{"query": "saat"}, {}]


# ---------------------------------------------------------------- structured output


async def test_that_a_schema_is_asked_for_and_its_answer_parsed(models: OpenAIModels, fake_openai: FakeOpenAI) -> None:
    fake_openai.script(Text('{"cmd": "choose", "option": "implant"}'))
    reply = await models.complete(ask(schema=SCHEMA, on_delta=Ear()))
    assert reply.parsed == {"cmd": "choose", "option": "implant"}
    asked = fake_openai.requests[0].body["response_format"]["json_schema"]
    assert (asked["strict"], asked["schema"]) == (True, SCHEMA)


async def test_that_an_open_schema_is_not_called_strict(models: OpenAIModels, fake_openai: FakeOpenAI) -> None:
    fake_openai.script(Text('{"a": 1}'))
    await models.complete(ask(schema={"type": "object", "properties": {"a": {"type": "integer"}}}))
    assert fake_openai.requests[0].body["response_format"]["json_schema"]["strict"] is False


async def test_that_an_endpoint_without_schemas_is_asked_through_a_tool_from_then_on(
    models: OpenAIModels, fake_openai: FakeOpenAI
) -> None:
    fake_openai.knows_schemas = False
    fake_openai.always(Calls(("answer", '{"cmd": "unclear", "option": null}')))
    for _ in range(2):
        assert (await models.complete(ask(schema=SCHEMA))).parsed == {"cmd": "unclear", "option": None}
    shapes = ["response_format" in asked.body for asked in fake_openai.requests]
    assert shapes == [True, False, False]
    assert fake_openai.requests[1].body["tool_choice"]["function"]["name"] == "answer"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sure! Here you go", "not_json"),
        ('{"cmd": "choose"}', "wrong_shape"),
        ('{"cmd": "dance", "option": null}', "wrong_shape"),
        ('{"cmd": "choose", "option": 7}', "wrong_shape"),
        ("[]", "wrong_shape"),
    ],
)
async def test_that_an_answer_of_another_shape_is_misbehaviour(
    models: OpenAIModels, fake_openai: FakeOpenAI, records: list[UsageRecord], text: str, code: str
) -> None:
    fake_openai.script(Text(text, usage=(70, 7)))
    with pytest.raises(ModelMisbehaved) as caught:
        await models.complete(ask(schema=SCHEMA))
    assert caught.value.facts["code"] == code
    assert (records[0].outcome, records[0].usage.tokens_in) == (code, 70)


async def test_that_fenced_json_is_json(models: OpenAIModels, fake_openai: FakeOpenAI) -> None:
    fake_openai.script(Text('```json\n{"cmd": "unclear", "option": null}\n```'))
    assert (await models.complete(ask(schema=SCHEMA))).parsed["cmd"] == "unclear"


# ---------------------------------------------------------------- failures


async def test_that_a_short_wait_is_waited_out_once(
    models: OpenAIModels, fake_openai: FakeOpenAI, records: list[UsageRecord], clock: Any
) -> None:
    fake_openai.script(Failure(429, "rate_limit_exceeded", retry_after=1), Text("Buyurun"))
    assert (await models.complete(ask())).text == "Buyurun"
    assert clock.slept == [1.0]
    assert [record.outcome for record in records] == ["rate_limited", "ok"]
    assert records[0].usage.tokens_in == 0


@pytest.mark.parametrize(("retry_after", "timeout"), [(30.0, 20.0), (1.5, 1.0), (None, 20.0)])
async def test_that_a_long_wait_is_left_to_the_caller(
    models: OpenAIModels, fake_openai: FakeOpenAI, clock: Any, retry_after: float | None, timeout: float
) -> None:
    fake_openai.script(Failure(429, "rate_limit_exceeded", retry_after=retry_after))
    with pytest.raises(ModelUnavailable) as caught:
        await models.complete(ask(timeout=timedelta(seconds=timeout)))
    expected = None if retry_after is None else timedelta(seconds=retry_after)
    assert caught.value.retry_after == expected
    assert caught.value.facts["code"] == "rate_limited"
    assert (len(fake_openai.requests), clock.slept) == (1, [])


async def test_that_a_second_failure_is_final(models: OpenAIModels, fake_openai: FakeOpenAI) -> None:
    fake_openai.always(Failure(503))
    with pytest.raises(ModelUnavailable) as caught:
        await models.complete(ask())
    assert (caught.value.facts["code"], len(fake_openai.requests)) == ("server", 2)


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Failure(429, "insufficient_quota"), "insufficient_quota"),
        (Failure(403, "forbidden"), "bad_key"),
        (Failure(404, "model_not_found"), "bad_request"),
        (Failure(400, "unsupported_value"), "bad_request"),
    ],
)
async def test_that_what_will_not_mend_is_not_tried_again(
    models: OpenAIModels, fake_openai: FakeOpenAI, failure: Failure, code: str
) -> None:
    fake_openai.script(failure)
    with pytest.raises(ModelUnavailable) as caught:
        await models.complete(ask())
    assert (caught.value.facts["code"], len(fake_openai.requests)) == (code, 1)


async def test_that_a_wrong_key_is_told(models_with: Callable[..., OpenAIModels]) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        await models_with(api_key="sk-wrong").complete(ask())
    assert caught.value.facts["code"] == "bad_key"
    assert "sk-wrong" not in str(caught.value)


async def test_that_a_silent_server_is_given_up_in_time_and_billed_by_estimate(
    models: OpenAIModels, fake_openai: FakeOpenAI, records: list[UsageRecord]
) -> None:
    fake_openai.script(Hang())
    started = asyncio.get_running_loop().time()
    with pytest.raises(ModelUnavailable) as caught:
        await models.complete(ask(timeout=timedelta(seconds=0.2)))
    assert asyncio.get_running_loop().time() - started < 2
    assert caught.value.facts["code"] == "timeout"
    (record,) = records
    assert (record.outcome, record.estimated) == ("timeout", True)
    assert record.usage.tokens_in > 0


async def test_that_nobody_listening_means_unavailable(
    models_with: Callable[..., OpenAIModels], free_port: int, records: list[UsageRecord]
) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        await models_with(base_url=f"http://127.0.0.1:{free_port}/v1").complete(ask())
    assert caught.value.facts["code"] == "connection"
    assert [record.outcome for record in records] == ["connection", "connection"]


@pytest.mark.parametrize(
    "reply", [Text("No.", refusal=True), Text("", finish="content_filter"), Failure(400, "content_filter")]
)
async def test_that_a_refusal_is_told_apart(models: OpenAIModels, fake_openai: FakeOpenAI, reply: Any) -> None:
    fake_openai.script(reply)
    with pytest.raises(ModelRefused):
        await models.complete(ask())
    assert len(fake_openai.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [Raw("<html>gateway</html>", "text/html"), Raw("{}"), Raw('{"choices": []}'), Raw("null"), Text(""), Raw('{"choi')],
)
async def test_that_an_unreadable_answer_is_misbehaviour(
    models: OpenAIModels, fake_openai: FakeOpenAI, records: list[UsageRecord], reply: Any
) -> None:
    fake_openai.script(reply)
    with pytest.raises(ModelMisbehaved):
        await models.complete(ask())
    assert len(records) == 1


async def test_that_a_cut_stream_is_billed_and_not_begun_again(
    models: OpenAIModels, fake_openai: FakeOpenAI, records: list[UsageRecord]
) -> None:
    ear = Ear()
    fake_openai.script(Text("Bir iki üç dört beş", cut_after=3))
    with pytest.raises(ModelUnavailable):
        await models.complete(ask(on_delta=ear))
    assert ear.heard == ["Bir ", "iki "]
    assert len(fake_openai.requests) == 1
    assert records[0].estimated
    assert records[0].usage.tokens_out > 0


async def test_that_a_cancelled_call_is_recorded_and_hung_up(
    models: OpenAIModels, fake_openai: FakeOpenAI, records: list[UsageRecord]
) -> None:
    heard = asyncio.Event()

    async def listen(_: str) -> None:
        heard.set()

    fake_openai.script(Text("a b c d e f g h i j k l m n o p q r s t u v w x y z", pause=0.05))
    task = asyncio.create_task(models.complete(ask(on_delta=listen)))
    await heard.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (record,) = records
    assert (record.outcome, record.estimated) == ("cancelled", True)
    assert record.usage.tokens_out > 0
    for _ in range(100):
        if fake_openai.abandoned:
            break
        await asyncio.sleep(0.02)
    assert fake_openai.abandoned == 1


async def test_that_a_listener_who_leaves_is_billed_too(
    models: OpenAIModels, fake_openai: FakeOpenAI, records: list[UsageRecord]
) -> None:
    async def leave(_: str) -> None:
        raise LostLease

    fake_openai.script(Text("Bir iki üç"))
    with pytest.raises(LostLease):
        await models.complete(ask(on_delta=leave))
    assert records[0].outcome == "lost_lease"
    assert records[0].usage.tokens_in > 0


# ---------------------------------------------------------------- aliases and sharing


async def test_that_aliases_name_models_and_unknown_ones_mean_the_default(
    models: OpenAIModels, fake_openai: FakeOpenAI
) -> None:
    fake_openai.always(Text("ok"))
    for alias in ("default", "fast", "thorough"):
        assert models.available(alias)
        await models.complete(ask(alias=alias))
    assert [asked.body["model"] for asked in fake_openai.requests] == ["gpt-4.1-mini", "gpt-4.1-nano", "gpt-4.1-mini"]


async def test_that_no_key_means_not_available(models_with: Callable[..., OpenAIModels]) -> None:
    models = models_with(api_key="")
    assert not models.available()
    with pytest.raises(ModelUnavailable):
        await models.complete(ask())


async def test_that_an_unpriced_model_is_flagged(
    models_with: Callable[..., OpenAIModels], fake_openai: FakeOpenAI, records: list[UsageRecord]
) -> None:
    fake_openai.script(Text("ok", usage=None))
    await models_with(default="llama-local").complete(ask())
    assert (records[0].priced, records[0].usage.usd, records[0].estimated) == (False, 0.0, True)


async def test_that_a_model_that_thinks_gets_room_and_no_temperature(
    models_with: Callable[..., OpenAIModels], fake_openai: FakeOpenAI
) -> None:
    fake_openai.script(Text("ok"))
    await models_with(default="gpt-5-mini").complete(ask(max_tokens=200, temperature=0.3))
    body = fake_openai.requests[0].body
    assert "temperature" not in body
    assert body["max_completion_tokens"] > 1000
    assert body["reasoning_effort"] == "low"


async def test_that_tenants_share_one_connection_pool(
    models_with: Callable[..., OpenAIModels], clients: OpenAIClients, fake_openai: FakeOpenAI
) -> None:
    fake_openai.always(Text("ok"))
    first, second = models_with(default="model-a"), models_with(default="model-b")
    await asyncio.gather(first.complete(ask()), second.complete(ask()))
    chats = [clients.chat(models._settings, name) for models, name in ((first, "model-a"), (second, "model-b"))]
    assert chats[0] is not chats[1]
    pools = [chat.session if isinstance(chat, LeanChat) else chat.root_async_client._client for chat in chats]
    assert pools[0] is pools[1]
    assert chats[0] is clients.chat(first._settings, "model-a")

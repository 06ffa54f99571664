"""The lean client and ChatOpenAI are asked the same: they must ask, answer and fail alike, here through our port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from core.errors import LostLease
from core.turns import ModelMessage, ModelRequest, ToolCall
from tests.conformance.llm.twins import Told, Twins, open_twins
from tests.fakes.openai_server import Calls, Failure, FakeOpenAI, Hang, Raw, Text
from tools.registry import TOOLS, offered_tool, spec_of

OFFERED = tuple(offered_tool(spec_of(tool)) for tool in TOOLS.values())
OPEN = {"type": "object", "properties": {"option": {"type": "string"}}}
CLOSED = OPEN | {"required": ["option"], "additionalProperties": False}
LONG = "ş😀" * 100_000
ODD = 'İ ş 😀 👩‍👩‍👧 \u202e שלום \u2028 "quoted" \\ back \t tab \x7f'
CALL = ToolCall("call_1", "search_knowledge", {"query": "çalışma saatleri 😀"}, "{}")


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twins() -> AsyncIterator[Twins]:
    """Both clients and their provider, opened once: every test asks them anew."""
    async with FakeOpenAI() as provider, open_twins(provider) as opened:
        yield opened
        assert provider.faults == []


async def listen(_: str) -> None:
    """Want words as they come."""


def ask(text: str = "İmplant ne kadar?", **values: Any) -> ModelRequest:
    messages = (ModelMessage("system", "Answer in Turkish."), ModelMessage("user", text))
    return ModelRequest(**{"alias": "default", "messages": messages, **values})


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def on_delta(request: pytest.FixtureRequest) -> Any:
    """A listener, or none: every answer comes whole and in pieces."""
    return listen if request.param else None


@pytest.mark.parametrize("text", ["Buyurun.", ODD, LONG, " ", "\n\n", ""], ids=lambda text: repr(text[:6]))
@pytest.mark.parametrize("usage", [(100, 20), None])
async def test_that_words_are_asked_for_and_come_alike(twins: Twins, on_delta: Any, text: str, usage: Any) -> None:
    told = await twins.complete(Text(text, usage=usage), request=ask(ODD, on_delta=on_delta))
    if text:
        assert told.outcome.text == text
        assert ("".join(told.heard) == text) is (on_delta is not None)
    else:
        assert told.outcome[2]["code"] == "empty"
    assert told.bodies[0]["messages"][1] == {"role": "user", "content": ODD}


@pytest.mark.parametrize("model", ["gpt-4.1-mini", "gpt-5-mini", "o3-mini", "gpt-5-chat-latest", "llama-local"])
async def test_that_each_kind_of_model_is_asked_alike(twins: Twins, on_delta: Any, model: str) -> None:
    told = await twins.complete(
        Text("ok"), request=ask(max_tokens=77, temperature=0.3, on_delta=on_delta), default=model
    )
    assert told.bodies[0]["model"] == model
    assert told.bodies[0]["max_completion_tokens"] >= 77


async def test_that_a_whole_talk_goes_out_alike(twins: Twins, on_delta: Any) -> None:
    broken = ToolCall("call_2", "capture_lead", None, '{"name": ')
    messages = (
        ModelMessage("system", ODD),
        ModelMessage("user", ""),
        ModelMessage("assistant", "Bakıyorum.", tool_calls=(CALL, broken)),
        ModelMessage("tool", '{"found": true}', tool_call_id="call_1"),
        ModelMessage("tool", "", tool_call_id="call_2"),
        ModelMessage("assistant", "", tool_calls=(CALL,)),
        ModelMessage("tool", LONG, tool_call_id="call_1"),
        ModelMessage("assistant", ""),
    )
    told = await twins.complete(Text("09.00"), request=ask(messages=messages, tools=OFFERED, on_delta=on_delta))
    sent = told.bodies[0]["messages"]
    assert [message["role"] for message in sent] == [message.role for message in messages]
    assert json.loads(sent[2]["tool_calls"][0]["function"]["arguments"]) == CALL.arguments
    assert (sent[5]["content"], sent[6]["content"]) == (None, LONG)


@pytest.mark.parametrize(
    "raws",
    [
        ['{"query": "çalışma saatleri 😀"}'],
        ['{"query": "a"}', '{"query": "b"}', "{}"],
        [""],
        ["{}"],
        ["null"],
        ['{"query": "saat'],
        ["query=saat"],
        ['{"query": "a"}}', '{"query": "b"}'],
        ["[1, 2]"],
        ['"saat"'],
        [json.dumps({"query": LONG[:2000]}, ensure_ascii=False)],
    ],
    ids=lambda raws: "|".join(raw[:12] for raw in raws),
)
@pytest.mark.parametrize("text", ["", "Bakıyorum."])
async def test_that_calls_come_alike(twins: Twins, on_delta: Any, raws: list[str], text: str) -> None:
    script = Calls(*(("search_knowledge", raw) for raw in raws), text=text)
    told = await twins.complete(script, request=ask(tools=OFFERED, on_delta=on_delta))
    if raws[0][:1] not in {"[", '"'} or on_delta is not None:
        assert len(told.outcome.tool_calls) == len(raws)
        assert told.outcome.text == text


@pytest.mark.parametrize("schema", [OPEN, CLOSED], ids=["open", "closed"])
@pytest.mark.parametrize(
    "reply",
    [
        Text('{"option": "implant"}'),
        Text('{"option": "ş😀"}', usage=None),
        Text('```json\n{"option": "a"}\n```'),
        Text("Sure!"),
        Text("[]"),
        Text('{"option": "a"}', finish="length"),
        Text("", finish="length"),
        Text("", finish="content_filter"),
        Text("I cannot.", refusal=True),
        Text(""),
        Failure(400, "invalid_request_error", "Invalid schema for another thing"),
    ],
    ids=str,
)
async def test_that_a_schema_is_asked_for_and_read_alike(twins: Twins, schema: Any, reply: Any) -> None:
    told = await twins.complete(reply, request=ask(schema=schema))
    assert told.bodies[0]["response_format"]["json_schema"]["schema"] == schema


async def test_that_an_endpoint_without_schemas_is_asked_by_tool_alike(twins: Twins) -> None:
    twins.provider.knows_schemas = False
    answer = Calls(("answer", '{"option": "implant"}'))
    for asked in (2, 1):
        told = await twins.complete(answer, request=ask(schema=CLOSED), default="schemaless")
        assert told.outcome.parsed == {"option": "implant"}
        assert len(told.bodies) == asked
    twins.provider.knows_schemas = True


@pytest.mark.parametrize("finish", ["stop", "length", "content_filter", "tool_calls", "something_new"])
@pytest.mark.parametrize("text", ["Yarım", ""])
async def test_that_reasons_to_end_are_read_alike(twins: Twins, on_delta: Any, finish: str, text: str) -> None:
    await twins.complete(Text(text, finish=finish), request=ask(on_delta=on_delta))


FAILURES = [
    *(Failure(status) for status in (400, 401, 403, 404, 408, 409, 413, 422, 418)),
    *(Failure(status, retry_after=wait) for status in (429, 500, 502, 503) for wait in (None, 0.01, 1, 30)),
    *(Raw('{"error": {}}', status=429, headers={"Retry-After": odd}) for odd in ("soon", "-1", "nan", "inf", "99999")),
    Raw('{"error": {}}', status=429, headers={"Retry-After-Ms": "1500", "Retry-After": "9"}),
    Failure(429, "insufficient_quota"),
    Failure(400, "context_length_exceeded"),
    *(Failure(400, code) for code in ("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation")),
    Raw('{"error": {"code": 400, "message": "numbered"}}', status=400),
    Raw('{"code": "content_filter"}', status=400),
    Raw('{"error": "words alone"}', status=400),
    Raw("[1]", status=500),
    Raw("", status=500),
    Raw("<html>gateway</html>", "text/html", status=502),
    Raw("<html>not allowed</html>", "text/html", status=403),
    Raw("", status=304),
]


@pytest.mark.parametrize("failure", FAILURES, ids=str)
async def test_that_failures_mean_the_same(twins: Twins, on_delta: Any, failure: Any) -> None:
    told = await twins.complete(failure, Text("Buyurun"), request=ask(on_delta=on_delta))
    kinds = {"ModelUnavailable", "ModelRefused", "ModelMisbehaved"}
    assert (told.outcome[0] in kinds) if isinstance(told.outcome, tuple) else (told.outcome.text == "Buyurun")


USAGE = '"usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}'
GIVEN = '{"choices": [{"message": %s, "finish_reason": "stop"}], ' + USAGE + "}"


@pytest.mark.parametrize(
    "body",
    [
        *("", "null", "5", "[]", '"words"', "{}", '{"choi', "<html>gateway</html>", '{"choices": []}'),
        *('{"choices": null}', '{"choices": [{}]}', '{"choices": [{"message": null}]}', '{"error": {"message": "no"}}'),
        *(GIVEN % message for message in ('{"role": "assistant"}', '{"role": "assistant", "content": ["a"]}')),
        *(GIVEN % message for message in ('{"content": "nobody said it"}', '{"role": "tool", "content": "a"}')),
        GIVEN % '{"role": "assistant", "content": "\\ud83d alone"}',
        GIVEN % '{"role": "assistant", "content": "ok", "reasoning_content": "hm", "tool_calls": []}',
        GIVEN % '{"role": "assistant", "content": null, "tool_calls": [{"id": "x", "type": "function"}]}',
        GIVEN
        % '{"role": "assistant", "tool_calls": [{"type": "function", "function": {"name": "a", "arguments": ""}}]}',
        '{"choices": [{"message": {"role": "assistant", "content": "ok"}}], "usage": {"prompt_tokens": null}}',
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
async def test_that_odd_answers_are_read_alike(twins: Twins, body: str, kind: str) -> None:
    await twins.complete(Raw(body, kind), request=ask(tools=OFFERED))


def events(*data: str, end: str = "\n\n") -> Raw:
    return Raw("".join(f"data: {one}{end}" for one in data), "text/event-stream")


def delta(value: str, finish: str | None = None, index: int = 0) -> str:
    choice = f'{{"index": {index}, "delta": {value}, "finish_reason": {json.dumps(finish)}}}'
    return f'{{"model": "m", "choices": [{choice}]}}'


WORD, LAST = delta('{"role": "assistant", "content": "Evet"}'), delta("{}", "stop")
STREAMS = [
    events(WORD, LAST, "[DONE]"),
    events(WORD, LAST),
    events(WORD, LAST, "[DONE]", "never read"),
    events(WORD, LAST, "[DONE]", end="\r\n\r\n"),
    events(WORD, LAST, "[DONE]", end="\r\r"),
    Raw(f": ping\n\nevent: message\nid: 1\ndata:{WORD}\n\ndata: {LAST}\n\ndata: [DONE]\n\n", "text/event-stream"),
    Raw(f"data: {WORD[:20]}\ndata: {WORD[20:]}\n\ndata: {LAST}\n\n", "text/event-stream"),
    Raw(f"data: {WORD}\n\ndata: {LAST}", "text/event-stream"),
    Raw(f"data: {WORD}\n\ndata: {LAST}\n\n", "application/json"),
    events(WORD, '{"choi', "[DONE]"),
    events(WORD, "5", "[DONE]"),
    events(WORD, "{}", LAST, "[DONE]"),
    events(WORD, '{"error": {"message": "overloaded"}}'),
    events('{"error": "overloaded"}'),
    events(WORD, delta("null"), LAST, "[DONE]"),
    events(WORD, '{"choices": [{"index": 0}]}', LAST),
    events(WORD, '{"choices": null, ' + USAGE + "}", LAST),
    events(WORD, LAST, '{"choices": [], ' + USAGE + "}", "[DONE]"),
    events(WORD, LAST[:-1] + ", " + USAGE + "}", "[DONE]"),
    events(delta('{"content": "\\ud83d alone"}'), LAST),
    events(delta('{"refusal": "No."}'), LAST),
    events(delta('{"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": null}}]}'), LAST),
    events(delta('{"tool_calls": [{"index": 0, "id": "a"}]}'), LAST),
    events(delta('{"tool_calls": [{"id": "a", "function": {"name": "f"}}]}'), LAST),
    events("[DONE]"),
    events(),
    Raw("{}"),
    Raw("<html>gateway</html>", "text/html"),
]


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: repr(stream.body[-50:]))
async def test_that_odd_streams_are_read_alike(twins: Twins, stream: Raw) -> None:
    await twins.complete(stream, stream, request=ask(on_delta=listen))


async def test_that_a_character_cut_in_two_arrives_whole(twins: Twins) -> None:
    fitting = Raw(
        "".join(f"data: {delta(json.dumps({'content': ODD * 40}, ensure_ascii=False))}\n\n" * 40) + f"data: {LAST}\n\n",
        "text/event-stream",
    )
    told = await twins.complete(fitting, request=ask(on_delta=listen))
    assert told.outcome.text == ODD * 1600


@pytest.mark.parametrize("cut", [0, 1, 3])
async def test_that_a_cut_stream_means_the_same(twins: Twins, cut: int) -> None:
    script = Text("Bir iki üç", cut_after=cut)
    told = await twins.complete(*[script] * (2 if cut < 2 else 1), request=ask(on_delta=listen))
    assert told.outcome[:1] == ("ModelUnavailable",)
    assert told.heard == ["Bir ", "iki "][: max(0, cut - 1)]


async def test_that_a_cut_answer_means_the_same(twins: Twins) -> None:
    half = Raw(GIVEN % '{"role": "assistant", "content": "Yarım"}', cut_at=30)
    told = await twins.complete(half, half, request=ask())
    assert (told.outcome[2]["code"], len(told.bodies)) == ("connection", 2)


async def test_that_silence_means_the_same(twins: Twins, on_delta: Any) -> None:
    left = twins.provider.abandoned
    told = await twins.complete(Hang(), request=ask(on_delta=on_delta, timeout=timedelta(seconds=1)))
    assert told.outcome[2] == {"code": "timeout"}
    await abandoned(twins.provider, left + 2)


async def test_that_a_listener_who_leaves_hangs_up(twins: Twins) -> None:
    async def leave(_: str) -> None:
        raise LostLease

    left = twins.provider.abandoned
    told: Told = await twins.complete(Text("a b c d e f", pause=0.1), request=ask(on_delta=leave))
    assert told.outcome[0] == "LostLease"
    await abandoned(twins.provider, left + 2)


async def test_that_what_no_wire_can_carry_means_the_same(twins: Twins) -> None:
    told = await twins.complete(request=ask("\ud83d alone"))
    assert (told.outcome[2]["code"], told.bodies) == ("unreadable", [])


async def abandoned(provider: FakeOpenAI, count: int) -> None:
    for _ in range(200):
        if provider.abandoned == count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{provider.abandoned} of {count} connections were closed")

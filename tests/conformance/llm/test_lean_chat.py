"""The lean client as a LangChain chat model, beside ChatOpenAI; and what it does that ChatOpenAI does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from pydantic import BaseModel

from agent.llm.lean_chat import LeanChat
from agent.llm.lean_wire import EventReader
from agent.llm.openai_errors import EndpointRefused, to_model_error
from tests.conformance.llm.twins import Twins, open_twins, plain, streamed
from tests.fakes.openai_server import Calls, Failure, FakeOpenAI, Hang, Raw, Text

pytestmark = pytest.mark.asyncio(loop_scope="module")

TALK = [
    SystemMessage("Answer in Turkish.", name="builder"),
    HumanMessage("Saat?", name="ayse"),
    AIMessage(
        "",
        tool_calls=[{"id": "call_1", "name": "look", "args": {"ş": [1, None, 0.5]}, "type": "tool_call"}],
        invalid_tool_calls=[{"id": "call_2", "name": "look", "args": '{"a', "error": "", "type": "invalid_tool_call"}],
    ),
    ToolMessage("09.00", tool_call_id="call_1", name="look"),
    ToolMessage("not JSON", tool_call_id="call_2"),
    HumanMessage([{"type": "text", "text": "And on Sunday?"}]),
]
DETAILS = (
    '{"prompt_tokens": 50, "completion_tokens": 20, "total_tokens": 70, "prompt_tokens_details": {"cached_tokens": 9,'
    ' "audio_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 7}}'
)


@tool
def look(where: str, days: list[int] | None = None) -> str:
    """Look up opening hours."""
    return f"{where} {days}"


class Answer(BaseModel):
    """What was understood."""

    option: str
    sure: bool = True


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twins() -> AsyncIterator[Twins]:
    """Both clients and their provider, opened once."""
    async with FakeOpenAI() as provider, open_twins(provider) as opened:
        yield opened


def lean(twins: Twins, **values: Any) -> LeanChat:
    """Return a lean client that differs in something."""
    chat = twins.chats()[1]
    assert isinstance(chat, LeanChat)
    return chat.model_copy(update=values)


SCRIPTS = [
    Text("Merhaba, nasıl yardımcı olabilirim?"),
    Text("Yarım", finish="length", usage=None),
    Calls(("look", '{"where": "İzmir 😀"}'), ("look", '{"where": '), text="Bakıyorum."),
]


@pytest.mark.parametrize("script", SCRIPTS)
async def test_that_asking_without_langchains_bookkeeping_says_the_same(twins: Twins, script: Any) -> None:
    def whole(chat: BaseChatModel) -> Any:
        return chat.ask(TALK, tools=[look]) if isinstance(chat, LeanChat) else chat.bind_tools([look]).ainvoke(TALK)

    def pieces(chat: BaseChatModel) -> Any:
        if isinstance(chat, LeanChat):
            return streamed(chat.ask_in_pieces(TALK, tools=[look]))
        return streamed(chat.bind_tools([look]).astream(TALK))

    for ask in (whole, pieces):
        _, (body,) = await twins.invoke(script, ask=ask)
        assert body["tools"]


@pytest.mark.parametrize("script", SCRIPTS, ids=["words", "cut", "calls"])
async def test_that_messages_are_the_same(twins: Twins, script: Any) -> None:
    answer, (body,) = await twins.invoke(script, ask=lambda chat: chat.ainvoke(TALK, stop=["\n"], temperature=0))
    assert answer.response_metadata["finish_reason"]
    assert body["stop"] == ["\n"]


@pytest.mark.parametrize("script", SCRIPTS, ids=["words", "cut", "calls"])
async def test_that_pieces_are_the_same_one_by_one(twins: Twins, script: Any) -> None:
    pieces, (body,) = await twins.invoke(script, ask=lambda chat: streamed(chat.astream(TALK, max_tokens=9)))
    assert len(pieces) > 3
    assert body["stream_options"] == {"include_usage": True}
    assert (pieces[-2].usage_metadata is None) is (getattr(script, "usage", None) is None)


@pytest.mark.parametrize("tier", ["default", "priority", "flex"])
async def test_that_tokens_are_counted_apart_alike(twins: Twins, tier: str) -> None:
    choice = '{"message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop", "logprobs": {"content": []}}'
    told = f'{{"id": "x", "system_fingerprint": "fp", "service_tier": "{tier}", "usage": {DETAILS}'
    answer, _ = await twins.invoke(Raw(f'{told}, "choices": [{choice}]}}'), ask=lambda chat: chat.ainvoke("Saat?"))
    assert answer.usage_metadata["output_token_details"]
    last = '{"index": 0, "delta": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}'
    stream = Raw(f'data: {told}, "model": "m", "choices": [{last}]}}\n\n', "text/event-stream")
    pieces, _ = await twins.invoke(stream, ask=lambda chat: streamed(chat.astream("Saat?")))
    assert pieces[0].usage_metadata["total_tokens"] == 70


@pytest.mark.parametrize("choice", [None, "look", "any", "auto", "none", "required", True, False])
@pytest.mark.parametrize("strict", [None, True])
async def test_that_tools_are_bound_alike(twins: Twins, choice: Any, strict: Any) -> None:
    described = {"name": "find", "description": "Find.", "parameters": {"type": "object", "properties": {}}}

    def ask(chat: BaseChatModel) -> Any:
        return chat.bind_tools([look, Answer, described], tool_choice=choice, strict=strict).ainvoke("Saat?")

    answer, (body,) = await twins.invoke(Calls(("look", '{"where": "here"}')), ask=ask)
    assert [call["args"] for call in answer.tool_calls] == [{"where": "here"}]
    assert [offered["function"]["name"] for offered in body["tools"]] == ["look", "Answer", "find"]


async def test_that_bound_tools_stream_and_run_in_turn_or_not(twins: Twins) -> None:
    def ask(chat: BaseChatModel) -> Any:
        return streamed(chat.bind_tools([look], parallel_tool_calls=False).astream("Saat?"))

    _, (body,) = await twins.invoke(Calls(("look", '{"where": "here"}')), ask=ask)
    assert body["parallel_tool_calls"] is False


# ---------------------------------------------------------------- the lean client alone


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
async def test_that_events_are_whole_however_they_are_cut(size: int, end: bytes) -> None:
    lines = [
        b"data: ",
        b"",
        b": ping",
        b"data:{\xc5\x9f",
        b"data: \xf0\x9f\x98\x80}",
        b"id: 1",
        b"",
        b"",
        b"data: [DONE]",
    ]
    body = end.join([*lines, b"", b""]) + b"data: cut"
    reader = EventReader()
    found = [data for at in range(0, len(body), size) for data in reader.feed(body[at : at + size])]
    assert found == [b"", "{ş\n😀}".encode(), b"[DONE]"]


async def test_that_a_connection_is_used_again_after_a_stream(twins: Twins) -> None:
    connections: list[Any] = []

    async def connected(session: Any, context: Any, params: Any) -> None:
        connections.append(params)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    twins.provider.script(Text("a b c"), Text("a b c"), Text("whole"))
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        chat = lean(twins, session=session)
        for _ in range(2):
            await streamed(chat.astream("Saat?"))
        await chat.ainvoke("Saat?")
    assert len(connections) == 1


async def test_that_a_call_has_an_end_of_its_own(twins: Twins) -> None:
    left = twins.provider.abandoned
    twins.provider.script(Hang())
    with pytest.raises(TimeoutError) as caught:
        await lean(twins, timeout=aiohttp.ClientTimeout(total=0.2)).ainvoke("Saat?")
    assert to_model_error(caught.value).facts == {"code": "timeout"}
    while twins.provider.abandoned == left:
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("whole", [True, False])
async def test_that_a_cancelled_call_hangs_up(twins: Twins, whole: bool) -> None:
    left, asked = twins.provider.abandoned, len(twins.provider.requests)
    twins.provider.script(Hang())
    chat = lean(twins)
    call = asyncio.ensure_future(chat.ainvoke("Saat?") if whole else streamed(chat.astream("Saat?")))
    while len(twins.provider.requests) == asked:
        await asyncio.sleep(0.02)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    while twins.provider.abandoned == left:
        await asyncio.sleep(0.02)


async def test_that_neither_key_nor_customer_shows(twins: Twins) -> None:
    chat = lean(twins)
    twins.provider.script(Failure(400, message="could not read: my name is Ayşe"))
    with pytest.raises(EndpointRefused) as caught:
        await chat.ainvoke("Saat?")
    for shown in (repr(chat), str(chat), chat.model_dump_json(), str(chat.asdict()), repr(caught.value)):
        assert "sk-test" not in shown
        assert "Ayşe" not in shown
    told = to_model_error(caught.value)
    assert "Ayşe" not in f"{told!r} {told} {told.facts}"


async def test_that_synchronous_calls_are_refused_in_words(twins: Twins) -> None:
    for ask in (lambda chat: chat.invoke("Saat?"), lambda chat: list(chat.stream("Saat?"))):
        with pytest.raises(NotImplementedError, match="ainvoke or astream"):
            ask(lean(twins))


# ---------------------------------------------------------------- where the two differ: decision 0015 says why


async def test_that_a_schema_and_open_tools_go_out_together(twins: Twins) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}
    theirs, ours = (chat.bind_tools([look]) for chat in twins.chats())
    with pytest.raises(ValueError, match="not strict"):
        await theirs.ainvoke("Saat?", response_format=wanted)
    twins.provider.script(Text("{}"))
    assert (await ours.ainvoke("Saat?", response_format=wanted)).text == "{}"


async def test_that_a_streamed_schema_has_no_last_piece_of_its_own(twins: Twins) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}
    came = []
    for chat in twins.chats():
        twins.provider.script(Text('{"a": 1}'))
        came.append(await streamed(chat.astream("Saat?", response_format=wanted)))
    theirs, ours = ("".join(piece.text for piece in pieces) for pieces in came)
    assert ours == theirs == '{"a": 1}'
    assert len(came[1]) < len(came[0])


async def test_that_the_environment_is_not_asked(twins: Twins, monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-environment")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port}")
    monkeypatch.setenv("NO_PROXY", "")
    twins.provider.script(Text("ok"))
    assert plain((await lean(twins).ainvoke("Saat?")).text) == "ok"
    assert "org-of-the-environment" not in str(twins.provider.requests[-1].headers)

"""A WhatsApp webhook server by the book: stock saver at default durability, ChatOpenAI, messages in the state.

The same seven steps a turn as ``bench.flow``, the same request to the provider. It checks the signature, as anybody
would, and does none of what Frontdesk adds: tenants, encryption, deduplication, an outbox, handoffs.
"""

import hashlib
import hmac
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Any, TypedDict

import aiohttp
import orjson
from aiohttp import web
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import SecretStr

ANSWER = "You said something, and this is the answer to it."
MANY = 10**9


class State(TypedDict, total=False):
    """What the conversation remembers."""

    messages: Annotated[list[AnyMessage], add_messages]
    said: str
    many: bool
    turns: int


async def read(state: State) -> State:
    """Take in what the customer said."""
    return {"said": str(state["messages"][-1].content)}


async def note(state: State) -> State:
    """Note something."""
    return {"many": False}


async def check(state: State) -> State:
    """Look whether they have written a lot."""
    return {"many": state.get("turns", 0) > MANY}


async def count(state: State) -> State:
    """Count."""
    return {"turns": state.get("turns", 0) + 1}


async def again(state: State) -> State:
    """Look again."""
    return {"many": state.get("turns", 0) > MANY}


async def mark(state: State) -> State:
    """Note something more."""
    return {"many": True}


async def counted(state: State) -> str:
    """Choose what comes after the first look."""
    return "answer" if state.get("many") else "count"


async def marked(state: State) -> str:
    """Choose what comes after the second."""
    return END if state.get("many") else "mark"


def build_graph(saver: Any, model: ChatOpenAI | None) -> Any:
    """Compile the flow: seven steps, two of which choose the next."""

    async def answer(state: State) -> State:
        reply = AIMessage(ANSWER) if model is None else await model.ainvoke(state["messages"])
        return {"messages": [reply]}

    graph = StateGraph(State)
    for step in (read, note, check, count, answer, again, mark):
        graph.add_node(step.__name__, step)
    graph.add_edge(START, "read")
    graph.add_edge("read", "note")
    graph.add_edge("note", "check")
    graph.add_conditional_edges("check", counted, ["count", "answer"])
    graph.add_edge("count", "answer")
    graph.add_edge("answer", "again")
    graph.add_conditional_edges("again", marked, ["mark", END])
    graph.add_edge("mark", END)
    return graph.compile(checkpointer=saver)


@asynccontextmanager
async def open_saver(store: str) -> AsyncIterator[Any]:
    """Open the stock saver for a file or a PostgreSQL address."""
    if not store.startswith("postgresql://"):
        async with AsyncSqliteSaver.from_conn_string(store) as file:
            await file.setup()
            yield file
        return
    pool: Any = AsyncConnectionPool(
        store, max_size=16, open=False, kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    )
    async with pool:
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
        yield saver


def build_app(store: str, *, outside: str, secret: str, with_model: bool) -> web.Application:
    """Assemble the server."""
    opened: dict[str, Any] = {}

    @asynccontextmanager
    async def parts(app: web.Application) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            saver = await stack.enter_async_context(open_saver(store))
            key, address = SecretStr("bench"), f"{outside}/v1"
            model = ChatOpenAI(model_name="bench", openai_api_base=address, openai_api_key=key) if with_model else None
            opened["graph"] = build_graph(saver, model)
            opened["http"] = await stack.enter_async_context(aiohttp.ClientSession())
            yield

    async def webhook(request: web.Request) -> web.Response:
        raw = await request.read()
        given = request.headers.get("X-Hub-Signature-256", "").removeprefix("sha256=")
        if not hmac.compare_digest(given, hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()):
            return web.Response(status=401)
        for entry in orjson.loads(raw)["entry"]:
            for change in entry["changes"]:
                for message in change["value"].get("messages", ()):
                    await reply(change["value"]["metadata"]["phone_number_id"], message)
        return web.Response()

    async def reply(number: str, message: dict[str, Any]) -> None:
        config = {"configurable": {"thread_id": message["from"]}}
        state = await opened["graph"].ainvoke({"messages": [HumanMessage(message["text"]["body"])]}, config)
        body = {
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": message["from"], "type": "text",
            "text": {"body": state["messages"][-1].content},
        }  # fmt: skip
        headers = {"Authorization": "Bearer tok"}
        async with opened["http"].post(f"{outside}/v26.0/{number}/messages", json=body, headers=headers) as answer:
            await answer.read()

    async def healthz(request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application(client_max_size=4 << 20)
    app.cleanup_ctx.append(parts)
    app.router.add_post("/webhooks/meta", webhook)
    app.router.add_get("/healthz", healthz)
    return app


if __name__ == "__main__":
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    port, store, outside, secret, model = sys.argv[1:]
    web.run_app(
        build_app(store, outside=outside, secret=secret, with_model=model == "model"),
        host="127.0.0.1", port=int(port), access_log=None, print=None,
    )  # fmt: skip

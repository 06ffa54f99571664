"""One node that answers the same to everything."""

from typing import TypedDict

from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    """What was said, and what is said."""

    said: str
    answer: str


async def answer(state: State) -> State:
    """Answer."""
    return {"answer": "You said something, and this is the answer to it."}


builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()

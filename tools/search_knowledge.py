"""Search what the business has written down, and say where the answer stands."""

from typing import Annotated

from pydantic import Field

from tools.base import BUILDER, Arguments, Tool, ToolContext, ToolOutcome

MIN_SCORE = 0.3
LONGEST_PASSAGE = 1500


class SearchArguments(Arguments):
    """One question."""

    query: str = Field(min_length=1, max_length=500, description="The customer's question, in their own language")
    sources: Annotated[tuple[str, ...], BUILDER] = ()
    """Knowledge-base keys; empty means all."""
    limit: Annotated[int, BUILDER] = Field(4, ge=1, le=10)
    min_score: Annotated[float, BUILDER] = Field(MIN_SCORE, ge=0, le=1)


async def search_knowledge(arguments: SearchArguments, context: ToolContext) -> ToolOutcome:
    """Return the passages that answer, best first; ``found`` is false where nothing is good enough."""
    passages = await context.knowledge.search(
        arguments.query, sources=arguments.sources, locale=context.locale, limit=arguments.limit
    )
    good = [passage for passage in passages if passage.score >= arguments.min_score]
    cited = [
        {
            "source": passage.source,
            "title": passage.title,
            "text": passage.text[:LONGEST_PASSAGE],
            "url": passage.url,
            "score": round(passage.score, 2),
        }
        for passage in good
    ]
    titles = tuple(dict.fromkeys(passage.title for passage in good))
    return ToolOutcome({"found": bool(good), "passages": cited}, sources=titles)


SEARCH_KNOWLEDGE = Tool(
    name="search_knowledge",
    description=(
        "Look up prices, hours, addresses, services and rules in the business's own texts. Answer such questions only"
        " from what it returns, and say that you do not know when it finds nothing."
    ),
    Arguments=SearchArguments,
    run=search_knowledge,
)

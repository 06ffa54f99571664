"""What models cost, in US dollars per million tokens, and how many tokens a text is when nobody says."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.turns import ModelRequest


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens."""

    tokens_in: float
    tokens_out: float


PRICES: Mapping[str, Price] = {
    "gpt-4.1": Price(2.00, 8.00),
    "gpt-4.1-mini": Price(0.40, 1.60),
    "gpt-4.1-nano": Price(0.10, 0.40),
    "gpt-4o": Price(2.50, 10.00),
    "gpt-4o-mini": Price(0.15, 0.60),
    "gpt-5": Price(1.25, 10.00),
    "gpt-5-mini": Price(0.25, 2.00),
    "gpt-5-nano": Price(0.05, 0.40),
    "o3-mini": Price(1.10, 4.40),
    "o4-mini": Price(1.10, 4.40),
}
"""List prices; a tenant's own agreement or another provider's model goes into the settings."""

CHARACTERS_PER_TOKEN = 3
"""Turkish and Russian need more tokens than English: an estimate that errs towards dear."""
TOKENS_PER_MESSAGE = 4


def find_price(model: str, prices: Mapping[str, Price] = PRICES) -> Price | None:
    """Return a model's price; a dated snapshot (``gpt-5-mini-2025-08-07``) costs what its model costs."""
    if model in prices:
        return prices[model]
    stem, _, rest = model.rpartition("-20")
    return prices.get(stem) if rest[:2].isdigit() else None


def cost(model: str, tokens_in: int, tokens_out: int, prices: Mapping[str, Price] = PRICES) -> float:
    """Return dollars; 0 for a model without a price."""
    price = find_price(model, prices)
    if price is None:
        return 0.0
    return (tokens_in * price.tokens_in + tokens_out * price.tokens_out) / 1_000_000


def estimate_tokens(text: str) -> int:
    """Return roughly how many tokens a text is."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def estimate_request(request: ModelRequest) -> int:
    """Return roughly how many tokens a request carries."""
    texts = [message.text + "".join(call.raw for call in message.tool_calls) for message in request.messages]
    offered = "".join(f"{tool.name}{tool.description}{tool.args_schema}" for tool in request.tools)
    extra = estimate_tokens(offered + (str(request.schema) if request.schema else ""))
    return extra + sum(TOKENS_PER_MESSAGE + estimate_tokens(text) for text in texts)

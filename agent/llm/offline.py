"""No model connected: a way of running, not a fault. It never makes up a model's words."""

from core.errors import ModelUnavailable
from core.turns import ModelReply, ModelRequest


class OfflineModels:
    """``core.turns.Models`` without a model; flows, retrieval and routing by examples go on without one."""

    def available(self, alias: str = "default") -> bool:
        return False

    async def complete(self, request: ModelRequest) -> ModelReply:
        raise ModelUnavailable("No language model is connected.", code="offline")

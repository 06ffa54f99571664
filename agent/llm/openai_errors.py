"""What an OpenAI-compatible endpoint's failures mean, in one place, whichever client asked it."""

import json
import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

import aiohttp
import openai

from core.errors import ModelError, ModelMisbehaved, ModelRefused, ModelUnavailable


class EndpointFailed(Exception):
    """The endpoint broke off its answer with an error."""


class EndpointRefused(Exception):
    """The endpoint answered with an error status; its words may quote a customer and are no part of the message."""

    def __init__(self, status: int, code: str, *, words: str, headers: Mapping[str, str]) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.code = code
        self.words = words
        self.headers = headers

    @classmethod
    def read(cls, status: int, body: bytes, *, headers: Mapping[str, str]) -> Self:
        """Read an answer with an error status."""
        words = body.decode(errors="replace")
        try:
            told: Any = json.loads(words)
        except ValueError:
            told = None
        inner = told.get("error", told) if isinstance(told, dict) else None
        code = inner.get("code") if isinstance(inner, dict) else None
        return cls(status, str(code or ""), words=words, headers=headers)


EXPECTED = (
    *(openai.OpenAIError, aiohttp.ClientError, TimeoutError, EndpointFailed, EndpointRefused),
    *(ValueError, TypeError, KeyError, AttributeError, IndexError),
)
"""What a call may raise: the clients' own, and what their parsers say of an answer in a shape they do not know."""

SHORTLY = timedelta(milliseconds=250)
"""How long after a connection error or 5xx another attempt is worth making, where the server does not say."""

_FILTERED = frozenset({"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"})


def to_model_error(error: Exception) -> ModelError:
    """Return what a client's error means; ``retry_after`` is set where another attempt may succeed."""
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return ModelUnavailable("The language model did not answer in time.", code="timeout")
    if refused := _find_refusal(error):
        return _of_status(refused)
    if isinstance(error, openai.APIConnectionError | aiohttp.ClientError):
        return ModelUnavailable("The language model cannot be reached.", retry_after=SHORTLY, code="connection")
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return filtered()
    if isinstance(error, openai.LengthFinishReasonError):
        return cut_off()
    if isinstance(error, openai.APIError | EndpointFailed) and not isinstance(error, openai.APIResponseValidationError):
        return ModelUnavailable("The language model broke off its answer.", code="stream_error")
    return ModelMisbehaved(
        "The language model's answer could not be read.", code="unreadable", kind=type(error).__name__
    )


def filtered() -> ModelRefused:
    """Return what an answer means that the provider's filter took away."""
    return ModelRefused(code="content_filter")


def cut_off() -> ModelMisbehaved:
    """Return what an answer by schema means that ended at its last token."""
    return ModelMisbehaved("The answer was cut off before it was complete.", code="length")


def _of_status(error: EndpointRefused) -> ModelError:
    status, code = error.status, error.code
    if code in _FILTERED:
        return filtered()
    if status == 429 and code == "insufficient_quota":
        return ModelUnavailable("The account at the language model's provider has no credit.", code=code)
    if status == 429:
        return ModelUnavailable("The language model is busy.", retry_after=_retry_after(error), code="rate_limited")
    if status >= 500:
        wait = _retry_after(error) or SHORTLY
        return ModelUnavailable("The language model's server failed.", retry_after=wait, code="server", status=status)
    if status in {401, 403}:
        return ModelUnavailable("The language model's key was refused.", code="bad_key", status=status)
    if code == "context_length_exceeded":
        return ModelMisbehaved("The question is longer than the model can read.", code=code)
    return ModelUnavailable("The language model's server refused the request.", code="bad_request", status=status)


def refuses_schemas(error: Exception) -> bool:
    """Tell whether an endpoint refused a request because it knows no ``response_format``."""
    refused = _find_refusal(error)
    return (
        refused is not None
        and refused.status in {400, 404, 415, 422, 501}
        and any(word in refused.words.lower() for word in ("response_format", "json_schema"))
    )


def _find_refusal(error: Exception) -> EndpointRefused | None:
    if isinstance(error, openai.APIStatusError):
        code, words = str(error.code or ""), str(error.message)
        return EndpointRefused(error.status_code, code, words=words, headers=error.response.headers)
    return error if isinstance(error, EndpointRefused) else None


def _retry_after(error: EndpointRefused) -> timedelta | None:
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(error.headers.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds):
            return timedelta(seconds=min(max(0.0, seconds), 3600.0))
    return None

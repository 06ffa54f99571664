"""What an OpenAI-compatible endpoint's failures mean, in one place."""

import math
from datetime import timedelta
from typing import Any

import openai

from core.errors import ModelError, ModelMisbehaved, ModelRefused, ModelUnavailable

EXPECTED = (openai.OpenAIError, ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What a call may raise: the library's own, and what its parsers say of an answer in a shape they do not know."""

SHORTLY = timedelta(milliseconds=250)
"""How long after a connection error or 5xx another attempt is worth making, where the server does not say."""

_FILTERED = frozenset({"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"})


def to_model_error(error: Exception) -> ModelError:
    """Return what a library error means; ``retry_after`` is set where another attempt may succeed."""
    if isinstance(error, openai.APITimeoutError):
        return ModelUnavailable("The language model did not answer in time.", code="timeout")
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if isinstance(error, openai.APIConnectionError):
        return ModelUnavailable("The language model cannot be reached.", retry_after=SHORTLY, code="connection")
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ModelRefused(code="content_filter")
    if isinstance(error, openai.LengthFinishReasonError):
        return ModelMisbehaved("The answer was cut off before it was complete.", code="length")
    if isinstance(error, openai.APIError) and not isinstance(error, openai.APIResponseValidationError):
        return ModelUnavailable("The language model broke off its answer.", code="stream_error")
    return ModelMisbehaved(
        "The language model's answer could not be read.", code="unreadable", kind=type(error).__name__
    )


def _of_status(error: openai.APIStatusError) -> ModelError:
    status, code = error.status_code, str(error.code or "")
    if code in _FILTERED:
        return ModelRefused(code="content_filter")
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
    return (
        isinstance(error, openai.APIStatusError)
        and error.status_code in {400, 404, 415, 422, 501}
        and any(word in str(error.message).lower() for word in ("response_format", "json_schema"))
    )


def _retry_after(error: openai.APIStatusError) -> timedelta | None:
    headers: Any = error.response.headers
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds):
            return timedelta(seconds=min(max(0.0, seconds), 3600.0))
    return None

"""Ask for a person. Emits exactly one RequestHandoff, its notice inside it, so that there is one of each.

Asking again while a handoff waits is refused by the store: a tool cannot see what other turns did.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from core.content import TextPart
from core.policy import is_open
from core.turns import RequestHandoff
from tools.base import BUILDER, Arguments, Tool, ToolContext, ToolOutcome
from tools.brief import build_brief

LOWEST, HIGHEST = 0, 100

NOTICES: Mapping[str, str] = {
    "tr": "Sizi ekibimize aktarıyorum, lütfen bekleyin.",
    "en": "I am passing you to our team, one moment please.",
    "ru": "Передаю вас нашему сотруднику, пожалуйста, подождите.",
    "kk": "Сізді қызметкерімізге қосып жатырмын, күте тұрыңыз.",
    "ar": "سأحوّلك إلى فريقنا، لحظة من فضلك.",
}
AWAY_NOTICES: Mapping[str, str] = {
    "tr": "Mesajınızı ekibimize ilettim. Şu an müsait değiller; ilk fırsatta size yazacaklar.",
    "en": "I have passed your message to our team. They are away right now and will write to you as soon as they can.",
    "ru": "Я передал ваше сообщение. Сейчас сотрудников нет на месте, вам ответят при первой возможности.",
    "kk": "Хабарламаңызды қызметкерлерге жеткіздім. Қазір олар орнында жоқ, мүмкін болғанда жауап береді.",
    "ar": "أبلغتُ فريقنا برسالتك. هم غير متاحين الآن وسيكتبون لك في أقرب وقت.",
}


class HandoffArguments(Arguments):
    """Why a person is wanted."""

    reason: str = Field(max_length=500, description="Why a person is needed, in one sentence for staff")
    customer_asked: bool = Field(False, description="True when the customer asked for a person")
    suggested_reply: Annotated[str, Field(max_length=2000)] | None = Field(
        None, description="What staff could answer, if you know"
    )
    queue: Annotated[str, BUILDER] = "default"
    priority: Annotated[float, BUILDER] = 50
    """Clamped to 0…100: it often comes from a score."""
    cause: Annotated[str, BUILDER] = "model"
    """Machine-readable: ``no_match``, ``error:<code>``, ``policy``, ``model``, ``flow``."""
    notice: Annotated[dict[str, str], BUILDER] = Field(default_factory=dict)
    """The customer's notice by language; the built-in one where it is missing."""
    away_notice: Annotated[dict[str, str], BUILDER] = Field(default_factory=dict)
    sla: Annotated[timedelta | None, BUILDER] = None


async def request_handoff(arguments: HandoffArguments, context: ToolContext) -> ToolOutcome:
    """Put the conversation before a person."""
    available = staff_available(context, arguments.queue)
    notice = _notice(arguments, context.locale, available=available)
    handoff = RequestHandoff(
        queue=arguments.queue,
        reason="asked" if arguments.customer_asked else arguments.cause,
        priority=clamp_priority(arguments.priority),
        brief=build_brief(
            arguments.reason,
            context.window,
            context.collected,
            said=context.said,
            suggested_reply=arguments.suggested_reply,
        ),
        notice=(TextPart(text=notice),),
        node=context.node,
        visit=context.visit,
        sla=arguments.sla or context.policy.policy.handoff_sla,
        answers=context.source if arguments.customer_asked else None,
    )
    result: dict[str, Any] = {"requested": True, "staff_available": available, "notice_sent": notice}
    return ToolOutcome(result, (handoff,))


def staff_available(context: ToolContext, queue: str) -> bool:
    """Tell whether somebody can take a handoff now; with no hours set and no presence known, yes."""
    facts = context.policy
    return is_open(facts.policy, context.now) and facts.queues_available.get(queue, True)


def clamp_priority(value: float) -> int:
    """Return a priority within 0…100."""
    return int(min(max(value, LOWEST), HIGHEST)) if value == value else LOWEST  # noqa: PLR0124 - NaN is not itself


def _notice(arguments: HandoffArguments, locale: str, *, available: bool) -> str:
    own, built_in = (arguments.notice, NOTICES) if available else (arguments.away_notice, AWAY_NOTICES)
    return own.get(locale) or built_in.get(locale) or next(iter(own.values()), "") or built_in["en"]


REQUEST_HANDOFF = Tool(
    name="request_handoff",
    description=(
        "Pass the conversation to a person. Use when the customer asks for one, is upset, or needs something you cannot"
        " do. The customer is told by the system; say nothing about it yourself."
    ),
    Arguments=HandoffArguments,
    run=request_handoff,
    write=True,
)

"""Checks of words: languages, lengths, triggers that hide answers, agents without a budget."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from core.channel_types import ChannelType, TextLimit
from graphs.builtins import folded_words
from graphs.fold import fold, has_phrase
from graphs.lint_walk import Values, texts
from graphs.matching import all_words
from graphs.schema import Flow, Issue, pointer
from graphs.schema.expect import Expect
from graphs.schema.nodes_form import FormNode
from graphs.schema.nodes_logic import AgentNode
from graphs.schema.nodes_talk import AskNode
from graphs.schema.parts import Trigger

LIMITS: Mapping[ChannelType, TextLimit] = {
    ChannelType.WHATSAPP: TextLimit(4096, "characters"),
    ChannelType.INSTAGRAM: TextLimit(1000, "bytes"),
    ChannelType.MESSENGER: TextLimit(2000, "characters"),
}
LONGEST_LABEL: Mapping[ChannelType, int] = {
    ChannelType.WHATSAPP: 24,
    ChannelType.INSTAGRAM: 20,
    ChannelType.MESSENGER: 20,
}
_KINDS = ("hard", "soft", "digress")


def check_talk(flow: Flow, values: Values) -> Iterator[Issue]:
    """Report what is said badly or may not be heard."""
    yield from _languages(flow, values)
    yield from _lengths(flow, values)
    yield from _shadowed(flow)
    for key, node in flow.nodes.items():
        if isinstance(node, AgentNode) and node.budget is None:
            message = f"“{node.title or key}” has no budget of its own."
            fix = "Set its turns, llm_calls, tool_calls, seconds and usd."
            yield Issue(pointer("nodes", key), "no_budget", "warning", message, fix)


def _languages(flow: Flow, values: Values) -> Iterator[Issue]:
    for found in texts(values, flow.locales.supported):
        missing = [one for one in flow.locales.supported if not str(found.value.get(one, "")).strip()]
        if missing:
            fix = "Translate it; until then another language stands in."
            message = f"The text is missing in: {', '.join(missing)}."
            yield Issue(pointer(*found.path), "missing_locale", "warning", message, fix)


def _lengths(flow: Flow, values: Values) -> Iterator[Issue]:
    for found in texts(values, flow.locales.supported):
        is_label = found.path[-1] == "label" and "options" in found.path
        for locale, text in found.value.items():
            tight = [one for one in flow.channels if _too_long(one, text, label=is_label)]
            if tight:
                what = "will be shown as numbered text" if is_label else "will be sent in several messages"
                message = f"Too long for {', '.join(tight)}: it {what}."
                yield Issue(pointer(*found.path, locale), "too_long", "warning", message, "Shorten it.")


def _too_long(channel: ChannelType, text: str, *, label: bool) -> bool:
    if label:
        return channel in LONGEST_LABEL and len(text) > LONGEST_LABEL[channel]
    return channel in LIMITS and LIMITS[channel].measure(text) > LIMITS[channel].value


def _shadowed(flow: Flow) -> Iterator[Issue]:
    """Report words that are taken first by another trigger, or by what every flow understands."""
    order = sorted(enumerate(flow.triggers), key=lambda one: _KINDS.index(one[1].kind))
    before: list[Trigger] = []
    for index, trigger in order:
        for word in all_words(trigger.keywords):
            owner = "STOP" if _always_stops(word, trigger) else _owner(word, before)
            if owner is not None:
                message = f"“{word}” already belongs to “{owner}”."
                place = pointer("triggers", index, "keywords")
                yield Issue(place, "shadowed", "warning", message, "Remove it from one.")
        before.append(trigger)
    hard = [one for one in flow.triggers if one.kind == "hard"]
    for key, node in flow.nodes.items():
        if isinstance(node, AskNode):
            yield from _hidden_options(("nodes", key), node.expect, hard)
        elif isinstance(node, FormNode):
            for index, field in enumerate(node.fields):
                yield from _hidden_options(("nodes", key, "fields", index), field.expect, hard)


def _always_stops(word: str, trigger: Trigger) -> bool:
    return trigger.do != "opt_out" and word in folded_words("STOP")


def _owner(word: str, triggers: Iterable[Trigger]) -> str | None:
    """Return the first of the triggers that whoever writes this word fires."""
    for one in triggers:
        words = all_words(one.keywords)
        if word in words or (one.mode == "phrase" and any(has_phrase(word, phrase) for phrase in words)):
            return one.id
    return None


def _hidden_options(path: tuple[Any, ...], expect: Expect, hard: Sequence[Trigger]) -> Iterator[Issue]:
    for index, option in enumerate(expect.options):
        said = {fold(label) for label in option.label.values()} | set(all_words(option.synonyms))
        for word in sorted(said):
            if word in folded_words("STOP") or _owner(word, hard):
                place = pointer(*path, "expect", "options", index)
                message = f"Typing “{word}” fires a hard trigger and never chooses this option."
                yield Issue(place, "hidden_option", "warning", message, "Change the option or the trigger's words.")
                break

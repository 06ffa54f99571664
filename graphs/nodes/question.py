"""What a question looks like: its words, and its options with what a tap on each sends back."""

from core.content import ChoicesPart, Option, Part, TextPart
from graphs.contract import Visit
from graphs.saying import Saying, builtin_parts
from graphs.schema.expect import Option as OptionSpec
from graphs.schema.nodes_talk import AskNode
from graphs.taps import encode_tap
from graphs.texts import LocalText, Translations


class Question:
    """The words of an ``ask`` node, prepared."""

    def __init__(self, node: AskNode, translations: Translations) -> None:
        self._saying = Saying(node.say, translations, node.channels)
        self._yes_no = node.expect.type == "yes_no"
        self._options = [
            (option, LocalText(option.label, translations), _maybe(option.description, translations))
            for option in node.expect.options
        ]
        self._labels = {option.id: label for option, label, _ in self._options}
        render = node.render
        self._header, self._footer = _maybe(render.header, translations), _maybe(render.footer, translations)
        self._menu = _maybe(render.menu, translations)

    def parts(self, visit: Visit, *, short: bool = False) -> tuple[Part, ...]:
        """Return the question; ``short`` leaves out what stands before its last words."""
        said = self._saying.render(visit)
        before, body = _split(said)
        options = yes_no_options(visit) if self._yes_no and not self._options else self._shown(visit)
        if not options:
            return said[-1:] if short else said
        question = ChoicesPart(
            body=body or "…",
            options=options,
            header=_text(self._header, visit),
            footer=_text(self._footer, visit),
            menu_label=_text(self._menu, visit),
        )
        return (question,) if short else (*before, question)

    def label(self, option: OptionSpec, visit: Visit) -> str:
        """Return an option's label in the visit's language."""
        return self._labels[option.id].render(visit.scope, visit.style)

    def _shown(self, visit: Visit) -> tuple[Option, ...]:
        return tuple(
            Option(
                id=encode_tap(visit.node, visit.visit, option.id),
                label=label.render(visit.scope, visit.style) or option.id,
                description=_text(description, visit),
            )
            for option, label, description in self._options
        )


def yes_no_options(visit: Visit) -> tuple[Option, ...]:
    """Return yes and no to tap."""
    found = []
    for name in ("yes", "no"):
        part = builtin_parts(name, visit)[0]
        label = part.text if isinstance(part, TextPart) else name
        found.append(Option(id=encode_tap(visit.node, visit.visit, name), label=label))
    return tuple(found)


def _split(said: tuple[Part, ...]) -> tuple[tuple[Part, ...], str]:
    """The last words become the body of the choices."""
    if said and isinstance(said[-1], TextPart):
        return said[:-1], said[-1].text
    return said, ""


def _maybe(texts: dict[str, str] | None, translations: Translations) -> LocalText | None:
    return LocalText(texts, translations) if texts else None


def _text(text: LocalText | None, visit: Visit) -> str | None:
    return (text.render(visit.scope, visit.style) or None) if text else None

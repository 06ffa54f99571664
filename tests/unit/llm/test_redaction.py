"""What a model and a trace may not see, they do not see."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from agent.llm.redaction import RedactedModels, Redactor, mask, mask_facts
from core.turns import ModelMessage, ModelReply, ModelRequest, ToolCall


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Bana ali.can+x@ornek.com.tr yazın", "Bana [email] yazın"),
        ("numaram 0532 123 45 67 teşekkürler", "numaram [phone] teşekkürler"),
        ("+905321234567", "[phone]"),
        ("kart 4111 1111 1111 1111 son 12/29", "kart [card] son 12/29"),
        ("5500-0000-0000-0004", "[card]"),
        ("TC 10000000146", "TC [identity]"),
        ("TR33 0006 1005 1978 6457 8413 26 hesabına", "[iban] hesabına"),
        ("implant 18.500 TL, 2 adet, 2026-03-05 10:00", "implant 18.500 TL, 2 adet, 2026-03-05 10:00"),
        ("sipariş 4111111111111112", "sipariş 4111111111111112"),
        ("kod 10000000147", "kod 10000000147"),
        ("", ""),
    ],
)
def test_that_personal_numbers_and_addresses_are_masked_and_others_are_not(text: str, masked: str) -> None:
    assert mask(text, country="TR") == masked


def test_that_known_values_are_masked_under_their_names() -> None:
    values = {"contact.name": "Ali Can", "slots.full_name": "Ali Can Yılmaz", "slots.x": "a", "slots.n": None}
    assert mask("Ben Ali Can Yılmaz, Ali Can da olur", values=values) == "Ben [slots.full_name], [contact.name] da olur"


def test_that_facts_are_masked_however_deep() -> None:
    facts = {"said": "a@b.com", "list": [{"phone": "+905321234567"}], "n": 3, "none": None}
    assert mask_facts(facts) == {"said": "[email]", "list": [{"phone": "[phone]"}], "n": 3, "none": None}


def test_that_hiding_can_be_undone_and_listed_variables_stay() -> None:
    redactor = Redactor({"contact.name": "Ali Can", "slots.city": "Kadıköy"}, listed=frozenset({"slots.city"}))
    hidden = redactor.hide("Ali Can, Kadıköy; Ali Cankurt")
    assert hidden == "[[contact.name]], Kadıköy; Ali Cankurt"
    assert redactor.restore(hidden) == "Ali Can, Kadıköy; Ali Cankurt"
    assert redactor.restore("[[contact.phone]] [[contact.name]]") == "[[contact.phone]] Ali Can"
    assert Redactor({}).hide("Ali") == "Ali"


@dataclass
class Echo:
    """Answers with what it was told, in pieces."""

    size: int
    asked: list[ModelRequest] = field(default_factory=list)

    def available(self, alias: str = "default") -> bool:
        return alias == "default"

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        text = request.messages[-1].text
        if request.on_delta:
            for start in range(0, len(text), self.size):
                await request.on_delta(text[start : start + self.size])
        call = ToolCall(
            "1", "capture_lead", {"name": "[[contact.name]]", "tags": ["[[contact.name]]"]}, "[[contact.name]]"
        )
        return ModelReply(text, (call,), parsed={"name": "[[contact.name]]"})


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
@pytest.mark.parametrize("text", ["Selam Ali Can!", "[1] liste [[ ve Ali Can ]] bitti [", "yok", "Ali Can Ali Can"])
async def test_that_a_model_says_a_name_it_never_saw(size: int, text: str) -> None:
    inner, heard = Echo(size), []
    models = RedactedModels(inner, Redactor({"contact.name": "Ali Can"}))

    async def listen(words: str) -> None:
        heard.append(words)

    earlier = ModelMessage("assistant", "", (ToolCall("0", "x", {"who": "Ali Can"}, '{"who": "Ali Can"}'),))
    reply = await models.complete(ModelRequest("default", (earlier, ModelMessage("user", text)), on_delta=listen))
    assert "Ali" not in str(inner.asked[0].messages)
    assert reply.text == text
    assert "".join(heard) == text
    assert reply.tool_calls[0].arguments == {"name": "Ali Can", "tags": ["Ali Can"]}
    assert reply.parsed == {"name": "Ali Can"}


def test_that_availability_is_the_models_own() -> None:
    models = RedactedModels(Echo(1), Redactor({}))
    assert models.available("default")
    assert not models.available("fast")

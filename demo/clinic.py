"""The clinic itself: who it is, who works there, what its flows and its knowledge say. Data only."""

from datetime import time
from pathlib import Path
from typing import Any

import orjson

from core.policy import OpenHours, Policy
from graphs.catalog import Catalog

HERE = Path(__file__).parent
NAME, LOCALE, TIMEZONE, COUNTRY = "Ada Diş Kliniği", "tr", "Europe/Istanbul", "TR"
CONSTANTS = {"kvkk_url": "https://ada-dis.example/kvkk", "phone": "+90 850 000 01 18"}
KNOWLEDGE_BASE, CONNECTION, LOGO = "clinic", "crm", "logo"
QUEUES = {"reception": "Danışma", "sales": "Tedavi danışmanları"}
PIPELINE, PIPELINE_NAME = "patients", "Aday hastalar"
STAGES = (
    ("new", "Yeni"), ("contacted", "Arandı"), ("booked", "Randevulu"), ("treated", "Tedavide"), ("lost", "Vazgeçti")
)  # fmt: skip
FLOWS = ("callback", "clinic")
"""Sub-flows first: what is called must be there."""

TEMPLATE = "visit_reminder"
TEMPLATE_TEXTS = {
    "tr": "Merhaba {{1}}, randevunuzu birlikte ayarlayalım mı? Yazmanız yeterli.",
    "en": "Hello {{1}}, shall we find a time for your visit? Just write back.",
    "ru": "Здравствуйте, {{1}}! Подобрать время для визита? Просто ответьте.",
    "kk": "Сәлеметсіз бе, {{1}}! Келетін уақытыңызды белгілейік пе? Жауап жазыңыз.",
    "ar": "مرحبًا {{1}}، هل نحدد موعدًا لزيارتك؟ يكفي أن ترد علينا.",
}
POLICY = Policy(
    timezone=TIMEZONE,
    hours=tuple(OpenHours(day=day, start=time(0), end=time(0)) for day in range(7)),
    quiet_hours=(time(23), time(7)),
    require_consent=True,
    scope="dental care, visits, prices and opening hours of the clinic",
)
"""Open round the clock, so that whoever tries the demo at night finds it open; the knowledge tells the clinic's own."""


def load_flow(key: str) -> dict[str, Any]:
    """Return one of the clinic's flow documents."""
    document: dict[str, Any] = orjson.loads((HERE / "flows" / f"{key}.json").read_bytes())
    return document


def load_knowledge() -> list[tuple[str, bytes]]:
    """Return (name, content) of every document the clinic answers from."""
    return [(path.name, path.read_bytes()) for path in sorted((HERE / "knowledge").iterdir()) if path.is_file()]


def catalog() -> Catalog:
    """Return what the clinic's flows may refer to, as lint wants to know it."""
    stages = frozenset(key for key, _ in STAGES)
    return Catalog(
        connections=frozenset({CONNECTION}),
        knowledge=frozenset({KNOWLEDGE_BASE}),
        assets=frozenset({LOGO}),
        queues=frozenset({"default", *QUEUES}),
        pipelines={"default": frozenset({"new"}), PIPELINE: stages},
        templates=frozenset({TEMPLATE}),
        tenant=frozenset({"name", *CONSTANTS}),
        flows={key: load_flow(key) for key in FLOWS},
        require_consent=POLICY.require_consent,
    )

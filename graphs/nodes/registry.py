"""Every node type there is: its executor, and its place in the editor's palette."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphs.contract import Executor, Making
from graphs.nodes.agent import Agent
from graphs.nodes.ask import Ask
from graphs.nodes.call import Call
from graphs.nodes.condition import Condition
from graphs.nodes.emit import EmitEvent
from graphs.nodes.end import End
from graphs.nodes.form import Form
from graphs.nodes.handoff import Handoff
from graphs.nodes.http import Http
from graphs.nodes.jump import Jump
from graphs.nodes.knowledge import Knowledge
from graphs.nodes.language import Language
from graphs.nodes.lead import Lead
from graphs.nodes.message import Message
from graphs.nodes.policy import Policy
from graphs.nodes.router import Router
from graphs.nodes.set import Set
from graphs.nodes.split import Split
from graphs.nodes.template import Template
from graphs.nodes.wait import Wait
from graphs.schema import NODE_MODELS, NodeBase, node_schema

EXECUTORS: Mapping[tuple[str, int], Callable[[Making[Any]], Executor]] = {
    ("message", 1): Message,
    ("ask", 1): Ask,
    ("form", 1): Form,
    ("language", 1): Language,
    ("condition", 1): Condition,
    ("router", 1): Router,
    ("set", 1): Set,
    ("split", 1): Split,
    ("emit", 1): EmitEvent,
    ("policy", 1): Policy,
    ("agent", 1): Agent,
    ("knowledge", 1): Knowledge,
    ("http", 1): Http,
    ("lead", 1): Lead,
    ("handoff", 1): Handoff,
    ("wait", 1): Wait,
    ("template", 1): Template,
    ("call", 1): Call,
    ("jump", 1): Jump,
    ("end", 1): End,
}
"""(type, version) → executor; an old version stays while any release uses it."""


KNOWN_TYPES = frozenset({*(f"{kind}@{v}" for kind, v in EXECUTORS), "note@1"})
"""What this version can run, as releases name it (ENGINE rule 9); notes are never run."""


@dataclass(frozen=True, slots=True)
class NodeType:
    """What the editor is told of a node type."""

    model: type[NodeBase]
    group: str
    icon: str
    title: Mapping[str, str]
    v: int = 1

    def to_json(self, kind: str) -> dict[str, Any]:
        """Return the type as clients get it."""
        return {
            "type": kind,
            "v": self.v,
            "group": self.group,
            "icon": self.icon,
            "title": dict(self.title),
            "description": (self.model.__doc__ or "").split("\n", 1)[0],
            "schema": node_schema(kind),
        }


def _titles(tr: str, en: str, ru: str, kk: str, ar: str) -> Mapping[str, str]:
    return {"tr": tr, "en": en, "ru": ru, "kk": kk, "ar": ar}


NODE_TYPES: Mapping[str, NodeType] = {
    kind: NodeType(NODE_MODELS[kind], group, icon, title)
    for kind, group, icon, title in (
        ("message", "talk", "message", _titles("Mesaj", "Message", "Сообщение", "Хабарлама", "رسالة")),
        ("ask", "talk", "question", _titles("Soru", "Question", "Вопрос", "Сұрақ", "سؤال")),
        ("form", "talk", "list", _titles("Form", "Form", "Форма", "Форма", "نموذج")),
        ("language", "talk", "language", _titles("Dil", "Language", "Язык", "Тіл", "اللغة")),
        ("condition", "logic", "branch", _titles("Koşul", "Condition", "Условие", "Шарт", "شرط")),
        ("router", "logic", "router", _titles("Yönlendirici", "Router", "Маршрут", "Бағыттаушы", "موجّه")),
        ("set", "logic", "pencil", _titles("Değer ver", "Set value", "Присвоить", "Мән беру", "تعيين قيمة")),
        (
            "split",
            "logic",
            "split",
            _titles("Böl (A/B)", "Split (A/B)", "Разделить", "Бөлу (A/B)", "تقسيم (A/B)"),
        ),
        ("emit", "work", "signal", _titles("Olay kaydet", "Record event", "Событие", "Оқиғаны жазу", "تسجيل حدث")),
        ("policy", "logic", "shield", _titles("Kural", "Policy", "Правило", "Ереже", "سياسة")),
        ("agent", "work", "robot", _titles("Yapay zekâ", "AI agent", "ИИ-агент", "ЖИ агенті", "وكيل ذكي")),
        ("knowledge", "work", "book", _titles("Bilgi", "Knowledge", "База знаний", "Білім қоры", "المعرفة")),
        ("http", "work", "plug", _titles("HTTP isteği", "HTTP request", "HTTP-запрос", "HTTP сұрау", "طلب HTTP")),
        ("lead", "work", "user-plus", _titles("Aday müşteri", "Lead", "Лид", "Лид", "عميل محتمل")),
        ("handoff", "work", "headset", _titles("Temsilciye aktar", "Handoff", "Оператор", "Операторға", "تحويل لموظف")),
        ("wait", "time", "clock", _titles("Bekle", "Wait", "Ожидание", "Күту", "انتظار")),
        ("template", "time", "mail", _titles("Şablon", "Template", "Шаблон", "Үлгі", "قالب")),
        ("call", "logic", "corner", _titles("Alt akış", "Sub-flow", "Подпоток", "Ішкі ағын", "مسار فرعي")),
        ("jump", "logic", "arrow", _titles("Atla", "Jump", "Переход", "Өту", "انتقال")),
        ("end", "talk", "flag", _titles("Bitir", "End", "Конец", "Соңы", "نهاية")),
        ("note", "other", "note", _titles("Not", "Note", "Заметка", "Жазба", "ملاحظة")),
    )
}
"""Node type → what the editor shows of it."""

"""How people call each tool, in the languages of the console: what the editor's picker shows."""

from collections.abc import Mapping


def _titles(tr: str, en: str, ru: str, kk: str, ar: str) -> Mapping[str, str]:
    return {"tr": tr, "en": en, "ru": ru, "kk": kk, "ar": ar}


TITLES: Mapping[str, Mapping[str, str]] = {
    "call_http": _titles(
        "Dış servisi çağır", "Call a service", "Вызвать сервис", "Сервисті шақыру", "استدعاء خدمة خارجية"
    ),
    "capture_lead": _titles(
        "Aday müşteri kaydet", "Save a lead", "Сохранить лид", "Лидті сақтау", "حفظ عميل محتمل"
    ),
    "check_policy": _titles(
        "Kuralları denetle", "Check the rules", "Проверить правила", "Ережелерді тексеру", "التحقق من القواعد"
    ),
    "remember_fact": _titles(
        "Bilgiyi hatırla", "Remember a fact", "Запомнить факт", "Деректі есте сақтау", "تذكّر معلومة"
    ),
    "request_handoff": _titles(
        "Temsilci iste", "Ask for a person", "Позвать оператора", "Операторды шақыру", "طلب موظف"
    ),
    "search_knowledge": _titles(
        "Bilgi tabanında ara", "Search the knowledge base", "Искать в базе знаний", "Білім қорынан іздеу",
        "البحث في قاعدة المعرفة",
    ),
}  # fmt: skip
"""Tool → its title by language."""

"""What notices on a device say, in every language of the product; never what a customer said."""

from core.noticing import NoticeKind

WORDS: dict[str, dict[NoticeKind, str]] = {
    "en": {
        NoticeKind.WAITING: "A customer is waiting for a person.",
        NoticeKind.LATE: "A customer has waited too long for a person.",
        NoticeKind.REPLY: "A customer of yours has written.",
        NoticeKind.ASSIGNED: "A conversation was given to you.",
        NoticeKind.MENTIONED: "A colleague mentions you in a note.",
    },
    "tr": {
        NoticeKind.WAITING: "Bir müşteri temsilci bekliyor.",
        NoticeKind.LATE: "Bir müşteri çok uzun süredir temsilci bekliyor.",
        NoticeKind.REPLY: "Müşterilerinizden biri yazdı.",
        NoticeKind.ASSIGNED: "Size bir konuşma verildi.",
        NoticeKind.MENTIONED: "Bir ekip arkadaşınız notta sizden söz etti.",
    },
    "ru": {
        NoticeKind.WAITING: "Клиент ждёт сотрудника.",
        NoticeKind.LATE: "Клиент слишком долго ждёт сотрудника.",
        NoticeKind.REPLY: "Ваш клиент написал.",
        NoticeKind.ASSIGNED: "Вам передали разговор.",
        NoticeKind.MENTIONED: "Коллега упомянул вас в заметке.",
    },
    "kk": {
        NoticeKind.WAITING: "Клиент қызметкерді күтіп отыр.",
        NoticeKind.LATE: "Клиент қызметкерді тым ұзақ күтіп отыр.",
        NoticeKind.REPLY: "Клиентіңіз жазды.",
        NoticeKind.ASSIGNED: "Сізге әңгіме берілді.",
        NoticeKind.MENTIONED: "Әріптесіңіз жазбада сізді атады.",
    },
    "ar": {
        NoticeKind.WAITING: "عميل ينتظر موظفًا.",
        NoticeKind.LATE: "عميل ينتظر موظفًا منذ وقت طويل.",
        NoticeKind.REPLY: "كتب إليك أحد عملائك.",
        NoticeKind.ASSIGNED: "أُسندت إليك محادثة.",
        NoticeKind.MENTIONED: "ذكرك زميل في ملاحظة.",
    },
}


def word_notice(kind: NoticeKind, locale: str | None) -> tuple[str, str]:
    """Return the language that is spoken and what it says."""
    language = locale if locale in WORDS else "en"
    return language, WORDS[language][kind]

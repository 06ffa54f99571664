"""Words that every flow understands without being told, in the five built-in languages."""

from collections.abc import Mapping

WordLists = Mapping[str, tuple[str, ...]]

STOP: WordLists = {
    "tr": ("dur", "iptal", "stop", "abonelikten çık", "listeden çık", "yazmayın", "bana yazmayın",
           "mesaj atmayın", "ret"),
    "en": ("stop", "stop all", "unsubscribe", "opt out", "do not write", "dont write to me", "stop messages"),
    "ru": ("стоп", "отписаться", "отпишите меня", "не пишите", "не пишите мне", "отписка"),
    "kk": ("тоқта", "тоқтату", "жазбаңыз", "маған жазбаңыз", "жазылымнан шығу"),
    "ar": ("توقف", "قف", "إلغاء الاشتراك", "الغاء الاشتراك", "لا ترسل", "لا تراسلني"),
}  # fmt: skip
"""The whole message, exactly: the customer does not want to be written to."""

START: WordLists = {
    "tr": ("başla", "yeniden başla", "start", "abone ol", "devam et"),
    "en": ("start", "unstop", "subscribe", "opt in"),
    "ru": ("старт", "начать", "подписаться", "возобновить"),
    "kk": ("баста", "бастау", "жазылу"),
    "ar": ("ابدأ", "ابدا", "اشترك", "استئناف"),
}
"""The whole message, of somebody who opted out: write again."""

HUMAN_EXACT: WordLists = {
    "tr": ("insan", "yetkili", "operatör", "temsilci", "biriyle görüşmek istiyorum", "birine bağla", "canlı"),
    "en": ("human", "agent", "person", "operator", "representative", "somebody", "staff"),
    "ru": ("оператор", "человек", "менеджер", "консультант", "живой"),
    "kk": ("оператор", "менеджер", "кеңесші"),
    "ar": ("موظف", "انسان", "شخص", "مسؤول", "خدمة العملاء"),
}
"""The whole message: a person is wanted."""

HUMAN_PHRASES: WordLists = {
    "tr": (
        "müşteri temsilcisi", "müşteri hizmetleri", "canlı destek", "gerçek kişi", "gerçek bir kişi", "gerçek insan",
        "bir insanla", "insanla görüş", "insanla konuş", "temsilciye bağla", "temsilciyle görüşmek", "temsilci ile",
        "yetkiliyle görüşmek", "yetkili biri", "operatöre bağla", "birisiyle görüşmek",
    ),
    "en": (
        "talk to a human", "talk to a person", "talk to someone", "speak to a human", "speak to a person",
        "speak to someone", "speak with someone", "speak with a human", "talk with a human", "real person",
        "real human", "live agent", "human agent", "customer service", "customer support", "human please",
    ),
    "ru": (
        "позовите оператора", "позвать оператора", "живой человек", "живым человеком", "с человеком", "с оператором",
        "с менеджером", "соедините с", "переключите на", "служба поддержки",
    ),
    "kk": ("тірі адам", "адаммен сөйлес", "операторға қос", "оператормен сөйлес", "менеджермен сөйлес",
           "қолдау қызметі"),
    "ar": ("التحدث مع موظف", "التحدث الى موظف", "اريد موظف", "شخص حقيقي", "التحدث مع شخص", "خدمة الزبائن", "ممثل خدمة"),
}  # fmt: skip
"""Anywhere in the message: a person is wanted."""

YES: WordLists = {
    "tr": ("evet", "e", "olur", "tamam", "tabii", "tabi", "tabii ki", "elbette", "kabul", "kabul ediyorum",
           "onaylıyorum", "onay", "doğru", "hı hı", "aynen", "peki", "isterim"),
    "en": ("yes", "y", "yeah", "yep", "yup", "sure", "ok", "okay", "of course", "i agree", "agree", "correct", "right",
           "i accept", "accept", "please do"),
    "ru": ("да", "д", "ага", "конечно", "хорошо", "ок", "согласен", "согласна", "верно", "правильно", "давайте", "угу"),
    "kk": ("иә", "ия", "әрине", "жарайды", "келісемін", "дұрыс", "болады", "мақұл", "йә"),
    "ar": ("نعم", "اجل", "ايوه", "ايوا", "طبعا", "موافق", "اوافق", "حسنا", "تمام", "صحيح", "اكيد", "بالتاكيد"),
}  # fmt: skip

NO: WordLists = {
    "tr": ("hayır", "h", "yok", "olmaz", "istemem", "istemiyorum", "kabul etmiyorum", "onaylamıyorum", "yanlış",
           "değil"),
    "en": ("no", "n", "nope", "nah", "no thanks", "no thank you", "i dont", "i do not", "dont", "wrong", "incorrect",
           "i disagree", "not now"),
    "ru": ("нет", "н", "не надо", "не хочу", "не согласен", "не согласна", "неверно", "неправильно", "неа"),
    "kk": ("жоқ", "жок", "керек емес", "келіспеймін", "қате", "дұрыс емес"),
    "ar": ("لا", "كلا", "لا اريد", "لا شكرا", "غير موافق", "لا اوافق", "خطا", "لأ"),
}  # fmt: skip

SKIP: WordLists = {
    "tr": ("geç", "atla", "boş geç", "bilmiyorum", "belirtmek istemiyorum"),
    "en": ("skip", "pass", "dont know", "i dont know", "prefer not to say"),
    "ru": ("пропустить", "пропусти", "дальше", "не знаю"),
    "kk": ("өткізу", "өткізіп жібер", "білмеймін"),
    "ar": ("تخطي", "تخطى", "لا اعرف", "لا ادري"),
}

QUESTION_STARTS: WordLists = {
    "tr": ("ne", "nasıl", "nerede", "nereye", "nedir", "kaç", "hangi", "neden", "niye", "kim", "ne zaman", "ne kadar"),
    "en": ("what", "how", "where", "when", "why", "who", "which", "do you", "are you", "can i", "is there", "is it"),
    "ru": ("что", "как", "где", "куда", "когда", "почему", "кто", "какой", "какая", "какие", "сколько", "есть ли"),
    "kk": ("не", "қалай", "қайда", "қашан", "неге", "кім", "қандай", "қанша", "неше"),
    "ar": ("ما", "ماذا", "كيف", "اين", "متى", "لماذا", "من", "كم", "هل", "اي"),
}
"""A message that begins so is likely a question of the customer's."""

YES_SIGNS = frozenset("👍👌✅✔🆗")
NO_SIGNS = frozenset("👎❌✖🚫⛔")

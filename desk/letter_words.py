"""What letters say, in every language of the product."""

from typing import Literal

Phrase = Literal[
    "invitation.subject", "invitation.text", "invitation.button", "invitation.until",
    "password.subject", "password.text", "password.button", "password.until",
    "overdue.subject", "overdue.text", "overdue.button", "overdue.until", "ignore", "hello",
]  # fmt: skip

PHRASES: dict[str, dict[Phrase, str]] = {
    "en": {
        "hello": "Hello,",
        "invitation.subject": "{inviter} invites you to {business} on Frontdesk",
        "invitation.text": "{inviter} would like you to answer the customers of {business} on Frontdesk.",
        "invitation.button": "Accept the invitation",
        "invitation.until": "The link opens once, until {until}.",
        "password.subject": "Set a new password for Frontdesk",
        "password.text": "Somebody, probably you, asked for a new password for {email}.",
        "password.button": "Set a new password",
        "password.until": "The link opens once, within an hour. Setting a password signs you out everywhere.",
        "overdue.subject": "{business}: customers are waiting ({count})",
        "overdue.text": "Customers of {business} asked for a person and nobody has taken them yet: "
        "{count}. The first has waited {minutes} minutes.",
        "overdue.button": "Open the queue",
        "overdue.until": "You get this letter because you asked for it under Settings, Notices.",
        "ignore": "If you did not expect this letter, do nothing: nothing changes.",
    },
    "tr": {
        "hello": "Merhaba,",
        "invitation.subject": "{inviter} sizi Frontdesk’te {business} ekibine davet ediyor",
        "invitation.text": "{inviter}, {business} müşterilerini Frontdesk’te yanıtlamaya sizi davet ediyor.",
        "invitation.button": "Daveti kabul et",
        "invitation.until": "Bağlantı {until} tarihine kadar, bir kez açılır.",
        "password.subject": "Frontdesk için yeni parola belirleyin",
        "password.text": "Biri, büyük olasılıkla siz, {email} için yeni bir parola istedi.",
        "password.button": "Yeni parola belirle",
        "password.until": "Bağlantı bir saat içinde, bir kez açılır. Yeni parola tüm cihazlarda oturumu kapatır.",
        "overdue.subject": "{business}: bekleyen müşteriler var ({count})",
        "overdue.text": "{business} müşterileri bir temsilci istedi, henüz kimse üstlenmedi: {count}. "
        "İlki {minutes} dakikadır bekliyor.",
        "overdue.button": "Kuyruğu aç",
        "overdue.until": "Bu mektubu Ayarlar, Bildirimler bölümünde istediğiniz için alıyorsunuz.",
        "ignore": "Bu mektubu beklemiyorsanız bir şey yapmayın: hiçbir şey değişmez.",
    },
    "ru": {
        "hello": "Здравствуйте!",
        "invitation.subject": "{inviter} приглашает вас в {business} на Frontdesk",
        "invitation.text": "{inviter} приглашает вас отвечать клиентам {business} на Frontdesk.",
        "invitation.button": "Принять приглашение",
        "invitation.until": "Ссылка откроется один раз, до {until}.",
        "password.subject": "Новый пароль для Frontdesk",
        "password.text": "Кто-то, вероятно вы, запросил новый пароль для {email}.",
        "password.button": "Задать новый пароль",
        "password.until": "Ссылка откроется один раз, в течение часа. Новый пароль завершит вход на всех устройствах.",
        "overdue.subject": "{business}: клиенты ждут ({count})",
        "overdue.text": "Клиенты {business} попросили сотрудника, и никто их ещё не взял: {count}. "
        "Первый ждёт {minutes} мин.",
        "overdue.button": "Открыть очередь",
        "overdue.until": "Вы получили это письмо, потому что включили его в разделе «Настройки → Уведомления».",
        "ignore": "Если вы не ждали этого письма, ничего не делайте: ничего не изменится.",
    },
    "kk": {
        "hello": "Сәлеметсіз бе!",
        "invitation.subject": "{inviter} сізді Frontdesk жүйесіндегі {business} тобына шақырады",
        "invitation.text": "{inviter} сізді {business} клиенттеріне Frontdesk жүйесінде бірге жауап беруге шақырады.",
        "invitation.button": "Шақыруды қабылдау",
        "invitation.until": "Сілтеме {until} дейін бір рет ашылады.",
        "password.subject": "Frontdesk үшін жаңа құпиясөз қойыңыз",
        "password.text": "Біреу, бәлкім сіз, {email} үшін жаңа құпиясөз сұрады.",
        "password.button": "Жаңа құпиясөз қою",
        "password.until": "Сілтеме бір сағат ішінде бір рет ашылады. Құпиясөз қойылғанда барлық құрылғыдан шығасыз.",
        "overdue.subject": "{business}: клиенттер күтіп отыр ({count})",
        "overdue.text": "{business} клиенттері қызметкерді сұрады, әзірге ешкім алған жоқ: {count}. "
        "Біріншісі {minutes} минут күтіп отыр.",
        "overdue.button": "Кезекті ашу",
        "overdue.until": "Бұл хатты «Баптаулар → Хабарландырулар» бөлімінде қосқандықтан алдыңыз.",
        "ignore": "Бұл хатты күтпеген болсаңыз, ештеңе істемеңіз: ештеңе өзгермейді.",
    },
    "ar": {
        "hello": "مرحبًا،",
        "invitation.subject": "{inviter} يدعوك إلى {business} على Frontdesk",
        "invitation.text": "يدعوك {inviter} للرد على عملاء {business} عبر Frontdesk.",
        "invitation.button": "قبول الدعوة",
        "invitation.until": "يُفتح الرابط مرة واحدة، حتى {until}.",
        "password.subject": "تعيين كلمة مرور جديدة لـ Frontdesk",
        "password.text": "طلب أحدهم، وعلى الأرجح أنت، كلمة مرور جديدة للحساب {email}.",
        "password.button": "تعيين كلمة مرور جديدة",
        "password.until": "يُفتح الرابط مرة واحدة خلال ساعة. عند تعيين كلمة المرور يُسجَّل خروجك من كل الأجهزة.",
        "overdue.subject": "{business}: عملاء ينتظرون ({count})",
        "overdue.text": "طلب عملاء {business} التحدث إلى موظف ولم يتولَّهم أحد بعد: {count}. ينتظر الأول "
        "منذ {minutes} دقيقة.",
        "overdue.button": "فتح قائمة الانتظار",
        "overdue.until": "تصلك هذه الرسالة لأنك طلبتها في الإعدادات، قسم الإشعارات.",
        "ignore": "إن لم تكن تنتظر هذه الرسالة فلا تفعل شيئًا: لن يتغير أي شيء.",
    },
}

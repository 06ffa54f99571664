"""Names and words of a large past: some real, most made up, as frequent as words are (the nth as one in n)."""

import random
from itertools import accumulate, product

NAMES = (
    "Ayşe", "Fatma", "Emine", "Zeynep", "Elif", "Meryem", "Şerife", "Sultan", "Hanife", "Merve", "Mehmet", "Mustafa",
    "Ahmet", "Ali", "Hüseyin", "Hasan", "İbrahim", "İsmail", "Osman", "Yusuf", "Aigerim", "Nursultan", "Ольга",
    "Дмитрий", "Светлана", "Айгүл", "فاطمة", "يوسف", "Emma", "Oliver",
)  # fmt: skip
SURNAMES = (
    "Yılmaz", "Kaya", "Demir", "Çelik", "Şahin", "Yıldız", "Yıldırım", "Öztürk", "Aydın", "Özdemir", "Arslan", "Doğan",
    "Kılıç", "Aslan", "Çetin", "Kara", "Koç", "Kurt", "Özkan", "Şimşek", "Иванова", "Смирнов", "Ахметов", "الأحمد",
    "Smith", "Taylor",
)  # fmt: skip
COMMON = (
    "merhaba", "randevu", "randevumu", "için", "yarın", "fiyat", "ne", "kadar", "teşekkürler", "tamam", "iptal",
    "etmek", "istiyorum", "saat", "uygun", "mu", "kargo", "nerede", "siparişim", "iade", "ödeme", "kredi", "kartı",
    "bugün", "implant", "diş", "beyazlatma", "muayene", "doktor", "hello", "please", "order", "price", "delivery",
    "refund", "когда", "цена", "спасибо", "здравствуйте", "рахмет", "сәлем", "مرحبا", "السعر", "شكرا",
)  # fmt: skip
MADE_UP = 20_000
_SYLLABLES = ("ka", "le", "mi", "to", "ru", "sa", "ne", "di", "bo", "çe", "gü", "ya", "ver", "lar", "dan", "şim")


class Speech:
    """Says sentences."""

    def __init__(self, dice: random.Random) -> None:
        made_up = ["".join(parts) for parts in product(_SYLLABLES, repeat=4)]
        dice.shuffle(made_up)
        self._words = [*COMMON, *made_up[: MADE_UP - len(COMMON)]]
        self._weights = list(accumulate(1 / rank for rank in range(1, len(self._words) + 1)))
        self._dice = dice

    def sentence(self) -> str:
        """Return three to fourteen words."""
        return " ".join(self._dice.choices(self._words, cum_weights=self._weights, k=self._dice.randint(3, 14)))

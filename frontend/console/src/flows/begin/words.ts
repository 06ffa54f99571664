/** Words about beginning a flow. */
import type { Language } from "../../i18n";

export const en = {
  with: "Begin with",
  blank: "An empty canvas",
  blankText: "Draw every step yourself.",
  holds: "{{steps}} steps, {{tests}} tests, a knowledge base",
  needs: "To connect before it answers: {{names}}",
  offer: "Or begin with one that works",
  hint: "The steps are written in it. Customers may write in either language.",
};

export type BeginWords = typeof en;

export const WORDS: Record<Language, BeginWords> = {
  en,
  tr: {
    with: "Şununla başla",
    blank: "Boş tuval",
    blankText: "Her adımı kendiniz çizin.",
    holds: "{{steps}} adım, {{tests}} test, bir bilgi bankası",
    needs: "Yanıtlamadan önce bağlanacak: {{names}}",
    offer: "Ya da çalışan bir akışla başlayın",
    hint: "Adımlar bu dilde yazılır. Müşteriler iki dilde de yazabilir.",
  },
  ru: {
    with: "С чего начать",
    blank: "Пустой холст",
    blankText: "Нарисуйте каждый шаг сами.",
    holds: "Шагов: {{steps}}, тестов: {{tests}}, база знаний",
    needs: "Подключить до запуска: {{names}}",
    offer: "Или начните с готового",
    hint: "На нём написаны шаги. Клиенты могут писать на обоих языках.",
  },
  kk: {
    with: "Неден бастаймыз",
    blank: "Бос кенеп",
    blankText: "Әр қадамды өзіңіз сызыңыз.",
    holds: "Қадам: {{steps}}, тест: {{tests}}, білім қоры",
    needs: "Жауап бермес бұрын қосылатыны: {{names}}",
    offer: "Немесе дайынынан бастаңыз",
    hint: "Қадамдар осы тілде жазылған. Клиенттер екі тілде де жаза алады.",
  },
  ar: {
    with: "ابدأ بـ",
    blank: "لوحة فارغة",
    blankText: "ارسم كل خطوة بنفسك.",
    holds: "الخطوات: {{steps}}، الاختبارات: {{tests}}، وقاعدة معرفة",
    needs: "يُربط قبل أن يجيب: {{names}}",
    offer: "أو ابدأ بمسار جاهز",
    hint: "بها كُتبت الخطوات. ويمكن للعملاء الكتابة بأيٍّ من اللغتين.",
  },
};

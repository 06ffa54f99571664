/** Words about which flow answers where, and about keeping flows: they come with the pages that say them. */
import i18next from "i18next";
import type { Language } from "../i18n";

export const en = {
  default: "The default flow: {{name}}",
  makeDefault: "Answer with it by default",
  chosen: "New conversations here follow it. Those under way keep what they began with.",
  published: "Published.",
  here: "Published. New conversations follow it on: {{names}}.",
  everywhere: "Published. New conversations follow it wherever no other flow is chosen: {{names}}.",
  unused: "Published. It is the default flow, but no connected channel uses it now.",
  nowhere: "Published, but it answers nowhere yet. An owner or admin chooses under Channels where.",
  part: "Published. Flows that call it take this version when they are published again.",
  copy: "{{name}} (copy)",
  remove: "Delete this flow?",
  removeText: "{{name}} was never published. Its draft and its tests will be gone for good.",
  keep: "Keep it",
};

export type AnsweringWords = typeof en;

const WORDS: Record<Language, AnsweringWords> = {
  en,
  tr: {
    default: "Varsayılan akış: {{name}}",
    makeDefault: "Varsayılan olarak bununla yanıtla",
    chosen: "Buradaki yeni konuşmalar bunu izler. Sürenler başladıkları akışta kalır.",
    published: "Yayımlandı.",
    here: "Yayımlandı. Şuradaki yeni konuşmalar bunu izler: {{names}}.",
    everywhere: "Yayımlandı. Başka akış seçilmeyen her yerde yeni konuşmalar bunu izler: {{names}}.",
    unused: "Yayımlandı. Varsayılan akış bu, ama şu anda bağlı hiçbir kanal onu kullanmıyor.",
    nowhere:
      "Yayımlandı, ama henüz hiçbir yerde yanıt vermiyor. Nerede yanıtlayacağını sahip ya da yönetici Kanallar'da seçer.",
    part: "Yayımlandı. Onu çağıran akışlar, yeniden yayımlandıklarında bu sürümü alır.",
    copy: "{{name}} (kopya)",
    remove: "Bu akış silinsin mi?",
    removeText: "{{name}} hiç yayımlanmadı. Taslağı ve testleri kalıcı olarak silinir.",
    keep: "Kalsın",
  },
  ru: {
    default: "Сценарий по умолчанию: {{name}}",
    makeDefault: "Отвечать по нему по умолчанию",
    chosen: "Новые разговоры здесь пойдут по нему. Те, что уже идут, остаются на своём.",
    published: "Опубликовано.",
    here: "Опубликовано. Новые разговоры идут по нему здесь: {{names}}.",
    everywhere: "Опубликовано. Новые разговоры идут по нему везде, где не выбран другой: {{names}}.",
    unused: "Опубликовано. Это сценарий по умолчанию, но сейчас ни один подключённый канал его не использует.",
    nowhere: "Опубликовано, но пока нигде не отвечает. Где — владелец или администратор выбирает в «Каналах».",
    part: "Опубликовано. Сценарии, которые его вызывают, возьмут эту версию при следующей публикации.",
    copy: "{{name}} (копия)",
    remove: "Удалить этот сценарий?",
    removeText: "{{name}} ни разу не публиковался. Черновик и тесты исчезнут навсегда.",
    keep: "Оставить",
  },
  kk: {
    default: "Әдепкі сценарий: {{name}}",
    makeDefault: "Әдепкіде осымен жауап беру",
    chosen: "Мұндағы жаңа сөйлесулер осымен жүреді. Жүріп жатқандары өз сценарийінде қалады.",
    published: "Жарияланды.",
    here: "Жарияланды. Жаңа сөйлесулер мына жерде осымен жүреді: {{names}}.",
    everywhere: "Жарияланды. Басқасы таңдалмаған жердің бәрінде жаңа сөйлесулер осымен жүреді: {{names}}.",
    unused: "Жарияланды. Бұл — әдепкі сценарий, бірақ қазір оны қосылған бірде-бір арна қолданбайды.",
    nowhere: "Жарияланды, бірақ әзірге еш жерде жауап бермейді. Қайда екенін иесі не әкімші «Арналарда» таңдайды.",
    part: "Жарияланды. Оны шақыратын сценарийлер қайта жарияланғанда осы нұсқаны алады.",
    copy: "{{name}} (көшірме)",
    remove: "Бұл сценарий жойылсын ба?",
    removeText: "{{name}} ешқашан жарияланбаған. Жобасы мен тесттері біржола жойылады.",
    keep: "Қалдыру",
  },
  ar: {
    default: "المسار الافتراضي: {{name}}",
    makeDefault: "الإجابة به افتراضيًا",
    chosen: "تتبعه المحادثات الجديدة هنا. وتبقى الجارية على ما بدأت به.",
    published: "تم النشر.",
    here: "تم النشر. تتبعه المحادثات الجديدة على: {{names}}.",
    everywhere: "تم النشر. تتبعه المحادثات الجديدة حيث لم يُختر مسار آخر: {{names}}.",
    unused: "تم النشر. هو المسار الافتراضي، لكن لا تستخدمه الآن أي قناة متصلة.",
    nowhere: "تم النشر، لكنه لا يجيب في أي مكان بعد. يختار المالك أو المدير مكانه في «القنوات».",
    part: "تم النشر. تأخذ المسارات التي تستدعيه هذه النسخة عند نشرها من جديد.",
    copy: "{{name}} (نسخة)",
    remove: "حذف هذا المسار؟",
    removeText: "لم يُنشر {{name}} قط. ستُحذف مسودته واختباراته نهائيًا.",
    keep: "إبقاؤه",
  },
};

for (const [language, words] of Object.entries(WORDS)) i18next.addResourceBundle(language, "answering", words);

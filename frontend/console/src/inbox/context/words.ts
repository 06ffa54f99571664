/** Words about what a message came with: they come with the lines that say them. */
import i18next from "i18next";
import type { Language } from "../../i18n";

export const en = {
  answers: "See the message that this answers",
  unknown: "In answer to a message that is not kept here",
  gone: "Unsent message",
  story: "In answer to your story",
  forwarded: "Forwarded",
  ad: "Came from an ad: {{what}}",
  post: "Came from a post: {{what}}",
  product: "About a product: {{what}}",
  link: "Came through a link: {{what}}",
};

export type AroundWords = typeof en;

const WORDS: Record<Language, AroundWords> = {
  en,
  tr: {
    answers: "Yanıtlanan mesajı gör",
    unknown: "Burada saklanmayan bir mesaja yanıt",
    gone: "Geri alınmış mesaj",
    story: "Hikâyenize yanıt",
    forwarded: "İletildi",
    ad: "Reklamdan geldi: {{what}}",
    post: "Gönderiden geldi: {{what}}",
    product: "Ürün hakkında: {{what}}",
    link: "Bağlantıyla geldi: {{what}}",
  },
  ru: {
    answers: "Показать сообщение, на которое это ответ",
    unknown: "Ответ на сообщение, которого здесь нет",
    gone: "Отозванное сообщение",
    story: "Ответ на вашу историю",
    forwarded: "Переслано",
    ad: "Из рекламы: {{what}}",
    post: "Из публикации: {{what}}",
    product: "О товаре: {{what}}",
    link: "По ссылке: {{what}}",
  },
  kk: {
    answers: "Жауап берілген хабарды көру",
    unknown: "Мұнда сақталмаған хабарға жауап",
    gone: "Қайтарып алынған хабар",
    story: "Сториңізге жауап",
    forwarded: "Қайта жіберілген",
    ad: "Жарнамадан келді: {{what}}",
    post: "Жазбадан келді: {{what}}",
    product: "Тауар туралы: {{what}}",
    link: "Сілтеме арқылы келді: {{what}}",
  },
  ar: {
    answers: "عرض الرسالة التي يردّ عليها",
    unknown: "ردّ على رسالة غير محفوظة هنا",
    gone: "رسالة مسحوبة",
    story: "ردّ على قصتك",
    forwarded: "مُعاد توجيهها",
    ad: "جاء من إعلان: {{what}}",
    post: "جاء من منشور: {{what}}",
    product: "عن منتج: {{what}}",
    link: "جاء عبر رابط: {{what}}",
  },
};

for (const [language, words] of Object.entries(WORDS)) i18next.addResourceBundle(language, "around", words);

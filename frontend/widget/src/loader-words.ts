/** The few words that the host page itself shows. */
export const LOADER_WORDS: Record<string, [open: string, close: string, unread: string, dialog: string]> = {
  tr: ["Sohbeti aç", "Sohbeti kapat", "okunmamış", "Sohbet penceresi"],
  en: ["Open chat", "Close chat", "unread", "Chat window"],
  ru: ["Открыть чат", "Закрыть чат", "непрочитанных", "Окно чата"],
  kk: ["Чатты ашу", "Чатты жабу", "оқылмаған", "Чат терезесі"],
  ar: ["فتح المحادثة", "إغلاق المحادثة", "غير مقروءة", "نافذة المحادثة"],
};

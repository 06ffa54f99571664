import type { NoticeWords } from "./en";

export const notices: NoticeWords = {
  notices: {
    title: "Bildirimler",
    soundTitle: "Ses",
    soundText: "Biri temsilci istediğinde, bir ekip arkadaşınız sizi andığında ya da müşteriniz yazdığında.",
    sound: "Bu tarayıcıda ses çal",
    try: "Dinle",
    pushTitle: "Bu cihazda",
    pushText:
      "Frontdesk kapalıyken de. Birinin beklediğini söyler, ne yazdığını asla; burada oturumu kapattığınızda sona erer.",
    push: "Bu cihazda bana bildir",
    denied: "Tarayıcı Frontdesk bildirimlerini engelliyor. Tarayıcının site ayarlarından izin verin.",
    insecure: "https:// adresi gerekir.",
    missing: "Bu tarayıcı desteklemiyor. iPhone’da önce Frontdesk’i ana ekrana ekleyin.",
    notAllowed: "Tarayıcı izin vermedi.",
    failed: "Tarayıcının bildirim hizmeti yanıt vermedi. Daha sonra yeniden deneyin.",
    mailTitle: "E-postayla",
    mailText: "Biri temsilci istediğinde ve konuşmayı kimse üstlenmediğinde.",
    mail: "Bana yaz",
    never: "Hiçbir zaman",
    minutes: "{{n}} dakika sonra",
    noMail: "Bağlı posta sunucusu yok: mektuplar sunucudaki bir klasöre yazılır.",
    quietTitle: "Sessiz saatler",
    quietText: "Bu sürede ses, bildirim ve mektup yok ({{zone}}). Hâlâ bekleyen varsa sonrasında bildirilir.",
    quiet: "Beni rahatsız etme",
    from: "Başlangıç",
    to: "Bitiş",
  },
};

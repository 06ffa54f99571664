import type { Words } from "./en";

export const tr: Words = {
  nav: { inbox: "Gelen kutusu", leads: "Adaylar", channels: "Kanallar", start: "Başlangıç", shortcuts: "Klavye kısayolları", account: "Hesap", skip: "İçeriğe geç" },
  menu: { theme: "Görünüm", light: "Açık", dark: "Koyu", auto: "Cihaza göre", language: "Dil", signOut: "Çıkış yap", business: "İşletme" },
  banner: {
    noModel: "Bağlı bir model yok. Akışlar, hazır yanıtlar ve devir çalışır; serbest sorular anlaşılmaz.",
    howModel: "Nasıl bağlanır?",
    simulator: "Simülatör: bu mesajlar Meta’ya gitmez.",
    offline: "Bağlantı koptu. Gördükleriniz eski olabilir; yeniden bağlanılıyor…",
  },
  auth: {
    title: "Frontdesk’e giriş", intro: "Müşterileri birlikte yanıtlayın, kimin ilgilendiğini görün.", email: "E-posta", password: "Parola", submit: "Giriş yap",
    demo: "Bu bir deneme kurulumu. Giriş bilgileri:", fill: "Benim için doldur",
  },
  problem: {
    title: "Bir şeyler ters gitti", retry: "Yeniden dene", reload: "Sayfayı yenile",
    unreachable: "Sunucuya ulaşılamıyor", unreachableHint: "Bağlantınızı kontrol edin. Yazdıklarınız kaybolmadı.",
    forbidden: "Rolünüz buna izin vermiyor. Bir sahibe ya da yöneticiye sorun.", notFound: "Kaldırılmış ya da başka bir işletmeye ait olabilir.",
    conflict: "Az önce biri değiştirdi. Şimdi en yeni hali görünüyor.", busy: "Sunucu yoğun. Birazdan yeniden deneyin.", other: "Yeniden deneyin; sürerse sunucu günlüğüne bakın.",
    claimed: "Bir çalışma arkadaşınız daha hızlıydı; konuşma artık onda.", stale: "Bu sayfa eskimiş. Yenileyip tekrar deneyin.",
    code: "Kod: {{code}}",
  },
  views: { all: "Tüm açıklar", waiting: "İnsan bekliyor", mine: "Benimkiler", agent: "Asistan", resolved: "Çözülenler", label: "Görünümler" },
  inbox: {
    title: "Gelen kutusu", search: "Konuşmalarda ara", unread: "{{n}} okunmamış", noName: "Bilinmeyen kişi", you: "Siz", list: "Konuşmalar",
    emptyTitle: "Henüz konuşma yok", emptyText: "Kanallarınızdan gelen mesajlar geldiği anda burada görünür. Görmek için kendiniz bir mesaj yazın.", emptyAction: "Telefonu aç",
    emptyViewTitle: "Bu görünüm boş", emptyViewText: "Konuşmalar sırası gelince kendiliğinden buraya düşer.", emptySearch: "“{{q}}” için sonuç yok", clearSearch: "Aramayı temizle", showAll: "Tüm açıkları göster",
    pick: "Bir konuşma seçin", pickText: "J ve K ile gezinin, Enter ile açın.", more: "Daha fazla", older: "Eski mesajları yükle", back: "Listeye dön",
    noMessages: "Henüz mesaj yok", details: "Ayrıntılar", waitingSince: "{{time}} bekliyor",
  },
  owner: {
    agent: "Asistan", me: "Siz", colleague: "Çalışma arkadaşı", app: "Yerel uygulama", nobody: "Kimse",
    agentLine: "Asistan yanıtlıyor", meLine: "Sizde", colleagueLine: "{{name}} ilgileniyor", appLine: "Yerel uygulamadan yanıtlandı", nobodyLine: "Kimse ilgilenmiyor",
    take: "Devral", takeOver: "Devral", claim: "Devral", handBack: "Asistana geri ver", tookAway: "Konuşma artık sizde", handedBack: "Yine asistan yanıtlıyor",
  },
  status: { open: "Açık", snoozed: "Ertelendi", resolved: "Çözüldü", resolve: "Çözüldü", reopen: "Yeniden aç" },
  author: { contact: "Müşteri", agent: "Asistan", staff: "Ekip", app: "Yerel uygulama", api: "API", system: "Sistem" },
  delivery: { queued: "Sırada", sending: "Gönderiliyor", unknown: "Sonuç belirsiz, kontrol ediliyor", accepted: "Sağlayıcı kabul etti", sent: "Gönderildi", delivered: "İletildi", read: "Okundu", failed: "Gönderilemedi", cancelled: "İptal edildi", received: "Alındı" },
  part: { location: "Konum", template: "Şablon", form: "Form", shared: "Paylaşım", unsupported: "Burada gösterilemiyor", file: "Dosya", noMedia: "Dosyaya ulaşılamıyor", image: "Fotoğraf", openMap: "Haritada aç" },
  composer: {
    placeholder: "Yanıt yazın…", send: "Gönder", label: "Yanıt", takes: "Gönderince konuşmayı asistandan devralırsınız.", takesFrom: "Gönderince konuşmayı {{name}} adlı kişiden devralırsınız.", takesNobody: "Gönderince konuşma sizin olur.",
    left: "Yanıt için {{time}} kaldı", until: "{{at}} tarihine kadar", tagged: "Temsilci yanıtı olarak gider", useSuggestion: "Kullan", hint: "Enter gönderir, Shift+Enter yeni satır", resolvedNote: "Yanıt yazınca yeniden açılır.",
  },
  refusal: {
    window_closed: "Yanıt penceresi kapandı.", never_wrote: "Bu müşteri henüz yazmadı.", opted_out: "Müşteri mesaj almak istemiyor.", quiet_hours: "Sessiz saatler.",
    account_down: "Kanal bağlı değil.", not_owner: "Konuşma başkasında.", too_long: "Mesaj çok uzun.", empty: "Gönderilecek bir şey yok.", unsupported: "Bu kanal bunu taşıyamaz.",
  },
  instead: {
    template: "Onaylı bir şablon gönderin ya da müşterinin yazmasını bekleyin.", human_agent: "Bir insan hâlâ yanıtlayabilir.", wait: "{{at}} saatine kadar bekleyin.", reconnect: "Kanalı yeniden bağlayın.", take: "Önce konuşmayı devralın.", shorten: "Mesajı kısaltın.", none: "Müşterinin yazmasını bekleyin.",
  },
  side: { contact: "Kişi", channel: "Kanal", account: "Hesap", language: "Dil", lastInbound: "Son mesajı", handoff: "Devredildi", reason: "Neden", summary: "Özet", collected: "Alınan bilgiler", suggested: "Önerilen yanıt", queue: "Kuyruk", waiting: "Bekleme başlangıcı", state: { waiting: "Bekliyor", claimed: "Üstlenildi", done: "Bitti" }, status: "Durum" },
  leads: {
    title: "Adaylar", search: "Ad, telefon, e-posta ya da etiket ara", name: "Ad", phone: "Telefon", email: "E-posta", stage: "Aşama", tags: "Etiketler", created: "Oluşturma", open: "Konuşmayı aç", fields: "Anlattıkları", noFields: "Başka bilgi alınmadı.", anyStage: "Tüm aşamalar", count: "{{n}} gösteriliyor", pipeline: "Süreç",
    emptyTitle: "Henüz aday yok", emptyText: "Bir akış ad ve telefon aldığında kişi, bunu söylediği mesajla birlikte burada görünür.", emptyAction: "Telefonda dene", noMatch: "Eşleşen aday yok",
  },
  channels: {
    title: "Kanallar", connect: "Kanal bağla", check: "Şimdi kontrol et", checking: "Kontrol ediliyor…", checked: "Kontrol edildi", flow: "Yanıtlayan akış", noFlow: "Varsayılan akış", id: "Kimlik",
    active: "Çalışıyor", paused: "Duraklatıldı", reconnect: "Yeniden bağlanmalı", disconnected: "Bağlı değil",
    activeHint: "Mesajlar geliyor ve gidiyor.", pausedHint: "Mesajlar bekletiliyor; sağlayıcı sınırı kaldırınca gönderilir.", reconnectHint: "Mesajlar bekletiliyor. Yeni bir erişim anahtarıyla yeniden bağlayın; geçmiş kalır.", disconnectedHint: "Hiç mesaj gelmiyor. Sürdürmek için yeniden bağlayın.",
    emptyTitle: "Henüz bağlı kanal yok", emptyText: "WhatsApp, Instagram, Messenger ya da kendi sitenizi bağlayın. O zamana kadar müşteri rolünü simülatörün telefonu oynar.",
    embed: "Sitenize, </body> etiketinden önce ekleyin", copy: "Kopyala", copied: "Kopyalandı", connectText: "Kanallar sunucuda bağlanır, anahtarlar orada kalır. Çalıştırın:", connectThen: "Birkaç saniye içinde burada görünür.", done: "Tamam",
  },
  kind: { whatsapp: "WhatsApp", instagram: "Instagram", messenger: "Messenger", widget: "Web sitesi" },
  start: {
    title: "Başlangıç", text: "Kendi kendine yanıtlayan bir karşılama için beş adım.", progress: "{{all}} adımdan {{done}} tamam",
    phone: "Telefonu deneyin", phoneText: "Müşteri gibi yazın, buraya düşüşünü izleyin.", phoneDo: "Telefonu aç",
    channel: "Kanal bağlayın", channelText: "WhatsApp, Instagram, Messenger ya da siteniz.", channelDo: "Bağla",
    flow: "Akışınızı yayınlayın", flowText: "Asistan ne der, ne sorar, ne zaman insan çağırır.", flowDo: "Nasıl?",
    model: "Model bağlayın", modelText: "Serbest sorular anlaşılsın. Gerisi modelsiz de çalışır.", modelDo: "Nasıl?",
    colleague: "Ekip arkadaşı ekleyin", colleagueText: "Asistan insan çağırdığında biri olsun.", colleagueDo: "Nasıl?",
    howFlow: "Dosyayı denetleyin, içeri alın, yayınlayın:", howModel: ".env dosyasına anahtarı yazıp sunucuyu yeniden başlatın:", howColleague: "Kişiyi bir rolle ekleyin:", done: "Tamam", hide: "Gizle", noPhone: "Simülatör çalışmıyor. Başlatmak için:",
  },
  keys: { title: "Klavye kısayolları", next: "Sonraki konuşma", previous: "Önceki konuşma", open: "Aç", take: "Devral", back: "Asistana geri ver", resolve: "Çözüldü yap ya da yeniden aç", reply: "Yanıt yaz", search: "Ara", help: "Bu liste", leave: "Alandan çık, geri dön" },
};

/** Rich sample data for the mock server: a dental clinic on four channels, in several languages. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ago = (ms) => new Date(Date.now() - ms).toISOString();
const ahead = (ms) => new Date(Date.now() + ms).toISOString();
const text = (words) => [{ kind: "text", text: words }];

export const STAFF = { id: "s-ayse", email: "ayse@adadental.example", name: "Ayşe Demir" };

export const me = {
  staff: STAFF,
  tenant: { id: "t-ada", name: "Ada Dental" },
  role: "owner",
  model_connected: false,
  simulator_url: "http://localhost:8081/",
  memberships: [
    { tenant_id: "t-ada", name: "Ada Dental", role: "owner" },
    { tenant_id: "t-sahil", name: "Sahil Estates", role: "staff" },
  ],
  csrf_token: "mock-csrf",
  colleagues: 0,
};

const brief = {
  reason: "Wants the price of three implants with a discount",
  summary:
    "Mehmet asks for three implants in the lower jaw. He has an X-ray from March, no diabetes, and can come on weekday evenings. The agent gave the price list and stopped when he asked for a discount.",
  collected: {
    name: "Mehmet Kaya",
    phone: "+90 532 555 01 44",
    treatment: "Implant × 3",
    preferred_time: "Weekdays after 18:00",
  },
  suggested_reply:
    "Merhaba Mehmet Bey, üç implant birlikte planlandığında toplam tutarda %10 indirim yapabiliyoruz. Perşembe 18.30 muayene için uygun olur mu?",
};

const row = (id, channel, name, last, more = {}) => ({
  id,
  status: "open",
  owner: "agent",
  owner_name: null,
  channel,
  contact: { id: `k-${id}`, name },
  unread: 0,
  last_message: last,
  last_inbound_at: last?.at ?? null,
  handoff: null,
  labels: [],
  owner_since: last?.at ?? null,
  snoozed_until: null,
  version: 1,
  account: {
    id: `a-${channel}`,
    name: {
      whatsapp: "+90 216 555 01 00",
      instagram: "@adadental",
      messenger: "Ada Dental",
      widget: "adadental.example",
    }[channel],
  },
  locale: "tr",
  attachable: [
    { media: "image", kinds: ["image/jpeg", "image/png"], largest: 5 << 20 },
    { media: "document", kinds: ["application/pdf", "text/plain"], largest: 25 << 20 },
  ],
  can_send:
    channel === "widget"
      ? OPEN_FOREVER
      : { allowed: true, reason: null, until: ahead(21 * HOUR + 12 * MINUTE), alternatives: [], tag: null },
  ...more,
});
const OPEN_FOREVER = { allowed: true, reason: null, until: null, alternatives: [], tag: null };
const said = (words, author, back) => ({ text: words, author, at: ago(back) });

export const conversations = [
  row(
    "c1",
    "whatsapp",
    "Mehmet Kaya",
    said("Üç implant için indirim olur mu? Bir yetkiliyle görüşmek istiyorum.", "contact", 6 * MINUTE),
    {
      owner: "nobody",
      unread: 2,
      handoff: {
        id: "h1",
        state: "waiting",
        reason: brief.reason,
        queue: "Front desk",
        created_at: ago(5 * MINUTE),
        brief,
      },
    },
  ),
  row("c2", "instagram", "elif.tasarim", said("Süper, cumartesi 11.00 benim için uygun 🙏", "contact", 2 * MINUTE), {
    unread: 1,
  }),
  row("c3", "whatsapp", "Gulnara Sadykova", said("Да, подойдёт. Спасибо!", "contact", 14 * MINUTE), {
    locale: "ru",
    owner: "staff:s-ayse",
    owner_name: "Ayşe Demir",
    handoff: {
      id: "h3",
      state: "claimed",
      reason: "Asked for a person",
      queue: "Front desk",
      created_at: ago(40 * MINUTE),
      brief: {
        reason: "Asked for a person",
        summary: "Gulnara flies in from Almaty and wants all visits within one week.",
        collected: { name: "Gulnara Sadykova" },
        suggested_reply: null,
      },
    },
  }),
  row("c4", "widget", "Visitor 4821", said("Beyazlatma hassas dişe zarar verir mi?", "contact", 31 * MINUTE)),
  row("c5", "messenger", "James Whitfield", said("Thanks, see you on Thursday at 10:30.", "agent", 55 * MINUTE), {
    locale: "en",
    can_send: { allowed: true, reason: null, until: ahead(4 * DAY), alternatives: [], tag: "human_agent" },
  }),
  row("c6", "whatsapp", "نورة العتيبي", said("هل يوجد موعد يوم الأحد صباحًا؟", "contact", 2 * HOUR), {
    locale: "ar",
    owner: "staff:s-can",
    owner_name: "Can Yılmaz",
    unread: 0,
  }),
  row("c7", "instagram", "deniz_ozkan", said("Randevunuzu hatırlatırız, iyi günler!", "agent", 5 * HOUR)),
  row("c8", "whatsapp", "Айгерім Нұрланқызы", said("Рақмет, ертең хабарласамын.", "contact", 27 * HOUR), {
    locale: "kk",
    can_send: {
      allowed: false,
      reason: "window_closed",
      until: null,
      alternatives: [{ kind: "template", at: null }],
      tag: null,
    },
  }),
  row("c9", "messenger", "Selin Arslan", said("Fatura bilgilerini e-posta ile gönderdik.", "staff", 30 * HOUR), {
    owner: "app",
    owner_name: null,
  }),
  row("c10", "widget", "Visitor 4790", said("Otopark var mı?", "contact", 2 * DAY)),
  row("c11", "whatsapp", "Hakan Yıldız", said("Teşekkürler, her şey çok iyiydi.", "contact", 3 * DAY), {
    status: "resolved",
    owner: "nobody",
  }),
];

let number = 0;
const message = (author, parts, back, more = {}) => ({
  id: `m${++number}`,
  author,
  author_name: author === "staff" ? "Ayşe Demir" : null,
  parts: typeof parts === "string" ? text(parts) : parts,
  text: typeof parts === "string" ? parts : (parts[0].text ?? parts[0].body ?? parts[0].caption ?? ""),
  delivery: author === "contact" ? "received" : "read",
  reason: null,
  created_at: ago(back),
  event_at: ago(back),
  turn_id: author === "agent" ? `turn-${number}` : null,
  ...more,
});

const PICTURE = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="520" height="340"><rect width="520" height="340" fill="#22303c"/><g fill="none" stroke="#9fb8c8" stroke-width="9"><path d="M60 170q200-120 400 0"/><path d="M60 190q200 110 400 0"/></g><g fill="#c9dbe6">' + Array.from({ length: 10 }, (_, i) => `<rect x="${86 + i * 36}" y="${150 - Math.sin((i + 0.5) / 3.2) * 22}" width="24" height="44" rx="9"/>`).join("") + "</g></svg>")}`;

export const messages = {
  c1: [
    message("contact", "Merhaba, implant fiyatı öğrenebilir miyim?", DAY + 40 * MINUTE, {
      referral: { source: "ad", ad_id: "120210", headline: "Implant week", url: "https://fb.example/ad" },
    }),
    message(
      "agent",
      [
        {
          kind: "choices",
          body: "Merhaba! Size doğru bilgi verebilmem için: kaç diş için düşünüyorsunuz?",
          options: [
            { id: "1", label: "1 diş" },
            { id: "2", label: "2–3 diş" },
            { id: "3", label: "Daha fazla" },
          ],
        },
      ],
      DAY + 39 * MINUTE,
    ),
    message("contact", "2–3 diş", DAY + 38 * MINUTE),
    message(
      "agent",
      "Teşekkürler. Tek implant 28.000 TL’den başlıyor; muayene ücretsiz. Elinizde yakın tarihli bir röntgen var mı?",
      DAY + 37 * MINUTE,
    ),
    message("system", "Mehmet came back after a day", 20 * MINUTE),
    message(
      "contact",
      [{ kind: "media", media: "image", url: PICTURE, caption: "Mart ayındaki röntgenim" }],
      18 * MINUTE,
    ),
    message(
      "agent",
      "Röntgeninizi aldım, hekimimiz muayeneden önce inceleyecek. Hangi günler uygunsunuz?",
      17 * MINUTE,
      { delivery: "delivered" },
    ),
    message("contact", "Hafta içi 18.00’den sonra", 9 * MINUTE, {
      quotes: { message_id: "m2", author: "agent", text: "Röntgeninizi aldım, hekimimiz muayeneden önce inceleyecek." },
    }),
    message("contact", "Bunu da görmüştüm", 8 * MINUTE, { forwarded: true, story: { id: "s1", url: null } }),
    message("contact", "Üç implant için indirim olur mu? Bir yetkiliyle görüşmek istiyorum.", 6 * MINUTE),
    message("agent", "Elbette, sizi ekibimize bağlıyorum. Genellikle 10 dakika içinde yanıt veririz.", 5 * MINUTE, {
      delivery: "failed",
      reason: "The WhatsApp number is limited until 14:05",
    }),
    message("system", "Handed to Front desk: wants a discount on three implants", 5 * MINUTE),
  ],
  c3: [
    message("contact", "Здравствуйте! Прилетаю из Алматы на неделю, успеем две коронки?", 60 * MINUTE),
    message(
      "agent",
      "Здравствуйте! Две коронки обычно занимают пять рабочих дней. Хотите, позову администратора?",
      59 * MINUTE,
    ),
    message("contact", "Да, пожалуйста", 42 * MINUTE),
    message("system", "Ayşe Demir took the conversation", 30 * MINUTE),
    message("staff", "Здравствуйте, Гульнара! Понедельник в 10:00 и пятница в 16:00 — подойдёт?", 20 * MINUTE),
    message("contact", "Да, подойдёт. Спасибо!", 14 * MINUTE),
  ],
};
export const messagesOf = (item) =>
  (messages[item.id] ??= item.last_message
    ? [
        message("contact", "Merhaba 👋", 3 * DAY),
        message(item.last_message.author, item.last_message.text, Date.now() - Date.parse(item.last_message.at)),
      ]
    : []);

const lead = (id, name, phone, email, stage, tags, back, more = {}) => ({
  id,
  name,
  phone,
  email,
  pipeline: "default",
  stage,
  fields: {},
  tags,
  created_at: ago(back),
  conversation_id: null,
  contact: { id: `k-${id}`, name },
  source_message_id: null,
  ...more,
});
export const leads = [
  lead("l1", "Mehmet Kaya", "+905325550144", null, "new", ["implant"], 8 * MINUTE, {
    conversation_id: "c1",
    fields: { treatment: "Implant × 3", preferred_time: "Weekdays after 18:00", xray: true },
    source_message_id: "m8",
  }),
  lead("l2", "Elif Şahin", "+905335550178", "elif@tasarim.example", "booked", ["whitening", "instagram"], 70 * MINUTE, {
    conversation_id: "c2",
    fields: { treatment: "Whitening", slot: "Saturday 11:00" },
  }),
  lead("l3", "Gulnara Sadykova", "+77015550133", null, "contacted", ["crowns", "abroad"], 3 * HOUR, {
    conversation_id: "c3",
  }),
  lead("l4", "James Whitfield", "+447700900123", "james.whitfield@mail.example", "booked", ["check-up"], DAY, {
    conversation_id: "c5",
  }),
  lead("l5", "نورة العتيبي", "+966505550122", null, "new", ["orthodontics"], DAY + 3 * HOUR, { conversation_id: "c6" }),
  lead("l6", "Айгерім Нұрланқызы", "+77775550119", null, "lost", [], 2 * DAY, { conversation_id: "c8" }),
  lead("l7", null, "+905365550102", null, "new", ["widget"], 3 * DAY),
];

export const channels = [
  {
    id: "a-whatsapp",
    channel: "whatsapp",
    name: "+90 216 555 01 00",
    provider_id: "109876543210987",
    status: "active",
    reason: null,
    flow: { id: "f1", name: "Clinic front desk" },
  },
  {
    id: "a-instagram",
    channel: "instagram",
    name: "@adadental",
    provider_id: "17841400000000000",
    status: "reconnect",
    reason: "The access token expired on 3 May",
    flow: { id: "f1", name: "Clinic front desk" },
  },
  {
    id: "a-messenger",
    channel: "messenger",
    name: "Ada Dental",
    provider_id: "104455667788990",
    status: "paused",
    reason: "The page reached its sending limit",
    flow: { id: "f1", name: "Clinic front desk" },
  },
  {
    id: "a-widget",
    channel: "widget",
    name: "adadental.example",
    provider_id: "w_demo",
    status: "active",
    reason: null,
    flow: null,
  },
];

function told(id, topic, severity, past, more) {
  return { id, topic, severity, at: ago(past), about: null, change: null, before: null, reason: null, ...more };
}

export const channelEvents = {
  "a-whatsapp": [
    told("n1", "message_template_status_update", "warning", 2 * HOUR, {
      about: "appointment_reminder (tr)",
      change: "PAUSED",
      reason: "Paused for 3 hours, because customers said that they do not want it.",
    }),
    told("n2", "message_template_quality_update", "info", 3 * HOUR, {
      about: "appointment_reminder (tr)",
      change: "RED",
      before: "GREEN",
    }),
    told("n3", "phone_number_quality_update", "warning", DAY, {
      about: "902165550100",
      change: "FLAGGED",
      before: "TIER_10K",
      reason: "TIER_2K",
    }),
    told("n4", "message_template_status_update", "info", 4 * DAY, { about: "welcome (ar)", change: "APPROVED" }),
  ],
  "a-messenger": [
    told("n5", "policy_enforcement", "pause", DAY, {
      change: "block",
      reason: "The Page does not comply with our policy on promotional messages.",
    }),
  ],
};

import type { Words } from "./en";

export const ar: Words = {
  nav: { inbox: "الوارد", leads: "العملاء المحتملون", channels: "القنوات", start: "البداية", shortcuts: "اختصارات لوحة المفاتيح", account: "الحساب", skip: "إلى المحتوى" },
  menu: { theme: "المظهر", light: "فاتح", dark: "داكن", auto: "حسب الجهاز", language: "اللغة", signOut: "تسجيل الخروج", business: "النشاط" },
  banner: {
    noModel: "لا يوجد نموذج متصل. تعمل المسارات والإجابات الجاهزة والتحويل إلى موظف؛ أما الأسئلة الحرة فلا تُفهم.",
    howModel: "كيفية التوصيل",
    simulator: "محاكاة: هذه الرسائل لا تصل إلى Meta.",
    offline: "انقطع الاتصال. قد يكون ما تراه قديمًا؛ جارٍ إعادة الاتصال…",
  },
  auth: {
    title: "تسجيل الدخول إلى Frontdesk", intro: "أجيبوا العملاء معًا واعرفوا من يتولى ماذا.", email: "البريد الإلكتروني", password: "كلمة المرور", submit: "دخول",
    demo: "هذه نسخة تجريبية. بيانات الدخول:", fill: "املأها عني",
  },
  problem: {
    title: "حدث خطأ ما", retry: "إعادة المحاولة", reload: "إعادة تحميل الصفحة",
    unreachable: "تعذر الوصول إلى الخادم", unreachableHint: "تحقق من الاتصال. لم يضع شيء مما كتبته.",
    forbidden: "دورك لا يسمح بذلك. اسأل المالك أو المدير.", notFound: "ربما حُذف أو يخص نشاطًا آخر.",
    conflict: "غيّره شخص آخر للتو. المعروض الآن هو الأحدث.", busy: "الخادم مشغول. حاول بعد قليل.", other: "أعد المحاولة؛ وإن استمر الأمر فانظر سجل الخادم.",
    claimed: "سبقك زميل، والمحادثة معه الآن.", stale: "هذه الصفحة قديمة. أعد تحميلها وحاول مجددًا.",
    code: "الرمز: {{code}}",
  },
  views: { all: "كل المفتوحة", waiting: "بحاجة إلى موظف", mine: "محادثاتي", agent: "المساعد", resolved: "المنتهية", label: "العروض" },
  inbox: {
    title: "الوارد", search: "ابحث في المحادثات", unread: "{{n}} غير مقروءة", noName: "جهة غير معروفة", you: "أنت", list: "المحادثات",
    emptyTitle: "لا توجد محادثات بعد", emptyText: "تظهر رسائل قنواتك هنا لحظة وصولها. اكتب رسالة بنفسك لترى ذلك.", emptyAction: "افتح الهاتف",
    emptyViewTitle: "لا شيء في هذا العرض", emptyViewText: "تنتقل المحادثات إلى هنا تلقائيًا حين يحين دورها.", emptySearch: "لا نتائج عن «{{q}}»", clearSearch: "امسح البحث", showAll: "أظهر كل المفتوحة",
    pick: "اختر محادثة", pickText: "تنقّل بمفتاحي J وK وافتح بـ Enter.", more: "المزيد", older: "رسائل أقدم", back: "العودة إلى القائمة",
    noMessages: "لا رسائل بعد", details: "التفاصيل", waitingSince: "ينتظر منذ {{time}}",
  },
  owner: {
    agent: "المساعد", me: "أنت", colleague: "زميل", app: "التطبيق الأصلي", nobody: "لا أحد",
    agentLine: "المساعد يجيب", meLine: "معك", colleagueLine: "مع {{name}}", appLine: "أُجيب من التطبيق الأصلي", nobodyLine: "لا يتولاها أحد",
    take: "استلام", takeOver: "استلام", claim: "استلام", handBack: "إعادة إلى المساعد", tookAway: "المحادثة معك الآن", handedBack: "عاد المساعد للإجابة",
  },
  status: { open: "مفتوحة", snoozed: "مؤجلة", resolved: "منتهية", resolve: "إنهاء", reopen: "إعادة فتح" },
  author: { contact: "العميل", agent: "المساعد", staff: "الموظف", app: "التطبيق الأصلي", api: "API", system: "النظام" },
  delivery: { queued: "في الانتظار", sending: "جارٍ الإرسال", unknown: "النتيجة غير معروفة، يجري التحقق", accepted: "قبلها المزوّد", sent: "أُرسلت", delivered: "وصلت", read: "قُرئت", failed: "لم تُرسل", cancelled: "أُلغيت", received: "مستلمة" },
  part: { location: "موقع", template: "قالب", form: "نموذج", shared: "مشاركة", unsupported: "لا يمكن عرضها هنا", file: "ملف", noMedia: "الملف غير متاح", image: "صورة", openMap: "فتح الخريطة" },
  composer: {
    placeholder: "اكتب ردًا…", send: "إرسال", label: "الرد", takes: "الإرسال ينقل المحادثة من المساعد إليك.", takesFrom: "الإرسال ينقل المحادثة من {{name}} إليك.", takesNobody: "بالإرسال تصبح المحادثة معك.",
    left: "بقي للرد {{time}}", until: "حتى {{at}}", tagged: "تُرسل بصفة موظف", useSuggestion: "استخدام", hint: "Enter للإرسال وShift+Enter لسطر جديد", resolvedNote: "الرد يعيد فتحها.",
  },
  refusal: {
    window_closed: "انتهت مهلة الرد.", never_wrote: "لم يكتب هذا العميل بعد.", opted_out: "طلب العميل عدم مراسلته.", quiet_hours: "ساعات الهدوء.",
    account_down: "القناة غير متصلة.", not_owner: "المحادثة مع شخص آخر.", too_long: "الرسالة طويلة جدًا.", empty: "لا شيء للإرسال.", unsupported: "هذه القناة لا تدعم ذلك.",
  },
  instead: {
    template: "أرسل قالبًا معتمدًا أو انتظر رسالة العميل.", human_agent: "ما زال بإمكان موظف أن يجيب.", wait: "انتظر حتى {{at}}.", reconnect: "أعد توصيل القناة.", take: "استلم المحادثة أولًا.", shorten: "اختصر الرسالة.", none: "انتظر رسالة العميل.",
  },
  side: { contact: "جهة الاتصال", channel: "القناة", account: "الحساب", language: "اللغة", lastInbound: "آخر رسالة منه", handoff: "تحويل إلى موظف", reason: "السبب", summary: "الملخص", collected: "ما جُمع", suggested: "رد مقترح", queue: "الطابور", waiting: "ينتظر منذ", state: { waiting: "بالانتظار", claimed: "مستلم", done: "انتهى" }, status: "الحالة" },
  leads: {
    title: "العملاء المحتملون", search: "ابحث بالاسم أو الهاتف أو البريد أو الوسم", name: "الاسم", phone: "الهاتف", email: "البريد", stage: "المرحلة", tags: "الوسوم", created: "أُنشئ", open: "فتح المحادثة", fields: "ما أخبرنا به", noFields: "لم يُجمع شيء آخر.", anyStage: "كل المراحل", count: "المعروض: {{n}}", pipeline: "المسار",
    emptyTitle: "لا عملاء محتملين بعد", emptyText: "حين يسأل مسارٌ عن الاسم والهاتف يظهر الشخص هنا مع رسالته.", emptyAction: "جرّب على الهاتف", noMatch: "لا نتيجة مطابقة",
  },
  channels: {
    title: "القنوات", connect: "توصيل قناة", check: "تحقق الآن", checking: "جارٍ التحقق…", checked: "تم التحقق", flow: "يجيب بالمسار", noFlow: "المسار الافتراضي", id: "المعرّف",
    active: "تعمل", paused: "متوقفة مؤقتًا", reconnect: "تحتاج إلى إعادة توصيل", disconnected: "غير متصلة",
    activeHint: "الرسائل تصل وتُرسل.", pausedHint: "الرسائل محفوظة وتُرسل حين يرفع المزوّد القيد.", reconnectHint: "الرسائل محفوظة. أعد التوصيل برمز جديد؛ السجل يبقى.", disconnectedHint: "لا يصل شيء. أعد التوصيل للمتابعة.",
    emptyTitle: "لا قنوات متصلة بعد", emptyText: "وصّل واتساب أو إنستغرام أو مسنجر أو موقعك. وحتى ذلك الحين يمثل هاتف المحاكاة دور العميل.",
    embed: "ضع هذا في موقعك قبل </body>", copy: "نسخ", copied: "نُسخ", connectText: "توصَّل القنوات على الخادم حيث تبقى الرموز. نفّذ:", connectThen: "تظهر هنا خلال ثوانٍ.", done: "تم",
  },
  kind: { whatsapp: "واتساب", instagram: "إنستغرام", messenger: "مسنجر", widget: "الموقع" },
  start: {
    title: "البداية", text: "خمس خطوات إلى استقبال يجيب بنفسه.", progress: "تم {{done}} من {{all}}",
    phone: "جرّب الهاتف", phoneText: "اكتب كعميل وشاهد الرسالة تصل هنا.", phoneDo: "افتح الهاتف",
    channel: "وصّل قناة", channelText: "واتساب أو إنستغرام أو مسنجر أو موقعك.", channelDo: "توصيل",
    flow: "انشر مسارك", flowText: "ما يقوله المساعد ويسأله ومتى يستدعي موظفًا.", flowDo: "كيف؟",
    model: "وصّل نموذجًا", modelText: "لتُفهم الأسئلة الحرة. وما عداها يعمل من دونه.", modelDo: "كيف؟",
    colleague: "ادعُ زميلًا", colleagueText: "ليكون أحدٌ حاضرًا حين يستدعي المساعد موظفًا.", colleagueDo: "كيف؟",
    howFlow: "افحص الملف ثم استورده وانشره:", howModel: "ضع المفتاح في .env وأعد تشغيل الخادم:", howColleague: "أضف الشخص مع دوره:", done: "تم", hide: "إخفاء", noPhone: "المحاكاة لا تعمل. شغّلها بـ:",
  },
  keys: { title: "اختصارات لوحة المفاتيح", next: "المحادثة التالية", previous: "المحادثة السابقة", open: "فتح", take: "استلام", back: "إعادة إلى المساعد", resolve: "إنهاء أو إعادة فتح", reply: "كتابة رد", search: "بحث", help: "هذه القائمة", leave: "مغادرة الحقل أو الرجوع" },
};

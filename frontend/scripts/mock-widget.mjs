/** The widget's half of the mock: one visitor, a scripted agent that streams. */

const config = {
  name: "Ada Dental",
  accent: "#0e6f8c",
  greeting: "Merhaba! Ben Ada Dental’in otomatik asistanıyım. Randevu, fiyat ve adres sorularınızı hemen yanıtlarım.",
  locale: "tr",
  automatic: true,
  model_connected: true,
  suggestions: ["Randevu almak istiyorum", "İmplant fiyatı nedir?", "Neredesiniz?"],
};
const now = (back = 0) => new Date(Date.now() - back).toISOString();
const history = [
  {
    id: "w1",
    author: "contact",
    author_name: null,
    parts: [{ kind: "text", text: "Merhaba, beyazlatma hassas dişe zarar verir mi?" }],
    text: "",
    at: now(26 * 3600e3),
    delivery: "read",
  },
  {
    id: "w2",
    author: "agent",
    author_name: null,
    parts: [
      {
        kind: "text",
        text: "Hekimimiz önce hassasiyetinize bakar; uygun değilse önermeyiz.\nAyrıntılar: https://adadental.example/beyazlatma",
      },
    ],
    text: "",
    at: now(26 * 3600e3 - 9000),
    delivery: "read",
  },
  {
    id: "w3",
    author: "contact",
    author_name: null,
    parts: [{ kind: "text", text: "Adresiniz ve örnek sonuçlar?" }],
    text: "",
    at: now(900e3),
    delivery: "read",
  },
  {
    id: "w4",
    author: "agent",
    author_name: null,
    parts: [
      { kind: "location", latitude: 40.9829, longitude: 29.0258, name: "Ada Dental", address: "Moda Cd. 118, Kadıköy" },
      {
        kind: "cards",
        cards: [
          {
            title: "Beyazlatma",
            subtitle: "60 dakika, tek seans",
            image_url: null,
            buttons: [{ label: "Randevu al", id: "book" }],
          },
          {
            title: "İmplant",
            subtitle: "Üç randevu, yazılı plan",
            buttons: [{ label: "Ayrıntılar", url: "https://adadental.example/implant" }],
          },
        ],
      },
    ],
    text: "",
    at: now(890e3),
    delivery: "read",
  },
  {
    id: "w5",
    author: "agent",
    author_name: null,
    parts: [
      {
        kind: "choices",
        body: "Hangi gün sizin için uygun?",
        options: [
          { id: "d1", label: "Perşembe 18.30" },
          { id: "d2", label: "Cumartesi 11.00" },
          { id: "d3", label: "Başka bir gün" },
        ],
      },
    ],
    text: "",
    at: now(880e3),
    delivery: "read",
  },
];
const ANSWER =
  "Cumartesi 11.00 için yerinizi ayırdım. Size bir gün önce hatırlatırız; gelemezseniz buradan yazmanız yeterli.";

const sessions = new Map();
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export async function widgetRoutes(request, response, url, { json, bodyOf }) {
  const token = request.headers.authorization?.slice(7) ?? "";
  if (/^\/widget\/v1\/[\w-]+\/sessions$/.test(url.pathname)) {
    const fresh = !sessions.has(token);
    const key = fresh ? `tok-${sessions.size}` : token;
    const rich = url.pathname.includes("w_rich");
    if (fresh) sessions.set(key, { messages: rich ? [...history] : [], log: [], listeners: new Set(), rich });
    json(response, 200, { session_token: key, config, messages: sessions.get(key).messages });
    return true;
  }
  const session = sessions.get(token);
  if (url.pathname === "/widget/v1/events") {
    if (!session) {
      json(response, 401, { title: "Unknown session", status: 401 });
      return true;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const from = Number(request.headers["last-event-id"] ?? 0);
    response.write(
      ": hello\n\n" +
        session.log
          .filter((entry) => entry.no > from)
          .map((entry) => entry.wire)
          .join(""),
    );
    session.listeners.add(response);
    request.on("close", () => session.listeners.delete(response));
    return true;
  }
  if (url.pathname === "/widget/v1/messages") {
    if (!session) {
      json(response, 401, { title: "Unknown session", status: 401 });
      return true;
    }
    const body = await bodyOf(request);
    const text = body.text ?? body.tap.title;
    if (text === "fail") {
      json(response, 422, { title: "No", status: 422 });
      return true;
    }
    await sleep(150);
    const message = {
      id: `w${Date.now()}`,
      author: "contact",
      author_name: null,
      parts: [{ kind: "text", text }],
      text,
      at: now(),
      delivery: "delivered",
      client_id: body.client_id,
    };
    session.messages.push(message);
    json(response, 202, { message_id: message.id });
    emit(session, "message", message);
    void answer(session, text, message.id);
    return true;
  }
  return false;
}

function emit(session, event, data) {
  const no = session.log.length + 1;
  const wire = `id: ${no}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  session.log.push({ no, wire });
  for (const listener of session.listeners) listener.write(wire);
}

async function answer(session, text, id) {
  await sleep(250);
  emit(session, "delivery", { message_id: id, delivery: "read" });
  if (/temsilci|human|оператор|موظف/i.test(text)) {
    emit(session, "owner", { owner: "nobody" });
    await sleep(1200);
    emit(session, "owner", { owner: "staff", name: "Ayşe Demir" });
    emit(session, "typing", { author: "staff" });
    await sleep(1200);
    return say(session, "staff", "Merhaba, ben Ayşe. Size nasıl yardımcı olabilirim?", "Ayşe Demir");
  }
  emit(session, "typing", { author: "agent" });
  await sleep(500);
  const draft = `d${Date.now()}`;
  for (let at = 0; at < ANSWER.length; at += 9) {
    emit(session, "message.delta", { draft, offset: at, text: ANSWER.slice(at, at + 9) });
    await sleep(60);
  }
  say(session, "agent", ANSWER, null, draft);
}

function say(session, author, text, author_name = null, draft = null) {
  const message = {
    id: `w${Date.now()}`,
    author,
    author_name,
    parts: [{ kind: "text", text }],
    text,
    at: now(),
    delivery: "sent",
    draft,
  };
  session.messages.push(message);
  emit(session, "message", message);
}

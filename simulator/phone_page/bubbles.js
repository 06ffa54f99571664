// Draw one conversation: bubbles, options, day dividers. The skin (CSS) makes it WhatsApp or Instagram.
import { el, icon, richText } from "./dom.js";

const EMOJI = ["❤️", "👍", "😂", "😮", "😢", "🙏"];
const INLINE = new Set(["reply", "template_reply", "postback", "url", "location"]);
const time = (iso) => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
const day = (iso) => new Date(iso).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });

const TICKS = {
  pending: ["clock", "Waiting for the server"],
  delivered: ["ticks", "The server has it"],
  read: ["ticks", "Read by the business"],
  failed: ["warn", "The server did not acknowledge it"],
};

// Quick replies disappear from Instagram and Messenger as soon as the conversation moves on.
export function chipsOf(thread) {
  const last = thread.messages.at(-1);
  return last && last.author !== "customer" ? last.options.filter((o) => o.kind === "quick_reply" || o.kind === "ask") : [];
}

export function drawThread(thread, deeds, known) {
  const whatsapp = thread.channel === "whatsapp";
  const nodes = [];
  let lastDay = "";
  thread.messages.forEach((message, index) => {
    const today = day(message.at);
    if (today !== lastDay) nodes.push(el("li.day", {}, el("span", {}, today)));
    lastDay = today;
    const next = thread.messages[index + 1];
    const node = drawMessage(message, thread, deeds, whatsapp);
    node.classList.toggle("last-of-group", !next || side(next) !== side(message) || next.author !== message.author);
    node.classList.toggle("new", !known.has(message.id));
    known.add(message.id);
    nodes.push(node);
  });
  const lastOwn = thread.messages.findLast((m) => m.author === "customer");
  if (!whatsapp && lastOwn) nodes.push(underline(lastOwn, thread.messages.at(-1) === lastOwn));
  return nodes.filter(Boolean);
}

const side = (message) => (message.author === "customer" ? "out" : "in");

function underline(message, isLast) {
  if (message.status === "failed") return el("li.seen.bad", {}, "Not acknowledged by the server");
  if (message.status === "pending") return el("li.seen", {}, "Sending…");
  return isLast ? el("li.seen", {}, message.status === "read" ? "Seen" : "Delivered to the server") : null;
}

function drawMessage(message, thread, deeds, whatsapp) {
  const view = message.view;
  const parts = [
    message.author === "staff_app" ? el("span.by", {}, icon("staff"), "Typed in the native app") : null,
    view.quote ? quote(thread, view.quote) : null,
    view.header ? el("strong.head", { dir: "auto" }, view.header) : null,
    view.media ? drawMedia(view.media, message.kind) : null,
    view.location ? place(view.location) : null,
    view.contacts ? el("span.attached", {}, icon("staff"), view.contacts.join(", ")) : null,
    message.kind === "deleted" ? el("em.gone", {}, "This message was deleted") : null,
    view.text ? el("div.text", { dir: "auto" }, ...richText(view.text, whatsapp)) : null,
    view.footer ? el("div.footer", { dir: "auto" }, view.footer) : null,
    view.cards ? el("div.cards", {}, view.cards.map((card) => drawCard(card, message, deeds))) : null,
    whatsapp ? meta(message) : null,
  ];
  const reactions = Object.values(message.reactions);
  const bubble = el("div.bubble", { title: new Date(message.at).toLocaleString() }, ...parts);
  if (reactions.length) bubble.append(el("span.reactions", { "aria-label": `Reactions: ${reactions.join(" ")}` }, reactions.join("")));
  const body = el("div.body", {}, bubble, ...options(message, deeds));
  const tools = message.author === "customer" || message.kind === "deleted" ? null : reactTool(message, deeds);
  const node = el("li.message", { dataset: { side: side(message), author: message.author, kind: message.kind } }, body, tools);
  if (view.cards) node.classList.add("has-cards");
  if (view.media && !view.text) node.classList.add("media-only");
  return node;
}

function meta(message) {
  const children = [time(message.at)];
  if (message.author === "customer") {
    const [shape, label] = TICKS[message.status] ?? TICKS.pending;
    const mark = icon(shape, label);
    mark.dataset.status = message.status;
    children.push(mark);
  }
  return el("span.meta", {}, ...children);
}

function quote(thread, id) {
  const found = thread.messages.find((m) => m.id === id);
  if (!found) return null;
  const who = found.author === "customer" ? "You" : "Business";
  const words = found.view.text || (found.view.media ? found.view.media.kind : "Message");
  return el("blockquote.quote", { dir: "auto" }, el("b", {}, who), el("span", {}, words));
}

function drawMedia(media, kind) {
  if (media.kind === "like_heart" || kind === "like_heart") return el("span.heart", { role: "img", "aria-label": "Heart" }, "❤️");
  if (media.kind === "image" || media.kind === "sticker") return el("img.picture", { src: media.url, alt: "Picture", loading: "lazy" });
  if (media.kind === "audio") return el("audio", { src: media.url, controls: true, preload: "none" });
  return el("a.attached", { href: media.url, target: "_blank", rel: "noopener noreferrer" }, icon("file"), media.filename || media.kind);
}

function place(location) {
  const name = location.name || `${location.latitude}, ${location.longitude}`;
  return el("span.attached", {}, icon("pin"), el("span", { dir: "auto" }, name, location.address ? el("small", {}, location.address) : null));
}

function drawCard(card, message, deeds) {
  const buttons = message.options.filter((option) => card.options.includes(option.id));
  return el(
    "article.card",
    {},
    card.image ? el("img", { src: card.image, alt: "", loading: "lazy" }) : null,
    el("div.card-words", { dir: "auto" }, el("strong", {}, card.title), card.subtitle ? el("span", {}, card.subtitle) : null),
    buttons.map((option) => optionButton(option, deeds)),
  );
}

function options(message, deeds) {
  if (message.view.cards) return [];
  const made = [];
  if (message.view.list) {
    made.push(el("button.option", { type: "button", onclick: () => deeds.openList(message) }, icon("list"), el("span", { dir: "auto" }, message.view.list.button)));
  }
  for (const option of message.options) if (INLINE.has(option.kind)) made.push(optionButton(option, deeds));
  return made.length ? [el("div.options", {}, made)] : [];
}

function optionButton(option, deeds) {
  const title = el("span", { dir: "auto" }, option.title);
  if (option.kind === "url") {
    return el("a.option", { href: option.url, target: "_blank", rel: "noopener noreferrer" }, icon("link"), title);
  }
  if (option.kind === "location") return el("button.option", { type: "button", onclick: () => deeds.say("📍 41.01, 28.97") }, icon("pin"), title);
  return el("button.option", { type: "button", onclick: () => deeds.tap(option.id) }, icon("reply"), title);
}

function reactTool(message, deeds) {
  const holder = el("div.react");
  const mine = message.reactions.customer;
  const button = el("button.react-open", { type: "button", "aria-label": "React", title: "React", "aria-expanded": "false" }, icon("smile"));
  const choices = EMOJI.map((emoji) =>
    el("button", { type: "button", "aria-label": emoji, "aria-pressed": String(mine === emoji), onclick: () => deeds.react(message.id, mine === emoji ? "" : emoji) }, emoji),
  );
  const tray = el("div.react-tray", { hidden: true, role: "group", "aria-label": "Reactions" }, choices);
  button.addEventListener("click", () => {
    tray.hidden = !tray.hidden;
    button.setAttribute("aria-expanded", String(!tray.hidden));
    if (!tray.hidden) choices[0].focus();
  });
  holder.append(button, tray);
  holder.addEventListener("focusout", (event) => {
    if (!holder.contains(event.relatedTarget)) tray.hidden = true;
  });
  return holder;
}

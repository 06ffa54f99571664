/** What the panel shows, as a value, and how events change it. Pure. */
import type {
  Delivery,
  MessageDelta,
  Outgoing,
  WidgetConfig,
  WidgetEvent,
  WidgetMessage,
  WidgetOwnerKind,
} from "@frontdesk/shared";

/** A message of the visitor that the server has not confirmed yet. */
export interface Pending {
  clientId: string;
  outgoing: Outgoing;
  text: string;
  at: string;
  state: "queued" | "sending" | "failed";
  /** It was sent at least once: the server may have it although no answer came. */
  tried?: boolean;
}

export interface Draft {
  id: string;
  text: string;
}

export interface PanelState {
  phase: "loading" | "ready" | "unavailable";
  config: WidgetConfig | null;
  messages: WidgetMessage[];
  pending: Pending[];
  drafts: Draft[];
  typing: "agent" | "staff" | null;
  owner: WidgetOwnerKind;
  ownerName: string | null;
  connection: "online" | "offline" | "reconnecting";
}

export const EMPTY: PanelState = {
  phase: "loading",
  config: null,
  messages: [],
  pending: [],
  drafts: [],
  typing: null,
  owner: "agent",
  ownerName: null,
  connection: "online",
};

export function applyEvent(state: PanelState, event: WidgetEvent): PanelState {
  switch (event.event) {
    case "message":
      return withMessage(state, event.data);
    case "message.delta":
      return { ...state, drafts: withDelta(state.drafts, event.data), typing: null };
    case "message.discard":
      return { ...state, drafts: state.drafts.filter((draft) => draft.id !== event.data.draft) };
    case "typing":
      return {
        ...state,
        typing: event.data.author === "agent" || event.data.author === "staff" ? event.data.author : null,
      };
    case "delivery":
      return { ...state, messages: withDelivery(state.messages, event.data.message_id, event.data.delivery) };
    case "owner":
      return withOwner(state, event.data.owner, event.data.name ?? null);
  }
}

/** Add or replace by id; take away the draft and the pending bubble it stands for; keep the order of the conversation. */
export function withMessage(state: PanelState, message: WidgetMessage): PanelState {
  const mine = message.author === "contact" ? state.pending.find((item) => isSame(item, message)) : undefined;
  const known = state.messages.find((other) => other.id === message.id);
  const now = known ? merged(known, message) : mine ? { ...message, client_id: mine.clientId } : message;
  const messages =
    known?.no === message.no
      ? state.messages.map((other) => (other === known ? now : other))
      : inPlace(known ? state.messages.filter((other) => other !== known) : state.messages, now);
  const fromAgent = message.author === "agent" || message.author === "staff";
  return {
    ...state,
    messages,
    drafts: message.draft ? state.drafts.filter((draft) => draft.id !== message.draft) : state.drafts,
    pending: mine ? state.pending.filter((item) => item !== mine) : state.pending,
    typing: fromAgent ? null : state.typing,
  };
}

/** The stream may tell of our message before the POST is answered, with or without our own id. */
function isSame(item: Pending, message: WidgetMessage): boolean {
  if (message.client_id) return item.clientId === message.client_id;
  return (item.tried ?? item.state === "sending") && item.text === message.text;
}

function merged(known: WidgetMessage, news: WidgetMessage): WidgetMessage {
  return { ...news, client_id: news.client_id ?? known.client_id, delivery: later(known.delivery, news.delivery) };
}

function inPlace(messages: WidgetMessage[], message: WidgetMessage): WidgetMessage[] {
  let at = messages.length;
  while (at > 0 && (messages[at - 1]?.no ?? 0) > message.no) at--;
  return [...messages.slice(0, at), message, ...messages.slice(at)];
}

/** Deltas carry where they start: what is repeated after a reconnect changes nothing, what has a hole waits for the final message. */
export function withDelta(drafts: Draft[], delta: MessageDelta): Draft[] {
  const draft = drafts.find((item) => item.id === delta.draft);
  const had = draft?.text ?? "";
  if (delta.offset > had.length) return drafts;
  const text = had.slice(0, delta.offset) + delta.text;
  if (draft && text.length < had.length && had.startsWith(text)) return drafts;
  const next = { id: delta.draft, text };
  return draft ? drafts.map((item) => (item === draft ? next : item)) : [...drafts, next];
}

const RANK: Delivery[] = ["queued", "sending", "unknown", "accepted", "sent", "delivered", "read"];

/** Receipts arrive in any order; a message never goes back from read to sent. */
export function later(a: Delivery, b: Delivery): Delivery {
  return RANK.indexOf(b) >= RANK.indexOf(a) || RANK.indexOf(b) < 0 ? b : a;
}

function withDelivery(messages: WidgetMessage[], id: string, delivery: Delivery): WidgetMessage[] {
  return messages.map((message) =>
    message.id === id ? { ...message, delivery: later(message.delivery, delivery) } : message,
  );
}

/** A change of hands; drafts of the agent die with its ownership. */
function withOwner(state: PanelState, owner: WidgetOwnerKind, name: string | null): PanelState {
  const arrived = owner === "staff" && (state.owner !== "staff" || state.ownerName !== name);
  return {
    ...state,
    messages: arrived ? [...state.messages, arrival(name, state.messages)] : state.messages,
    owner,
    ownerName: owner === "staff" ? name : null,
    drafts: owner === "agent" ? state.drafts : [],
    typing: owner === "agent" ? state.typing : null,
  };
}

const ARRIVAL = "joined:";

/** The line that says that a person joined; made here, so it is not a message of the server's. */
function arrival(name: string | null, messages: WidgetMessage[]): WidgetMessage {
  const last = messages.at(-1);
  const at = last?.at ?? new Date().toISOString();
  const id = `${ARRIVAL}${messages.length}`;
  const no = messages.findLast((message) => Number.isFinite(message.no))?.no ?? 0;
  return { id, no, author: "system", author_name: name, parts: [], text: "", at, delivery: "sent" };
}

export function isArrival(message: WidgetMessage): boolean {
  return message.id.startsWith(ARRIVAL);
}

/** After the POST was answered: the confirmed copy may have come through the stream already; else it stands last until that tells its place. */
export function withAccepted(state: PanelState, clientId: string, messageId: string): PanelState {
  const item = state.pending.find((other) => other.clientId === clientId);
  if (!item) return state;
  const pending = state.pending.filter((other) => other !== item);
  if (state.messages.some((message) => message.id === messageId)) return { ...state, pending };
  const message: WidgetMessage = {
    id: messageId,
    no: Number.POSITIVE_INFINITY,
    author: "contact",
    author_name: null,
    parts: [{ kind: "text", text: item.text }],
    text: item.text,
    at: [item.at, state.messages.at(-1)?.at ?? ""].sort().at(-1) ?? item.at,
    delivery: "sent",
    client_id: clientId,
  };
  return { ...state, pending, messages: inPlace(state.messages, message) };
}

/** The choices that may still be tapped: those of the last message of the business, while nothing was said after it. */
export function openChoices(state: PanelState): string | null {
  if (state.pending.length > 0) return null;
  for (let at = state.messages.length - 1; at >= 0; at--) {
    const message = state.messages[at];
    if (!message || message.author === "contact") return null;
    if (message.author === "system") continue;
    if (message.parts.some((part) => part.kind === "choices")) return message.id;
  }
  return null;
}

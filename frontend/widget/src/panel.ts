/** The panel: wires session, outbox, state and views together. */
import type { Outgoing, WidgetSession } from "@frontdesk/shared";
import { sendMessage } from "./api";
import { Bridge, exactOrigin } from "./bridge";
import { h } from "./dom";
import { chooseLanguage, TABLE } from "./i18n";
import { newId } from "./ids";
import { paintAccent } from "./look";
import { Outbox } from "./outbox";
import { Session } from "./session";
import { chime } from "./sound";
import { applyEvent, EMPTY, type PanelState, withAccepted } from "./state";
import { ComposerView } from "./view/composer";
import { HeaderView } from "./view/header";
import { LogView } from "./view/log";
import { ThreadView } from "./view/thread";

function main(root: HTMLElement): void {
  const widgetId = /\/widget\/v1\/([^/]+)\/panel/.exec(location.pathname)?.[1] ?? "";
  const hash = new URLSearchParams(location.hash.slice(1));
  const language = chooseLanguage(hash.get("lang"), ...navigator.languages);
  const words = TABLE[language];
  const framed = window.parent !== window;
  let state: PanelState = EMPTY;
  let shown = !framed;
  let unread = 0;

  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  document.title = words.title;
  paintAccent(document.documentElement, hash.get("accent"));

  const bridge = new Bridge(exactOrigin(hash.get("host")), (message) => {
    shown = message.type === "shown";
    if (message.type !== "shown") return;
    setUnread(0);
    thread.toEnd();
    if (!message.touch) composer.input.focus();
  });
  const close = () => bridge.tell({ type: "close" });
  const focusAgain = () => {
    if (matchMedia("(pointer: fine)").matches) composer.input.focus();
  };
  const say = (text: string) => {
    add({ client_id: newId(), text }, text);
    focusAgain();
  };
  const tap = (payload: string, title: string) => {
    add({ client_id: newId(), tap: { payload, title } }, title);
    focusAgain();
  };

  const header = new HeaderView(words, { onClose: close, onPerson: () => say(words.person) }, framed);
  const composer = new ComposerView(words, say);
  const log = new LogView(words, language, { onTap: tap, onRetry: (id) => outbox.retry(id) });
  const thread = new ThreadView(words, log, { onSuggestion: say });
  root.append(header.element, thread.element, h("footer", {}, header.personButton, composer.element));

  const session = new Session(widgetId, language, {
    onSession,
    onEvent: (event) => {
      const before = state.messages.length;
      set(applyEvent(state, event));
      const fromThem = event.event === "message" && (event.data.author === "agent" || event.data.author === "staff");
      if (!fromThem || state.messages.length === before) return;
      if (!shown) setUnread(unread + 1);
      if (!shown || document.hidden) chime();
    },
    onConnection: (connection) => {
      set({ ...state, connection: navigator.onLine ? connection : "offline" });
      if (connection === "online") outbox.flush();
    },
    onUnavailable: () => set({ ...state, phase: "unavailable" }),
  });

  const outbox = new Outbox({
    send: (outgoing) => sendMessage(outgoing, session.token ?? ""),
    online: () => navigator.onLine && session.token !== null,
    onState: (clientId, now) =>
      set({
        ...state,
        pending: state.pending.map((item) =>
          item.clientId === clientId ? { ...item, state: now, tried: item.tried || now === "sending" } : item,
        ),
      }),
    onAccepted: (clientId, messageId) => {
      set(withAccepted(state, clientId, messageId));
      bridge.tell({ type: "started" });
    },
  });

  function add(outgoing: Outgoing, text: string): void {
    const item = {
      clientId: outgoing.client_id,
      outgoing,
      text,
      at: new Date().toISOString(),
      state: "queued" as const,
    };
    set({ ...state, pending: [...state.pending, item] });
    thread.toEnd();
    outbox.add(outgoing);
  }

  function onSession({ config, messages, owner }: WidgetSession): void {
    const accent = hash.get("accent") ?? config.accent ?? null;
    paintAccent(document.documentElement, accent);
    bridge.tell({ type: "look", accent, name: config.name, locale: language });
    if (messages.length > 0) bridge.tell({ type: "started" });
    set({
      ...state,
      phase: "ready",
      config,
      messages,
      drafts: [],
      owner: owner?.owner ?? state.owner,
      ownerName: owner?.name ?? state.ownerName,
    });
    thread.toEnd();
    outbox.flush();
  }

  function setUnread(count: number): void {
    unread = count;
    bridge.tell({ type: "unread", count });
  }

  let scheduled = false;
  function set(next: PanelState): void {
    state = next;
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      header.draw(state);
      thread.draw(state);
    });
  }

  window.addEventListener("online", () => {
    set({ ...state, connection: "reconnecting" });
    outbox.flush();
  });
  window.addEventListener("offline", () => set({ ...state, connection: "offline" }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) close();
  });

  set(state);
  bridge.connect();
  void session.open();
}

const root = document.getElementById("panel");
if (root) main(root);

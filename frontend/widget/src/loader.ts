/**
 * The script a host page includes. It draws the bubble and, when wanted, an iframe with the panel.
 *
 * It stays small and leaves no trace: one guarded flag on window, one element at the end of body.
 */
import { parseHex, textOn, toHex } from "@frontdesk/shared/contrast";
import { LOADER_CSS } from "./loader.css";
import { frameAddress, readSettings, type Settings } from "./loader-settings";
import { LOADER_WORDS } from "./loader-words";
import { CONNECT, HELLO, type ToHost, type ToPanel } from "./protocol";

const FLAG = "__frontdeskWidget";
const DEFAULT_ACCENT = "#0e6f8c";

function run(settings: Settings): void {
  const remember = memory(settings.widget);
  let accent = settings.accent ?? remember.get("accent");
  const words = LOADER_WORDS[settings.language] ?? LOADER_WORDS.en;
  if (!words) return;
  const [openWord, closeWord, unreadWord, dialogWord] = words;

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = LOADER_CSS;
  const wrap = document.createElement("div");
  wrap.className = settings.position;
  wrap.dir = settings.language === "ar" ? "rtl" : "ltr";
  const frameBox = document.createElement("div");
  frameBox.className = "f";
  frameBox.setAttribute("role", "dialog");
  frameBox.setAttribute("aria-label", dialogWord);
  const bubble = document.createElement("button");
  bubble.type = "button";
  bubble.className = "b";
  bubble.append(
    icon(
      "c",
      "M12 3.5c-5 0-9 3.4-9 7.7 0 2.4 1.3 4.6 3.3 6l-.6 3.3 3.7-1.8c.8.2 1.7.3 2.6.3 5 0 9-3.4 9-7.8s-4-7.7-9-7.7Z",
    ),
    icon("x", "m6 9 6 6 6-6"),
  );
  const badge = document.createElement("span");
  badge.className = "n";
  badge.hidden = true;
  badge.setAttribute("aria-hidden", "true");
  bubble.append(badge);
  wrap.append(frameBox, bubble);
  root.append(style, wrap);

  let frame: HTMLIFrameElement | null = null;
  let port: MessagePort | null = null;
  let open = false;
  let unread = 0;

  function paint(): void {
    const fill = parseHex(accent) ?? parseHex(DEFAULT_ACCENT);
    if (fill) {
      wrap.style.setProperty("--a", toHex(fill));
      wrap.style.setProperty("--t", toHex(textOn(fill)));
    }
    wrap.classList.toggle("o", open);
    badge.hidden = open || unread === 0;
    badge.textContent = unread > 9 ? "9+" : String(unread);
    bubble.setAttribute("aria-expanded", String(open));
    const label = open ? closeWord : openWord;
    bubble.setAttribute("aria-label", unread && !open ? `${label} (${unread} ${unreadWord})` : label);
  }

  function load(): void {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = dialogWord;
    frame.allow = "autoplay; clipboard-write";
    frame.src = frameAddress(settings, location.origin);
    frameBox.append(frame);
  }

  function tell(message: ToPanel): void {
    port?.postMessage(message);
  }

  function show(next: boolean, byPerson: boolean): void {
    if (open === next) return;
    open = next;
    if (open) load();
    remember.setOpen(open);
    paint();
    fit();
    tell(open ? { type: "shown", touch: matchMedia("(pointer: coarse)").matches } : { type: "hidden" });
    if (open && byPerson) frame?.focus();
    if (!open && byPerson) bubble.focus({ preventScroll: true });
  }

  /** Keep a full-screen panel above the phone's keyboard. */
  function fit(): void {
    const view = window.visualViewport;
    const full = open && view && matchMedia("(max-width: 480px), (max-height: 480px)").matches && view.scale < 1.05;
    frameBox.style.height = full ? `${view.height}px` : "";
    frameBox.style.top = full ? `${view.offsetTop}px` : "";
    frameBox.style.bottom = full ? "auto" : "";
  }

  function hear(message: ToHost): void {
    if (message.type === "close") show(false, true);
    else if (message.type === "started") remember.set("used", "1");
    else if (message.type === "unread") {
      unread = message.count;
      paint();
    } else if (message.type === "look" && !settings.accent && parseHex(message.accent)) {
      accent = message.accent;
      remember.set("accent", message.accent ?? "");
      paint();
    }
  }

  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== settings.origin || event.data !== HELLO)
      return;
    const channel = new MessageChannel();
    port?.close();
    port = channel.port1;
    port.onmessage = (received: MessageEvent<ToHost>) => hear(received.data);
    frame.contentWindow?.postMessage(CONNECT, settings.origin, [channel.port2]);
    tell(open ? { type: "shown", touch: matchMedia("(pointer: coarse)").matches } : { type: "hidden" });
  });
  bubble.addEventListener("click", () => show(!open, true));
  bubble.addEventListener("pointerenter", load, { once: true });
  root.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key === "Escape") show(false, true);
  });
  window.visualViewport?.addEventListener("resize", fit);
  window.visualViewport?.addEventListener("scroll", fit);

  paint();
  document.body.append(host);
  if (remember.wasOpen() && !matchMedia("(max-width: 480px)").matches) show(true, false);
  else if (remember.get("used")) setTimeout(load, 2000);
}

function icon(name: string, path: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const set = (target: Element, values: Record<string, string>) => {
    for (const key of Object.keys(values)) target.setAttribute(key, values[key] ?? "");
  };
  set(svg, { class: name, viewBox: "0 0 24 24", "aria-hidden": "true", fill: "none", stroke: "currentColor" });
  set(line, { d: path, "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round" });
  svg.append(line);
  return svg;
}

/** What the host page's origin keeps: whether a chat was begun, the accent, whether the panel was open. Never a token. */
function memory(widget: string) {
  const key = (name: string) => `frontdesk:${widget}:${name}`;
  const safely = <T>(action: () => T): T | null => {
    try {
      return action();
    } catch {
      return null; // storage is blocked here; nothing depends on it
    }
  };
  return {
    get: (name: string) => safely(() => localStorage.getItem(key(name))),
    set: (name: string, value: string) => safely(() => localStorage.setItem(key(name), value)),
    wasOpen: () => safely(() => sessionStorage.getItem(key("open"))) === "1",
    setOpen: (open: boolean) => safely(() => sessionStorage.setItem(key("open"), open ? "1" : "0")),
  };
}

const marked = window as unknown as Record<string, unknown>;
const script = document.currentScript;
if (!marked[FLAG] && script instanceof HTMLScriptElement) {
  const settings = readSettings(script, document.documentElement.lang, navigator.language);
  if (settings) {
    Object.defineProperty(window, FLAG, { value: true });
    if (document.body) run(settings);
    else document.addEventListener("DOMContentLoaded", () => run(settings), { once: true });
  }
}

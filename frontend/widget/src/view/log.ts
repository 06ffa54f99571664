/** The conversation, drawn by difference: one element per row, remade only when what it shows has changed. */
import type { WidgetMessage } from "@frontdesk/shared";
import { initials } from "@frontdesk/shared/people";
import { h, ICONS, icon } from "../dom";
import { fill, type Language, type Words } from "../i18n";
import { isArrival, openChoices, type PanelState, type Pending } from "../state";
import { clock, dayKey, dayLabel, exact } from "../time";
import { renderPart, textBlock } from "./parts";

export interface LogActions {
  onTap: (payload: string, title: string) => void;
  onRetry: (clientId: string) => void;
}

interface Row {
  key: string;
  /** What the element depends on besides its key. */
  print: string;
  make: () => HTMLElement;
}

const GROUP_MS = 5 * 60_000;

export class LogView {
  readonly list = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
  private shown = new Map<string, { print: string; element: HTMLElement }>();

  constructor(
    private readonly words: Words,
    private readonly language: Language,
    private readonly actions: LogActions,
  ) {
    this.list.setAttribute("aria-label", words.messages);
  }

  draw(state: PanelState, now: Date): void {
    const next = new Map<string, { print: string; element: HTMLElement }>();
    for (const row of this.rows(state, now)) {
      const old = this.shown.get(row.key);
      next.set(row.key, { print: row.print, element: old?.print === row.print ? old.element : row.make() });
    }
    for (const [key, { element }] of this.shown) if (next.get(key)?.element !== element) element.remove();
    let cursor = this.list.firstChild;
    for (const { element } of next.values()) {
      if (element === cursor) cursor = cursor.nextSibling;
      else this.list.insertBefore(element, cursor);
    }
    this.shown = next;
  }

  private rows(state: PanelState, now: Date): Row[] {
    const { words, language } = this;
    const rows: Row[] = [];
    const live = openChoices(state);
    const lastMine = state.messages.findLast((message) => message.author === "contact");
    let day = "";
    state.messages.forEach((message, at) => {
      const previous = state.messages[at - 1];
      const following = state.messages[at + 1];
      if (dayKey(message.at) !== day) {
        day = dayKey(message.at);
        const label = dayLabel(message.at, now, language, words);
        rows.push({ key: `day ${day}`, print: label, make: () => h("div", { class: "day" }, h("span", {}, label)) });
      }
      const starts = !sameGroup(previous, message);
      const ends =
        !sameGroup(message, following) && !(message.author === "contact" && state.pending.length > 0 && !following);
      const isLive = message.id === live;
      const status = message === lastMine && state.pending.length === 0 ? this.statusWord(message) : "";
      rows.push({
        key: message.client_id && message.author === "contact" ? `c ${message.client_id}` : message.id,
        print: JSON.stringify([
          message.id,
          message.parts,
          message.text,
          starts,
          ends,
          isLive,
          status,
          message.author_name,
        ]),
        make: () => this.message(message, { starts, ends, isLive, status }),
      });
    });
    for (const item of state.pending) {
      rows.push({ key: `c ${item.clientId}`, print: `pending ${item.state}`, make: () => this.pendingRow(item) });
    }
    return rows;
  }

  private message(
    message: WidgetMessage,
    look: { starts: boolean; ends: boolean; isLive: boolean; status: string },
  ): HTMLElement {
    const { words, language } = this;
    if (message.author === "system") {
      const text = isArrival(message)
        ? fill(words.joined, { name: message.author_name || words.aPerson })
        : message.text;
      return h(
        "div",
        { class: "event" },
        isArrival(message) && avatar({ ...message, author: "staff" }),
        h("span", { dir: "auto" }, text),
      );
    }
    const mine = message.author === "contact";
    const name = authorName(message, words);
    const context = { words, live: look.isLive, onTap: this.actions.onTap };
    const parts =
      message.parts.length > 0 ? message.parts.map((part) => renderPart(part, context)) : [textBlock(message.text)];
    return h(
      "div",
      { class: `row ${mine ? "mine" : "theirs"}${look.starts ? " starts" : ""}${look.ends ? " ends" : ""}` },
      !mine && (look.ends ? avatar(message) : h("span", { class: "avatar none", "aria-hidden": "true" })),
      h(
        "div",
        { class: "body", tabindex: "-1" },
        !mine && look.starts && message.author === "staff"
          ? h("div", { class: "who", dir: "auto" }, name)
          : h("span", { class: "sr" }, `${name}: `),
        ...parts,
        h(
          "div",
          { class: look.status ? "meta keep" : "meta" },
          h("time", { datetime: message.at, title: exact(message.at, language) }, clock(message.at, language)),
          look.status && h("span", {}, look.status),
        ),
      ),
    );
  }

  private pendingRow(item: Pending): HTMLElement {
    const { words } = this;
    const note = { queued: words.queued, sending: words.sending, failed: words.failed }[item.state];
    return h(
      "div",
      { class: `row mine starts ends pending ${item.state}` },
      h(
        "div",
        { class: "body" },
        h("span", { class: "sr" }, `${words.you}: `),
        textBlock(item.text),
        h(
          "div",
          { class: "meta keep" },
          item.state === "failed" && icon(...ICONS.alert),
          h("span", {}, note),
          item.state === "failed" &&
            h(
              "button",
              { type: "button", class: "again", click: () => this.actions.onRetry(item.clientId) },
              words.tryAgain,
            ),
        ),
      ),
    );
  }

  private statusWord(message: WidgetMessage): string {
    const { words } = this;
    if (message.delivery === "read") return words.read;
    if (message.delivery === "delivered" || message.delivery === "received") return words.delivered;
    return message.delivery === "failed" ? words.failed : words.sent;
  }
}

function sameGroup(a: WidgetMessage | undefined, b: WidgetMessage | undefined): boolean {
  if (!a || !b || a.author !== b.author || a.author_name !== b.author_name) return false;
  return dayKey(a.at) === dayKey(b.at) && Date.parse(b.at) - Date.parse(a.at) < GROUP_MS;
}

function authorName(message: WidgetMessage, words: Words): string {
  if (message.author === "contact") return words.you;
  return message.author_name || (message.author === "staff" ? words.aPerson : words.assistant);
}

function avatar(message: WidgetMessage): HTMLElement {
  const staff = message.author === "staff";
  const letters = staff ? initials(message.author_name) : "";
  return h(
    "span",
    { class: staff ? "avatar staff" : "avatar", "aria-hidden": "true" },
    letters || icon(...(staff ? ICONS.person : ICONS.agent)),
  );
}

/** The rows below the log: drafts being written and who is typing; announced only when they become messages. */
export function drawLiveRows(box: HTMLElement, state: PanelState, words: Words): void {
  box.replaceChildren(
    ...state.drafts.map((draft) =>
      h(
        "div",
        { class: "row theirs starts ends draft" },
        avatar(DRAFT_AUTHOR),
        h("div", { class: "body" }, textBlock(draft.text)),
      ),
    ),
  );
  if (!state.typing || state.drafts.length > 0) return;
  const staff = state.typing === "staff";
  const name = staff ? state.ownerName || words.aPerson : words.assistant;
  const author = staff ? { ...DRAFT_AUTHOR, author: "staff" as const, author_name: state.ownerName } : DRAFT_AUTHOR;
  box.append(
    h(
      "div",
      { class: "row theirs starts ends" },
      avatar(author),
      h(
        "div",
        { class: "body" },
        h(
          "div",
          { class: "bubble dots" },
          h("i"),
          h("i"),
          h("i"),
          h("span", { class: "sr" }, fill(words.typing, { name })),
        ),
      ),
    ),
  );
}

const DRAFT_AUTHOR: WidgetMessage = {
  id: "",
  no: 0,
  author: "agent",
  author_name: null,
  parts: [],
  text: "",
  at: "",
  delivery: "sent",
};

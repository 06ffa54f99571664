/** What scrolls: the greeting, the log, drafts and typing; and the line that tells of a lost connection. */
import { h, ICONS, icon } from "../dom";
import type { Words } from "../i18n";
import type { PanelState } from "../state";
import { drawLiveRows, type LogView } from "./log";
import { textBlock } from "./parts";

const NEAR_PX = 80;

export class ThreadView {
  readonly element: HTMLElement;
  private readonly scroller = h("div", { class: "scroller", tabindex: "0", role: "region" });
  private readonly intro = h("div", { class: "intro" });
  private readonly live = h("div", { class: "log live" });
  private readonly notice = h("div", { class: "notice", role: "status" });
  private readonly jump: HTMLButtonElement;
  private introPrint = "";
  private livePrint = "";
  private count = 0;

  constructor(
    private readonly words: Words,
    private readonly log: LogView,
    private readonly actions: { onSuggestion: (text: string) => void },
  ) {
    this.scroller.setAttribute("aria-label", words.messages);
    this.scroller.append(this.intro, log.list, this.live);
    this.jump = h(
      "button",
      { type: "button", class: "jump", hidden: true, click: () => this.toEnd("smooth") },
      icon(...ICONS.down),
      words.newMessages,
    );
    this.element = h("main", {}, this.notice, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => {
      if (this.nearEnd()) this.jump.hidden = true;
    });
    // A tap shows the time of a message, as hovering does.
    this.scroller.addEventListener("click", (event) => {
      const target = event.target as Element;
      if (!target.closest("a, button, audio, video")) target.closest(".row")?.classList.toggle("told");
    });
    // Pictures and a growing composer change heights after the fact: stay at the end if we were there.
    // Content that grew is not a reader who went up.
    let wasNear = true;
    let lastTop = 0;
    this.scroller.addEventListener("scroll", () => {
      const { scrollTop } = this.scroller;
      if (this.nearEnd() || scrollTop < lastTop) wasNear = this.nearEnd();
      lastTop = scrollTop;
    });
    const keepEnd = new ResizeObserver(() => {
      if (wasNear) this.toEnd();
    });
    keepEnd.observe(log.list);
    keepEnd.observe(this.scroller);
  }

  draw(state: PanelState): void {
    const near = this.nearEnd();
    this.drawIntro(state);
    this.log.draw(state, new Date());
    this.drawLive(state);
    this.drawNotice(state);
    const count = state.messages.length;
    if (near) this.toEnd();
    else if (count > this.count && state.messages.at(-1)?.author !== "contact") this.jump.hidden = false;
    this.count = count;
  }

  toEnd(behavior: ScrollBehavior = "auto"): void {
    this.jump.hidden = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: calm ? "auto" : behavior });
  }

  private nearEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  private drawIntro({ config, messages, pending, phase }: PanelState): void {
    const fresh = messages.length === 0 && pending.length === 0;
    const print = JSON.stringify([phase, fresh, config?.name, config?.greeting, config?.suggestions]);
    if (print === this.introPrint) return;
    this.introPrint = print;
    if (phase === "loading") {
      this.intro.replaceChildren(...skeleton());
      return;
    }
    if (phase === "unavailable") {
      const { unavailable, unavailableHint } = this.words;
      this.intro.replaceChildren(
        h(
          "div",
          { class: "gone", role: "alert" },
          icon(...ICONS.alert),
          h("strong", {}, unavailable),
          h("p", {}, unavailableHint),
        ),
      );
      return;
    }
    const suggestions = fresh ? (config?.suggestions ?? []) : [];
    this.intro.replaceChildren(
      ...(config?.greeting ? [greeting(config.greeting)] : fresh && config ? [this.hello(config.name)] : []),
      ...(suggestions.length > 0 ? [this.chips(suggestions)] : []),
    );
  }

  /** Who is here and what this is for, while nothing was said; nobody is made to say it. */
  private hello(name: string): HTMLElement {
    return h("div", { class: "hello" }, h("strong", { dir: "auto" }, name), h("p", {}, this.words.hello));
  }

  private chips(suggestions: string[]): HTMLElement {
    const chips = suggestions.map((text) =>
      h(
        "button",
        { type: "button", class: "chip", dir: "auto", click: () => this.actions.onSuggestion(text) },
        h("span", {}, text),
      ),
    );
    return h("div", { class: "chips" }, ...chips);
  }

  private drawLive(state: PanelState): void {
    const print = JSON.stringify([state.drafts, state.typing, state.ownerName]);
    if (print === this.livePrint) return;
    this.livePrint = print;
    drawLiveRows(this.live, state, this.words);
  }

  private drawNotice({ connection, phase }: PanelState): void {
    const text = { online: "", offline: this.words.offline, reconnecting: this.words.reconnecting }[connection];
    const shown = phase === "unavailable" ? "" : text;
    if (this.notice.textContent !== shown) this.notice.textContent = shown;
  }
}

function greeting(text: string): HTMLElement {
  const face = h("span", { class: "avatar", "aria-hidden": "true" }, icon(...ICONS.agent));
  return h("div", { class: "row theirs starts ends" }, face, h("div", { class: "body" }, textBlock(text)));
}

function skeleton(): HTMLElement[] {
  return ["62%", "44%"].map((width) => {
    const bar = h("div", { class: "skeleton", "aria-hidden": "true" });
    bar.style.width = width;
    return bar;
  });
}

/** Where the visitor writes. */
import { h, ICONS, icon } from "../dom";
import { fill, type Words } from "../i18n";

/** What one message may hold. */
export const LIMIT = 4000;

export class ComposerView {
  readonly element: HTMLFormElement;
  readonly input: HTMLTextAreaElement;
  private readonly send: HTMLButtonElement;
  private readonly note = h("p", { class: "limit", role: "status" });

  constructor(
    private readonly words: Words,
    private readonly onSend: (text: string) => void,
  ) {
    this.input = h("textarea", {
      rows: 1,
      placeholder: words.placeholder,
      "aria-label": words.placeholder,
      autocomplete: "off",
      enterkeyhint: "send",
      dir: "auto",
    });
    this.send = h(
      "button",
      { type: "submit", class: "send", "aria-label": words.send, title: words.send },
      icon(...ICONS.send),
    );
    this.element = h("form", { class: "composer" }, h("div", { class: "field" }, this.input, this.send), this.note);
    this.input.addEventListener("input", () => this.fit());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.fit();
  }

  /** Enter sends, except while an input method is composing (keyCode 229 is Safari's way to say so). */
  private key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  private submit(): void {
    const text = this.input.value.trim();
    if (!text || text.length > LIMIT) return;
    this.input.value = "";
    this.fit();
    this.input.focus();
    this.onSend(text);
  }

  private fit(): void {
    const { input } = this;
    input.dir = input.value ? "auto" : document.documentElement.dir;
    input.style.height = "";
    if (input.scrollHeight > 0) input.style.height = `${Math.min(input.scrollHeight, 132)}px`;
    const length = input.value.trim().length;
    this.send.disabled = length === 0 || length > LIMIT;
    this.note.textContent = length > LIMIT ? fill(this.words.tooLong, { n: length - LIMIT }) : "";
  }
}

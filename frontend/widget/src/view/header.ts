/** Who the visitor talks to, and the ways out: a person, silence, closing. */
import { initials } from "@frontdesk/shared/people";
import { h, ICONS, icon } from "../dom";
import { presence, type Words } from "../i18n";
import { setSound, soundIsOn } from "../sound";
import type { PanelState } from "../state";

export interface HeaderActions {
  onClose: () => void;
  onPerson: () => void;
}

export class HeaderView {
  readonly element: HTMLElement;
  private readonly face = h("span", { class: "face", "aria-hidden": "true" });
  private readonly name = h("h1");
  private readonly line = h("p", { class: "presence", "aria-live": "polite" });
  private readonly person: HTMLButtonElement;
  private print = "";

  constructor(
    private readonly words: Words,
    actions: HeaderActions,
    framed: boolean,
  ) {
    this.person = h(
      "button",
      { type: "button", class: "person", click: actions.onPerson },
      icon(...ICONS.person),
      h("span", {}, words.toPerson),
    );
    const sound = h("button", { type: "button", class: "tool", click: () => this.toggleSound(sound) });
    this.drawSound(sound);
    this.element = h(
      "header",
      {},
      this.face,
      h("div", { class: "names" }, this.name, this.line),
      sound,
      framed &&
        h(
          "button",
          { type: "button", class: "tool", "aria-label": words.close, title: words.close, click: actions.onClose },
          icon(...ICONS.close),
        ),
    );
  }

  /** The way to a person; it sits right above the composer so that it is always in reach. */
  get personButton(): HTMLButtonElement {
    return this.person;
  }

  draw(state: PanelState): void {
    const { config, owner, ownerName } = state;
    const print = JSON.stringify([config?.name, owner, ownerName, config?.model_connected]);
    if (print === this.print) return;
    this.print = print;
    this.name.textContent = config?.name ?? "";
    const staff = owner === "staff";
    this.face.className = `face ${owner}`;
    this.face.replaceChildren((staff ? initials(ownerName) : initials(config?.name)) || icon(...ICONS.agent));
    this.line.textContent = config ? presence(this.words, owner, ownerName, config.model_connected) : "";
    this.person.hidden = owner !== "agent" || !config;
  }

  private toggleSound(button: HTMLButtonElement): void {
    setSound(!soundIsOn());
    this.drawSound(button);
  }

  private drawSound(button: HTMLButtonElement): void {
    const on = soundIsOn();
    const label = on ? this.words.soundOff : this.words.soundOn;
    button.replaceChildren(icon(...(on ? ICONS.sound : ICONS.mute)));
    button.setAttribute("aria-label", label);
    button.setAttribute("title", label);
    button.setAttribute("aria-pressed", String(on));
  }
}

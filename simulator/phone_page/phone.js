// One phone: frame, header, conversation, composer. It redraws the conversation only, so what is being typed stays.
import { chipsOf, drawThread } from "./bubbles.js";
import { el, icon, initials } from "./dom.js";
import { key, on, post, simNow, state } from "./store.js";

const NAMES = { whatsapp: "WhatsApp", instagram: "Instagram", messenger: "Messenger" };
const HELLOS = ["Merhaba 👋", "Hello", "Здравствуйте", "مرحبا"];
const WINDOW_MS = 24 * 3600 * 1000;
const LARGEST_IMAGE = 5 * 1024 * 1024;

export class Phone {
  constructor(channel, dialogs) {
    this.channel = channel;
    this.dialogs = dialogs;
    this.known = new Set();
    this.selected = localStorage.getItem(`simulator.${channel}`) ?? "";
    this.node = this.build();
    on("thread", (thread) => this.take(thread));
    on("loaded", () => this.refresh());
    on("clock", () => this.tick());
    setInterval(() => this.tick(), 1000);
    this.refresh();
  }

  get thread() {
    return state.threads.get(this.selected);
  }

  get account() {
    const id = this.thread?.account;
    return state.accounts.find((a) => a.id === id) ?? state.accounts.find((a) => a.channel === this.channel);
  }

  get deeds() {
    const { account, person } = this.thread;
    const who = { account, customer: person.id };
    return {
      say: (text) => this.attempt(post("say", { ...who, text })),
      tap: (option) => this.attempt(post("tap", { ...who, option })),
      react: (message, emoji) => this.attempt(post("react", { ...who, message, emoji })),
      openList: (message) => this.openList(message),
      who,
    };
  }

  build() {
    this.picker = el("select.who", { "aria-label": `${NAMES[this.channel]}: whose phone`, onchange: () => this.choose(this.picker.value) });
    const add = el("button", { type: "button", title: "Add a customer", "aria-label": "Add a customer", onclick: () => this.dialogs.addCustomer(this) }, icon("plus"));
    const staff = el("button", { type: "button", title: "Answer as staff in the native app", "aria-label": "Answer as staff in the native app", onclick: () => this.dialogs.answerAsStaff(this) }, icon("staff"));
    this.blockButton = el("button", { type: "button", title: "Block the business", "aria-label": "Block the business", onclick: () => this.block() }, icon("block"));
    this.windowLine = el("p.window", { role: "status" });
    this.statusTime = el("time");
    this.avatar = el("span.avatar", { "aria-hidden": "true" });
    this.title = el("strong", { dir: "auto" });
    this.subtitle = el("span.subtitle");
    this.list = el("ol.messages", { "aria-live": "polite", "aria-label": "Conversation" });
    this.scroll = el("div.scroll", { tabindex: "-1" }, this.list);
    this.keepEnd();
    this.chips = el("div.chips", { role: "group", "aria-label": "Quick replies", hidden: true });
    this.trouble = el("p.trouble", { role: "alert", hidden: true });
    this.sheet = el("div.sheet", { hidden: true, role: "dialog", "aria-modal": "true", onkeydown: (event) => event.key === "Escape" && this.closeList() });
    const screen = el(
      "div.screen",
      {},
      el("div.statusbar", { "aria-hidden": "true" }, this.statusTime, el("span.island"), el("span.glyphs", {}, el("i.signal"), el("i.battery"))),
      el("header.chat", {}, el("span.chevron", {}, icon("back")), this.avatar, el("div.who-words", {}, this.title, this.subtitle)),
      this.scroll,
      this.chips,
      this.trouble,
      this.composer(),
      this.sheet,
    );
    return el(
      "section.phone",
      { dataset: { channel: this.channel }, "aria-label": `${NAMES[this.channel]} phone` },
      el("div.over", {}, el("h2", {}, NAMES[this.channel]), this.windowLine),
      el("div.desk", {}, this.picker, add, staff, this.blockButton),
      el("div.frame", {}, screen),
    );
  }

  composer() {
    this.input = el("textarea", { rows: "1", placeholder: "Message", "aria-label": "Message", dir: "auto", enterkeyhint: "send" });
    const file = el("input", { type: "file", accept: "image/png,image/jpeg,image/webp,image/gif", hidden: true, "aria-label": "Picture" });
    file.addEventListener("change", () => this.sendImage(file));
    const attach = el("button.attach", { type: "button", "aria-label": "Send a picture", title: "Send a picture", onclick: () => file.click() }, icon("image"));
    const send = el("button.send", { type: "submit", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
    const form = el("form.composer", {}, el("div.field", {}, attach, this.input, file), send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submit();
      }
    });
    this.input.addEventListener("input", () => this.fit());
    return form;
  }

  fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 110)}px`;
    this.node.classList.toggle("writing", this.input.value.trim() !== "");
  }

  submit() {
    const text = this.input.value.trim();
    if (!text || !this.thread) return;
    this.input.value = "";
    this.fit();
    this.deeds.say(text);
  }

  async sendImage(file) {
    const picture = file.files[0];
    file.value = "";
    if (!picture || !this.thread) return;
    if (picture.size > LARGEST_IMAGE) return this.say("Pictures can be at most 5 MB.");
    const url = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => resolve(reader.result));
      reader.readAsDataURL(picture);
    });
    const base64 = url.slice(url.indexOf(",") + 1);
    this.attempt(post("image", { ...this.deeds.who, base64, mime_type: picture.type, caption: this.input.value.trim() }));
    this.input.value = "";
    this.fit();
  }

  async attempt(promise) {
    try {
      await promise;
      this.say("");
    } catch (error) {
      this.say(`The simulator refused: ${error.message}`);
    }
  }

  say(words) {
    this.trouble.textContent = words;
    this.trouble.hidden = !words;
  }

  block() {
    if (!this.thread) return;
    this.attempt(post("block", { ...this.deeds.who, blocked: !this.thread.person.blocked }));
  }

  choose(selected) {
    this.selected = selected;
    this.known.clear();
    for (const m of this.thread?.messages ?? []) this.known.add(m.id);
    localStorage.setItem(`simulator.${this.channel}`, selected);
    this.refresh();
    this.toEnd();
  }

  toEnd() {
    this.atEnd = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  // Pictures, chips, and a phone that was hidden change heights after the fact: stay at the end unless the reader went up.
  keepEnd() {
    this.atEnd = true;
    let lastTop = 0;
    this.scroll.addEventListener("scroll", () => {
      const { scrollTop, scrollHeight, clientHeight } = this.scroll;
      const near = scrollHeight - scrollTop - clientHeight < 80;
      if (near || scrollTop < lastTop) this.atEnd = near;
      lastTop = scrollTop;
    });
    const watcher = new ResizeObserver(() => this.atEnd && this.toEnd());
    watcher.observe(this.scroll);
    watcher.observe(this.list);
  }

  take(thread) {
    if (thread.channel !== this.channel) return;
    if (!this.thread || key(thread.account, thread.person.id) === this.selected || this.picker.options.length !== this.threads().length) this.refresh();
    else this.fillPicker();
  }

  threads() {
    return [...state.threads.values()].filter((t) => t.channel === this.channel);
  }

  fillPicker() {
    const several = state.accounts.filter((a) => a.channel === this.channel).length > 1;
    this.picker.replaceChildren(
      ...this.threads().map((t) => {
        const where = several ? ` → ${state.accounts.find((a) => a.id === t.account)?.name ?? t.account}` : "";
        const contact = this.channel === "whatsapp" ? (t.person.phone ? `+${t.person.phone}` : "number hidden") : `@${t.person.username || t.person.id}`;
        return el("option", { value: key(t.account, t.person.id) }, `${t.person.name} · ${contact}${where}`);
      }),
    );
    this.picker.value = this.selected;
    this.picker.disabled = !this.picker.options.length;
  }

  refresh() {
    const threads = this.threads();
    if (!this.thread && threads.length) this.selected = key(threads[0].account, threads[0].person.id);
    this.fillPicker();
    const account = this.account;
    this.title.textContent = account?.name ?? "";
    this.avatar.textContent = initials(account?.name ?? "");
    this.drawConversation();
    this.tick();
    if (this.atEnd) this.toEnd();
  }

  drawConversation() {
    const thread = this.thread;
    this.node.classList.toggle("blocked", Boolean(thread?.person.blocked));
    this.blockButton.setAttribute("aria-pressed", String(Boolean(thread?.person.blocked)));
    this.input.disabled = !thread;
    if (!thread) {
      this.list.replaceChildren(el("li.empty", {}, el("p", {}, "Nobody holds this phone yet."), el("button", { type: "button", onclick: () => this.dialogs.addCustomer(this) }, "Add a customer")));
      this.chips.hidden = true;
      return;
    }
    this.typing = el("li.typing", { hidden: true, "aria-label": "The business is typing" }, el("span.dots", {}, el("i"), el("i"), el("i")));
    const nodes = thread.messages.length ? drawThread(thread, this.deeds, this.known) : [this.hello()];
    this.list.replaceChildren(...nodes, this.typing);
    const chips = this.channel === "whatsapp" ? [] : chipsOf(thread);
    this.chips.replaceChildren(...chips.map((o) => el("button", { type: "button", dir: "auto", disabled: o.kind === "ask", onclick: () => this.deeds.tap(o.id) }, o.title)));
    this.chips.hidden = !chips.length;
  }

  hello() {
    const name = this.account?.name ?? "the business";
    const greet = HELLOS.map((word) => el("button", { type: "button", dir: "auto", onclick: () => this.deeds.say(word) }, word));
    return el("li.empty", {}, el("p", {}, `Say hello to ${name}…`), el("p.small", {}, "Your server gets a signed webhook, as from Meta. What it answers appears here."), el("div.greet", {}, greet));
  }

  tick() {
    const now = simNow();
    this.statusTime.textContent = now.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    const thread = this.thread;
    const typing = Boolean(thread?.typing_until) && new Date(thread.typing_until) > now;
    if (this.typing && this.typing.hidden === typing) {
      this.typing.hidden = !typing;
      if (typing) this.toEnd();
    }
    const handle = this.channel === "whatsapp" ? this.account?.display : this.channel === "instagram" ? this.account?.username : "Page";
    this.subtitle.textContent = typing && this.channel !== "instagram" ? "typing…" : (handle ?? "");
    this.windowLine.replaceChildren(...this.windowWords(thread, now));
  }

  windowWords(thread, now) {
    if (thread?.person.blocked) return [el("b.shut", {}, "Blocked"), " by this customer"];
    if (!thread?.last_inbound_at) return [el("b", {}, "No window yet"), " · write first"];
    const until = new Date(new Date(thread.last_inbound_at).getTime() + WINDOW_MS);
    const at = until.toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false });
    if (until > now) return [el("b.open", {}, "Window open"), ` until ${at}`];
    return [el("b.shut", {}, "Window closed"), this.channel === "whatsapp" ? " · templates only" : " · human-agent tag only"];
  }

  openList(message) {
    const rows = new Map(message.options.filter((o) => o.kind === "row").map((o) => [o.id, o]));
    const pick = (id) => {
      this.closeList();
      this.deeds.tap(id);
    };
    const sections = message.view.list.sections.map((section) =>
      el(
        "section",
        {},
        section.title ? el("h4", { dir: "auto" }, section.title) : null,
        section.rows.map((id) =>
          el("button.row", { type: "button", onclick: () => pick(id) }, el("span", { dir: "auto" }, el("b", {}, rows.get(id).title), rows.get(id).description ? el("small", {}, rows.get(id).description) : null), el("i.radio")),
        ),
      ),
    );
    const close = el("button.sheet-close", { type: "button", "aria-label": "Close", onclick: () => this.closeList() }, icon("close"));
    const panel = el("div.sheet-panel", {}, el("div.sheet-head", {}, close, el("strong", { dir: "auto" }, message.view.list.button)), el("div.sheet-rows", {}, sections));
    this.sheet.replaceChildren(el("div.sheet-back", { onclick: () => this.closeList() }), panel);
    this.sheet.hidden = false;
    panel.querySelector(".row").focus();
  }

  closeList() {
    this.sheet.hidden = true;
    this.input.focus();
  }
}

export const channelName = (channel) => NAMES[channel];

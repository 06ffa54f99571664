// Start the page: connection, clock, which phones there are, dialogs, keys.
import { el } from "./dom.js";
import { startLog } from "./log.js";
import { channelName, Phone } from "./phone.js";
import { connect, key, load, on, post, simNow, state } from "./store.js";

const find = (id) => document.getElementById(id);
const ORDER = ["whatsapp", "instagram", "messenger"];
const phones = new Map();
let shown = "whatsapp";

// ---- dialogs
function dialog(id, submit) {
  const node = find(id);
  const form = node.querySelector("form");
  const fault = form.querySelector(".form-error");
  let subject = null;
  for (const button of node.querySelectorAll('[value="cancel"]')) button.addEventListener("click", () => node.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await submit(subject, new FormData(form));
      node.close();
    } catch (error) {
      if (fault) [fault.textContent, fault.hidden] = [error.message, false];
    }
  });
  return (about) => {
    subject = about;
    form.reset();
    if (fault) fault.hidden = true;
    node.showModal();
  };
}

const openCustomer = dialog("customer-dialog", async (phone, data) => {
  const body = { ...Object.fromEntries(data), account: phone.account.id, hide_phone: data.has("hide_phone") };
  const thread = await post("customers", body);
  state.threads.set(key(thread.account, thread.person.id), thread);
  phone.choose(key(thread.account, thread.person.id));
});
const openStaff = dialog("staff-dialog", (phone, data) => post("staff", { ...phone.deeds.who, text: data.get("text") }));
const openBreak = dialog("break-dialog", () => {});
const dialogs = {
  addCustomer(phone) {
    const whatsapp = phone.channel === "whatsapp";
    openCustomer(phone);
    find("customer-dialog").querySelector(".number span").textContent = whatsapp ? "Phone number" : "Id (empty: invented)";
    find("customer-dialog").querySelector(".hide-phone").hidden = !whatsapp;
    find("customer-dialog").querySelector('[name="person"]').required = whatsapp;
  },
  answerAsStaff: (phone) => phone.thread && openStaff(phone),
};

function breakable() {
  const said = document.querySelector("#break-dialog .form-done");
  find("break-open").addEventListener("click", () => {
    said.textContent = "";
    openBreak();
  });
  for (const button of document.querySelectorAll("[data-fault], [data-disorder]")) {
    button.addEventListener("click", async () => {
      const { fault, disorder } = button.dataset;
      if (fault) await post("fail", { kind: fault, with: JSON.parse(button.dataset.with ?? "{}") });
      else await post("disorder", JSON.parse(disorder));
      said.textContent = fault ? `Planned: the next message ${button.textContent}.` : `From now on webhooks ${button.textContent}.`;
    });
  }
  find("reset-all").addEventListener("click", async () => {
    await post("reset");
    find("break-dialog").close();
  });
}

// ---- phones
function layPhones() {
  const channels = ORDER.filter((c) => state.accounts.some((a) => a.channel === c));
  for (const channel of channels) if (!phones.has(channel)) phones.set(channel, new Phone(channel, dialogs));
  const nodes = channels.map((channel) => phones.get(channel).node);
  const holder = find("phones");
  if (nodes.length !== holder.querySelectorAll(".phone").length || !nodes.length) {
    holder.replaceChildren(...(nodes.length ? nodes : [nobody()]));
    for (const phone of phones.values()) phone.toEnd();
  }
  holder.dataset.count = String(nodes.length);
  if (!channels.includes(shown) && shown !== "log") shown = channels[0] ?? "log";
  laySwitcher(channels);
}

function nobody() {
  return el(
    "div.no-accounts",
    {},
    el("h2", {}, "No account yet"),
    el("p", {}, "A phone appears here for each account your server uses. Point it at this simulator and connect a channel:"),
    el("pre", {}, `FRONTDESK_GRAPH_URL=${location.origin}`),
    el("p", {}, "or start the simulator with an accounts file."),
  );
}

function laySwitcher(channels) {
  const tabs = [...channels, "log"].map((name) =>
    el("button", { type: "button", "aria-pressed": String(name === shown), onclick: () => show(name) }, name === "log" ? "Wire log" : channelName(name)),
  );
  find("switcher").replaceChildren(...tabs);
  document.body.dataset.shown = shown;
  for (const [channel, phone] of phones) phone.node.classList.toggle("shown", channel === shown);
}

function show(name) {
  shown = name;
  laySwitcher([...phones.keys()]);
  phones.get(name)?.toEnd();
}

// ---- clock and connection
function drawClock() {
  const now = simNow();
  find("now").textContent = now.toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false });
  find("now").dateTime = now.toISOString();
  const hours = Math.round(state.offsetSeconds / 360) / 10;
  find("offset").textContent = `${hours > 0 ? "+" : ""}${hours} h`;
  find("offset").hidden = find("clock-reset").hidden = Math.abs(hours) < 0.1;
}

function startClock() {
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => post("clock", { advance_seconds: Number(button.dataset.advance) }));
  }
  find("clock-reset").addEventListener("click", () => post("clock", { reset: true }));
  on("clock", drawClock);
  setInterval(drawClock, 1000);
}

on("connection", (up) => {
  const live = find("live");
  [live.dataset.state, live.textContent] = up ? ["good", "Live"] : ["bad", "Simulator not reachable, trying again…"];
});
on("loaded", layPhones);

// ---- drawer and keys
function toggleLog(open = document.body.classList.contains("log-closed")) {
  document.body.classList.toggle("log-closed", !open);
  find("log-toggle").setAttribute("aria-expanded", String(open));
  localStorage.setItem("simulator.log", open ? "open" : "closed");
}
find("log-toggle").addEventListener("click", () => toggleLog());
toggleLog((localStorage.getItem("simulator.log") ?? (innerWidth >= 1200 ? "open" : "closed")) === "open");

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, dialog");
  if (event.altKey && ["1", "2", "3"].includes(event.key)) {
    const phone = [...phones.values()][Number(event.key) - 1];
    if (phone) {
      show(phone.channel);
      phone.input.focus();
      event.preventDefault();
    }
  } else if (!typing && !event.ctrlKey && !event.metaKey && event.key.toLowerCase() === "l") toggleLog();
});

breakable();
startClock();
startLog();
load().catch(() => {});
connect();

// The wire log: each webhook and each request of the server, newest first, with the refusals made plain.
import { el } from "./dom.js";
import { on, state } from "./store.js";

const rows = new Map();
const list = document.getElementById("log-list");
let filter = "all";

const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));
const wanted = (line) => filter === "all" || (filter === "failed" ? line.failed : line.direction === filter);
const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

function verdict(line) {
  if (line.note && !line.note.startsWith("fault")) return line.note;
  if (line.status === null) return line.attempts.length ? line.attempts.at(-1).result : "…";
  const code = line.response?.error?.code;
  return code ? `${line.status} · ${code}` : String(line.status);
}

function summary(line) {
  const arrow = line.direction === "webhook" ? "→ server" : "server →";
  const tries = line.attempts.length > 1 ? el("span.tries", {}, `${line.attempts.length} attempts`) : null;
  return el(
    "summary",
    {},
    el("time", { datetime: line.at }, clock(line.at)),
    el("span.way", { title: line.direction === "webhook" ? "Webhook to the server" : "Request from the server" }, arrow),
    el("span.title", { dir: "auto" }, line.title),
    tries,
    el("span.verdict", {}, verdict(line)),
  );
}

function block(title, value) {
  if (value === null || value === undefined || value === "") return null;
  return el("section", {}, el("h3", {}, title), el("pre", { tabindex: "0", dir: "ltr" }, pretty(value)));
}

function draw(line) {
  const reason = line.response?.error?.error_data?.details ?? line.response?.error?.message;
  const details = el(
    "details",
    { open: rows.get(line.seq)?.querySelector("details").open },
    summary(line),
    line.failed && reason ? el("p.reason", {}, reason) : null,
    line.note ? el("p.note", {}, line.note) : null,
    block(line.direction === "webhook" ? "Body (signed)" : "Body", line.body),
    block("Answer", line.response),
    line.attempts.length > 1 ? block("Attempts", line.attempts) : null,
  );
  return el("li", { dataset: { way: line.direction, failed: line.failed ? "yes" : "no" }, hidden: !wanted(line) }, details);
}

function upsert(line) {
  const fresh = draw(line);
  const old = rows.get(line.seq);
  if (old) old.replaceWith(fresh);
  else list.prepend(fresh);
  rows.set(line.seq, fresh);
}

function count() {
  const lines = [...state.log.values()];
  const errors = lines.filter((line) => line.failed).length;
  document.getElementById("error-count").textContent = errors || "";
  document.getElementById("log-empty").hidden = lines.some(wanted);
  const last = lines.filter((line) => line.direction === "webhook" && line.attempts.length).at(-1);
  const server = document.getElementById("server");
  if (!last) [server.dataset.state, server.textContent] = ["idle", "Server: nothing sent yet"];
  else if (last.status === 200) [server.dataset.state, server.textContent] = ["good", "Server answers"];
  else [server.dataset.state, server.textContent] = ["bad", `Server: ${last.attempts.at(-1).result}`];
  server.title = state.webhookUrl;
}

function redraw() {
  rows.clear();
  list.replaceChildren();
  for (const line of state.log.values()) upsert(line);
  count();
}

export function startLog() {
  on("loaded", redraw);
  on("log", (line) => {
    upsert(line);
    count();
  });
  for (const button of document.querySelectorAll("[data-filter]")) {
    button.addEventListener("click", () => {
      filter = button.dataset.filter;
      for (const other of document.querySelectorAll("[data-filter]")) other.setAttribute("aria-pressed", String(other === button));
      redraw();
    });
  }
}

/** Serves dist/ and fakes the API, for looking at the pages without a server: `npm run dev`, then open the printed addresses. */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { channelEvents, channels, conversations, leads, me, messagesOf, STAFF } from "./mock-data.mjs";
import { inView, queueAnswer } from "./mock-queue.mjs";
import { restAnswer } from "./mock-rest.mjs";
import { widgetRoutes } from "./mock-widget.mjs";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const port = Number(process.env.PORT ?? 5180);
const flags = new Set((process.env.MOCK ?? "").split(","));
const listeners = new Set();
let signedIn = !flags.has("signed-out");
let eventNo = 100;

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};
const CONSOLE_CSP =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; frame-ancestors 'none'";
const PANEL_CSP =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; media-src 'self' https:; frame-ancestors *";

function file(response, path, { csp, replace = {} } = {}) {
  const full = normalize(join(dist, path));
  if (!full.startsWith(dist) || !existsSync(full)) return problem(response, 404, "not_found", "Not found");
  let body = readFileSync(full);
  for (const [from, to] of Object.entries(replace)) body = Buffer.from(body.toString().replaceAll(from, to));
  const headers = { "Content-Type": TYPES[extname(full)] ?? "application/octet-stream" };
  if (csp) headers["Content-Security-Policy"] = csp;
  response.writeHead(200, headers).end(body);
}

export function json(response, status, body) {
  response.writeHead(status, { "Content-Type": status >= 400 ? "application/problem+json" : "application/json" });
  response.end(body === undefined ? "" : JSON.stringify(body));
}
const problem = (response, status, code, title, more = {}) =>
  json(response, status, { type: "about:blank", title, status, code, ...more });

function tell(kind, conversation_id) {
  const data = JSON.stringify({ no: ++eventNo, kind, conversation_id, entity_id: null, version: 1 });
  for (const response of listeners) response.write(`id: ${eventNo}\nevent: change\ndata: ${data}\n\n`);
}

function signOut(response) {
  signedIn = false;
  return json(response, 204);
}

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

const brief = (item) => ({ ...item, handoff: item.handoff && { ...item.handoff, brief: undefined } });
const page = (items) => ({ items, next_cursor: null });

function act(item, action, response) {
  if (action === "take") Object.assign(item, { owner: `staff:${STAFF.id}`, owner_name: STAFF.name });
  if (action === "hand-back") Object.assign(item, { owner: "agent", owner_name: null, handoff: null });
  if (action === "resolve") item.status = "resolved";
  if (action === "reopen") item.status = "open";
  item.version++;
  tell("conversation.changed", item.id);
  json(response, 200, brief(item));
}

function sendStaff(item, body, response) {
  if (!item.can_send.allowed)
    return problem(response, 409, "send_refused", "This message may not be sent", { verdict: item.can_send });
  const now = new Date().toISOString();
  const message = {
    id: `m${Date.now()}`,
    author: "staff",
    author_name: STAFF.name,
    parts: [{ kind: "text", text: body.text }],
    text: body.text,
    delivery: "queued",
    reason: null,
    created_at: now,
    event_at: now,
    turn_id: null,
  };
  messagesOf(item).push(message);
  Object.assign(item, {
    owner: `staff:${STAFF.id}`,
    owner_name: STAFF.name,
    last_message: { text: body.text, author: "staff", at: now },
  });
  json(response, 202, message);
  for (const [at, delivery] of ["sent", "delivered", "read"].entries()) {
    setTimeout(
      () => {
        message.delivery = delivery;
        tell("message.delivery", item.id);
      },
      600 * (at + 1),
    );
  }
}

async function api(request, response, url) {
  const path = url.pathname.slice("/api/v1/".length);
  const body = ["POST", "PUT"].includes(request.method) ? await bodyOf(request) : {};
  if (path === "auth/hint")
    return flags.has("no-hint")
      ? problem(response, 404, "not_found", "Not found")
      : json(response, 200, { email: STAFF.email, password: "frontdesk-demo" });
  if (path === "auth/login") {
    if (body.password === "wrong")
      return problem(response, 401, "unauthenticated", "The e-mail or the password is wrong");
    signedIn = true;
    return json(response, 200, { csrf_token: "mock-csrf" });
  }
  if (path === "auth/logout") return signOut(response);
  if (!signedIn) return problem(response, 401, "unauthenticated", "Sign in first");
  if (request.method !== "GET" && request.headers["x-csrf-token"] !== "mock-csrf")
    return problem(response, 403, "bad_csrf", "The page is stale; reload it");
  if (path === "me") return json(response, 200, me);
  if (path === "events") {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(": hello\n\n");
    listeners.add(response);
    return request.on("close", () => listeners.delete(response));
  }
  if (flags.has("empty") && ["conversations", "leads", "channels"].includes(path)) return json(response, 200, page([]));
  if (flags.has("broken") && path !== "me")
    return problem(response, 503, "store_busy", "The store is busy", {
      detail: "Nothing was lost; the request can be repeated.",
    });
  const queued = queueAnswer(path, body, tell);
  if (queued) return json(response, 200, queued);
  const rest = restAnswer(request.method, path, body);
  if (rest) return json(response, 200, rest);
  if (path === "conversations") return json(response, 200, page(inView(url).map(brief)));
  if (path === "leads") return json(response, 200, page(leads));
  if (path === "channels") return json(response, 200, page(channels));
  const [, kind, id, action] = /^(conversations|handoffs|channels)\/([\w-]+)(?:\/([\w-]+))?$/.exec(path) ?? [];
  const item = conversations.find((other) => other.id === id || other.handoff?.id === id);
  if (kind === "channels" && action === "events") return json(response, 200, page(channelEvents[id] ?? []));
  if (kind === "channels")
    return json(
      response,
      200,
      channels.find((channel) => channel.id === id),
    );
  if (!item) return problem(response, 404, "not_found", "There is no such conversation");
  if (kind === "handoffs") {
    if (item.handoff.state !== "waiting")
      return problem(response, 409, "already_claimed", "A colleague was faster", { detail: "Can Yılmaz holds it." });
    item.handoff.state = "claimed";
    return act(item, "take", response);
  }
  if (!action) return json(response, 200, item);
  if (action === "messages")
    return request.method === "POST"
      ? sendStaff(item, body, response)
      : json(response, 200, page([...messagesOf(item)].reverse()));
  act(item, action, response);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, `http://${request.headers.host}`);
  try {
    if (url.pathname.startsWith("/api/v1/")) return await api(request, response, url);
    if (await widgetRoutes(request, response, url, { json, bodyOf })) return;
    if (url.pathname === "/widget.js") return file(response, "widget/widget.js");
    if (url.pathname === "/demo") return file(response, "widget/demo.html", { replace: { "%WIDGET_ID%": "w_demo" } });
    if (/^\/widget\/v1\/[\w-]+\/panel$/.test(url.pathname))
      return file(response, "widget/panel.html", { csp: PANEL_CSP });
    if (url.pathname.startsWith("/widget/assets/")) return file(response, `widget/${url.pathname.slice(15)}`);
    if (url.pathname.startsWith("/console/")) return file(response, url.pathname.slice(1));
    return file(response, "console/index.html", { csp: CONSOLE_CSP });
  } catch (error) {
    console.error(error);
    problem(response, 500, "internal", "Something broke");
  }
});
server.listen(port, () => console.log(`console http://localhost:${port}/   widget http://localhost:${port}/demo`));

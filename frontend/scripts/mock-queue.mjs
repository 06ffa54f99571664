/** The inbox's queue, faked: views, their numbers, one thing done to many and taken back. */
import { conversations, STAFF } from "./mock-data.mjs";
import { COLLEAGUES, restAnswer, teamCounts } from "./mock-rest.mjs";

const NAMES = Object.fromEntries(COLLEAGUES.map(({ id, name }) => [id, name]));
const HOUR = 3_600_000;
const VIEWS = {
  waiting: ({ status, owner }) => status === "open" && owner === "nobody",
  mine: ({ status, owner }) => status === "open" && owner === `staff:${STAFF.id}`,
  agent: ({ status, owner }) => status === "open" && owner === "agent",
  all: ({ status }) => status === "open",
  snoozed: ({ status }) => status === "snoozed",
  resolved: ({ status }) => status === "resolved",
};

const own = (owner, owner_name = null) => ({ owner, owner_name });
const STEPS = {
  take: () => own(`staff:${STAFF.id}`, STAFF.name),
  hand_back: () => ({ ...own("agent"), handoff: null }),
  resolve: () => ({ ...own("agent"), handoff: null, status: "resolved" }),
  reopen: () => ({ status: "open", snoozed_until: null }),
  snooze: ({ until }) => ({ status: "snoozed", snoozed_until: until ?? null }),
  assign: ({ staff_id, team }, item) => ({
    ...(staff_id ? own(`staff:${staff_id}`, NAMES[staff_id]) : own("nobody")),
    team: team ?? item.team ?? null,
  }),
  label: ({ add = [], remove = [] }, { labels }) => ({
    labels: [...new Set([...labels, ...add])].filter((label) => !remove.includes(label)),
  }),
};

export function inView(url) {
  const { view = "all", team, q = "" } = Object.fromEntries(url.searchParams);
  const shows = team ? (item) => item.status === "open" && item.team === team : VIEWS[view];
  return conversations.filter(
    (item) =>
      (q ? true : shows(item)) &&
      `${item.contact.name} ${item.last_message?.text}`.toLowerCase().includes(q.toLowerCase()),
  );
}

/** Answer what is the queue's; undefined for everything else. */
export function queueAnswer(path, body, tell) {
  if (path === "conversations/counts") {
    const counts = Object.entries(VIEWS).map(([view, shows]) => [view, conversations.filter(shows).length]);
    return {
      ...Object.fromEntries(counts),
      undelivered: restAnswer("GET", "undelivered").items.length,
      teams: teamCounts(),
      event_no: 0,
    };
  }
  if (path === "snooze-choices") {
    const at = (hours) => new Date(Date.now() + hours * HOUR).toISOString();
    const items = Object.entries({ hour: 1, tomorrow: 18, next_week: 96 }).map(([key, h]) => ({ key, at: at(h) }));
    return { items, timezone: "Europe/Istanbul" };
  }
  if (path === "conversations/bulk") return { results: body.ids.map((id) => change(id, body, tell)) };
  if (path === "conversations/restore") return { results: body.items.map((each) => restore(each, tell)) };
  return undefined;
}

function change(id, body, tell) {
  const item = conversations.find((other) => other.id === id);
  const { status, owner, labels, snoozed_until } = item;
  Object.assign(item, STEPS[body.action](body, item), { version: item.version + 1 });
  tell("conversation.status_changed", id);
  const left = { left_status: item.status, left_owner: item.owner };
  return { id, ok: true, code: null, title: null, before: { status, owner, labels, snoozed_until, ...left } };
}

function restore({ id, before }, tell) {
  const { left_status, left_owner, ...stood } = before;
  const item = conversations.find((other) => other.id === id);
  Object.assign(item, stood, { owner_name: NAMES[stood.owner.replace("staff:", "")] ?? null });
  tell("conversation.status_changed", id);
  return { id, ok: true, code: null, title: null, before: null };
}

/** What the pages beside the inbox ask for, faked: contacts, leads, settings, teams, what did not arrive. */
import { channels, conversations, leads, me, messagesOf, STAFF } from "./mock-data.mjs";

const HOUR = 3_600_000;
const ago = (hours) => new Date(Date.now() - hours * HOUR).toISOString();
const page = (items) => ({ items, next_cursor: null, event_no: 0 });

export const COLLEAGUES = [
  { id: STAFF.id, name: STAFF.name, online: true, away: false, open: 3, own_capacity: null, teams: ["sales"] },
  { id: "s-can", name: "Can Yılmaz", online: false, away: false, open: 1, own_capacity: 4, teams: ["sales", "care"] },
].map((each) => ({ ...each, capacity: each.own_capacity ?? 10 }));
const named = (id) => ({ id, name: COLLEAGUES.find((each) => each.id === id)?.name ?? null });

let teams = [
  { key: "care", name: "Patient care", members: [named("s-can")] },
  { key: "sales", name: "Sales", members: COLLEAGUES.map(({ id }) => named(id)) },
];
let canned = [
  {
    id: "r1",
    shortcut: "address",
    texts: { tr: "Bağdat Cad. 12, Kadıköy", en: "12 Bağdat Ave, Kadıköy" },
    updated_at: ago(90),
    version: 1,
  },
];
let policy = {
  timezone: "Europe/Istanbul",
  hours: [0, 1, 2, 3, 4].map((day) => ({ day, start: "09:00", end: "18:00" })),
  holidays: ["2027-01-01"],
  assignment: {
    round_robin: true,
    capacity: 10,
    sticky: true,
    escalate_minutes: 10,
    escalate_to: "admins",
    fallback_minutes: null,
    fallback: {},
  },
};

const member = (id, name, role, hours) => ({
  id,
  name,
  email: `${id}@adadental.example`,
  role,
  active: true,
  since: ago(2000),
  seen_at: ago(hours),
});
const members = [member(STAFF.id, STAFF.name, "owner", 0), member("s-can", "Can Yılmaz", "staff", 30)];
const pipelines = [
  {
    key: "default",
    name: "Default",
    count: leads.length,
    stages: ["new", "contacted", "booked", "lost"].map((key) => ({ key, name: key })),
  },
];

const contact = ({ id, name, locale, channel }) => ({
  id,
  name,
  locale,
  opted_out: false,
  created_at: ago(400),
  tags: ["implant"],
  channels: [channel],
});
const contacts = () => conversations.map((talk) => contact({ ...talk, ...talk.contact }));

function profile(id) {
  const talk = conversations.find((each) => each.contact.id === id);
  if (!talk) return undefined;
  const { channel, status, owner, owner_name, account } = talk;
  const known = [{ name: "city", value: "İstanbul", at: ago(5), message_id: null, conversation_id: talk.id }];
  return {
    ...contact({ ...talk, ...talk.contact }),
    known,
    keys: [{ kind: "wa_id", value: "+905325550144", channel, account: account.name }],
    talks: [
      { id: talk.id, channel, account: account.name, status, owner, owner_name, last_at: ago(1), created_at: ago(90) },
    ],
    consents: [{ topic: "messages", granted: true, source: "flow", at: ago(90) }],
    notes: [{ id: "n1", text: "Prefers mornings.", author_name: STAFF.name, created_at: ago(20) }],
    merged: [],
    leads: leads.filter(({ conversation_id }) => conversation_id === talk.id),
    same_key: [],
  };
}

function sums() {
  const stages = new Map();
  for (const { stage } of leads) stages.set(stage, (stages.get(stage) ?? 0) + 1);
  return [...stages].map(([stage, count]) => ({ stage, count, values: {} }));
}

/** Messages that failed, as the list of them shows them. */
function undelivered() {
  return conversations.flatMap((talk) =>
    messagesOf(talk)
      .filter(({ delivery }) => delivery === "failed")
      .map(({ id, author, text, event_at }) => ({
        id: `o-${id}`,
        message_id: id,
        conversation_id: talk.id,
        author,
        state: "failed",
        reason: "throttled",
        code: 131048,
        fix: null,
        at: event_at,
        channel: talk.channel,
        contact: talk.contact,
        text,
      })),
  );
}

export function teamCounts() {
  return teams.map(({ key, name }) => {
    const open = conversations.filter((talk) => talk.status === "open" && talk.team === key);
    return { key, name, open: open.length, waiting: open.filter(({ owner }) => owner === "nobody").length };
  });
}

const GET = {
  colleagues: () => page(COLLEAGUES),
  teams: () => page(teamCounts().map((count, at) => ({ ...count, members: teams[at].members }))),
  undelivered: () => page(undelivered()),
  "canned-replies": () => page(canned),
  contacts: () => page(contacts()),
  pipelines: () => page(pipelines),
  "leads/sums": () => page(sums()),
  members: () => page(members),
  invitations: () => page([]),
  "api-keys": () => page([{ id: "k1", name: "Website", role: "staff", created_at: ago(300) }]),
  devices: () =>
    page([{ id: "d1", browser: "Firefox", system: "macOS", signed_in_at: ago(5), seen_at: ago(0), current: true }]),
  flows: () => page([{ published: channels.length > 0 }]),
  policies: () => policy,
};
const CHANGE = {
  policies: (body) => {
    policy = body;
    return policy;
  },
  teams: ({ key, name, members: ids }) => {
    const rest = teams.filter((team) => team.key !== key);
    teams = [...rest, { key, name, members: ids.map(named) }].sort((one, other) => one.name.localeCompare(other.name));
    return { event_no: 0 };
  },
  "canned-replies": (body) => {
    canned = [...canned, { ...body, id: `r${canned.length + 1}`, updated_at: ago(0), version: 1 }];
    return { event_no: 0 };
  },
  "me/availability": ({ away }) => {
    COLLEAGUES[0].away = away;
    return {};
  },
  me: ({ name }) => {
    me.staff = { ...me.staff, name };
    return {};
  },
};

/** Answer what is none of the inbox's; undefined for everything else. */
export function restAnswer(method, path, body) {
  const [, talk, message, act] = /^conversations\/([\w-]+)\/messages\/([\w-]+)\/(resend|dismiss)$/.exec(path) ?? [];
  if (talk) {
    const found = messagesOf(conversations.find(({ id }) => id === talk)).find(({ id }) => id === message);
    found.delivery = act === "resend" ? "sent" : "cancelled";
    return { message_id: message, event_no: 0 };
  }
  if (method !== "GET") {
    if (method === "DELETE" && path.startsWith("teams/")) teams = teams.filter(({ key }) => path !== `teams/${key}`);
    return CHANGE[path]?.(body) ?? (/^(teams|members|devices|api-keys)\//.test(path) ? {} : undefined);
  }
  if (GET[path]) return GET[path]();
  const [, area, id, part] = /^(contacts|leads|conversations)\/([\w-]+)(?:\/([\w-]+))?$/.exec(path) ?? [];
  if (area === "contacts") return profile(id);
  if (area === "leads") {
    const found = leads.find((lead) => lead.id === id);
    return found && { ...found, updated_at: found.created_at, source: null };
  }
  return area === "conversations" && ["notes", "timeline", "turns"].includes(part) ? page([]) : undefined;
}

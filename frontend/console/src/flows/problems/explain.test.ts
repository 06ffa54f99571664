import i18next from "i18next";
import { describe, expect, it } from "vitest";
import type { FlowDocument, Issue } from "../document";
import { distinct } from "./distinct";
import { explain, type Wording } from "./explain";
import { problems as ar } from "./words/ar";
import { problems as en } from "./words/en";
import { problems as kk } from "./words/kk";
import { problems as ru } from "./words/ru";
import { problems as tr } from "./words/tr";

const LANGUAGES = { en, tr, ru, kk, ar };

const flow: FlowDocument = {
  schema: "flow/1",
  key: "clinic",
  locales: { default: "en", supported: ["en", "tr"] },
  entry: "message_2",
  variables: { "slots.age": { type: "number" } },
  nodes: {
    message_2: { type: "message", title: "Greeting", say: { en: "" } },
    ask: { type: "ask", say: { en: "" }, expect: { type: "text" }, save: "slots.my name?" },
    split: { type: "split" },
    http: { type: "http", connection: "" },
    condition: { type: "condition", cases: [{ id: "yes", all: [] }] },
    wait: { type: "wait", for: "" },
  },
};

function wording(language: keyof typeof LANGUAGES): Wording {
  const made = i18next.createInstance();
  void made.init({
    lng: language,
    ns: ["flowProblems"],
    defaultNS: "flowProblems",
    resources: { [language]: { flowProblems: LANGUAGES[language] } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  const t = made.t as unknown as Wording["t"];
  return {
    t,
    field: (name) => ({ connection: "Connection", for: "How long", queue: "Team" })[name] ?? name,
    nodeName: (node, id) => node?.title || id,
    portName: (_, port) => (port === "next" ? "Then" : port),
    languageName: (code) => ({ en: "English", tr: "Türkçe" })[code] ?? code,
    locale: "en",
  };
}

const issue = (pointer: string, code: string, message = "", fix = ""): Issue => ({
  pointer,
  code,
  message,
  fix,
  severity: "error",
});
const inEnglish = (each: Issue, of = flow) => explain(each, of, wording("en"));
const PATTERN = "String should match pattern '^[A-Za-z0-9_-]{1,48}$'.";
const VARIABLE = String.raw`String should match pattern '^(slots|conv)(\.[A-Za-z_][A-Za-z0-9_]{0,47}){1,3}$'.`;
const FEW = "Tuple should have at least 1 item after validation, not 0.";

const FOUND: readonly (readonly [Issue, string])[] = [
  [
    issue("/nodes/message_2/to", "unconnected_port", "The exit “next” of “message_2” leads nowhere.", "Connect it."),
    "The exit “Then” leads nowhere. Draw a line from it to a step.",
  ],
  [issue("/nodes/split/arms", "missing_key", "'arms' is missing.", "Add it."), "Add at least two ways."],
  [issue("/nodes/http/connection", "bad_value", PATTERN), "“Connection”: nothing fitting is chosen yet."],
  [
    issue("/nodes/ask/save", "bad_value", VARIABLE),
    "“slots.my name?” cannot be a variable's name. Take only the letters a–z, digits and _, for example slots.name.",
  ],
  [
    issue("/nodes/condition/cases/0", "bad_value", "Value error, a case needs rows or an expression."),
    "Say when this case holds: add a condition.",
  ],
  [
    issue("/nodes/condition/cases/0", "bad_value", "Value error, groups may be nested 10 deep."),
    "Conditions stand in each other too many levels deep. Take some of them into a step of their own.",
  ],
  [issue("/nodes/condition/cases", "bad_value", FEW), "Add at least one case."],
  [
    issue("/nodes/condition/cases/0/expr", "never_true", "This is a number, which is never true."),
    "This never holds: it is a value, not a comparison. Compare it with something.",
  ],
  [issue("/nodes/wait/for", "bad_value", "Input should be a valid timedelta."), "“How long”: say how long."],
  [issue("/nodes/ask/say/0/text", "missing_locale", "The text is missing in: en, tr."), "Nothing is written yet."],
  [
    issue("/nodes/ask/say/0/text", "missing_locale", "The text is missing in: tr."),
    "Not translated yet: Türkçe. Until then another language is shown.",
  ],
  [
    issue("/nodes/message_2", "endless_circle", "The flow can go round here for ever: ask, message_2."),
    "The flow can go round here for ever: ask, Greeting. Put a question or a wait in between.",
  ],
  [
    issue("/nodes/h/queue", "unknown_queue", "The tenant has no queue “sales”."),
    "Team: there is no “sales” here. Choose another, or set it up first.",
  ],
  [
    issue("/nodes/ask/save", "undeclared_variable", "slots.name is not declared."),
    "There is no variable slots.name. Add it, or correct the name.",
  ],
  [
    issue("/nodes/ask/say/0/text/en", "bad_template", "The text cannot be read: x."),
    "A variable in the text cannot be read. Write it as {{ slots.name }}.",
  ],
  [issue("/name", "bad_value", "String should have at most 200 characters."), "“name” is still empty."],
  [issue("/nodes/ask/say", "of_tomorrow", "Said by the server.", "Do it."), "Said by the server. Do it."],
];

describe("explain", () => {
  it.each(FOUND)("says %o in plain words", (found, words) => {
    expect(inEnglish(found)).toBe(words);
  });

  it("says of a flow without a step that there is none", () => {
    const empty = { ...flow, entry: "", nodes: {} };
    const found = [issue("/entry", "bad_value", PATTERN), issue("/nodes", "bad_value", "Dictionary should have …")];
    expect(new Set(found.map((each) => inEnglish(each, empty)))).toEqual(new Set([en.noSteps]));
  });

  it("names a limit", () => {
    const long = { ...flow, name: "n".repeat(300) };
    expect(inEnglish(issue("/name", "bad_value", "String should have at most 200 characters."), long)).toBe(
      "“name” is too long: at most 200 characters.",
    );
  });

  it.each(["tr", "ru", "kk", "ar"] as const)("leaves nothing of the server's own words in %s", (language) => {
    for (const [found] of FOUND.slice(0, -1)) {
      const words = explain(found, flow, wording(language));
      expect(words).not.toMatch(/[Ss]hould|missing|pattern|leads|\{\{(?! slots)/);
      expect(words.length).toBeGreaterThan(5);
    }
  });

  it.each(Object.entries({ tr, ru, kk, ar }))("has the same gaps in %s", (_, words) => {
    const gaps = (of: object) =>
      Object.entries(of).map(([key, text]) => [key, [...String(text).matchAll(/\{\{\w+\}\}/g)].map(String).sort()]);
    expect(gaps(words)).toEqual(gaps(en));
  });
});

describe("distinct", () => {
  it("keeps one fault of what may be a row or a group, and none of the list around it", () => {
    const at = "/nodes/condition/cases/0/all/0";
    const found = distinct([
      issue(`${at}/Row/var`, "bad_value", VARIABLE),
      issue(`${at}/Group/var`, "unknown_key"),
      issue(`${at}/Group/op`, "unknown_key"),
      issue("/nodes/condition/cases", "bad_value", FEW),
    ]);
    expect(found.map(({ pointer }) => pointer)).toEqual([`${at}/var`]);
  });

  it("keeps the faults inside a group", () => {
    const at = "/nodes/condition/cases/0/all/1";
    const found = distinct([
      issue(`${at}/Row/var`, "missing_key"),
      issue(`${at}/Row/all`, "unknown_key"),
      issue(`${at}/Group/all/0/Row/var`, "bad_value", VARIABLE),
      issue(`${at}/Group/all/0/Group/var`, "unknown_key"),
    ]);
    expect(found.map(({ pointer }) => pointer)).toEqual([`${at}/all/0/var`]);
  });

  it("tells one field once, and every exit that leads nowhere", () => {
    const found = distinct([
      issue("/nodes/h/priority/int", "bad_value"),
      issue("/nodes/h/priority/str", "bad_value"),
      issue("/nodes/h/to", "unconnected_port", "a"),
      issue("/nodes/h/to", "unconnected_port", "b"),
    ]);
    expect(found.map(({ pointer, message }) => pointer + message)).toEqual([
      "/nodes/h/priority",
      "/nodes/h/toa",
      "/nodes/h/tob",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import type { FlowDocument } from "../../document";
import { lengthOf, rendered, textLength } from "./channels";
import { complete, completing, insertHole } from "./complete";
import { fromCsv, parseCsv, toCsv } from "./csv";
import { isoOf, secondsOf, spanOf } from "./duration";
import { pathOf, pointerOf, valueAt, withKey, withValue } from "./path";
import { freeId, moved, slug, withId, without } from "./ports";
import { spelledOut } from "./say";
import { blank, fieldsOf, pointless, type Schema, shapeOf } from "./schema";
import { hashOf, marked, reordered, stateOf, textsOf, withText } from "./texts";
import { faultOfName, nameFrom, renamed, unusedOf, usagesOf } from "./variables";

const FLOW: FlowDocument = {
  schema: "flow/1",
  key: "clinic",
  locales: { default: "tr", supported: ["tr", "en"] },
  variables: {
    "slots.name": { type: "string", label: { tr: "Ad" } },
    "slots.name2": { type: "string" },
    "conv.score": { type: "number" },
    "conv.crm": { type: "string" },
  },
  entry: "ask",
  handlers: { no_match: [{ say: { tr: "Anlamadım, {{ slots.name }}" } }] },
  nodes: {
    ask: {
      type: "ask",
      say: { tr: "Merhaba {{ slots.name | first_word }}, {{slots.name2}}", en: "Hello" },
      expect: {
        type: "choice",
        options: [
          { id: "a", label: { tr: "Bir", en: "One" } },
          { id: "b", label: { tr: "İki", en: "Two" } },
        ],
        reject: [{ if: "size(slots.name) < 2 && 'slots.name' != value", say: { tr: "Kısa" } }],
      },
      save: "slots.name",
      to: { a: "http", b: "cond" },
    },
    cond: {
      type: "condition",
      cases: [{ id: "hot", all: [{ var: "conv.score", op: "gte", value: { $var: "slots.name.length" } }] }],
    },
    http: {
      type: "http",
      json: { say: { tr: "not said" }, name: "{{ slots.name }}", who: { $var: "slots.name" } },
      map: { "conv.crm": "body.id" },
    },
    form: { type: "form", fields: [{ save: "slots.name2", say: { tr: "Adınız?" } }] },
    lead: { type: "lead", dedupe: ["slots.name"], fields: { text: { tr: "data" } } },
  },
};

describe("places in a document", () => {
  it("are named by pointers and back", () => {
    const path = ["nodes", "a/b~c", "say", 0];
    expect(pointerOf(path)).toBe("/nodes/a~1b~0c/say/0");
    expect(pathOf(pointerOf(path))).toEqual(["nodes", "a/b~c", "say", "0"]);
  });

  it("are written without touching the original, sharing the rest", () => {
    const made = withValue(FLOW, ["nodes", "cond", "title"], "Hot?");
    expect(valueAt(made, ["nodes", "cond", "title"])).toBe("Hot?");
    expect(valueAt(FLOW, ["nodes", "cond", "title"])).toBeUndefined();
    expect(made.nodes.ask).toBe(FLOW.nodes.ask);
    expect(withValue(made, ["nodes", "cond", "title"], undefined)).toEqual(FLOW);
    expect(withValue(FLOW, ["nodes", "cond", "nothing", "here"], undefined)).toBe(FLOW);
  });

  it("never reach what a document inherits", () => {
    expect(valueAt({}, ["__proto__", "polluted"])).toBeUndefined();
    const made = withValue({} as Record<string, unknown>, ["__proto__", "polluted"], 1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.hasOwn(made, "__proto__")).toBe(true);
  });

  it("keep their order when a key is renamed", () => {
    expect(Object.keys(withKey({ a: 1, b: 2, c: 3 }, "b", "z"))).toEqual(["a", "z", "c"]);
  });
});

describe("what is said", () => {
  it("is spelled out as parts, but data of the builder's is left alone", () => {
    const made = spelledOut(FLOW);
    expect(valueAt(made, ["nodes", "ask", "say", 0, "kind"])).toBe("text");
    expect(valueAt(made, ["handlers", "no_match", 0, "say", 0, "text", "tr"])).toContain("Anlamadım");
    expect(made.nodes.http).toBe(FLOW.nodes.http);
    expect(spelledOut(made)).toBe(made);
    expect(spelledOut(FLOW)).toBe(made);
  });
});

describe("durations", () => {
  it("are read and written in the largest whole unit", () => {
    expect(spanOf("PT20H")).toEqual({ amount: 20, unit: "hours" });
    expect(spanOf("P1D")).toEqual({ amount: 1, unit: "days" });
    expect(spanOf("PT90M")).toEqual({ amount: 90, unit: "minutes" });
    expect([secondsOf("P1DT2H"), secondsOf("tomorrow"), secondsOf("P"), secondsOf(3)]).toEqual([
      93_600,
      null,
      null,
      null,
    ]);
    expect(["PT15M", "P2D", "PT45S"].map((text) => isoOf(spanOf(text) ?? { amount: 0, unit: "days" }))).toEqual([
      "PT15M",
      "P2D",
      "PT45S",
    ]);
    expect(isoOf({ amount: 1.5, unit: "hours" })).toBe("PT5400S");
  });
});

describe("completing variables", () => {
  it("knows a name, a filter, and where neither is meant", () => {
    expect(completing("Hi {{ slo", 9)).toEqual({ kind: "variable", typed: "slo", from: 6, to: 9 });
    expect(completing("Hi {{ slots.a | up", 18)).toMatchObject({ kind: "filter", typed: "up" });
    expect(completing("Hi {{ slots.a }} there", 20)).toBeNull();
    expect(completing("Hi { slots", 8)).toBeNull();
  });

  it("closes what it opened, and nothing twice", () => {
    expect(complete("Hi {{", { from: 5, to: 5 }, "slots.a")).toEqual({ text: "Hi {{ slots.a }}", caret: 16 });
    expect(complete("Hi {{ slo }}!", { from: 6, to: 9 }, "slots.a")).toEqual({ text: "Hi {{ slots.a }}!", caret: 16 });
    expect(complete("{{ slots.a |", { from: 12, to: 12 }, "upper").text).toBe("{{ slots.a | upper }}");
    expect(insertHole("ab", 1, "sys.now")).toEqual({ text: "a{{ sys.now }}b", caret: 14 });
  });
});

describe("channels", () => {
  const options = (...labels: string[]) => labels.map((label, no) => ({ id: `o${no}`, label }));

  it("show few short options as buttons, more as a list, else as numbers", () => {
    expect(rendered("whatsapp", options("Yes", "No")).as).toBe("buttons");
    expect(rendered("whatsapp", options("a", "b", "c", "d"))).toMatchObject({ as: "list", why: "tooMany" });
    expect(rendered("whatsapp", options("One that is far too long", "b"))).toMatchObject({
      as: "list",
      why: "tooLong",
      blame: ["o0"],
    });
    expect(rendered("whatsapp", options("Same", "Same"))).toMatchObject({ as: "list", why: "twice" });
    expect(rendered("whatsapp", [{ id: "a", label: "A", description: "told" }])).toMatchObject({
      as: "list",
      why: "described",
    });
    expect(rendered("whatsapp", options(..."abcdefghijk"))).toMatchObject({ as: "numbers", why: "tooMany" });
    expect(rendered("whatsapp", options("x".repeat(73), "b"))).toMatchObject({
      as: "numbers",
      why: "tooLong",
      blame: ["o0"],
    });
    expect(rendered("instagram", options(..."abcdefghijklm")).as).toBe("replies");
    expect(rendered("messenger", options("x".repeat(21))).cut).toEqual(["o0"]);
    expect(rendered("instagram", options(..."abcdefghijklmn"))).toMatchObject({ as: "numbers", why: "tooMany" });
    expect(rendered("widget", options(..."abcdefghijklmnop")).as).toBe("buttons");
    expect(rendered("whatsapp", []).as).toBe("none");
  });

  it("count letters as people do, Instagram bytes", () => {
    expect(lengthOf("👋🏽a")).toBe(3);
    expect(textLength("instagram", "ışık")).toEqual({ used: 7, most: 1000, bytes: true });
    expect(textLength("whatsapp", "ışık").used).toBe(4);
  });
});

describe("schemas", () => {
  const schema: Schema = {
    $defs: { Inner: { type: "object", properties: { n: { type: "integer", minimum: 1 } }, required: ["n"] } },
    type: "object",
    required: ["say"],
    properties: {
      v: { type: "integer" },
      type: { const: "x" },
      to: { type: "object", "x-hidden": true },
      disabled: { type: "boolean", default: false },
      inner: { anyOf: [{ $ref: "#/$defs/Inner" }, { type: "null" }], default: null },
      list: { type: "array", items: { $ref: "#/$defs/Inner" } },
      words: { type: "array", items: { type: "string" } },
      some: { type: "array", items: { enum: ["a"], type: "string" } },
      many: { type: "array", items: { type: "string", "x-widget": "variable" } },
      after: { anyOf: [{ type: "string", "x-widget": "duration" }, { type: "null" }] },
      priority: { anyOf: [{ type: "integer" }, { type: "string", "x-widget": "template" }] },
      next: { type: "string", pattern: "^(@return|x)$" },
      any: {},
      odd: { type: "string", "x-widget": "not-known-here" },
      say: { anyOf: [{ type: "object" }, { type: "array" }], "x-widget": "say" },
    },
  };
  const widget = (name: string) => shapeOf(schema.properties?.[name] ?? {}, schema).widget;

  it("say how each field is edited", () => {
    const names = [
      "inner",
      "list",
      "words",
      "some",
      "many",
      "after",
      "priority",
      "next",
      "any",
      "odd",
      "say",
      "disabled",
    ];
    expect(names.map(widget)).toEqual([
      "object",
      "list",
      "tags",
      "choices",
      "list",
      "duration",
      "template",
      "target",
      "value",
      "line",
      "say",
      "flag",
    ]);
    expect(shapeOf(schema.properties?.priority ?? {}, schema)).toMatchObject({ alsoNumber: true, nullable: false });
    expect(shapeOf(schema.properties?.inner ?? {}, schema).nullable).toBe(true);
  });

  it("hide what is not the builder's, and put what must be filled in first", () => {
    const fields = fieldsOf(schema);
    expect(fields[0]?.name).toBe("say");
    expect(fields.map(({ name }) => name)).not.toEqual(expect.arrayContaining(["to"]));
    expect(fields.find(({ name }) => name === "disabled")?.advanced).toBe(true);
    expect(fields.some(({ name }) => name === "v" || name === "type")).toBe(false);
  });

  it("leave out what an answer of another kind would need", () => {
    const expectation: Schema = { properties: { type: { enum: ["text", "yes_no", "choice"] }, options: {} } };
    expect(pointless(expectation, "choice")).not.toContain("options");
    expect(pointless(expectation, "text")).toEqual(["options", "past", "says_yes", "says_no"]);
    expect(pointless(schema, "text")).toEqual([]);
  });

  it("give new entries what they need", () => {
    expect(blank(schema.properties?.list?.items ?? {}, schema)).toEqual({ n: 1 });
    expect(blank(schema.properties?.say ?? {}, schema)).toEqual([{ kind: "text", text: {} }]);
  });
});

describe("texts", () => {
  it("are found by their canonical pointer; data is none", () => {
    const found = textsOf(spelledOut(FLOW)).map(({ pointer }) => pointer);
    expect(found).toEqual([
      "/variables/slots.name/label",
      "/handlers/no_match/0/say/0/text",
      "/nodes/ask/say/0/text",
      "/nodes/ask/expect/options/0/label",
      "/nodes/ask/expect/options/1/label",
      "/nodes/ask/expect/reject/0/say/0/text",
      "/nodes/form/fields/0/say/0/text",
    ]);
  });

  it("are outdated once their source says something else", () => {
    const path = ["nodes", "ask", "expect", "options", 0, "label"];
    const pointer = pointerOf(path);
    const flow = spelledOut(FLOW);
    const of = (made: FlowDocument, locale = "en") =>
      stateOf(made, { pointer, text: valueAt(made, path) as Record<string, string> }, locale);
    expect([of(flow), of(withText(flow, path, "en", ""))]).toEqual(["done", "missing"]);
    const changed = withText(flow, path, "tr", "Birinci");
    expect(of(changed)).toBe("outdated");
    expect(of(withText(changed, path, "tr", "Bir"))).toBe("done");
    expect(of(withText(changed, path, "en", "First"))).toBe("done");
    expect(of(marked(changed, path, "en"))).toBe("done");
    expect(hashOf("a")).not.toBe(hashOf("b"));
  });

  it("keep their marks when a list is put in another order", () => {
    const list = ["nodes", "ask", "expect", "options"];
    const flow = withText(spelledOut(FLOW), [...list, 0, "label"], "en", "Uno");
    const made = reordered(flow, list, moved(2, 0, 1));
    expect((valueAt(made, list) as { id: string }[]).map(({ id }) => id)).toEqual(["b", "a"]);
    expect(Object.keys(made.ui?.i18n ?? {})).toEqual(["/nodes/ask/expect/options/1/label"]);
    expect(reordered(made, list, [0]).ui?.i18n).toEqual({});
  });
});

describe("tables for translators", () => {
  it("come back as they went, formulas made harmless", () => {
    const texts = { tr: '=1+1; "a"\nb', en: "'quoted" };
    const flow = withValue(spelledOut(FLOW), ["nodes", "ask", "say", 0, "text"], texts) as FlowDocument;
    const csv = toCsv(flow);
    expect(csv).toContain("\"'=1+1");
    const empty = withValue(flow, ["nodes", "ask", "say", 0, "text"], {}) as FlowDocument;
    const back = fromCsv(empty, csv);
    expect(valueAt(back.flow, ["nodes", "ask", "say", 0, "text"])).toEqual(texts);
    expect(fromCsv(flow, csv).changed).toBe(0);
  });

  it("change only texts that exist, in languages the flow has", () => {
    const flow = spelledOut(FLOW);
    const csv = "pointer;en;xx\n/nodes/ask/say/0/text;Hi there;?\n/nodes/gone/say/0/text;x;?\n/__proto__/en;x;?\n";
    const back = fromCsv(flow, csv);
    expect(back).toMatchObject({ changed: 1, unknown: ["/nodes/gone/say/0/text", "/__proto__/en"], strange: ["xx"] });
    expect(valueAt(back.flow, ["nodes", "ask", "say", 0, "text", "en"])).toBe("Hi there");
    expect(fromCsv(flow, "hello").unreadable).toBe(true);
    expect(parseCsv('a,"b ""c""\nd"\r\n')).toEqual([["a", 'b "c"\nd']]);
  });
});

describe("variables", () => {
  it("are found in texts, expressions, fields and keys", () => {
    const places = usagesOf(FLOW).filter(({ name }) => name === "slots.name" || name.startsWith("slots.name."));
    expect(places.map(({ pointer }) => pointer)).toEqual([
      "/handlers/no_match/0/say/tr",
      "/nodes/ask/say/tr",
      "/nodes/ask/expect/reject/0/if",
      "/nodes/ask/save",
      "/nodes/cond/cases/0/all/0/value/$var",
      "/nodes/http/json/name",
      "/nodes/http/json/who/$var",
      "/nodes/lead/dedupe/0",
    ]);
    expect(usagesOf(FLOW).find(({ name }) => name === "conv.crm")?.how).toBe("writes");
    expect(unusedOf(FLOW)).toEqual([]);
  });

  it("are renamed everywhere, and nothing else is", () => {
    const made = renamed(FLOW, "slots.name", "contact.full_name");
    const text = JSON.stringify(made);
    expect(text.match(/slots\.name(?!2)/g)).toEqual(["slots.name"]);
    expect(valueAt(made, ["nodes", "ask", "expect", "reject", 0, "if"])).toBe(
      "size(contact.full_name) < 2 && 'slots.name' != value",
    );
    expect(valueAt(made, ["nodes", "ask", "say", "tr"])).toBe(
      "Merhaba {{ contact.full_name | first_word }}, {{slots.name2}}",
    );
    expect(Object.keys(made.variables ?? {})[0]).toBe("contact.full_name");
    expect(renamed(made, "contact.full_name", "slots.name")).toEqual(FLOW);
    expect(valueAt(renamed(FLOW, "conv.crm", "conv.id"), ["nodes", "http", "map"])).toEqual({ "conv.id": "body.id" });
  });

  it("get a name out of whatever somebody writes", () => {
    expect(
      ["my name?", "age", "slots.x", "conv.my score", "contact.Şehir", "2nd", "Имя", "؟", " ", "sys.now", "a.b"].map(
        nameFrom,
      ),
    ).toEqual([
      "slots.my_name",
      "slots.age",
      "slots.x",
      "conv.my_score",
      "contact.sehir",
      "slots._2nd",
      "slots.imya",
      "slots.answer",
      "",
      "sys.now",
      "slots.a.b",
    ]);
  });

  it("take only names that are free and can be read", () => {
    expect(["slots.x", "slots.name2", "x", "sys.now", "slots.a b"].map((name) => faultOfName(FLOW, name))).toEqual([
      null,
      "taken",
      "form",
      "form",
      "form",
    ]);
    expect(faultOfName(FLOW, "slots.name", "slots.name")).toBeNull();
  });
});

describe("exits", () => {
  it("keep their lines when they are renamed, and lose them when they go", () => {
    const list = ["nodes", "ask", "expect", "options"];
    const made = withId(FLOW, "ask", [...list, 0], "first");
    expect(made.nodes.ask?.to).toEqual({ first: "http", b: "cond" });
    expect(without(made, "ask", list, 0).nodes.ask?.to).toEqual({ b: "cond" });
  });

  it("are named after their words", () => {
    expect([slug("Diş teli"), slug("İMPLANT ağrısı?"), slug("Қызмет түрі"), slug("أهلا")]).toEqual([
      "dis_teli",
      "implant_agrisi",
      "qyzmet_turi",
      "",
    ]);
    expect(freeId(["a", "a_2"], "a")).toBe("a_3");
  });
});

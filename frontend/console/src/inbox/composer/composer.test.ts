import { beforeEach, expect, test } from "vitest";
import { fillIn, fitting, slashAt, unfilled, wordsIn } from "./canned";
import { dropSent, loadDraft, saveDraft, sweepDrafts } from "./drafts";
import { mentionAt, mentioned, splitMentions } from "./mentions";

const FACTS = { contact: "Ayşe Yılmaz", staff: "Deniz", business: "Klinik", channel: "WhatsApp" };
const reply = (shortcut: string, text: string) => ({
  id: shortcut,
  shortcut,
  texts: { tr: text },
  updated_at: "",
  version: 1,
});

class Shelf implements Storage {
  private readonly kept = new Map<string, string>();
  get length() {
    return this.kept.size;
  }
  key = (at: number) => [...this.kept.keys()][at] ?? null;
  getItem = (name: string) => this.kept.get(name) ?? null;
  setItem = (name: string, value: string) => void this.kept.set(name, value);
  removeItem = (name: string) => void this.kept.delete(name);
  clear = () => this.kept.clear();
}

let shelf = new Shelf();
beforeEach(() => {
  shelf = new Shelf();
});

test("a slash that begins a word is a shortcut, one within a word or an address is not", () => {
  expect(slashAt("/mer", 4)).toEqual({ from: 0, query: "mer" });
  expect(slashAt("Hi /adr", 7)).toEqual({ from: 3, query: "adr" });
  expect(slashAt("https://x", 9)).toBeNull();
  expect(slashAt("ve/veya", 7)).toBeNull();
  expect(slashAt("/mer haba", 9)).toBeNull();
});

test("shortcuts that begin so come before texts that say it", () => {
  const all = [reply("adres", "Moda Caddesi"), reply("bye", "Adres için arayın"), reply("saat", "Dokuzda açılırız")];
  expect(fitting(all, "ad").map(({ id }) => id)).toEqual(["adres", "bye"]);
  expect(fitting(all, "")).toHaveLength(3);
});

test("words come in the customer's language, else in the reader's, else in any", () => {
  expect(wordsIn({ tr: "Merhaba", en: "Hello" }, "en-GB", "tr")).toBe("Hello");
  expect(wordsIn({ tr: "Merhaba" }, "ru", "tr")).toBe("Merhaba");
  expect(wordsIn({ kk: "Сәлем" }, "ru", "tr")).toBe("Сәлем");
});

test("variables are filled in, and what is not known stays to be seen", () => {
  expect(fillIn("Merhaba {{contact.first_name}}, ben {{ staff.name }}", FACTS)).toBe("Merhaba Ayşe, ben Deniz");
  const left = fillIn("Hi {{contact.name}} {{order.no}}", { ...FACTS, contact: null });
  expect(left).toBe("Hi {{contact.name}} {{order.no}}");
  expect(unfilled(left)).toBe("{{contact.name}}");
  expect(unfilled("Costs {40}")).toBeNull();
});

test("what a customer calls themselves is never read as a variable", () => {
  expect(fillIn("Hi {{contact.name}}", { ...FACTS, contact: "$& {{staff.name}}" })).toBe("Hi $& {{staff.name}}");
});

test("a mention begins at an @ and ends with a space; who was deleted again is not called", () => {
  expect(mentionAt("see @De", 7)).toEqual({ from: 4, query: "De" });
  expect(mentionAt("a@b.de", 6)).toBeNull();
  const people = [
    { id: "1", name: "Deniz" },
    { id: "2", name: "Deniz Ak" },
  ];
  expect(mentioned("@Deniz Ak look", people)).toEqual(["1", "2"]);
  expect(mentioned("look", people)).toEqual([]);
  expect(splitMentions("@Deniz Ak, @Deniz!", people)).toEqual([
    { text: "@Deniz Ak", id: "2" },
    { text: ", ", id: null },
    { text: "@Deniz", id: "1" },
    { text: "!", id: null },
  ]);
});

test("a draft is kept by person, conversation and mode, and is forgotten once it was sent", () => {
  saveDraft("deniz", "talk", "reply", "Hello", shelf);
  expect(loadDraft("deniz", "talk", "reply", shelf)).toBe("Hello");
  expect(loadDraft("selin", "talk", "reply", shelf)).toBe("");
  expect(loadDraft("deniz", "talk", "note", shelf)).toBe("");
  dropSent("deniz", "talk", "reply", "Something else", shelf);
  expect(loadDraft("deniz", "talk", "reply", shelf)).toBe("Hello");
  dropSent("deniz", "talk", "reply", "Hello", shelf);
  expect(shelf.length).toBe(0);
});

test("drafts that nobody went on with are swept, what is not ours is left alone", () => {
  saveDraft("deniz", "talk", "reply", "Old", shelf);
  shelf.setItem("other", "x");
  shelf.setItem("frontdesk:draft:broken", "{");
  sweepDrafts(Date.now() + 40 * 86_400_000, shelf);
  expect(shelf.length).toBe(1);
  expect(loadDraft("deniz", "talk", "reply", shelf)).toBe("");
});

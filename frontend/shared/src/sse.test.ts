import { describe, expect, it } from "vitest";
import { SseParser } from "./sse";

const STREAM = 'id: 7\nevent: message\ndata: {"a":1}\n\n: comment\n\ndata: one\ndata: two\n\n';

describe("SseParser", () => {
  it("reads events, comments and several data lines", () => {
    expect(new SseParser().push(STREAM)).toEqual([
      { event: "message", data: '{"a":1}', id: "7" },
      { event: "message", data: "one\ntwo", id: "7" },
    ]);
  });

  it("gives the same events wherever the chunks are cut, with any line ending", () => {
    for (const ending of ["\n", "\r\n", "\r"]) {
      const text = STREAM.replaceAll("\n", ending);
      const whole = new SseParser().push(`${text}:\n`);
      for (let cut = 1; cut < text.length; cut++) {
        const parser = new SseParser();
        expect([...parser.push(text.slice(0, cut)), ...parser.push(`${text.slice(cut)}:\n`)]).toEqual(whole);
      }
      expect(whole).toHaveLength(2);
    }
  });

  it("keeps the id that it resumes from, ignores ids with a null, and reads retry", () => {
    const parser = new SseParser("41");
    expect(parser.push("data: x\n\n")[0]?.id).toBe("41");
    parser.push("id: bad\0id\nretry: 3000\n");
    expect(parser.push("data: y\n\n")[0]?.id).toBe("41");
    expect(parser.retry).toBe(3000);
  });

  it("drops an event that was cut off and one without data", () => {
    const parser = new SseParser();
    expect(parser.push("event: typing\n\ndata: unfinished\n")).toEqual([]);
  });

  it("takes away a byte order mark at the start alone", () => {
    expect(new SseParser().push("\uFEFFdata: x\n\n")[0]?.data).toBe("x");
  });
});

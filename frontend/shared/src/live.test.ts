import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoff, LiveStream } from "./live";

const encoder = new TextEncoder();

function answer(text: string, status = 200): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(text));
      controller.close();
    },
  });
  return new Response(body, { status });
}

describe("LiveStream", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function stream(answers: (() => Response)[]) {
    const asked: (string | undefined)[] = [];
    const got: string[] = [];
    const refused: number[] = [];
    const live = new LiveStream({
      url: "/events",
      headers: () => ({ Authorization: "Bearer t" }),
      onEvent: (event) => got.push(event.data),
      onRefused: (status) => refused.push(status),
      random: () => 1,
      fetch: (async (_url: string, init: RequestInit) => {
        asked.push((init.headers as Record<string, string>)["Last-Event-ID"]);
        const next = answers.shift();
        if (!next) return new Promise<Response>(() => {});
        return next();
      }) as unknown as typeof fetch,
    });
    return { live, asked, got, refused };
  }

  it("comes back with the last id it saw and loses nothing", async () => {
    const { live, asked, got } = stream([
      () => answer("id: 1\ndata: a\n\nid: 2\ndata: b\n\ndata: cut"),
      () => {
        throw new TypeError("network");
      },
      () => answer("id: 3\ndata: c\n\n"),
    ]);
    live.start();
    await vi.advanceTimersByTimeAsync(5000);
    live.stop();
    expect(got).toEqual(["a", "b", "c"]);
    expect(asked).toEqual([undefined, "2", "2", "3"]);
  });

  it("keeps the line when a listener fails", async () => {
    const asked: unknown[] = [];
    const got: string[] = [];
    const open = new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(encoder.encode("id: 1\ndata: a\n\nid: 2\ndata: b\n\n")),
      }),
    );
    const live = new LiveStream({
      url: "/events",
      headers: () => ({}),
      onEvent: (event) => {
        got.push(event.data);
        throw new TypeError("not what I expected");
      },
      fetch: (async (url: string) => {
        asked.push(url);
        return open;
      }) as unknown as typeof fetch,
    });
    live.start();
    await vi.advanceTimersByTimeAsync(5000);
    live.stop();
    expect(got).toEqual(["a", "b"]);
    expect(asked).toHaveLength(1);
  });

  it("lets the line go when paused and resumes where it was", async () => {
    const { live, asked, got } = stream([() => answer("id: 1\ndata: a\n\n"), () => answer("id: 2\ndata: b\n\n")]);
    live.start();
    await vi.advanceTimersByTimeAsync(1);
    live.pause();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    live.nudge();
    await vi.advanceTimersByTimeAsync(1);
    expect([got, asked]).toEqual([
      ["a", "b"],
      [undefined, "1"],
    ]);
    live.stop();
  });

  it("comes back by itself when it was dropped, and stays stopped when it was stopped", async () => {
    const { live, asked } = stream([() => answer("", 503), () => answer("", 503)]);
    live.start();
    await vi.advanceTimersByTimeAsync(1);
    live.drop();
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked.length).toBeGreaterThan(1);
    const before = asked.length;
    live.stop();
    live.drop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(before);
  });

  it("stops where asking again is useless", async () => {
    const { live, asked, refused } = stream([() => answer("", 401)]);
    live.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(refused).toEqual([401]);
    expect(asked).toHaveLength(1);
  });

  it("comes back at once when nudged", async () => {
    const { live, asked } = stream([() => answer("", 503)]);
    live.start();
    await vi.advanceTimersByTimeAsync(1);
    live.nudge();
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(2);
    live.stop();
  });
});

describe("backoff", () => {
  it("doubles up to a limit and keeps at least half", () => {
    expect([0, 1, 2, 3].map((n) => backoff(n, () => 1))).toEqual([500, 1000, 2000, 4000]);
    expect(backoff(30, () => 1)).toBe(20_000);
    expect(backoff(2, () => 0)).toBe(1000);
    expect(backoff(0, () => 1, 3000)).toBe(3000);
  });
});

import { describe, expect, it } from "vitest";
import { blankFlow, blankNode } from "./blank";
import { addNode, withNode } from "./change";
import type { FlowDocument } from "./document";
import { Overtaken, Saver, type Stored } from "./saver";
import { createHistory } from "./store";

class Away extends Error {}

/** An editor on a server that others write to as well. */
function desk() {
  let flow = addNode(blankFlow("f", "F", "en"), "a", blankNode("message", "en"), [0, 0]);
  flow = addNode(flow, "b", blankNode("message", "en"), [300, 0]);
  const server: { stored: Stored; away: boolean; puts: number } = {
    stored: { document: flow, etag: "1" },
    away: false,
    puts: 0,
  };
  const kept: unknown[] = [];
  let alarm: (() => void) | null = null;
  const history = createHistory(flow);
  const put = async (document: FlowDocument, etag: string) => {
    if (server.away) throw new Away();
    if (etag !== server.stored.etag) throw new Overtaken(server.stored, "Selin");
    server.puts += 1;
    server.stored = { document, etag: String(Number(etag) + 1) };
    return { etag: server.stored.etag, issues: [] };
  };
  const later = (run: () => void) => {
    alarm = run;
    return () => {
      alarm = null;
    };
  };
  const saver = new Saver(
    history,
    server.stored,
    { put, isAway: (error) => error instanceof Away, later, keep: (draft) => kept.push(draft) },
    () => undefined,
  );
  history.store.subscribe(() => saver.changed());
  const title = (id: string, text: string) =>
    history.edit((now) => withNode(now, id, (node) => ({ ...node, title: text })));
  const other = (id: string, text: string) => {
    const document = withNode(server.stored.document, id, (node) => ({ ...node, title: text }));
    server.stored = { document, etag: `${server.stored.etag}0` };
  };
  const ring = async () => {
    alarm?.();
    await new Promise((done) => setTimeout(done));
  };
  return { server, history, saver, kept, title, other, ring };
}

describe("saving by itself", () => {
  it("keeps a change in the browser at once and on the server after a moment", async () => {
    const { server, saver, kept, title, ring } = desk();
    title("a", "one");
    expect([saver.now.state, kept.length, server.puts]).toEqual(["unsaved", 1, 0]);
    await ring();
    expect([saver.now.state, kept.at(-1), server.stored.document.nodes.a?.title]).toEqual(["saved", null, "one"]);
  });

  it("has nothing to store once a change was undone", () => {
    const { history, saver, kept, title } = desk();
    title("a", "one");
    history.undo();
    expect([saver.now.state, kept.at(-1)]).toEqual(["saved", null]);
  });

  it("tries again while the server is away, and loses nothing", async () => {
    const { server, saver, kept, title, ring } = desk();
    server.away = true;
    title("a", "one");
    await ring();
    expect(saver.now.state).toBe("offline");
    expect(kept.at(-1)).toMatchObject({ base: { etag: "1" }, mine: { nodes: { a: { title: "one" } } } });
    server.away = false;
    await ring();
    expect([saver.now.state, server.puts]).toEqual(["saved", 1]);
  });

  it("brings in what somebody else saved in between", async () => {
    const { server, history, saver, title, other } = desk();
    title("a", "mine");
    other("b", "theirs");
    await saver.flush();
    expect([saver.now.state, saver.now.merged]).toEqual(["saved", 1]);
    expect(server.stored.document.nodes).toMatchObject({ a: { title: "mine" }, b: { title: "theirs" } });
    history.undo();
    expect(history.store.getState().flow.nodes.b?.title).toBe("theirs");
    expect(history.store.getState().flow.nodes.a?.title).toBeUndefined();
  });

  it("asks about what both changed, stores nothing until then, and keeps what was decided", async () => {
    const { server, saver, title, other, ring } = desk();
    title("a", "mine");
    other("a", "theirs");
    await saver.flush();
    expect([saver.now.state, saver.now.who, saver.now.clashes.map(({ part }) => part)]).toEqual([
      "clash",
      "Selin",
      ["nodes/a"],
    ]);
    title("b", "mine too");
    await saver.flush();
    expect(server.puts).toBe(0);
    saver.decide({ "nodes/a": "theirs" });
    await ring();
    expect(saver.now.state).toBe("saved");
    expect(server.stored.document.nodes).toMatchObject({ a: { title: "theirs" }, b: { title: "mine too" } });
  });

  it("takes no late answer for news", async () => {
    const { server, history, saver, title } = desk();
    const early = server.stored;
    title("a", "mine");
    await saver.flush();
    saver.notice(early);
    expect(history.store.getState().flow.nodes.a?.title).toBe("mine");
  });

  it("takes the server's state where nothing was changed here", async () => {
    const { server, history, saver, other } = desk();
    other("a", "theirs");
    saver.notice(server.stored);
    expect(history.store.getState().flow).toBe(server.stored.document);
    expect(saver.now.state).toBe("saved");
  });
});

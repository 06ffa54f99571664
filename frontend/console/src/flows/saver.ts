/**
 * Keeps the server's draft at what the editor shows: a moment after each change, against the state that was edited.
 * Where somebody else saved in between, what they did is brought in; where both changed one part, it is asked about.
 */
import type { FlowDocument, Issue } from "./document";
import { type Clash, mergeFlows, type Side } from "./merge";
import type { History } from "./store";

export type SaveState = "saved" | "unsaved" | "saving" | "offline" | "clash" | "refused";

export interface Stored {
  document: FlowDocument;
  etag: string;
}

/** Somebody else's draft stands in the way. */
export class Overtaken extends Error {
  constructor(
    readonly theirs: Stored,
    readonly who: string | null = null,
  ) {
    super("overtaken");
  }
}

export interface SaverPorts {
  /** Store a draft over the one named; throws Overtaken. */
  put: (document: FlowDocument, etag: string) => Promise<{ etag: string; issues: readonly Issue[] }>;
  /** Tell whether a failure is one of the way there, and worth trying again. */
  isAway: (error: unknown) => boolean;
  later: (run: () => void, ms: number) => () => void;
  /** What is not on the server yet, kept by the browser; null: nothing is. */
  keep: (draft: { base: Stored; mine: FlowDocument } | null) => void;
}

export interface Saving {
  state: SaveState;
  clashes: readonly Clash[];
  who: string | null;
  error: unknown;
  /** What somebody else changed was brought in: how often. */
  merged: number;
}

const PAUSE = 700;
const RETRY = 4000;

export class Saver {
  private told = new Set<() => void>();
  private cancel: (() => void) | null = null;
  private running: Promise<void> | null = null;
  private met: Stored | null = null;
  /** States that were the base once: an answer that comes late may still tell of them. */
  private known: Set<string>;
  private shown: Saving = { state: "saved", clashes: [], who: null, error: null, merged: 0 };

  constructor(
    private readonly history: History,
    private base: Stored,
    private readonly ports: SaverPorts,
    private readonly onSaved: (issues: readonly Issue[]) => void,
  ) {
    this.known = new Set([base.etag]);
  }

  get now(): Saving {
    return this.shown;
  }

  /** Names the server's draft as it was last stored or read. */
  get etag(): string {
    return this.base.etag;
  }

  subscribe = (run: () => void): (() => void) => {
    this.told.add(run);
    return () => this.told.delete(run);
  };

  /** The document changed: it is kept here at once, and stored once it rests. */
  changed(): void {
    if (this.isStored()) {
      this.cancel?.();
      this.ports.keep(null);
      if (this.shown.state === "unsaved") this.show({ state: "saved" });
      return;
    }
    this.ports.keep({ base: this.base, mine: this.mine });
    if (this.shown.state === "clash") return;
    this.show({ state: this.running ? "saving" : "unsaved", error: null });
    this.plan(PAUSE);
  }

  /** Store what there is now; returns once the server has it, or cannot have it. */
  async flush(): Promise<void> {
    do await this.step();
    while (this.shown.state === "unsaved");
  }

  /** The server's draft was read: somebody else may have stored it. */
  notice(found: Stored): void {
    if (!this.running && !this.known.has(found.etag)) this.meet(found);
  }

  /** The server's draft was changed at our own wish. */
  take(found: Stored): void {
    if (found.etag !== this.base.etag) this.meet(found);
  }

  private meet(theirs: Stored, who: string | null = null): void {
    this.met = theirs;
    const { clashes } = mergeFlows(this.base.document, this.mine, theirs.document);
    if (clashes.length > 0) this.show({ state: "clash", clashes, who });
    else this.bringIn(theirs, {});
  }

  /** Decide what both changed. */
  decide(choices: Readonly<Record<string, Side>>): void {
    if (this.met) this.bringIn(this.met, choices);
  }

  private get mine(): FlowDocument {
    return this.history.store.getState().flow;
  }

  private isStored(): boolean {
    return this.mine === this.base.document;
  }

  private bringIn(theirs: Stored, choices: Readonly<Record<string, Side>>): void {
    const before = this.base.document;
    const { mine } = this;
    const clean = mine === before;
    this.base = theirs;
    this.known.add(theirs.etag);
    this.met = null;
    this.history.rebase((flow) =>
      flow === mine && clean ? theirs.document : mergeFlows(before, flow, theirs.document, choices).flow,
    );
    this.show({ state: clean ? "saved" : "unsaved", clashes: [], who: null, merged: this.shown.merged + 1 });
    if (!clean) this.plan(0);
  }

  private async step(): Promise<void> {
    this.cancel?.();
    if (this.running) await this.running;
    if (this.isStored() || this.shown.state === "clash") return;
    this.running = this.store().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  private async store(): Promise<void> {
    const { mine } = this;
    this.show({ state: "saving" });
    try {
      const { etag, issues } = await this.ports.put(mine, this.base.etag);
      this.base = { document: mine, etag };
      this.known.add(etag);
      const rest = this.mine === mine;
      this.ports.keep(rest ? null : { base: this.base, mine: this.mine });
      this.show({ state: rest ? "saved" : "unsaved", error: null });
      if (rest) this.onSaved(issues);
      else this.plan(PAUSE);
    } catch (error) {
      if (error instanceof Overtaken) this.meet(error.theirs, error.who);
      else if (this.ports.isAway(error)) {
        this.show({ state: "offline", error });
        this.plan(RETRY);
      } else this.show({ state: "refused", error });
    }
  }

  private plan(ms: number): void {
    this.cancel?.();
    this.cancel = this.ports.later(() => void this.step(), ms);
  }

  private show(change: Partial<Saving>): void {
    this.shown = { ...this.shown, ...change };
    for (const run of this.told) run();
  }
}

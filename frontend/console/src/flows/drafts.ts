/** What is not on the server yet, kept by this browser until it is. */
import type { FlowDocument } from "./document";
import type { Stored } from "./saver";

export interface Draft {
  base: Stored;
  mine: FlowDocument;
}

const PAUSE = 250;
const nameOf = (tenant: string, id: string) => `frontdesk:flow:${tenant}:${id}`;

export function readDraft(tenant: string, id: string): Draft | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(nameOf(tenant, id)) ?? "null");
    const draft = found as Partial<Draft> | null;
    return draft?.base?.etag && draft.base.document?.nodes && draft.mine?.nodes ? (draft as Draft) : null;
  } catch {
    return null;
  }
}

/** Keeps the newest draft a moment after it changed, and at once when the page goes. */
export function keeperOf(tenant: string, id: string): { keep: (draft: Draft | null) => void; stop: () => void } {
  let waiting: Draft | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    if (!waiting) return;
    try {
      localStorage.setItem(nameOf(tenant, id), JSON.stringify(waiting));
    } catch {
      // Full or blocked: it is on its way to the server all the same.
    }
    waiting = null;
  };
  const keep = (draft: Draft | null) => {
    clearTimeout(timer);
    waiting = draft;
    if (draft) {
      timer = setTimeout(write, PAUSE);
      return;
    }
    try {
      localStorage.removeItem(nameOf(tenant, id));
    } catch {
      // Nothing was kept then.
    }
  };
  window.addEventListener("pagehide", write);
  return {
    keep,
    stop: () => {
      write();
      window.removeEventListener("pagehide", write);
    },
  };
}

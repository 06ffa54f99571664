/** Which rows are chosen, and the row that keys act on. */
import type { ConversationItem } from "@frontdesk/shared";
import { useCallback, useMemo, useRef, useState } from "react";

export interface Chosen {
  ids: ReadonlySet<string>;
  items: ConversationItem[];
  toggle: (id: string) => void;
  /** Choose every row from the one that was chosen last to this one. */
  reach: (id: string) => void;
  add: (ids: readonly string[]) => void;
  clear: () => void;
}

/** What is no longer listed is no longer chosen. */
export function useChosen(listed: readonly ConversationItem[]): Chosen {
  const [wanted, setWanted] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string | null>(null);
  const order = useRef(listed);
  order.current = listed;
  const items = useMemo(() => listed.filter(({ id }) => wanted.has(id)), [listed, wanted]);
  const ids = useMemo(() => new Set(items.map(({ id }) => id)), [items]);
  const add = useCallback((more: readonly string[]) => setWanted((before) => new Set([...before, ...more])), []);
  const clear = useCallback(() => setWanted(new Set()), []);
  const toggle = useCallback((id: string) => {
    anchor.current = id;
    setWanted((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  }, []);
  const reach = useCallback(
    (id: string) => {
      const ids = order.current.map((item) => item.id);
      const [from, to] = [ids.indexOf(anchor.current ?? id), ids.indexOf(id)];
      add(ids.slice(Math.min(from < 0 ? to : from, to), Math.max(from, to) + 1));
    },
    [add],
  );
  return { ids, items, toggle, reach, add, clear };
}

/** Who answers for which command just now; one listener for all keys, which never takes them from somebody who types. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { COMMANDS, type CommandId, commandsFor } from "./commands";

type Run = (pressed: string) => void;

interface Registry {
  answer: (id: CommandId, run: Run) => () => void;
  run: (id: CommandId) => void;
  /** Commands that somebody answers for. */
  answered: ReadonlySet<CommandId>;
}

const Context = createContext<Registry | null>(null);

export function CommandsProvider({ children }: { children: ReactNode }) {
  const handlers = useRef(new Map<CommandId, Run[]>());
  const [answered, setAnswered] = useState<ReadonlySet<CommandId>>(new Set());
  const find = useCallback((id: CommandId) => handlers.current.get(id)?.at(-1), []);
  const answer = useCallback((id: CommandId, run: Run) => {
    const others = handlers.current.get(id) ?? [];
    handlers.current.set(id, [...others, run]);
    setAnswered((before) => (before.has(id) ? before : new Set([...before, id])));
    return () => {
      const left = (handlers.current.get(id) ?? []).filter((each) => each !== run);
      handlers.current.set(id, left);
      if (left.length === 0) setAnswered((before) => new Set([...before].filter((each) => each !== id)));
    };
  }, []);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isBusy(event.target, event)) return;
      for (const { id, repeats } of commandsFor(event)) {
        const run = find(id as CommandId);
        if (!run) continue;
        if (event.repeat && !repeats) return;
        // A focused link or button answers Enter by itself.
        if (
          id === "open" &&
          event.target !== document.body &&
          !(event.target instanceof HTMLElement && event.target.id === "main")
        )
          return;
        event.preventDefault();
        run(event.key);
        return;
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [find]);
  const registry = useMemo(
    () => ({ answer, run: (id: CommandId) => find(id)?.(""), answered }),
    [answer, find, answered],
  );
  return <Context.Provider value={registry}>{children}</Context.Provider>;
}

/** Tell whether keys belong to a field that has the focus, or to a dialog or menu that lies over the page. */
function isBusy(target: EventTarget | null, event: KeyboardEvent): boolean {
  if (document.querySelector("[role=dialog], [role=menu]")) return true;
  if (!(target instanceof HTMLElement)) return false;
  const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const box = target instanceof HTMLInputElement && target.type === "checkbox";
  return typing && !box && !(event.ctrlKey || event.metaKey);
}

export function useRegistry(): Registry {
  const registry = useContext(Context);
  if (!registry) throw new Error("useRegistry outside of CommandsProvider");
  return registry;
}

/** Answer for commands while mounted; what is left out or undefined is not answered for. */
export function useCommands(runs: Partial<Record<CommandId, Run | undefined>>): void {
  const { answer } = useRegistry();
  const newest = useRef(runs);
  newest.current = runs;
  const ids = COMMANDS.map(({ id }) => id)
    .filter((id) => runs[id])
    .join();
  useEffect(() => {
    const stops = ids
      .split(",")
      .filter(Boolean)
      .map((id) => answer(id as CommandId, (pressed) => newest.current[id as CommandId]?.(pressed)));
    return () => {
      for (const stop of stops) stop();
    };
  }, [answer, ids]);
}

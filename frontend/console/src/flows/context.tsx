/** The session for everything below the editor. */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { FlowDocument } from "./document";
import type { Session, Ui } from "./session";

const Context = createContext<Session | null>(null);
export const SessionProvider = Context.Provider;

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("useSession outside of SessionProvider");
  return session;
}

export function useFlow(): FlowDocument {
  return useStore(useSession().history.store, (kept) => kept.flow);
}

export function useUi<T>(select: (ui: Ui) => T): T {
  return useStore(useSession().ui, select);
}

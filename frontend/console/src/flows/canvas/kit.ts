/** Words for cards, fetched once for all of them: hundreds that each listen for the language are slow to draw. */
import type { TFunction } from "i18next";
import { createContext, useContext } from "react";
import type { Naming } from "../naming";

export interface Kit extends Pick<Naming, "typeName" | "portName"> {
  t: TFunction<"flows">;
}

const Context = createContext<Kit | null>(null);
export const KitProvider = Context.Provider;

export function useKit(): Kit {
  const kit = useContext(Context);
  if (!kit) throw new Error("useKit outside of KitProvider");
  return kit;
}

/** Who is signed in, for every page below the sign-in. */
import type { Me } from "@frontdesk/shared";
import { createContext, useContext } from "react";

const Context = createContext<Me | null>(null);
export const MeProvider = Context.Provider;

export function useSignedIn(): Me {
  const me = useContext(Context);
  if (!me) throw new Error("useSignedIn outside of MeProvider");
  return me;
}

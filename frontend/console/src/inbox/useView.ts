/** The view that is shown, remembered for this tab: the list and the palette change the same one. */
import { useSessionStorage } from "@mantine/hooks";
import type { Place } from "./views";

export function useView(): [Place, (view: Place) => void] {
  const [view, setView] = useSessionStorage<Place>({ key: "frontdesk:view", defaultValue: "all" });
  return [view, setView];
}

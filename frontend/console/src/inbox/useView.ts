/** The view that is shown, remembered for this tab: the list and the palette change the same one. */
import type { View } from "@frontdesk/shared";
import { useSessionStorage } from "@mantine/hooks";

export function useView(): [View, (view: View) => void] {
  const [view, setView] = useSessionStorage<View>({ key: "frontdesk:view", defaultValue: "all" });
  return [view, setView];
}

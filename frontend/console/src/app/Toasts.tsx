/** Where short words about what was done stand: over the list on wide screens, where nothing is clicked next. */
import { useMediaQuery } from "@mantine/hooks";
import { Notifications } from "@mantine/notifications";

export function Toasts() {
  const phone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  return <Notifications position={phone ? "top-center" : "bottom-left"} limit={3} />;
}

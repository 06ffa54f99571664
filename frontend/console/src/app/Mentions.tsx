/** Tells the person who is called in a note, wherever in the console they are. */
import type { LiveEvent } from "@frontdesk/shared";
import { notifications } from "@mantine/notifications";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { onSignal } from "../api/signals";
import { useSignedIn } from "./me";

export function Mentions() {
  const { t } = useTranslation();
  const { staff } = useSignedIn();
  const [location, navigate] = useLocation();
  const me = staff?.id;
  useEffect(
    () =>
      onSignal("note.mentioned", (data) => {
        const { entity_id, conversation_id } = data as LiveEvent;
        const there = `/inbox/${conversation_id}`;
        if (!me || entity_id !== me || location === there) return;
        const id = notifications.show({
          message: (
            <button
              type="button"
              className="linkish"
              onClick={() => {
                navigate(there);
                notifications.hide(id);
              }}
            >
              {t("compose.calledYou")}
            </button>
          ),
          color: "yellow",
          withBorder: true,
          autoClose: false,
        });
      }),
    [me, location, navigate, t],
  );
  return null;
}

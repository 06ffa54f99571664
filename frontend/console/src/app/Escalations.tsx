/** Tells those who are to know that somebody waits too long for a person, wherever in the console they are. */
import type { LiveEvent, Policy } from "@frontdesk/shared";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { get } from "../api/http";
import { onSignal } from "../api/signals";
import { useSignedIn } from "./me";

export function Escalations() {
  const { t } = useTranslation();
  const { role } = useSignedIn();
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const isAdmin = role === "owner" || role === "admin";
  useEffect(
    () =>
      onSignal("handoff.escalated", async (data) => {
        const { conversation_id } = data as LiveEvent;
        const policy = await client.fetchQuery({
          queryKey: ["settings", "policies"],
          queryFn: ({ signal }) => get<Policy>("policies", signal),
          staleTime: 60_000,
        });
        if (!isAdmin && policy.assignment?.escalate_to !== "everyone") return;
        const id = `late ${conversation_id}`;
        notifications.show({
          id,
          message: (
            <>
              {t("assign.escalatedNotice")}{" "}
              <button
                type="button"
                className="linkish"
                onClick={() => {
                  navigate(`/inbox/${conversation_id}`);
                  notifications.hide(id);
                }}
              >
                {t("assign.look")}
              </button>
            </>
          ),
          color: "red",
          withBorder: true,
          autoClose: false,
        });
      }),
    [client, isAdmin, navigate, t],
  );
  return null;
}

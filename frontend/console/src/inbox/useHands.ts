/** Changing hands and closing, with words about what happened. */
import type { ConversationDetail } from "@frontdesk/shared";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { useChange } from "../api/queries";
import { useSignedIn } from "../app/me";
import { useTellProblem } from "../app/Problem";
import type { Acts } from "./useActs";

export interface Hands {
  busy: boolean;
  take: () => void;
  handBack: (note?: string) => void;
  toggleResolved: () => void;
}

export function useHands(conversation: ConversationDetail | undefined, acts: Acts): Hands {
  const { t } = useTranslation();
  const { staff } = useSignedIn();
  const tell = useTellProblem();
  const change = useChange(conversation?.id ?? "");
  const said = (message: string) => ({
    onError: tell,
    onSuccess: () => void notifications.show({ message, color: "accent", autoClose: 2000, withBorder: true }),
  });
  return {
    busy: change.isPending,
    take: () => {
      if (!conversation) return;
      const waiting = conversation.handoff?.state === "waiting" ? conversation.handoff.id : null;
      change.mutate(
        { action: "take", handoffId: waiting, staff },
        {
          onError: tell,
          onSuccess: ({ on_its_way }) => {
            const out = on_its_way?.length ? ` ${t("assign.gotOut")}` : "";
            const message = out ? `${t("owner.tookAway")}.${out}` : t("owner.tookAway");
            notifications.show({ message, color: "accent", autoClose: out ? 8000 : 2000, withBorder: true });
          },
        },
      );
    },
    handBack: (note) => {
      if (conversation) change.mutate({ action: "hand-back", note }, said(t("owner.handedBack")));
    },
    toggleResolved: () => {
      if (conversation) acts.act([conversation], { action: conversation.status === "resolved" ? "reopen" : "resolve" });
    },
  };
}

/** A view with nothing in it: why that is, and where to go from here. */
import type { InboxCounts, View } from "@frontdesk/shared";
import { Button } from "@mantine/core";
import { AlarmClock, Bot, CircleCheck, Coffee, Inbox, type LucideIcon, UserCheck, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../app/EmptyState";
import { useSignedIn } from "../app/me";
import { type Place, teamOf, viewOf } from "./views";

const ICONS: Record<View, LucideIcon> = {
  waiting: Coffee,
  mine: UserCheck,
  agent: Bot,
  all: Inbox,
  snoozed: AlarmClock,
  resolved: CircleCheck,
};

interface Props {
  view: Place;
  counts: InboxCounts | undefined;
  onView: (view: Place) => void;
}

export function EmptyView({ view: place, counts, onView }: Props) {
  const { t } = useTranslation();
  const { simulator_url } = useSignedIn();
  const view = viewOf(place);
  if (teamOf(place)) {
    return <EmptyState icon={UsersRound} title={t("assign.noTeamHere")} text={t("assign.noTeamText")} />;
  }
  if (view === "all" && !counts?.snoozed && !counts?.resolved) {
    const phone = simulator_url && (
      <Button component="a" href={simulator_url} target="_blank" rel="noreferrer">
        {t("inbox.emptyAction")}
      </Button>
    );
    return <EmptyState icon={Inbox} title={t("inbox.emptyTitle")} text={t("inbox.emptyText")} action={phone} />;
  }
  const other: View = view !== "waiting" && counts?.waiting ? "waiting" : "all";
  const action = view !== "all" && (
    <Button variant="default" onClick={() => onView(other)}>
      {t(other === "waiting" ? "queue.toWaiting" : "inbox.showAll")}
    </Button>
  );
  return (
    <EmptyState
      icon={ICONS[view]}
      title={t(`queue.empty.${view}`)}
      text={t(`queue.emptyText.${view}`)}
      action={action}
    />
  );
}

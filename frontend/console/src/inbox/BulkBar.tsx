/** What can be done to the rows that are chosen. */
import type { ConversationItem } from "@frontdesk/shared";
import { ActionIcon, Tooltip } from "@mantine/core";
import { AlarmClock, Bot, Check, Hand, ListChecks, type LucideIcon, RotateCcw, Tag, UserPlus, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./BulkBar.module.css";
import type { Kind } from "./steps";

interface Props {
  items: readonly ConversationItem[];
  onAct: (kind: Kind) => void;
  /** Choose all that are loaded; absent where all are. */
  onAll?: () => void;
  onClear: () => void;
}

export function BulkBar({ items, onAct, onAll, onClear }: Props) {
  const { t } = useTranslation();
  const done = items.every(({ status }) => status === "resolved");
  const acts: [Kind, LucideIcon, string, string][] = [
    ["take", Hand, t("owner.take"), "T"],
    ["hand_back", Bot, t("owner.handBack"), "B"],
    done ? ["reopen", RotateCcw, t("status.reopen"), "E"] : ["resolve", Check, t("status.resolve"), "E"],
    ["snooze", AlarmClock, t("queue.key.snooze"), "S"],
    ["assign", UserPlus, t("queue.key.assign"), "A"],
    ["label", Tag, t("queue.key.label"), "L"],
  ];
  return (
    <div className={classes.bar} role="toolbar" aria-label={t("queue.bulk")}>
      <ActionIcon variant="subtle" color="gray" size={30} onClick={onClear} aria-label={t("queue.key.clear")}>
        <X size={16} />
      </ActionIcon>
      <span className={`${classes.count} tabular`} role="status">
        {t("queue.chosen", { n: items.length })}
      </span>
      {onAll && (
        <Tooltip label={t("queue.all")}>
          <ActionIcon variant="subtle" size={30} onClick={onAll} aria-label={t("queue.all")}>
            <ListChecks size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <span className={classes.space} />
      {acts.map(([kind, Icon, label, key]) => (
        <Tooltip key={kind} label={`${label} (${key})`}>
          <ActionIcon variant="subtle" size={30} onClick={() => onAct(kind)} aria-label={label}>
            <Icon size={16} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}

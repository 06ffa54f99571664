/** Until when, to whom, which labels: what some steps have to know first. */
import type { ConversationItem } from "@frontdesk/shared";
import { Button } from "@mantine/core";
import { AlarmClock, CalendarClock, CircleDashed, MessageSquare, Plus, Tag, UsersRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useColleagues, useTeams } from "../api/assigning";
import { useSnoozeChoices } from "../api/queue";
import { Avatar } from "../app/Avatar";
import { useNow } from "../app/clock";
import { useSignedIn } from "../app/me";
import { localTime, momentOf } from "../app/time";
import { Panel } from "../palette/Panel";
import { type Choice, Picker } from "../palette/Picker";
import classes from "./ListPickers.module.css";
import { useKnownLabels } from "./labels";
import type { Step } from "./steps";

export interface Asked {
  kind: "snooze" | "assign" | "label";
  items: readonly ConversationItem[];
}

interface Props {
  asked: Asked;
  onClose: () => void;
  onStep: (step: Step) => void;
}

export function ListPickers({ asked, onClose, onStep }: Props) {
  const props = { items: asked.items, onClose, onStep };
  if (asked.kind === "snooze") return <SnoozePicker {...props} />;
  return asked.kind === "assign" ? <AssignPicker {...props} /> : <LabelPicker {...props} />;
}

type OneProps = Omit<Props, "asked"> & Pick<Asked, "items">;

const KNOWN = ["hour", "tomorrow", "next_week"] as const;

function SnoozePicker({ onClose, onStep }: OneProps) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const usual = useSnoozeChoices(true);
  const [own, setOwn] = useState(false);
  const until = (at: string | null) => onStep({ action: "snooze", until: at });
  const moments = (usual.data?.items ?? []).map(({ key, at }): Choice => {
    const name = KNOWN.find((known) => known === key);
    return {
      id: key,
      label: name ? t(`queue.moment.${name}`) : momentOf(at, now, i18n.language),
      hint: momentOf(at, now, i18n.language),
      icon: <AlarmClock size={16} />,
      run: () => until(at),
    };
  });
  const choices: Choice[] = [
    ...moments,
    {
      id: "written",
      label: t("queue.untilWritten"),
      icon: <MessageSquare size={16} />,
      run: () => until(null),
    },
  ];
  if (own) return <OwnMoment onClose={onClose} onMoment={until} />;
  return (
    <Picker
      title={t("queue.snoozeTitle")}
      placeholder={t("queue.snoozeTitle")}
      empty={t("queue.nothing")}
      choices={choices}
      onClose={onClose}
    >
      <div className={classes.foot}>
        <Button variant="subtle" size="sm" leftSection={<CalendarClock size={16} />} onClick={() => setOwn(true)}>
          {t("queue.moment.own")}
        </Button>
      </div>
    </Picker>
  );
}

/** A moment of one's own, on the reader's clock. */
function OwnMoment({ onClose, onMoment }: { onClose: () => void; onMoment: (at: string) => void }) {
  const { t } = useTranslation();
  const now = useNow();
  const [typed, setTyped] = useState(() => localTime(now + 3 * 3_600_000));
  const at = Date.parse(typed);
  const fits = at > now;
  return (
    <Panel name={t("queue.moment.own")} onClose={onClose}>
      <form
        className={classes.own}
        onSubmit={(event) => {
          event.preventDefault();
          if (!fits) return;
          onClose();
          onMoment(new Date(at).toISOString());
        }}
      >
        <label>
          <span>{t("queue.moment.own")}</span>
          <input
            data-autofocus
            type="datetime-local"
            value={typed}
            min={localTime(now)}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <Button type="submit" disabled={!fits}>
          {t("queue.key.snooze")}
        </Button>
      </form>
    </Panel>
  );
}

function AssignPicker({ items, onClose, onStep }: OneProps) {
  const { t } = useTranslation();
  const me = useSignedIn().staff?.id;
  const colleagues = useColleagues();
  const teams = useTeams();
  const held = items.every(({ owner }) => owner === items[0]?.owner) ? items[0]?.owner : null;
  const people = [...(colleagues.data ?? [])].sort((one, other) => Number(other.id === me) - Number(one.id === me));
  const choices: Choice[] = [
    ...people.map(({ id, name, online, away, open, capacity }) => ({
      id,
      label: id === me ? t("queue.toMe", { name }) : name,
      icon: <Face name={name} there={online && !away} />,
      hint: [
        away ? t("assign.awayNow") : online ? "" : t("assign.offline"),
        t("assign.load", { n: open, all: capacity }),
      ]
        .filter(Boolean)
        .join(" · "),
      checked: held === `staff:${id}`,
      run: () => onStep({ action: "assign", staff_id: id, name }),
    })),
    ...(teams.data ?? []).map(({ key, name, waiting }) => ({
      id: `team ${key}`,
      label: t("assign.team", { name }),
      hint: waiting > 0 ? String(waiting) : undefined,
      icon: <UsersRound size={16} />,
      checked: held === "nobody" && items.every(({ team }) => team === key),
      run: () => onStep({ action: "assign", staff_id: null, team: key, name }),
    })),
    {
      id: "nobody",
      label: t("queue.toNobody"),
      icon: <CircleDashed size={16} />,
      checked: held === "nobody" && items.every(({ team }) => !team),
      run: () => onStep({ action: "assign", staff_id: null, team: "", name: null }),
    },
  ];
  return (
    <Picker
      title={t("queue.assignTitle")}
      placeholder={t("queue.assignTitle")}
      empty={t("queue.nobodyFound")}
      choices={choices}
      onClose={onClose}
    />
  );
}

function Face({ name, there }: { name: string; there: boolean }) {
  return (
    <span className={classes.face} data-there={there || undefined}>
      <Avatar name={name} size={20} />
    </span>
  );
}

/** A label that all have is taken off, any other is put on. */
function LabelPicker({ items, onClose, onStep }: OneProps) {
  const { t } = useTranslation();
  const known = useKnownLabels(items);
  const [set, setSet] = useState<ReadonlyMap<string, boolean>>(new Map());
  const has = (label: string) => set.get(label) ?? items.every(({ labels }) => labels.includes(label));
  const turn = (label: string) => setSet((before) => new Map(before).set(label, !has(label)));
  const all = [...new Set([...known, ...set.keys()])].sort((one, other) => one.localeCompare(other));
  const finish = () => {
    onClose();
    const [add, remove] = [true, false].map((on) => [...set].filter(([, is]) => is === on).map(([label]) => label));
    if (set.size > 0) onStep({ action: "label", add: add ?? [], remove: remove ?? [] });
  };
  const choices = all.map((label) => ({
    id: label,
    label,
    icon: <Tag size={16} />,
    checked: has(label),
    run: () => turn(label),
  }));
  return (
    <Picker
      title={t("queue.labelTitle")}
      placeholder={t("queue.labelHint")}
      empty={t("queue.noLabels")}
      choices={choices}
      stays
      onClose={finish}
      offer={(typed) =>
        typed && typed.length <= 60 && !all.includes(typed)
          ? {
              id: `new ${typed}`,
              label: t("queue.newLabel", { label: typed }),
              icon: <Plus size={16} />,
              run: () => turn(typed),
            }
          : null
      }
    >
      <div className={classes.foot}>
        <Button size="sm" onClick={finish}>
          {t("queue.done")}
        </Button>
      </div>
    </Picker>
  );
}

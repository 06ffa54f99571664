/** What can be done with several steps at once. */
import { Panel, useReactFlow } from "@xyflow/react";
import { ChevronsDownUp, ChevronsUpDown, Copy, Group, Pencil, Trash2, Ungroup, Wand } from "lucide-react";
import { useTranslation } from "react-i18next";
import { duplicate, groupChosen, removeChosen, tidyUp } from "../actions";
import { useFlow, useSession, useUi } from "../context";
import type { FlowGroup } from "../document";
import { foldGroup } from "../folding";
import { changeGroup, groupsOf, removeGroup, TONES } from "../groups";
import classes from "./Frames.module.css";
import { sizesOf } from "./view";

export function Chosen() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const { getNodes } = useReactFlow();
  const selected = useUi((ui) => ui.selected);
  const flow = useFlow();
  const count = selected.length;
  const group = groupsOf(flow).find(
    ({ nodes }) => nodes.length === count && nodes.every((id) => selected.includes(id)),
  );
  if (count < 2 && !group) return null;
  const acts = [
    ...(group ? [] : [{ icon: Group, label: t("frames.make"), run: () => groupChosen(session) }]),
    { icon: Wand, label: t("act.tidy"), run: () => void tidyUp(session, sizesOf(getNodes())) },
    { icon: Copy, label: t("act.duplicate"), run: () => duplicate(session) },
    { icon: Trash2, label: t("act.delete"), run: () => removeChosen(session) },
  ];
  return (
    <Panel position="top-center" className={classes.chosen}>
      <span className="tabular">{t("frames.chosen", { n: count })}</span>
      {group ? <Tools group={group} /> : null}
      {acts.map(({ icon: Icon, label, run }) => (
        <button key={label} type="button" onClick={run}>
          <Icon size={15} aria-hidden="true" /> {label}
        </button>
      ))}
    </Panel>
  );
}

/** What can be done with the frame around them. */
function Tools({ group }: { group: FlowGroup }) {
  const { t } = useTranslation("flows");
  const session = useSession();
  const fold = group.folded
    ? ({ name: "frames.open", icon: ChevronsUpDown } as const)
    : ({ name: "frames.close", icon: ChevronsDownUp } as const);
  return (
    <span className={classes.tools}>
      <button
        type="button"
        title={t("frames.title")}
        aria-label={t("frames.title")}
        onClick={() => session.ui.setState({ naming: group.id })}
      >
        <Pencil size={15} aria-hidden="true" />
      </button>
      {TONES.map((tone) => (
        <button
          key={tone}
          type="button"
          className={classes.dot}
          data-tone={tone}
          aria-pressed={tone === group.tone}
          title={t(`frames.${tone}`)}
          aria-label={t(`frames.${tone}`)}
          onClick={() => session.edit((flow) => changeGroup(flow, group.id, { tone }))}
        />
      ))}
      <button
        type="button"
        title={t(fold.name)}
        aria-label={t(fold.name)}
        onClick={() => session.edit((flow) => foldGroup(flow, group.id, !group.folded))}
      >
        <fold.icon size={15} aria-hidden="true" />
      </button>
      <button
        type="button"
        title={t("frames.remove")}
        aria-label={t("frames.remove")}
        onClick={() => session.edit((flow) => removeGroup(flow, group.id))}
      >
        <Ungroup size={15} aria-hidden="true" />
      </button>
    </span>
  );
}

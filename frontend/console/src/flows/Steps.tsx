/** The list of step types: beside the canvas to be dragged or clicked, and as a search where one is wanted. */
import { useTranslation } from "react-i18next";
import { Picker } from "../palette/Picker";
import { addStep, freeExit } from "./actions";
import { DRAGGED } from "./canvas/sizes";
import { useSession, useUi } from "./context";
import type { NodeType } from "./document";
import classes from "./Editor.module.css";
import { iconOf } from "./icons";
import { titleOfType, useNaming } from "./naming";

const GROUPS = ["talk", "logic", "work", "time", "other"] as const;

function inGroups(types: readonly NodeType[]): NodeType[] {
  return GROUPS.flatMap((group) => types.filter((each) => each.group === group));
}

/** Words that find a type in any language: somebody may know the English one. */
const allTitles = ({ title, type }: NodeType) => [type, ...Object.values(title)].join(" ");

export function StepPicker() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const picking = useUi((ui) => ui.picking);
  const { typeName } = useNaming();
  if (!picking) return null;
  const choices = inGroups(session.types)
    .filter(({ type }) => !(picking.exit && type === "note"))
    .map((each) => {
      const Icon = iconOf(each.type);
      return {
        id: each.type,
        label: typeName(each.type),
        more: allTitles(each),
        hint: t(`what.${each.type as "ask"}`, { defaultValue: each.description }),
        group: t(`group.${each.group}`),
        icon: <Icon size={16} aria-hidden="true" />,
        run: () => void addStep(session, each.type, picking),
      };
    });
  return (
    <Picker
      title={t("picker.title")}
      placeholder={t("picker.placeholder")}
      empty={t("picker.empty")}
      choices={choices}
      onClose={() => session.ui.setState({ picking: null })}
    />
  );
}

/** The column at the edge: what can be added. */
export function Palette() {
  const { t, i18n } = useTranslation("flows");
  const session = useSession();
  return (
    <section className={classes.palette} aria-label={t("picker.title")}>
      {GROUPS.map((group) => (
        <div key={group} className={classes.group} data-group={group}>
          <h2>{t(`group.${group}`)}</h2>
          {session.types
            .filter((each) => each.group === group)
            .map(({ type, description }) => {
              const Icon = iconOf(type);
              const name = titleOfType(session.types, type, i18n.language);
              return (
                <button
                  key={type}
                  type="button"
                  aria-label={t("picker.add", { name })}
                  title={t(`what.${type as "ask"}`, { defaultValue: description })}
                  draggable
                  onDragStart={(event) => {
                    event.dataTransfer.setData(DRAGGED, type);
                    event.dataTransfer.effectAllowed = "copy";
                  }}
                  onClick={() => addStep(session, type, { exit: freeExit(session) })}
                >
                  <Icon size={16} strokeWidth={1.9} aria-hidden="true" />
                  <span>{name}</span>
                </button>
              );
            })}
        </div>
      ))}
    </section>
  );
}

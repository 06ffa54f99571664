/** The cheat sheet: what has a key, by what it is for. */
import { useTranslation } from "react-i18next";
import { Dialog } from "../app/Dialog";
import { COMMANDS, type Command, GROUPS } from "./commands";
import { Keys } from "./Keys";
import { useRegistry } from "./registry";
import classes from "./Sheet.module.css";

export function Sheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { answered } = useRegistry();
  return (
    <Dialog opened={opened} onClose={onClose} title={t("keys.title")} centered size={640}>
      <div className={classes.groups}>
        {GROUPS.map((group) => {
          const shown = COMMANDS.filter((command) => command.group === group && answered.has(command.id));
          if (shown.length === 0) return null;
          return (
            <section key={group}>
              <h3>{t(`queue.group.${group}`)}</h3>
              <dl>
                {shown.map((command) => (
                  <div key={command.id}>
                    <dt>{t(command.label)}</dt>
                    <dd>
                      <Combos keys={command.keys} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}

function Combos({ keys }: Pick<Command, "keys">) {
  const first = keys[0] ?? "";
  if (keys.length > 2) {
    return (
      <>
        <Keys combo={first} />–<Keys combo={keys.at(-1) ?? first} />
      </>
    );
  }
  return keys.map((combo) => <Keys key={combo} combo={combo} />);
}

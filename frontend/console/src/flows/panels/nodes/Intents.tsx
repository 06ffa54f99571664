/** What a customer may want: words and examples that tell, and a description for a model. */
import { useTranslation } from "react-i18next";
import type { Words } from "../../document";
import { useField, useForm } from "../form/context";
import { GroupFaults } from "../form/Faults";
import classes from "../form/Form.module.css";
import { KeyInput } from "../form/Pairs";
import { Sortable } from "../form/Sortable";
import { LineField, WordsField } from "../form/Texts";
import { type Path, pointerOf, withValue } from "../model/path";
import { freeId, isKey, moved, withId, without } from "../model/ports";
import { reordered } from "../model/texts";
import own from "./Cases.module.css";

interface Intent {
  id: string;
  description?: string;
  keywords?: Words;
  examples?: Words;
}

export function IntentsList({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { edit, node, locale } = useForm();
  const { value = [] } = useField<Intent[]>(path);
  const ids = value.map(({ id }) => id);
  const key = node ?? "";
  const told = (one: Intent | undefined) =>
    [...(one?.keywords?.[locale] ?? []), ...(one?.examples?.[locale] ?? [])].join(", ") ||
    one?.description ||
    t("nothingYet");
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{t("field.intents")}</p>
      <p className={classes.help}>{t("help.intents")}</p>
      <Sortable
        count={value.length}
        nameOf={(at) => value[at]?.id ?? ""}
        head={(at) => (
          <div className={own.case}>
            <KeyInput
              label={t("intentNo", { n: at + 1 })}
              value={value[at]?.id ?? ""}
              taken={[...ids, "none", "ambiguous"]}
              check={isKey}
              onChange={(id) => edit((now) => withId(now, key, [...path, at], id))}
            />
            <p className={own.sentence}>{told(value[at])}</p>
          </div>
        )}
        body={(at) => (
          <>
            <LineField
              path={[...path, at, "description"]}
              label={t("field.description")}
              description={t("help.intent_description")}
              lines={2}
              maxLength={400}
            />
            <WordsField path={[...path, at, "keywords"]} label={t("field.keywords")} description={t("help.keywords")} />
            <WordsField
              path={[...path, at, "examples"]}
              label={t("field.examples")}
              description={t("help.examples")}
              sentences
            />
            <GroupFaults path={[...path, at]} />
          </>
        )}
        onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
        onRemove={(at) => edit((now) => without(now, key, path, at))}
        onAdd={() =>
          edit((now) => withValue(now, [...path, value.length], { id: freeId(ids, "intent"), description: "" }))
        }
        add={t("addIntent")}
        least={1}
        most={30}
      />
      <GroupFaults path={path} />
    </div>
  );
}

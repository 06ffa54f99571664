/** What a flow may begin with, as cards: one of them is chosen (in the dialog), or each opens it (on an empty page). */
import { useId } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Begin.module.css";
import { Picture } from "./Picture";
import { type FlowTemplate, told } from "./queries";

export const BLANK = "blank";

const NOTHING: FlowTemplate = { key: BLANK, title: {}, text: {}, languages: [], steps: 0, tests: 0, needs: [] };

interface Choice {
  templates: readonly FlowTemplate[];
  chosen: string;
  onChoose(key: string): void;
}

/** A group of radio buttons: arrow keys go from card to card. */
export function ChoiceCards({ templates, chosen, onChoose }: Choice) {
  const { t } = useTranslation("begin");
  const group = useId();
  return (
    <fieldset className={classes.choice}>
      <legend>{t("with")}</legend>
      <div className={classes.cards}>
        {[null, ...templates].map((each) => {
          const key = each?.key ?? BLANK;
          return (
            <label key={key} className={classes.card}>
              <input
                type="radio"
                name={group}
                className={classes.radio}
                aria-labelledby={`${group}-${key}`}
                aria-describedby={`${group}-${key}-text`}
                checked={chosen === key}
                onChange={() => onChoose(key)}
              />
              <Face template={each} id={`${group}-${key}`} />
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

export function OfferCards({ templates, onChoose }: Omit<Choice, "chosen">) {
  const { t } = useTranslation("begin");
  return (
    <section className={classes.offer}>
      <h2>{t("offer")}</h2>
      <div className={classes.cards}>
        {templates.map((each) => (
          <button key={each.key} type="button" className={classes.card} onClick={() => onChoose(each.key)}>
            <Face template={each} />
          </button>
        ))}
      </div>
    </section>
  );
}

/** What a card shows: by `id` its title, and with `-text` the rest, are told apart to who listens. */
function Face({ template, id }: { template: FlowTemplate | null; id?: string }) {
  const { t, i18n } = useTranslation("begin");
  const { key, title, text, steps, tests, needs } = template ?? NOTHING;
  return (
    <>
      <Picture of={key} />
      <span className={classes.words}>
        <strong id={id}>{template ? told(title, i18n.language) : t("blank")}</strong>
        <span id={id && `${id}-text`} className={classes.words}>
          <span>{template ? told(text, i18n.language) : t("blankText")}</span>
          {template && <small>{t("holds", { steps, tests })}</small>}
          {needs.length > 0 && (
            <small className={classes.needs}>{t("needs", { names: needs.map(({ name }) => name).join(", ") })}</small>
          )}
        </span>
      </span>
    </>
  );
}

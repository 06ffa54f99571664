/** Words of fields and of what may be chosen in them; what has none is shown by its own name. */
import { useTranslation } from "react-i18next";
import type { flowPanels } from "../words/en";

type Fields = keyof typeof flowPanels.field;
type Choices = keyof typeof flowPanels.choice;
type Helps = keyof typeof flowPanels.help;

function sentence(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function useFieldWords() {
  const { t, i18n } = useTranslation("flowPanels");
  const has = (key: string) => i18n.exists(key, { ns: "flowPanels" });
  return {
    /** A field may be called otherwise in one type of node. */
    label: (name: string, type?: string): string => {
      const own = `${type}_${name}`;
      const key = type && has(`field.${own}`) ? own : name;
      return has(`field.${key}`) ? t(`field.${key as Fields}`) : sentence(name);
    },
    help: (name: string, type?: string): string | undefined => {
      const own = `${type}_${name}`;
      const key = type && has(`help.${own}`) ? own : name;
      return has(`help.${key}`) ? t(`help.${key as Helps}`) : undefined;
    },
    choice: (value: string): string => {
      const key = [value, `answer_${value}`].find((each) => has(`choice.${each}`));
      return key ? t(`choice.${key as Choices}`) : sentence(value);
    },
  };
}

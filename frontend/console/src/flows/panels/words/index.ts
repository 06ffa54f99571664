/** The words of the forms and the chat: English comes with them, another language is loaded when it is shown. */
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import type { Language } from "../../../i18n";
import { type FlowPanelWords, flowPanels } from "./en";

const NAMESPACE = "flowPanels";
const LOADERS: Record<Exclude<Language, "en">, () => Promise<FlowPanelWords>> = {
  tr: () => import("./tr").then((module) => module.flowPanels),
  ru: () => import("./ru").then((module) => module.flowPanels),
  kk: () => import("./kk").then((module) => module.flowPanels),
  ar: () => import("./ar").then((module) => module.flowPanels),
};
const loading = new Map<string, Promise<void>>();

/** Make the words of a language known; English stands in where they cannot be fetched. */
export function loadFlowPanelWords(language: string): Promise<void> {
  if (!i18next.hasResourceBundle("en", NAMESPACE)) i18next.addResourceBundle("en", NAMESPACE, flowPanels);
  const found = loading.get(language);
  if (found) return found;
  const loader = LOADERS[language as Exclude<Language, "en">] as (typeof LOADERS)["tr"] | undefined;
  const made = loader
    ? loader().then(
        (words) => {
          i18next.addResourceBundle(language, NAMESPACE, words);
        },
        () => {
          loading.delete(language);
        },
      )
    : Promise.resolve();
  loading.set(language, made);
  return made;
}

/** Tells whether the words of the page's language are there. */
export function areWordsReady(language: string): boolean {
  return (
    i18next.hasResourceBundle("en", NAMESPACE) &&
    (!(language in LOADERS) || i18next.hasResourceBundle(language, NAMESPACE))
  );
}

export function useLanguage(): string {
  return useTranslation().i18n.language;
}

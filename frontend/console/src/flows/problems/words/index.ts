/** The words for what is wrong: loaded where the first fault may be told, one language at a time, English behind each. */
import i18next from "i18next";
import { areWordsReady, loadFlowPanelWords } from "../../panels/words";
import { type ProblemWords, problems } from "./en";

const NAMESPACE = "flowProblems";
const LOADERS: Record<string, () => Promise<ProblemWords>> = {
  tr: () => import("./tr").then((module) => module.problems),
  ru: () => import("./ru").then((module) => module.problems),
  kk: () => import("./kk").then((module) => module.problems),
  ar: () => import("./ar").then((module) => module.problems),
};
const loading = new Map<string, Promise<void>>();

/** Make the words of a language known, with those of the forms: faults call fields as the forms do. */
export function loadProblemWords(language: string): Promise<void> {
  if (!i18next.hasResourceBundle("en", NAMESPACE)) i18next.addResourceBundle("en", NAMESPACE, problems);
  const found = loading.get(language);
  if (found) return found;
  const made = Promise.all([
    loadFlowPanelWords(language),
    LOADERS[language]?.().then(
      (words) => {
        i18next.addResourceBundle(language, NAMESPACE, words);
      },
      () => {
        loading.delete(language);
      },
    ),
  ]).then(() => undefined);
  loading.set(language, made);
  return made;
}

/** Tells whether a fault can be told in this language now. */
export function areProblemWordsReady(language: string): boolean {
  return (
    areWordsReady(language) &&
    i18next.hasResourceBundle("en", NAMESPACE) &&
    (!(language in LOADERS) || i18next.hasResourceBundle(language, NAMESPACE))
  );
}

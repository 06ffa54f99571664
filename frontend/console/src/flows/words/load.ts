/** Words of the flow pages: fetched with them, one language at a time, English behind each. */
import i18next from "i18next";
import { en, type FlowWords } from "./en";

const LOADERS: Record<string, () => Promise<FlowWords>> = {
  en: () => Promise.resolve(en),
  tr: () => import("./tr").then((module) => module.tr),
  ru: () => import("./ru").then((module) => module.ru),
  kk: () => import("./kk").then((module) => module.kk),
  ar: () => import("./ar").then((module) => module.ar),
};
let following = false;

async function load(language: string): Promise<void> {
  for (const each of new Set(["en", language])) {
    if (!i18next.hasResourceBundle(each, "flows")) i18next.addResourceBundle(each, "flows", await LOADERS[each]?.());
  }
}

/** Fetch the words of the language that is spoken, and from now on those of any that is chosen. */
export async function loadWords(): Promise<void> {
  if (!following) i18next.on("languageChanged", (language) => void load(language));
  following = true;
  await load(i18next.language);
}

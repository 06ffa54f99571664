/** Languages of the console: one is loaded at a time, English stands behind each. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en, type Words } from "./en";

export const LANGUAGES = { tr: "Türkçe", en: "English", ru: "Русский", kk: "Қазақша", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;

const LOADERS: Record<Exclude<Language, "en">, () => Promise<Words>> = {
  tr: () => import("./tr").then((module) => module.tr),
  ru: () => import("./ru").then((module) => module.ru),
  kk: () => import("./kk").then((module) => module.kk),
  ar: () => import("./ar").then((module) => module.ar),
};
const KEY = "frontdesk:language";

export function isRtl(language: string): boolean {
  return language === "ar";
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // Storage is blocked: the account and the browser's own languages decide.
    return null;
  }
}

function preferred(): Language {
  const wanted = [remembered(), ...navigator.languages].map((tag) => tag?.toLowerCase().split("-")[0]);
  return (wanted.find((tag) => tag && tag in LANGUAGES) as Language | undefined) ?? "en";
}

/** Change the language and remember the choice. */
export async function chooseLanguage(language: Language): Promise<void> {
  await apply(language);
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Not remembered then.
  }
}

/** Follow the language that the account says, unless this browser was told another one. */
export async function followLanguage(language: string | null | undefined): Promise<void> {
  if (language && language in LANGUAGES && !remembered()) await apply(language as Language);
}

async function apply(language: Language): Promise<void> {
  if (language !== "en" && !i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", await LOADERS[language]());
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function startLanguages(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    // Words that come after the page that shows them.
    react: { bindI18nStore: "added" },
  });
  await apply(preferred());
}

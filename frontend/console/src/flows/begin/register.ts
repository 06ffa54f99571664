/** The words about beginning come with the page that says them. */
import i18next from "i18next";
import { WORDS } from "./words";

for (const [language, words] of Object.entries(WORDS)) i18next.addResourceBundle(language, "begin", words);

/** Tells a fault in the page's language, steps and exits called as the drawing calls them. */
import { use } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGES } from "../../i18n";
import { useUi } from "../context";
import type { FlowDocument, Issue } from "../document";
import { useNaming } from "../naming";
import { useFieldWords } from "../panels/form/words";
import { explain, type Wording } from "./explain";
import { areProblemWordsReady, loadProblemWords } from "./words";

export function useExplain(): (issue: Issue, flow: FlowDocument) => string {
  const { t, i18n } = useTranslation("flowProblems");
  const { label } = useFieldWords();
  const { nodeName, portName } = useNaming();
  const locale = useUi((ui) => ui.locale);
  if (!areProblemWordsReady(i18n.language)) use(loadProblemWords(i18n.language));
  const languageName = (code: string) => LANGUAGES[code as keyof typeof LANGUAGES] ?? code;
  return (issue, flow) =>
    explain(issue, flow, {
      t: t as Wording["t"],
      field: label,
      nodeName,
      portName,
      languageName,
      locale,
    });
}

/** Flows to begin with, as the server has them. */
import type { Page } from "@frontdesk/shared";
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/http";
import { keys } from "../../api/keys";
import type { Text } from "../document";

export interface FlowTemplate {
  key: string;
  title: Text;
  text: Text;
  /** Those that it is written in. */
  languages: readonly string[];
  steps: number;
  tests: number;
  /** What the business lacks for it. */
  needs: readonly { kind: string; name: string }[];
}

export function useTemplates() {
  return useQuery({
    queryKey: [...keys.flows, "templates"],
    queryFn: ({ signal }) => get<Page<FlowTemplate>>("flow-templates", signal),
    select: (page) => page.items,
  });
}

/** The language to write a template in: the one that is spoken, else English, else its first. Pure. */
export function writtenIn(languages: readonly string[], spoken: string): string {
  return [spoken, "en"].find((each) => languages.includes(each)) ?? languages[0] ?? spoken;
}

/** A text of a template in the language that is spoken. Pure. */
export function told(text: Text, spoken: string): string {
  return text[spoken] ?? text.en ?? "";
}

/** Flows to begin with, as the server has them. */
import type { Page } from "@frontdesk/shared";
import { useQuery } from "@tanstack/react-query";
import { get, post } from "../../api/http";
import { keys } from "../../api/keys";
import type { Text } from "../document";
import type { FlowFile } from "../files";

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

/** Something that a flow needs of the business, and how it is added. */
export interface Need {
  kind:
    | "connection"
    | "knowledge"
    | "asset"
    | "queue"
    | "pipeline"
    | "stage"
    | "template"
    | "tool"
    | "model"
    | "guard"
    | "variable"
    | "flow";
  name: string;
  /** Of a stage: its pipeline. */
  of: string | null;
  present: boolean;
  fix: string;
}

/** What a file's flow needs here; nothing is stored. */
export function useNeeds(file: FlowFile) {
  return useQuery({
    queryKey: [...keys.flows, "needs", file],
    queryFn: () => post<{ items: Need[] }>("flow-needs", file),
    select: (found) => found.items,
    gcTime: 0,
  });
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

/** The pages as the console fetches them: each with its words. */
import { loadWords } from "./words/load";

export async function loadFlows() {
  const [{ Flows }] = await Promise.all([import("./Flows"), loadWords()]);
  return Flows;
}

export async function loadFlow() {
  const [{ FlowPage }] = await Promise.all([import("./FlowPage"), loadWords()]);
  return FlowPage;
}

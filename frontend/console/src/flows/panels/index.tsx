/** The forms beside the canvas: one node, the flow itself, its variables, its translations. */
import type { PanelProps } from "../document";
import { NodeForm } from "./nodes/NodePanel";
import { Worded } from "./Worded";

export { loadFlowPanelWords } from "./words";

/** The form of one node. */
export function NodePanel(props: PanelProps & { node: string }) {
  return (
    <Worded>
      <NodeForm {...props} />
    </Worded>
  );
}

/** Name, channels, languages, triggers and handlers of the flow. */
export function FlowPanel(_: PanelProps) {
  return null;
}

/** Declared variables with where they are used, and a rename that misses none. */
export function VariablesPanel(_: PanelProps) {
  return null;
}

/** Every text side by side in two languages, outdated ones marked. */
export function TranslationsPanel(_: PanelProps) {
  return null;
}

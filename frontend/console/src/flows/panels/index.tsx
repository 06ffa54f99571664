/** The forms beside the canvas: one node, the flow itself, its variables, its translations. */
import type { PanelProps } from "../document";
import { FlowForm } from "./flow/FlowForm";
import { NodeForm } from "./nodes/NodePanel";
import { TranslationsForm } from "./translations/TranslationsForm";
import { VariablesForm } from "./variables/VariablesForm";
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
export function FlowPanel(props: PanelProps) {
  return (
    <Worded>
      <FlowForm {...props} />
    </Worded>
  );
}

/** Declared variables with where they are used, and a rename that misses none. */
export function VariablesPanel(props: PanelProps) {
  return (
    <Worded>
      <VariablesForm {...props} />
    </Worded>
  );
}

/** Every text side by side in two languages, outdated ones marked. */
export function TranslationsPanel(props: PanelProps) {
  return (
    <Worded>
      <TranslationsForm {...props} />
    </Worded>
  );
}

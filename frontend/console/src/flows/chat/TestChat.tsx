/** A conversation on the draft, beside the canvas. */
import type { PanelProps } from "../document";

export interface TestChatProps extends PanelProps {
  flowId: string;
  /** Bring the draft on the server up to date before a turn is played on it. */
  save: () => Promise<void>;
  /** Light nodes up on the canvas: those passed in the last turn, and the one that waits. */
  onLights: (passed: readonly string[], waiting: string | null) => void;
}

export function TestChat(_: TestChatProps) {
  return null;
}

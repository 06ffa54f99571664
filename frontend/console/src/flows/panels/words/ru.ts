import { flowPanels as en, type FlowPanelWords } from "./en";

export const flowPanels: FlowPanelWords = en;

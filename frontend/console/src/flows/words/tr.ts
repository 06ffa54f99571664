import { en, type FlowWords } from "./en";
export const tr: FlowWords = en;

import { en, type FlowWords } from "./en";
export const ar: FlowWords = en;

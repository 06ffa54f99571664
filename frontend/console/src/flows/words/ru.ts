import { en, type FlowWords } from "./en";
export const ru: FlowWords = en;

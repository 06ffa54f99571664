import { en, type FlowWords } from "./en";
export const kk: FlowWords = en;

export * from "./console";
export * from "./parts";
export * from "./thread";
export * from "./widget";

export * from "./console";
export * from "./parts";
export * from "./thread";
export * from "./team";
export * from "./widget";

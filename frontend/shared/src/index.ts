export * from "./console";
export * from "./parts";
export * from "./widget";

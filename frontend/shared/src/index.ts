export * from "./console";
export * from "./parts";
export * from "./team";
export * from "./widget";

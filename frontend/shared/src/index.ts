export * from "./console";
export * from "./crm";
export * from "./parts";
export * from "./queue";
export * from "./search";
export * from "./team";
export * from "./thread";
export * from "./widget";

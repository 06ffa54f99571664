/** Writes shared/src/api.ts: the types of what the server answers, from its OpenAPI document on standard input. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import openapiTS, { astToString } from "openapi-typescript";

const given = await text(process.stdin);
const { openapi, info, components } = JSON.parse(given);
const schemas = Object.fromEntries(Object.entries(components.schemas).map(([name, each]) => [name, plain(each)]));
const types = astToString(await openapiTS({ openapi, info, paths: {}, components: { schemas } }));
const digest = createHash("sha256").update(given).digest("hex");
const head = `/** Made from the server's OpenAPI document by scripts/api-types.sh: do not edit by hand.\n * sha256: ${digest}\n */\n`;
const target = process.argv[2] ?? new URL("../shared/src/api.ts", import.meta.url);
writeFileSync(target, head + types);

/** A schema without what says nothing in a type: titles made of names, and defaults, which an answer always holds. */
function plain(schema) {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== "object" || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key]) => key !== "title" && key !== "default");
  return Object.fromEntries(kept.map(([key, each]) => [key, key === "properties" ? named(each) : plain(each)]));
}

function named(properties) {
  return Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, plain(each)]));
}

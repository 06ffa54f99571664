/** The server's own types, from its OpenAPI document, narrowed where it says only “text” and we know which words. */
import type { components } from "./api";

export type Answer<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** The compiler refuses a narrowing that the server's type does not allow. */
export type Narrow<Name extends keyof components["schemas"], To extends Partial<Answer<Name>>> = Omit<
  Answer<Name>,
  keyof To
> &
  To;

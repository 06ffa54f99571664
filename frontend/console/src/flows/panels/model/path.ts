/** Places in a document: read, written without changing the original, named by JSON pointers. Pure. */

export type Path = readonly (string | number)[];

export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function pathOf(pointer: string): string[] {
  if (!pointer.startsWith("/")) return [];
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** The document with this value there; `undefined` takes it out. What is not on the way is shared, not copied. */
export function withValue<T>(root: T, path: Path, value: unknown): T {
  return put(root, path, value) as T;
}

function put(root: unknown, path: Path, value: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  const inner =
    typeof root === "object" && root !== null && Object.hasOwn(root, part) ? Reflect.get(root, part) : undefined;
  const made = put(inner, rest, value);
  if (made === inner) return root;
  if (Array.isArray(root) || (root === undefined && typeof part === "number")) {
    const list: unknown[] = Array.isArray(root) ? [...root] : [];
    if (made === undefined) list.splice(Number(part), 1);
    else list[Number(part)] = made;
    return list;
  }
  const record = isRecord(root) ? root : {};
  if (made !== undefined) return { ...record, [part]: made };
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== String(part)));
}

/** The same record with one key called otherwise, in its old place. */
export function withKey<V>(record: Readonly<Record<string, V>>, from: string, to: string): Record<string, V> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]));
}

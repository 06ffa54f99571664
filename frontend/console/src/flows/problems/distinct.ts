/** The faults that are worth telling: one for each field, at the place where the form has it. Pure. */
import type { Issue } from "../document";

const OF_FORM = new Set(["missing_key", "bad_value", "unknown_key"]);
const MEMBER = /^(.*?\/(?:all|any)\/\d+)\/(Row|Group)(?=\/|$)/;

/** The server tries what may be either one after the other, and tells the faults of both: those of the likelier stay. */
function likelier(issues: readonly Issue[]): readonly Issue[] {
  const found = issues.find(({ pointer }) => MEMBER.test(pointer));
  const [whole, place] = (found && MEMBER.exec(found.pointer)) ?? [];
  if (!whole || !place) return issues;
  const isOf = ({ pointer }: Issue, member: string) => `${pointer}/`.startsWith(`${place}/${member}/`);
  // Only a row has these, and a group that has them is a row.
  const isRow = issues.some(
    ({ code, pointer }) =>
      code === "unknown_key" &&
      /^\/Group\/(var|op|value)$/.test(pointer.slice(place.length)) &&
      pointer.startsWith(place),
  );
  const [kept, other] = isRow ? ["Row", "Group"] : ["Group", "Row"];
  return likelier(
    issues
      .filter((issue) => !isOf(issue, other ?? ""))
      .map((issue) =>
        isOf(issue, kept ?? "")
          ? { ...issue, pointer: place + issue.pointer.slice(place.length + 1 + (kept ?? "").length) }
          : issue,
      ),
  );
}

export function distinct(issues: readonly Issue[]): readonly Issue[] {
  const placed = likelier(issues).map((issue) =>
    OF_FORM.has(issue.code) ? { ...issue, pointer: issue.pointer.replace(/\/(int|str|float|bool)$/, "") } : issue,
  );
  const told = new Set<string>();
  return placed.filter(({ code, pointer }) => {
    if (!OF_FORM.has(code)) return true;
    // A list of which one is wrong is told to be empty as well.
    const deeper = placed.some((other) => OF_FORM.has(other.code) && other.pointer.startsWith(`${pointer}/`));
    if (deeper || told.has(pointer)) return false;
    told.add(pointer);
    return true;
  });
}

/** Steps that belong together: a frame with a title around them. Of the drawing, not of what runs. Pure. */
import { freshId } from "./change";
import type { FlowDocument, FlowGroup } from "./document";

export const TONES = ["blue", "green", "amber", "red", "grey"] as const;
export type Tone = (typeof TONES)[number];

/** Return the groups that have steps; what else a file may hold there is passed over. */
export function groupsOf(flow: FlowDocument): FlowGroup[] {
  return (flow.ui?.groups ?? []).flatMap((found) => {
    if (typeof found.id !== "string" || !Array.isArray(found.nodes)) return [];
    const nodes = found.nodes.filter((id) => flow.nodes[id]);
    const tone = TONES.find((each) => each === found.tone) ?? "grey";
    const folded = found.folded === true ? { folded: true } : {};
    return nodes.length > 0 ? [{ id: found.id, title: String(found.title ?? ""), tone, nodes, ...folded }] : [];
  });
}

export function groupOf(flow: FlowDocument, node: string): FlowGroup | undefined {
  return groupsOf(flow).find(({ nodes }) => nodes.includes(node));
}

/** Put a frame around steps; a step is in one group at a time. */
export function addGroup(flow: FlowDocument, nodes: readonly string[], title = ""): FlowDocument {
  const members = nodes.filter((id) => flow.nodes[id]);
  if (members.length === 0) return flow;
  const kept = without(groupsOf(flow), members);
  const tone = TONES[kept.length % (TONES.length - 1)] ?? "grey";
  return withGroups(flow, [...kept, { id: freshGroup(kept), title, tone, nodes: members }]);
}

export function changeGroup(flow: FlowDocument, id: string, change: Partial<Omit<FlowGroup, "id">>): FlowDocument {
  return withGroups(
    flow,
    groupsOf(flow).map((group) => (group.id === id ? { ...group, ...change } : group)),
  );
}

/** Take the frame away; its steps stay. */
export function removeGroup(flow: FlowDocument, id: string): FlowDocument {
  return withGroups(
    flow,
    groupsOf(flow).filter((group) => group.id !== id),
  );
}

/** What was copied brings the groups along that it was in; `ids` says what its steps are called here. */
export function pasteGroups(
  flow: FlowDocument,
  groups: readonly FlowGroup[],
  ids: ReadonlyMap<string, string>,
): FlowDocument {
  const kept = groupsOf(flow);
  for (const group of groups) {
    const nodes = group.nodes.flatMap((id) => ids.get(id) ?? []);
    if (nodes.length > 0) kept.push({ ...group, id: freshGroup(kept), nodes });
  }
  return groups.length > 0 ? withGroups(flow, kept) : flow;
}

/** Return the groups of what is copied, with those of their steps that are. */
export function copyGroups(flow: FlowDocument, ids: readonly string[]): FlowGroup[] {
  return groupsOf(flow)
    .map((group) => ({ ...group, nodes: group.nodes.filter((id) => ids.includes(id)) }))
    .filter(({ nodes }) => nodes.length > 1);
}

function withGroups(flow: FlowDocument, groups: readonly FlowGroup[]): FlowDocument {
  return { ...flow, ui: { ...flow.ui, groups } };
}

function without(groups: readonly FlowGroup[], nodes: readonly string[]): FlowGroup[] {
  return groups
    .map((group) => ({ ...group, nodes: group.nodes.filter((id) => !nodes.includes(id)) }))
    .filter((group) => group.nodes.length > 0);
}

function freshGroup(groups: readonly FlowGroup[]): string {
  return freshId(Object.fromEntries(groups.map(({ id }) => [id, true])), "group");
}

/** Finds steps by their words, names and variables. */
import { Group } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Picker } from "../palette/Picker";
import { readingOrder } from "./change";
import { useFlow, useSession, useUi } from "./context";
import { groupsOf } from "./groups";
import { iconOf } from "./icons";
import { useNaming } from "./naming";
import { textsOf, wordsOf } from "./texts";

export function Search() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const flow = useFlow();
  const locale = useUi((ui) => ui.locale);
  const { nodeName } = useNaming();
  const choices = useMemo(() => {
    const steps = readingOrder(flow).flatMap((id) => {
      const node = flow.nodes[id];
      if (!node) return [];
      const Icon = iconOf(node.type);
      return [
        {
          id,
          label: nodeName(node, id),
          more: `${id} ${textsOf(node).join(" ").replace(/[._]/g, " ")} ${textsOf(node).join(" ")}`,
          hint: wordsOf(node, locale, flow).text.slice(0, 80),
          group: t("search.steps"),
          icon: <Icon size={16} aria-hidden="true" />,
          run: () => session.show(id),
        },
      ];
    });
    const variables = Object.keys(flow.variables ?? {}).map((name) => ({
      id: `variable ${name}`,
      label: name,
      more: name.replace(/[._]/g, " "),
      group: t("search.variables"),
      run: () => session.ui.setState({ side: "variables" }),
    }));
    const groups = groupsOf(flow).map(({ id, title, nodes }) => ({
      id: `group ${id}`,
      label: title || t("frames.untitled"),
      more: title,
      hint: nodes.map((node) => nodeName(flow.nodes[node], node)).join(", "),
      group: t("search.groups"),
      icon: <Group size={16} aria-hidden="true" />,
      run: () => session.showGroup(id),
    }));
    return [...groups, ...steps, ...variables];
  }, [flow, locale, nodeName, session, t]);
  return (
    <Picker
      title={t("search.title")}
      placeholder={t("search.placeholder")}
      empty={t("search.empty")}
      choices={choices}
      onClose={() => session.ui.setState({ searching: false })}
    />
  );
}

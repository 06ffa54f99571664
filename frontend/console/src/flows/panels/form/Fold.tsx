/** Fields folded away, that open by themselves where one of them is wrong. */
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { type Path, pointerOf } from "../model/path";
import { useForm } from "./context";
import classes from "./Form.module.css";

interface FoldProps {
  title: string;
  note?: string;
  /** Opens by itself where something is wrong with one of these fields. */
  path?: Path;
  names?: readonly string[];
  open?: boolean;
  children: ReactNode;
}

export function Fold({ title, note, path, names = [], open = false, children }: FoldProps) {
  const { issues } = useForm();
  const roots = path ? names.map((name) => pointerOf([...path, name])) : [];
  const faulty = issues.some(
    ({ pointer, severity }) =>
      severity === "error" && roots.some((root) => pointer === root || pointer.startsWith(`${root}/`)),
  );
  return (
    <details className={classes.fold} open={open || faulty}>
      <summary>
        <ChevronDown size={15} aria-hidden="true" />
        {title}
        {note && <small>{note}</small>}
      </summary>
      <div className={classes.foldBody}>{children}</div>
    </details>
  );
}

/** What the server found wrong, in plain words, where it belongs. */
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Issue } from "../../document";
import { useExplain } from "../../problems/useExplain";
import type { Path } from "../model/path";
import { pointerOf } from "../model/path";
import { useFaults, useForm } from "./context";
import classes from "./Form.module.css";

export function FaultWords({ issues }: { issues: readonly Issue[] }) {
  const explain = useExplain();
  const { flow } = useForm();
  if (issues.length === 0) return null;
  return (
    <span className={classes.faults}>
      {issues.map((issue) => (
        <span
          key={`${issue.pointer} ${issue.code} ${issue.message}`}
          data-severity={issue.severity}
          className={classes.fault}
        >
          {issue.severity === "error" ? (
            <CircleAlert size={14} aria-hidden="true" />
          ) : (
            <TriangleAlert size={14} aria-hidden="true" />
          )}
          <span dir="auto">{explain(issue, flow)}</span>
        </span>
      ))}
    </span>
  );
}

/** Props of a Mantine input that make it show what is wrong with its value. */
export function useFaultProps(path: Path, more?: ReactNode) {
  const faults = useFaults(path);
  const errors = faults.filter(({ severity }) => severity === "error");
  const warnings = faults.filter(({ severity }) => severity !== "error");
  return {
    error: errors.length > 0 ? <FaultWords issues={errors} /> : undefined,
    errorProps: { component: "div" as const },
    "data-pointer": pointerOf(path),
    inputContainer: (input: ReactNode) => (
      <>
        {input}
        {more}
        <FaultWords issues={warnings} />
      </>
    ),
  };
}

/** Faults of a group of fields that none of them shows. */
export function GroupFaults({ path, exact = true }: { path: Path; exact?: boolean }) {
  return <FaultWords issues={useFaults(path, { exact })} />;
}

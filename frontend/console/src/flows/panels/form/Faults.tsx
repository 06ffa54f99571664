/** What the server found wrong, in its words, where it belongs, with what to do about it. */
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Issue } from "../../document";
import type { Path } from "../model/path";
import { pointerOf } from "../model/path";
import { useFaults } from "./context";
import classes from "./Form.module.css";

export function FaultWords({ issues }: { issues: readonly Issue[] }) {
  if (issues.length === 0) return null;
  return (
    <span className={classes.faults}>
      {issues.map((issue) => (
        <span key={`${issue.pointer} ${issue.code}`} data-severity={issue.severity} className={classes.fault}>
          {issue.severity === "error" ? (
            <CircleAlert size={14} aria-hidden="true" />
          ) : (
            <TriangleAlert size={14} aria-hidden="true" />
          )}
          <span dir="auto">
            {issue.message} {issue.fix && <span className={classes.fix}>{issue.fix}</span>}
          </span>
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

/** Who gets what waits: the rules, the teams, and how much each person takes. */
import { Skeleton } from "@mantine/core";
import { useSignedIn } from "../../app/me";
import { ProblemState } from "../../app/Problem";
import { mayGrant } from "../may";
import { usePolicy } from "../queries";
import { Loads } from "./Loads";
import { Rules } from "./Rules";
import { Teams } from "./Teams";

export function Assigning() {
  const policy = usePolicy();
  const mayEdit = mayGrant(useSignedIn().role, "admin");
  if (policy.isError) return <ProblemState error={policy.error} onRetry={() => policy.refetch()} />;
  if (!policy.data) return <Skeleton height={420} radius={12} />;
  return (
    <>
      <Rules policy={policy.data} mayEdit={mayEdit} />
      <Teams mayEdit={mayEdit} />
      <Loads mayEdit={mayEdit} />
    </>
  );
}

/** Draws what is inside once its words are there. */
import { Skeleton } from "@mantine/core";
import { type ReactNode, Suspense, use } from "react";
import { areProblemWordsReady, loadProblemWords } from "../problems/words";
import { useLanguage } from "./words";

export function Worded({ children }: { children: ReactNode }) {
  return (
    <Suspense fallback={<Skeleton height={240} m={16} width="auto" />}>
      <Inside>{children}</Inside>
    </Suspense>
  );
}

function Inside({ children }: { children: ReactNode }) {
  const language = useLanguage();
  if (!areProblemWordsReady(language)) use(loadProblemWords(language));
  return children;
}

/** Draws what is inside once its words are there. */
import { Skeleton } from "@mantine/core";
import { type ReactNode, Suspense, use } from "react";
import { areWordsReady, loadFlowPanelWords, useLanguage } from "./words";

export function Worded({ children }: { children: ReactNode }) {
  return (
    <Suspense fallback={<Skeleton height={240} m={16} width="auto" />}>
      <Inside>{children}</Inside>
    </Suspense>
  );
}

function Inside({ children }: { children: ReactNode }) {
  const language = useLanguage();
  if (!areWordsReady(language)) use(loadFlowPanelWords(language));
  return children;
}

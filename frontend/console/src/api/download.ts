/** Save an answer of the server as a file; the browser alone would not send which business is meant. */
import { asProblem, headers, ProblemError } from "./http";

export async function download(path: string, name: string): Promise<void> {
  const response = await fetch(`/api/v1/${path}`, { headers: headers(), credentials: "same-origin" });
  if (!response.ok) throw new ProblemError(asProblem(await response.json().catch(() => null), response.status));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

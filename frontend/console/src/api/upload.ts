/** A file on its way to the server, with how far it is; fetch does not tell. */
import { asProblem, headers, ProblemError, unsafe } from "./http";

export interface Handed {
  id: string;
  name: string;
  size: number;
}

interface Upload {
  file: File;
  type: string;
  onProgress: (part: number) => void;
  signal: AbortSignal;
}

export function upload(path: string, { file, type, onProgress, signal }: Upload): Promise<Handed> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/${path}`);
    for (const [name, value] of Object.entries({ ...headers(), ...unsafe(), "Content-Type": type })) {
      request.setRequestHeader(name, value);
    }
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve(request.response as Handed);
      else reject(new ProblemError(asProblem(request.response, request.status)));
    });
    const lost = () => reject(new ProblemError({ title: "", status: 0, code: "unreachable" }));
    request.addEventListener("error", lost);
    request.addEventListener("abort", lost);
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/fonts.css";
import "./app/tokens.css";
import { DirectionProvider, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ProblemError } from "./api/http";
import { App } from "./app/App";
import { Toasts } from "./app/Toasts";
import { theme, variables } from "./app/theme";
import { startLanguages } from "./i18n";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) =>
        !(error instanceof ProblemError && error.status >= 400 && error.status < 500) && count < 2,
    },
  },
});

async function start(root: HTMLElement): Promise<void> {
  await startLanguages();
  createRoot(root).render(
    <StrictMode>
      <DirectionProvider detectDirection={false}>
        <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
          <QueryClientProvider client={client}>
            <Toasts />
            <App />
          </QueryClientProvider>
        </MantineProvider>
      </DirectionProvider>
    </StrictMode>,
  );
}

// A page of an older build asks for a part that the server no longer has: the newer build has it.
window.addEventListener("vite:preloadError", (event) => {
  if (!navigator.onLine) return;
  event.preventDefault();
  location.reload();
});

const root = document.getElementById("root");
if (root) void start(root);

// SPDX-License-Identifier: Apache-2.0
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Console } from "./app/Console";
import "./i18n";
import "antd/dist/antd.css";
import "./page.css"; // after it: ours has the last word

/** An error that React got over is told with what it was: by itself it says no more than that there was one. */
function recovered(error: unknown) {
  const cause = error instanceof Error ? error.cause : undefined;
  reportError(cause === undefined ? error : new Error(`${error} ${cause instanceof Error ? cause.stack : JSON.stringify(cause)}`));
}

createRoot(document.getElementById("root") as HTMLElement, { onRecoverableError: recovered }).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);

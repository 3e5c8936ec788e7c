// SPDX-License-Identifier: Apache-2.0
// What tests draw components with: English, a page of jsdom, and what jsdom lacks.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, configure, render } from "@testing-library/react";
import { App } from "antd";
import { type ReactNode, Suspense } from "react";
import { flushSync } from "react-dom";
import { createBrowserRouter, RouterProvider } from "react-router";
import { afterEach, beforeEach, vi } from "vitest";
import i18n from "../i18n";

configure({ asyncUtilTimeout: 30_000 }); // a machine that does much else beside is slow, and not wrong

/** Before and after each test of a file that draws. */
export function drawsPages() {
  const nobody = () => {};
  beforeEach(async () => {
    const media = { matches: false, addListener: nobody, removeListener: nobody, addEventListener: nobody, removeEventListener: nobody };
    vi.stubGlobal("matchMedia", () => media);
    vi.stubGlobal(
      "ResizeObserver",
      class {
        observe = nobody;
        unobserve = nobody;
        disconnect = nobody;
      },
    );
    window.history.replaceState(null, "", "/");
    await i18n.changeLanguage("en");
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });
}

/** A store of answers that asks nothing twice. */
export function answers(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } } });
}

/** Draws something as a page of the console is drawn. */
export function draw(what: ReactNode, queries: QueryClient = answers()) {
  const router = createBrowserRouter([{ path: "*", element: <Suspense>{what}</Suspense> }]);
  render(
    <QueryClientProvider client={queries}>
      <App>
        <RouterProvider router={router} flushSync={(change) => void flushSync(change)} />
      </App>
    </QueryClientProvider>,
  );
}

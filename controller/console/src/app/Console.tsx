// SPDX-License-Identifier: Apache-2.0
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App, ConfigProvider, theme } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import "dayjs/locale/zh-cn";
import { useTranslation } from "react-i18next";
import { RouterProvider } from "react-router";
import { guardWith, type Problem } from "../api/client";
import { useDark } from "./preferences";
import { router } from "./routes";

const RETRIES = 2;

/** What is asked again by itself: only what may answer the next time. */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < RETRIES && [502, 503, 504].includes((error as unknown as Problem).status),
      refetchOnWindowFocus: true,
    },
  },
});

guardWith({
  signedOut: () => {
    const { pathname, search } = router.state.location;
    if (pathname.startsWith("/sign-in")) return;
    queries.clear();
    void router.navigate(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
  },
  passwordRequired: () => void router.navigate("/password"),
});

/** The whole page: language, look, what is known of the controller, and the place that is shown. */
export function Console() {
  const { i18n } = useTranslation();
  const dark = useDark();
  return (
    <QueryClientProvider client={queries}>
      <ConfigProvider
        locale={i18n.resolvedLanguage === "en" ? en : zh}
        theme={{
          algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
          token: { colorPrimary: "#0f766e", colorInfo: "#0f766e", colorLink: dark ? "#2dd4bf" : "#0f766e", borderRadius: 6 },
        }}
      >
        <App>
          <RouterProvider router={router} />
        </App>
      </ConfigProvider>
    </QueryClientProvider>
  );
}

// SPDX-License-Identifier: Apache-2.0
import { QueryClientProvider } from "@tanstack/react-query";
import { App, ConfigProvider, theme } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import "dayjs/locale/zh-cn";
import { flushSync } from "react-dom";
import { useTranslation } from "react-i18next";
import { RouterProvider } from "react-router";
import { guardWith } from "../api/client";
import { still, useDark } from "./preferences";
import { BASE, paths } from "./paths";
import { queries } from "./queries";
import { router } from "./routes";

/** The look's own colours; words have a contrast of 4.5 at least with what is behind them (WCAG AA). */
const ON_LIGHT = {
  colorPrimary: "#0f766e",
  colorInfo: "#0f766e",
  colorLink: "#0f766e",
  colorPrimaryBg: "#e3f3f0",
  colorInfoBg: "#e3f3f0",
  colorPrimaryBgHover: "#cfeae5",
  controlItemBgActive: "#e3f3f0",
  controlItemBgActiveHover: "#cfeae5",
  colorError: "#d4232b",
  colorSuccess: "#26760f",
};
const ON_DARK = {
  colorPrimary: "#0f766e",
  colorInfo: "#0f766e",
  colorLink: "#2dd4bf",
  colorLinkHover: "#5eead4",
  colorLinkActive: "#99f6e4",
  colorError: "#ff8589",
};

guardWith({
  signedOut: () => {
    const { pathname, search } = router.state.navigation.location ?? router.state.location; // where the page is, or is on its way to
    const place = pathname.slice(BASE.length);
    if (place.startsWith(paths.signIn)) return;
    // What is known goes with the page: it would be asked for anew by one that is still there, and refused again.
    void router.navigate(`${paths.signIn}?next=${encodeURIComponent(place + search)}`).then(() => queries.clear());
  },
  passwordRequired: () => void router.navigate("/password"),
});

/** Quiet words, still dark enough to be read by all (WCAG AA); Ant Design's own are not. */
function legible(dark: boolean) {
  const quiet = dark ? "rgba(255, 255, 255, 0.7)" : "rgba(0, 0, 0, 0.65)";
  const faint = dark ? "rgba(255, 255, 255, 0.6)" : "rgba(0, 0, 0, 0.58)";
  const quiets = { colorTextSecondary: quiet, colorTextTertiary: quiet, colorTextDescription: quiet, colorTextPlaceholder: faint };
  const grounds = {
    colorInfoBg: "#e8f5f3",
    colorInfoBorder: "#9fd6ce",
    colorWarningBg: "#fffbe6",
    colorWarningBorder: "#ffe58f",
    colorErrorBg: "#fff2f0",
    colorErrorBorder: "#ffccc7",
    colorSuccessBg: "#eef7ea",
    colorSuccessBorder: "#b7dba8",
  };
  return dark ? { ...quiets, colorError: "#ff7875" } : { ...quiets, ...grounds, colorError: "#cf1322", colorWarning: "#a04608" };
}

/** The whole page: language, look, what is known of the controller, and the place that is shown. */
export function Console() {
  const { i18n } = useTranslation();
  const dark = useDark();
  return (
    <QueryClientProvider client={queries}>
      <ConfigProvider
        locale={i18n.resolvedLanguage === "en" ? en : zh}
        theme={{
          zeroRuntime: true, // antd.css has the rules; made in the browser they took a third of the time until a page stood
          hashed: false, // that file knows no hash
          algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
          token: { ...(dark ? ON_DARK : ON_LIGHT), ...legible(dark), borderRadius: 6, motion: !still() },
          components: {
            ...(dark && {
              Tabs: { itemSelectedColor: "#2dd4bf", inkBarColor: "#2dd4bf" },
              Button: { dangerColor: "#141414", defaultHoverColor: "#5eead4", defaultActiveColor: "#99f6e4" },
              Radio: { colorPrimary: "#2dd4bf", colorPrimaryHover: "#5eead4" }, // the chosen one of a row is written in it
            }),
            Menu: dark
              ? { itemSelectedBg: "#134e4a", itemSelectedColor: "#99f6e4", subMenuItemSelectedColor: "#99f6e4" }
              : { itemSelectedBg: "#d5efeb", itemSelectedColor: "#0b5750" },
          },
        }}
      >
        <App>
          <RouterProvider router={router} flushSync={(change) => void flushSync(change)} />
        </App>
      </ConfigProvider>
    </QueryClientProvider>
  );
}

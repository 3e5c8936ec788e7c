// SPDX-License-Identifier: Apache-2.0
import i18next from "i18next";
import LanguageDetector from "i18next-browser-languagedetector";
import { initReactI18next } from "react-i18next";
import en from "./en";
import zh from "./zh-CN";

/** The languages of the page, by their tags; each names itself. */
export const LANGUAGES = { "zh-CN": "简体中文", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

/** The one that is spoken now. */
export function language(): Language {
  return i18next.resolvedLanguage === "en" ? "en" : "zh-CN";
}

void i18next
  .use(LanguageDetector)
  .use(initReactI18next)
  .init({
    resources: { en, "zh-CN": zh },
    supportedLngs: Object.keys(LANGUAGES),
    fallbackLng: { zh: ["zh-CN"], default: ["en"] }, // not a function: i18next keeps the way to the words of the others alone
    nonExplicitSupportedLngs: false,
    defaultNS: "common",
    detection: { order: ["localStorage", "navigator"], lookupLocalStorage: "slipway.language", caches: ["localStorage"] },
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
    saveMissing: true, // a word that is not there is a fault, unless the place has one of its own to show
    missingKeyHandler: (_languages, namespace, key, _shown, _update, options) => {
      if (options?.defaultValue === undefined) console.error(`no words for ${namespace}:${key}`);
    },
  });

i18next.on("languageChanged", (code) => {
  document.documentElement.lang = code;
});
document.documentElement.lang = language();

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: typeof en;
  }
}

export default i18next;

// SPDX-License-Identifier: Apache-2.0
import i18next from "eslint-plugin-i18next";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts", "*.js", "vite.config.ts"] },
  ...tseslint.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { i18next },
    rules: {
      // What a person reads comes from src/i18n, in both languages.
      "i18next/no-literal-string": [
        "error",
        {
          mode: "jsx-only",
          "jsx-attributes": {
            include: ["title", "label", "placeholder", "alt", "aria-label", "description", "message", "okText", "cancelText", "extra", "tooltip", "help"],
          },
          callees: { exclude: ["t", "common", "i18n(ext)?", "require", "language"] },
          words: { exclude: ["[0-9!-/:-@[-`{-~\\s·–—…×→≤≥]+", "Slipway", "YAML", "CSV", "kubectl", "vCPU", "GiB", "MiB"] },
        },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  { files: ["src/**/*.test.{ts,tsx}"], rules: { "i18next/no-literal-string": "off" } },
);

// SPDX-License-Identifier: Apache-2.0
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { antdRules } from "./antd_rules";

// `npm run dev` serves the page from its sources before the controller at $SLIPWAY (https://127.0.0.1:8443 by default).
const controller = process.env.SLIPWAY ?? "https://127.0.0.1:8443";

export default defineConfig({
  plugins: [react(), antdRules()],
  base: "/",
  build: {
    outDir: "dist",
    target: "es2022",
    assetsInlineLimit: 0, // data: addresses stay out of the page's policy
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: { entryFileNames: "assets/[name]-[hash].js", chunkFileNames: "assets/[name]-[hash].js", assetFileNames: "assets/[name]-[hash][extname]" },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": {
        target: controller,
        changeOrigin: true,
        secure: false,
        ws: true,
        configure: (proxy) => {
          proxy.on("proxyReq", (request) => request.setHeader("Origin", controller));
          proxy.on("proxyReqWs", (request) => request.setHeader("Origin", controller));
        },
      },
    },
  },
  // a machine that does much else beside is slow, and not wrong
  test: { testTimeout: 60_000, environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], globals: false },
});

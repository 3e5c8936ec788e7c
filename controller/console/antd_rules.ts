// SPDX-License-Identifier: Apache-2.0
import type { Plugin } from "vite";
import { parseAst } from "vite";

/** Ant Design's functions that are told a component's rules; the second argument makes them. */
const MAKERS = new Set(["genStyleHooks", "genComponentStyleHook", "genSubStyleComponent"]);

/** Components that no page has, by folder, and the class that their rules begin with. */
const ABSENT: Record<string, string> = {
  anchor: "anchor",
  avatar: "avatar",
  "back-top": "back-top",
  calendar: "picker-calendar",
  carousel: "carousel",
  cascader: "cascader",
  "color-picker": "color-picker",
  "float-button": "float-btn",
  image: "image",
  list: "list",
  masonry: "masonry",
  mentions: "mentions",
  "qr-code": "qrcode",
  rate: "rate",
  splitter: "splitter",
  statistic: "statistic",
  timeline: "timeline",
  tour: "tour",
  transfer: "transfer",
  "tree-select": "tree-select",
};

interface Node {
  type: string;
  start: number;
  end: number;
}
type Call = Node & { callee: Node & { name?: string }; arguments: Node[] };

/** The calls of makers within a part of a syntax tree. */
function callsIn(part: unknown, found: Call[] = []): Call[] {
  if (Array.isArray(part)) for (const one of part) callsIn(one, found);
  else if (part && typeof part === "object") {
    const node = part as Call;
    if (node.type === "CallExpression" && MAKERS.has(node.callee.name ?? "")) found.push(node);
    else for (const one of Object.values(part)) callsIn(one, found);
  }
  return found;
}

/**
 * The page takes Ant Design's rules from antd.css (`zeroRuntime`). This leaves out of its scripts what would make them in the browser, and
 * out of that file the rules of components that no page has; it fails where one has come in.
 */
export function antdRules(): Plugin {
  // `.css-var-_R_…` has the default theme's tokens for a page that a server has drawn.
  const needless = new RegExp(`^\\.(css-var-_R_|ant-(${Object.values(ABSENT).join("|")})(?![a-z]))`);
  let emptied = 0;
  return {
    name: "antd-rules",
    apply: "build",
    config: () => ({
      css: {
        postcss: {
          plugins: [
            {
              postcssPlugin: "antd-rules",
              Rule(rule) {
                const kept = rule.selectors.filter((selector) => !needless.test(selector));
                if (kept.length === 0) rule.remove();
                else if (kept.length < rule.selectors.length) rule.selectors = kept;
              },
            },
          ],
        },
      },
    }),
    transform: {
      filter: { id: /\/antd\/es\/.*\/style\b.*\.js$/ },
      handler(code) {
        let text = code;
        for (const { arguments: given } of callsIn(parseAst(code)).reverse()) {
          const [, rules] = given;
          if (!rules) continue;
          text = `${text.slice(0, rules.start)}() => []${text.slice(rules.end)}`;
          ++emptied;
        }
        return text === code ? null : { code: text, map: null };
      },
    },
    generateBundle(_, bundle) {
      if (emptied === 0) this.error("antd_rules.ts: Ant Design's makers of rules have other names now, or stand elsewhere");
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const [id, { renderedLength }] of Object.entries(chunk.modules)) {
          const component = /\/antd\/es\/([^/]+)\/style\//.exec(id)?.[1] ?? "";
          if (component in ABSENT && renderedLength > 0) this.error(`antd_rules.ts: ${component} is in use now: take it out of ABSENT`);
        }
      }
    },
  };
}

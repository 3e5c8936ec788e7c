// SPDX-License-Identifier: Apache-2.0
// YAML → values, as the controller reads a manifest (protocol/manifest): a plain scalar means the same to both.
import { LineCounter, parseAllDocuments, visit } from "yaml";
import type { Value } from "./write_yaml";

export type Step = string | number;

/** Lines and columns count from 1. */
export interface Place {
  line: number;
  column: number;
}

export interface ReadDocument {
  value: Value;
  /** Where a part of it stands; what is not there: the nearest that it would be in. */
  placeOf: (path: Step[]) => Place;
}

export type Reading = { documents: ReadDocument[] } | { unread: Place & { message: string } };

const TRUE = /^(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NULL = /^(|~|null|Null|NULL)$/;
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;

function integer(text: string): number | undefined {
  const [, sign, digits] = /^([-+]?)(.*)$/.exec(text) ?? [];
  const bases: [RegExp, number][] = [
    [/^0[xX]([0-9a-fA-F]+)$/, 16],
    [/^0[bB]([01]+)$/, 2],
    [/^0[oO]?([0-7]+)$/, 8],
    [/^(0|[1-9]\d*)$/, 10],
  ];
  for (const [form, base] of bases) {
    const found = form.exec(digits);
    if (found) return Number.parseInt(found[1], base) * (sign === "-" ? -1 : 1);
  }
  return undefined;
}

/** What a scalar without quotes means: 0644 is 420, yes is true. */
export function plainScalar(text: string): Value {
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  const bare = text.startsWith(".") ? text : text.replaceAll("_", "");
  return /^[-+.\d]/.test(text) ? (integer(bare) ?? (FLOAT.test(bare) ? Number(bare) : text)) : text;
}

/** The documents of a text that are not empty, or what is wrong with it. */
export function readYaml(text: string): Reading {
  const lines = new LineCounter();
  const read = parseAllDocuments(text, { schema: "failsafe", lineCounter: lines, prettyErrors: false });
  const documents: ReadDocument[] = [];
  for (const document of Array.isArray(read) ? read : []) {
    const [error] = document.errors;
    if (error) {
      const { line, col } = lines.linePos(error.pos[0]);
      return { unread: { line, column: col, message: error.message } };
    }
    visit(document, {
      Scalar: (_, scalar) => {
        if (scalar.type === "PLAIN" && !scalar.tag) scalar.value = plainScalar(scalar.source ?? "");
      },
    });
    let value: Value;
    try {
      value = document.toJS({ maxAliasCount: 100 }) as Value;
    } catch (why) {
      return { unread: { line: 1, column: 1, message: String((why as Error).message) } };
    }
    if (value === null || value === undefined) continue;
    documents.push({
      value,
      placeOf: (path) => {
        for (let depth = path.length; depth >= 0; depth -= 1) {
          const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
          const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
          if (range) {
            const { line, col } = lines.linePos(range[0]);
            return { line, column: col };
          }
        }
        return { line: 1, column: 1 };
      },
    });
  }
  return { documents };
}

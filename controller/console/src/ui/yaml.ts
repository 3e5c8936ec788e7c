// SPDX-License-Identifier: Apache-2.0

/** What stands first in Kubernetes' objects, by custom. */
const FIRST = ["apiVersion", "kind", "metadata", "type", "name", "namespace", "labels", "annotations", "spec", "data", "status"];

function rank(key: string): number {
  const at = FIRST.indexOf(key);
  return at < 0 ? FIRST.length : at;
}

/** Words that YAML 1.1 or 1.2 would read as something else than text. */
const SPECIAL = /^(~|null|true|false|yes|no|on|off|y|n|[-+]?(\.inf|\.nan)|[-+]?[0-9][0-9_,.:eExXobB+a-fA-F-]*|[-+]?\.[0-9].*|=|<<)$/i;
/** What may stand without quotes: it begins with no indicator, and has none inside that means something there. */
const PLAIN = /^[A-Za-z0-9_./\\$(%+][^\n\r\t{}[\],&*!|>'"`]*$/;
const MEANS_SOMETHING = /\s#|:(\s|$)/;

function scalar(text: string): string {
  return PLAIN.test(text) && !SPECIAL.test(text) && !MEANS_SOMETHING.test(text) && text.trim() === text ? text : JSON.stringify(text);
}

/** Long texts of printable lines are blocks; all else is one line. */
function isBlock(text: string): boolean {
  return text.includes("\n") && !/[\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029]/.test(text) && !/^[\s]/.test(text) && !/[ \t]\n|\n\n$/.test(text);
}

function empty(value: object): boolean {
  return Object.values(value).every((one) => one === undefined);
}

function lines(value: unknown, indent: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((one) => {
      const [first, ...rest] = node(one, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  const entries = Object.entries(value as Record<string, unknown>).filter(([, one]) => one !== undefined);
  entries.sort(([a], [b]) => rank(a) - rank(b));
  return entries.flatMap(([key, one]) => {
    const name = `${indent}${scalar(key)}:`;
    if (typeof one === "object" && one !== null && !empty(one)) {
      return [name, ...lines(one, Array.isArray(one) ? indent : `${indent}  `)];
    }
    const [first, ...rest] = node(one, `${indent}  `);
    return [`${name} ${first.trimStart()}`, ...rest];
  });
}

/** A value that begins on the line where it is told. */
function node(value: unknown, indent: string): string[] {
  if (value === null || value === undefined) return ["null"];
  if (typeof value === "string") {
    if (!isBlock(value)) return [scalar(value)];
    const ends = value.endsWith("\n");
    const body = ends ? value.slice(0, -1) : value;
    return [ends ? "|" : "|-", ...body.split("\n").map((line) => (line ? indent + line : ""))];
  }
  if (typeof value !== "object") return [String(value)];
  if (Array.isArray(value) ? value.length === 0 : empty(value)) return [Array.isArray(value) ? "[]" : "{}"];
  return lines(value, indent);
}

/** A JSON value as YAML, its fields in the order that people expect of Kubernetes' objects. */
export function toYaml(value: unknown): string {
  return `${node(value, "").join("\n")}\n`;
}

// SPDX-License-Identifier: Apache-2.0
// Objects as YAML, in the way of kubectl. What is written here every parser of YAML 1.1 and 1.2 reads as the same.

export type Value = null | boolean | number | bigint | string | Value[] | { [key: string]: Value };

/** JSON whose whole numbers stay as they are, also beyond 2^53. */
export function parseJson(text: string): Value {
  return JSON.parse(text, function exact(this: unknown, _key: string, value: unknown, context?: { source: string }) {
    const isLong = typeof value === "number" && !Number.isSafeInteger(value) && context !== undefined && /^-?\d+$/.test(context.source);
    return isLong ? BigInt(context.source) : value;
  } as (key: string, value: unknown) => unknown) as Value;
}

const NUMBERS = [
  /^[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-f_]+)$/i,
  /^[-+]?([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9_]+)([eE][-+]?[0-9]+)?$/,
  /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/,
  /^([-+]?\.inf|\.nan)$/i,
];
const TIMESTAMP = /^\d{4}-\d\d?-\d\d?([Tt\s].*)?$/;
const WORD = /^(y|yes|n|no|true|false|on|off|null|~|<<|=)$/i;
const BEGINS_OTHERWISE = /^([\s,[\]{}#&*!|>'"%@`=<]|[-?:](\s|$)|---|\.\.\.)/;
const HALF_A_PAIR = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

const isPrintable = (text: string) => !CONTROL.test(text) && !HALF_A_PAIR.test(text);

function isPlain(text: string): boolean {
  if (text === "" || /\s$/.test(text) || /[\n\r\t]/.test(text) || !isPrintable(text)) return false;
  if (BEGINS_OTHERWISE.test(text) || /:(\s|$)/.test(text) || /\s#/.test(text)) return false;
  return !NUMBERS.some((form) => form.test(text)) && !TIMESTAMP.test(text) && !WORD.test(text);
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const inLine = (text: string) => (isPlain(text) ? text : quoted(text));

/** Several lines as they stand; undefined where that cannot be told exactly. */
function block(text: string, indent: string): string | undefined {
  if (!text.includes("\n") || text.includes("\r") || !isPrintable(text) || /^[\s]/.test(text)) return undefined;
  const trailing = /\n*$/.exec(text)?.[0].length ?? 0;
  if (trailing === text.length) return undefined;
  const chomp = trailing === 0 ? "-" : trailing === 1 ? "" : "+";
  const lines = text.slice(0, trailing > 0 ? -1 : undefined).split("\n");
  return `|${chomp}\n${lines.map((line) => (line === "" ? "" : indent + line)).join("\n")}`;
}

const isEmpty = (value: object) => (Array.isArray(value) ? value : Object.keys(value)).length === 0;

/** What stands behind "key:" or "-": on the same line, or below it. */
function entry(value: Value, indent: string, inList: boolean): string {
  if (typeof value === "string") return ` ${block(value, `${indent}  `) ?? inLine(value)}`;
  if (value === null || typeof value !== "object") return ` ${String(value)}`;
  if (isEmpty(value)) return Array.isArray(value) ? " []" : " {}";
  if (inList) return ` ${write(value, `${indent}  `).trimStart()}`;
  return `\n${write(value, Array.isArray(value) ? indent : `${indent}  `)}`;
}

function write(value: object, indent: string): string {
  if (Array.isArray(value)) return value.map((item: Value) => `${indent}-${entry(item, indent, true)}`).join("\n");
  return Object.entries(value as Record<string, Value>)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${indent}${inLine(key)}:${entry(item, indent, false)}`)
    .join("\n");
}

const FIRST = ["apiVersion", "kind", "metadata"];

/** An object as a YAML text: apiVersion, kind and metadata first, status last, all else in its own order. */
export function writeYaml(value: Value): string {
  if (value === null || typeof value !== "object") return `${entry(value, "", true).trimStart()}\n`;
  if (isEmpty(value)) return Array.isArray(value) ? "[]\n" : "{}\n";
  if (Array.isArray(value)) return `${write(value, "")}\n`;
  const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) : key === "status" ? FIRST.length + 1 : FIRST.length);
  const sorted = Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b)));
  return `${write(sorted, "")}\n`;
}

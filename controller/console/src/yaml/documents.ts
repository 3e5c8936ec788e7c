// SPDX-License-Identifier: Apache-2.0

/** The server takes no more at once. */
export const MOST_BYTES = 700 << 10;

/** Documents of a text that are not empty. */
export function documentCount(text: string): number {
  return text
    .split(/^---(?:\s.*)?$/m)
    .filter((one) => one.split("\n").some((line) => line.trim() !== "" && !line.trimStart().startsWith("#") && line.trim() !== "...")).length;
}

/** Texts behind each other, as documents of one. */
export function joinDocuments(texts: string[]): string {
  const whole = texts
    .map((text) =>
      text
        .replace(/^\ufeff/, "")
        .replace(/\r\n?/g, "\n")
        .replace(/\s+$/, ""),
    )
    .filter((text) => text !== "");
  return whole.map((text, at) => (at > 0 && !/^---(\s|$)/.test(text) ? `---\n${text}\n` : `${text}\n`)).join("");
}

// SPDX-License-Identifier: Apache-2.0
import Papa from "papaparse";

/** Rows as RFC 4180 has them. What a spreadsheet would take for a formula is kept a text. */
export function csv(titles: string[], rows: (string | number)[][]): string {
  return Papa.unparse([titles, ...rows], { escapeFormulae: true }) + "\r\n";
}

/** Gives the reader a file of `text`. */
export function saveText(file: string, text: string, type: string) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = file;
  link.click();
  URL.revokeObjectURL(address);
}

/** Gives the reader a CSV file; it begins with a mark by which spreadsheets know UTF-8. */
export function saveCsv(name: string, titles: string[], rows: (string | number)[][]) {
  saveText(`${name}.csv`, `\ufeff${csv(titles, rows)}`, "text/csv;charset=utf-8");
}

// SPDX-License-Identifier: Apache-2.0

/** Lets the browser write a log to a file itself: it may be larger than a page can hold. */
export function saveLog(address: string, file: string) {
  const link = document.createElement("a");
  link.href = address;
  link.download = file;
  link.click();
}

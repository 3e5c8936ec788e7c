// SPDX-License-Identifier: Apache-2.0
// Why a WebSocket is refused (openapi.yaml, tag terminal). A page may not read the answer to that, so that one that offers
// this protocol beside its own gets a socket with it instead, which is closed at once: the close says status and words.

export const REFUSAL_PROTOCOL = "slipway.refusal.v1";

const CODES = 4000;

export interface Refusal {
  /** That the answer would have had. */
  status: number;
  words: string;
}

/** What a socket's close says of a refusal; undefined: it was cut off, or ended in good order. */
export function refusalIn({ code, reason }: { code: number; reason: string }): Refusal | undefined {
  const status = code - CODES;
  return status >= 400 && status <= 599 ? { status, words: reason } : undefined;
}

/** Whether it may be otherwise soon: then there is sense in coming back. */
export const passes = ({ status }: { status: number }): boolean => [429, 502, 503, 504].includes(status);

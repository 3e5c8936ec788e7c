// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { csv } from "./csv";

describe("csv", () => {
  it("quotes what would end a cell", () => {
    expect(
      csv(
        ["a", "b"],
        [
          ['say "hi"', "x,y"],
          ["two\nlines", 3],
        ],
      ),
    ).toBe('a,b\r\n"say ""hi""","x,y"\r\n"two\nlines",3\r\n');
  });
  it("makes no formula of a user's text", () => {
    expect(csv(["a"], [["=1+1"], ["-2"], [-2]])).toBe('a\r\n"\'=1+1"\r\n"\'-2"\r\n-2\r\n');
  });
});

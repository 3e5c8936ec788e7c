// SPDX-License-Identifier: Apache-2.0

/** "spec.containers[0].name" as its steps. */
function stepsOf(field: string): (string | number)[] {
  const all = field.matchAll(/\[(\d+)\]|\["?([^"\]]+)"?\]|([^.[\]]+)/g);
  return [...all].map(([, index, quoted, name]) => (index !== undefined ? Number(index) : (quoted ?? name)));
}

const LINE = /^(\s*)((?:- +)*)(?:"([^"]+)"|'([^']+)'|([^\s"'#:][^:#]*?))?\s*(?::(?=\s|$)|$)/;

interface Level {
  indent: number;
  /** A key, or the number of an item. */
  step: string | number;
}

/**
 * Where a field stands in a document in block style that begins at line `from` (from 1): the line of as much of it as is
 * there. A text in flow style is known by its nearest line.
 */
export function fieldPlace(text: string, from: number, field: string): { line: number; column: number } {
  const wanted = stepsOf(field);
  const lines = text.split("\n");
  let best = { line: from, column: 1, depth: 0 };
  let stack: Level[] = [];
  for (let at = from - 1; at < lines.length; at += 1) {
    const line = lines[at];
    if (at > from - 1 && /^---(\s|$)/.test(line)) break;
    if (/^\s*(#|$)/.test(line) || /^---/.test(line)) continue;
    const [, spaces, dashes, ...names] = LINE.exec(line) ?? ["", /^\s*/.exec(line)?.[0] ?? "", ""];
    let indent = spaces.length;
    for (const dash of dashes.match(/- +/g) ?? []) {
      // A list may stand as deep as its key: what ends here is deeper, or the item before.
      stack = stack.filter((level) => level.indent <= indent);
      const before = stack.at(-1);
      const isNext = before?.indent === indent && typeof before.step === "number";
      if (isNext) stack.pop();
      stack.push({ indent, step: isNext ? (before.step as number) + 1 : 0 });
      indent += dash.length;
    }
    const key = names.find((name) => name !== undefined);
    if (dashes === "") stack = stack.filter((level) => level.indent < indent);
    if (key !== undefined) stack.push({ indent, step: key });
    const path = stack.map(({ step }) => step);
    let depth = 0;
    while (depth < path.length && depth < wanted.length && path[depth] === wanted[depth]) depth += 1;
    if (depth > best.depth) best = { line: at + 1, column: indent + 1, depth };
    if (depth === wanted.length) break;
  }
  return { line: best.line, column: best.column };
}

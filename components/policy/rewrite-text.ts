import { type Document, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from "yaml";
import type { PolicyDocument } from "#lib/policy/document.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import { parsePolicy } from "#lib/policy/parse.ts";

/**
 * The text with `after` as its document: only what differs is written anew, so comments, order and
 * spelling of everything else stay (but for spaces inside brackets). Reading the result gives `after`.
 */
export function rewritePolicy(text: string, after: PolicyDocument): string {
  const wanted = formatPolicy(after, "yaml");
  if (!parsePolicy(text).ok) return wanted;
  const source = parseDocument(text);
  const target = parseDocument(wanted);
  const [from, to] = [source.contents, target.contents];
  if (from === null || to === null) return wanted;
  mergeNode(from as Node, to as Node, { source, target }); // a parsed document holds nodes only
  const rewritten = source.toString({ lineWidth: 0 });
  const read = parsePolicy(rewritten);
  return read.ok && formatPolicy(read.document, "yaml") === wanted ? rewritten : wanted;
}

interface Documents {
  source: Document;
  target: Document;
}

/** What stands in the place of `from` so that it says what `to` says. */
function mergeNode(from: Node, to: Node, documents: Documents): Node {
  if (isSame(from, to, documents)) return from;
  if (isMap(from) && isMap(to)) {
    const present = new Map(from.items.map((pair) => [keyOf(pair), pair]));
    if (from.items.length === 0) from.flow = to.flow === true;
    const wanted = to.items.map((pair) => {
      const old = present.get(keyOf(pair));
      if (old === undefined) return pair;
      old.value = mergeNode(old.value as Node, pair.value as Node, documents); // parsed: nodes
      return old;
    });
    const kept = from.items.filter((pair) => wanted.includes(pair));
    from.items = placed(kept, wanted);
    return from;
  }
  if (isSeq(from) && isSeq(to)) {
    const left = [...from.items] as Node[]; // parsed: nodes
    const isAligned = left.length === to.items.length;
    from.items = (to.items as Node[]).map((item, index) => {
      const equal = left.find((each) => isSame(each, item, documents));
      if (equal !== undefined) return equal;
      const before = left[index];
      return isAligned && before !== undefined ? mergeNode(before, item, documents) : item;
    });
    return from;
  }
  to.comment = from.comment ?? null;
  to.commentBefore = from.commentBefore ?? null;
  return to;
}

/** Old pairs in their own order, each new one behind the pair it follows in the standard order. */
function placed(kept: Pair[], wanted: readonly Pair[]): Pair[] {
  const result = [...kept];
  for (const [index, pair] of wanted.entries()) {
    if (result.includes(pair)) continue;
    const previous = wanted[index - 1];
    result.splice(previous === undefined ? 0 : result.indexOf(previous) + 1, 0, pair);
  }
  return result;
}

function keyOf({ key }: Pair): unknown {
  return isScalar(key) ? key.value : key;
}

function isSame(from: Node, to: Node, { source, target }: Documents): boolean {
  return JSON.stringify(from.toJS(source)) === JSON.stringify(to.toJS(target));
}

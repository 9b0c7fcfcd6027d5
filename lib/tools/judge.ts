import type { Transaction } from "#lib/db.ts";
import { classificationOf, type ReadDefinition } from "./definition.ts";
import { isOfTwins } from "./digest.ts";
import { factsOf } from "./facts.ts";
import { isHarmless } from "./harmless.ts";
import type { Recorded, ServerKey, ToolRecord } from "./record.ts";
import { reviewDefinition } from "./review.ts";

/**
 * Classifies what one discovery found and tells what of it is harmless. It remembers its answers, so that
 * what was judged before the org was locked need not be judged again while its calls wait.
 */
export class Judge {
  readonly #classified = new Map<string, ReturnType<typeof classificationOf>>();
  readonly #harmless = new Map<string, boolean>();
  /** Accepted definitions, by tool and digest. */
  readonly #standing = new Map<string, unknown>();

  classify({ name, definition }: ReadDefinition, trusted: boolean) {
    return remembered(this.#classified, `${trusted} ${name}`, () =>
      classificationOf(definition, trusted),
    );
  }

  /** @param before what is accepted now; null when nothing is. To be fetched first. */
  isHarmless(before: Recorded | null, { name, definition, digest }: ReadDefinition): boolean {
    if (isOfTwins(digest)) return false;
    if (before === null) {
      return remembered(this.#harmless, name, () => isHarmless(null, definition));
    }
    const standing = this.#standing.get(versionOf(before));
    if (standing === undefined) return false;
    const facts = factsOf(before);
    const key = `${versionOf(before)} ${facts.category} ${facts.riskClass}`;
    return remembered(this.#harmless, key, () =>
      isHarmless({ definition: standing, facts }, definition),
    );
  }

  /** Reads the accepted definitions that what was seen has to be held against and that it has not. */
  async fetch(
    client: Transaction,
    key: ServerKey,
    { acceptsHarmless, recorded }: ToolRecord,
    seen: ReadonlyMap<string, ReadDefinition>,
  ): Promise<void> {
    if (!acceptsHarmless) return;
    const missing = recorded.filter((tool) => {
      const read = seen.get(tool.name);
      const isChanged = read !== undefined && reviewDefinition(tool, read).kind === "hold";
      return isChanged && !this.#standing.has(versionOf(tool));
    });
    if (missing.length === 0) return;
    const stored = await client.tool.findMany({
      where: { ...key, id: { in: missing.map(({ id }) => id) } },
      select: { id: true, digest: true, definition: true },
    });
    for (const { definition, ...tool } of stored) this.#standing.set(versionOf(tool), definition);
  }
}

function versionOf({ id, digest }: Pick<Recorded, "id" | "digest">): string {
  return `${id} ${digest}`;
}

function remembered<Answer>(
  answers: Map<string, Answer>,
  key: string,
  judge: () => Answer,
): Answer {
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = judge();
  answers.set(key, answer);
  return answer;
}

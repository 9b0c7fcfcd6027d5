import fc from "fast-check";

/** How long a promise is tried. */
export interface Effort {
  numRuns: number;
  /** Chooses every input, so that a failure can be repeated. */
  seed: number;
}

/** Something that holds for every input. */
export interface Property {
  title: string;
  /** @throws Error with the smallest input for which it does not hold */
  hold(effort: Effort): Promise<void>;
}

/** A property over inputs of these kinds; `holds` throws when one does not hold. */
export function forAll<Inputs extends [unknown, ...unknown[]]>(
  title: string,
  inputs: { [At in keyof Inputs]: fc.Arbitrary<Inputs[At]> },
  holds: (...values: Inputs) => void,
): Property {
  return { title, hold: async (effort) => fc.assert(fc.property(...inputs, holds), effort) };
}

/** The same for what takes time. */
export function forAllLater<Inputs extends [unknown, ...unknown[]]>(
  title: string,
  inputs: { [At in keyof Inputs]: fc.Arbitrary<Inputs[At]> },
  holds: (...values: Inputs) => Promise<void>,
): Property {
  return { title, hold: (effort) => fc.assert(fc.asyncProperty(...inputs, holds), effort) };
}

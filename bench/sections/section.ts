import type { Effort } from "../compare.ts";
import type { Report } from "../print.ts";
import type { World } from "../world.ts";

/** One part of the benchmark; `say` reports progress. */
export type Section = (
  world: World,
  effort: Effort,
  say: (line: string) => void,
) => Promise<Report>;

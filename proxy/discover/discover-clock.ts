import type { UpstreamFailure } from "#proxy/upstream/types.ts";
import { trouble } from "./discover-ask.ts";

const usualTotalMilliseconds = 60_000;

interface Limits {
  answerMilliseconds: number;
  totalMilliseconds?: number;
}

/** The time there is for all questions, whatever a server makes of each. */
export class Clock {
  readonly #answerMilliseconds: number;
  readonly #totalMilliseconds: number;
  readonly #end: number;

  constructor({ answerMilliseconds, totalMilliseconds = usualTotalMilliseconds }: Limits) {
    this.#answerMilliseconds = answerMilliseconds;
    this.#totalMilliseconds = totalMilliseconds;
    this.#end = performance.now() + totalMilliseconds;
  }

  /** What the next question may take; milliseconds. @throws {UpstreamTrouble} when nothing is left */
  left(): number {
    const left = Math.ceil(this.#end - performance.now());
    if (left <= 0) throw trouble(this.#failure());
    return Math.min(this.#answerMilliseconds, left);
  }

  /** An answer that came too late for all of them was not slow by itself. */
  failureOf(failure: UpstreamFailure): UpstreamFailure {
    const isOver = performance.now() >= this.#end;
    return isOver && failure.code === "timeout" ? { ...failure, ...this.#failure() } : failure;
  }

  #failure(): Omit<UpstreamFailure, "bytesSent"> {
    const seconds = this.#totalMilliseconds / 1_000;
    const time = `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
    const message = `Reading the tools took longer than ${time} altogether.`;
    return {
      code: "timeout",
      message,
      fix: "Look into the server's log, then try again.",
    };
  }
}

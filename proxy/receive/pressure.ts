import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";

/** `high`: what lasts (sessions, streams) is refused. `critical`: so is everything else. */
export type Pressure = "normal" | "high" | "critical";

export interface PressureReading {
  /** Used share of the JavaScript heap, and of the memory the container may use; 0 to 1. */
  heapShare: number;
  memoryShare: number;
  /** Median delay of the event loop in the last second. */
  loopDelayMilliseconds: number;
}

const highShare = 0.85;
const criticalShare = 0.92;

/**
 * Where a reading stands. Twice the acceptable loop delay is critical.
 * @param maxLoopDelayMilliseconds the acceptable median delay
 */
export function pressureOf(reading: PressureReading, maxLoopDelayMilliseconds: number): Pressure {
  const share = Math.max(reading.heapShare, reading.memoryShare);
  const delay = reading.loopDelayMilliseconds / maxLoopDelayMilliseconds;
  if (share >= criticalShare || delay >= 2) return "critical";
  return share >= highShare || delay >= 1 ? "high" : "normal";
}

/** Reads memory and event loop once a second. */
export function watchPressure(maxLoopDelayMilliseconds: number): {
  level(): Pressure;
  stop(): void;
} {
  const delays = monitorEventLoopDelay({ resolution: 20 });
  delays.enable();
  let level: Pressure = "normal";
  const timer = setInterval(() => {
    level = pressureOf(read(delays.percentile(50) / 1e6), maxLoopDelayMilliseconds);
    delays.reset();
  }, 1_000).unref();
  return {
    level: () => level,
    stop() {
      clearInterval(timer);
      delays.disable();
    },
  };
}

/** The histogram counts the whole interval between two samples, of which 20 ms are planned. */
function read(medianMilliseconds: number): PressureReading {
  const heap = getHeapStatistics();
  // Zero or absurdly large without a limit.
  const limit = process.constrainedMemory();
  const isLimited = limit > 0 && limit < Number.MAX_SAFE_INTEGER;
  return {
    heapShare: heap.used_heap_size / heap.heap_size_limit,
    memoryShare: isLimited ? process.memoryUsage.rss() / limit : 0,
    loopDelayMilliseconds: Math.max(0, medianMilliseconds - 20),
  };
}

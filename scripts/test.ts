import { resolve } from "node:path";
import { buildWhenStale } from "./build.ts";
import { type Counts, runChecks, runPlaywright, runVitest, say } from "./stages.ts";
import { browser, dataServer, ensureProgram } from "./system.ts";

/** `npm test`: everything there is, from a bare clone; the last line counts it. */
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const add = (counts: Counts) => {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
};

say("── checks");
add(await runChecks());
say("── unit, integration and proxy tests");
add(await runVitest(null));
say("── journeys in a browser");
const chromium = ensureProgram(browser, say);
const data = ensureProgram(dataServer, say);
try {
  await buildWhenStale(resolve(import.meta.dirname, ".."), say);
  add(
    await runPlaywright({
      ...(chromium ? { CALLGATE_CHROMIUM: chromium } : {}),
      ...(data ? { CALLGATE_DATA_SERVER: data } : {}),
    }),
  );
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  total.failed += 1;
}
say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

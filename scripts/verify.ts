import { runChecks, runVitest, say } from "./stages.ts";

/** `npm run verify`: the quick gate. No database, no browser. */
const checks = await runChecks();
const unit = await runVitest("unit");
const failed = checks.failed + unit.failed;
say(
  `${checks.passed + unit.passed} passed, ${failed} failed, ${checks.skipped + unit.skipped} skipped`,
);
process.exit(failed === 0 ? 0 : 1);

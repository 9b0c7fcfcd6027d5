// node scripts/run.mjs FILE.ts [arguments…]: what every npm script goes through.
import { handOver, prepare } from "./bootstrap.mjs";

const [script, ...args] = process.argv.slice(2);
prepare();
handOver(script, args);

#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { resolve } from "node:path";

// Before anything is loaded: what was compiled last time starts in half the time. Not in the
// system's temporary folder, where others could put code for us to run.
enableCompileCache(resolve(import.meta.dirname, "../node_modules/.cache/callgate"));
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv.slice(2));

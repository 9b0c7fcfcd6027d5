// npm links the commands of dependencies but not our own, and `npx callgate` needs the link.
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "./bootstrap.mjs";

const folder = join(root, "node_modules/.bin");
const target = join(root, "bin/callgate.ts");
if (existsSync(target)) {
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, "callgate"), { force: true });
  symlinkSync("../../bin/callgate.ts", join(folder, "callgate"));
  chmodSync(target, 0o755);
}

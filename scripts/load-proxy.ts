// Loads the proxy's processes for `compileProxy`; both end here, because they have no database.
for (const entry of ["main.ts", "main/worker.ts"]) {
  await import(`../proxy/${entry}`).catch(() => {});
}

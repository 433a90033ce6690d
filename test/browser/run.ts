/** Looks at the pages with a browser, where there is one. */
import assert from "node:assert/strict";
import { browserPath, faultsOf, signIn, withBrowser } from "./browser.ts";

if (browserPath() === null) {
  console.log("No browser here: the pages were not looked at (set CHROMIUM to where one is).");
  process.exit(0);
}

await withBrowser("1", async ({ visit, key, complaints }) => {
  const page = await (await visit()).newPage();
  await signIn(page, key);
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
});
console.log("the pages: seen");

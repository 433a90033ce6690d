/**
 * Looks at the pages with a browser, where there is one: a story from signing in to a reply, and then every page.
 * `--screenshots` takes pictures of the main ones besides, for README.
 */
import assert from "node:assert/strict";
import { browserPath, signIn, withBrowser } from "./browser.ts";
import { lookAtPages } from "./pages.ts";

if (browserPath() === null) {
  console.log("No browser here: the pages were not looked at (set CHROMIUM to where one is).");
  process.exit(0);
}

const began = Date.now();
await withBrowser("3600", async (place) => {
  const window = await place.visit();
  await signIn(await window.newPage(), place.key);
  const faults = await lookAtPages(place, window);
  assert.deepEqual(faults, []);
  assert.deepEqual(place.complaints, []);
});
console.log(`the pages: seen in ${Math.round((Date.now() - began) / 1000)} s`);

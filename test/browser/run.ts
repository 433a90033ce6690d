/**
 * Looks at the pages with a browser, where there is one: a story from signing in to an answer, and then every page.
 * `--screenshots` takes pictures of the main ones in its place, for README.
 */
import assert from "node:assert/strict";
import { browserPath, withBrowser } from "./browser.ts";
import { moveSteps } from "./moving.ts";
import { furnish, lookAtPages } from "./pages.ts";
import { takeScreenshots } from "./screenshots.ts";
import { tellStory } from "./story.ts";

/** Journey seconds a second: an hour of the journey passes in a second. */
const SPEED = "3600";

if (browserPath() === null) {
  console.log("No browser here: the pages were not looked at (set CHROMIUM to where one is).");
  process.exit(0);
}

/** A browser that hangs answers nothing, not even that it failed. */
const LONGEST = 10 * 60_000;
setTimeout(() => {
  console.error("The browser does not answer any more.");
  process.exit(1);
}, LONGEST).unref();

const began = Date.now();
const tell = (what: string) => console.log(`${what}, after ${Math.round((Date.now() - began) / 1000)} s`);
await withBrowser(SPEED, async (place) => {
  if (process.argv.includes("--screenshots")) return takeScreenshots(place);
  tell("the server is up");
  const page = await tellStory(place, tell);
  await moveSteps(page, place);
  tell("moved steps");
  // What the story has refused on purpose, a browser complains of.
  const { complaints } = place;
  complaints.push(...complaints.splice(0).filter((told) => !/status of 40[014]/.test(told)));
  await furnish(place);
  const { faults, kinds } = await lookAtPages(place, page.context());
  tell(`${kinds} kinds of pages were looked at`);
  const wrong = [...faults, ...complaints];
  assert.equal(wrong.length, 0, wrong.join("\n"));
});
tell("the pages hold");

/** Knows what no page may be found guilty of: it is looked at in both schemes, on a phone and on a screen, and without scripts. */
import assert from "node:assert/strict";
import type { BrowserContext, Page } from "playwright-core";
import { faultsOf, HOSTILE, type Place } from "./browser.ts";

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };
/** Found by going from link to link; a product with more kinds of pages than this has gone astray. */
const MOST_PAGES = 80;
/** Pages that are looked at by each of so many windows at a time. */
const WINDOWS = 3;

/** Pages are of one kind that differ by ids, and by what a list is filtered or paged by, alone. */
function kindOf(path: string): string {
  const { pathname, searchParams } = new URL(path, "http://here");
  const asked = [...searchParams.keys()].filter((name) => !/^(page|limit|search|status|tags?|platform)$/.test(name));
  return [pathname.replaceAll(/\/[a-z]+_\d+(?=\/|$)/g, "/:id"), ...asked.sort()].join(" ");
}

/** One page of each kind that can be come to by following links. */
export async function findPages(page: Page): Promise<string[]> {
  const found = new Map([[kindOf("/"), "/"]]);
  for (const path of found.values()) {
    assert.ok(found.size < MOST_PAGES, `there is no end of pages: ${[...found.values()].slice(-10).join(" ")}`);
    const answer = await page.request.get(path);
    if (!/^text\/html/.test(answer.headers()["content-type"] ?? "")) {
      found.delete(kindOf(path));
      continue;
    }
    const html = await answer.text();
    for (const [, link = ""] of html.matchAll(/<a\s[^>]*?href="(\/[^"#]*)/g)) {
      const asked = link.replaceAll("&amp;", "&");
      if (!found.has(kindOf(asked))) found.set(kindOf(asked), asked);
    }
  }
  return [...found.values()];
}

/** What is wrong with a page, wherever it is looked at. */
async function lookAt(page: Page, path: string): Promise<string[]> {
  await page.setViewportSize(WIDE);
  // A colour on its way to another has the contrast of neither.
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const answer = await page.goto(path);
  const faults = answer?.status() === 200 ? [] : [`${path} answered ${answer?.status()}`];
  faults.push(...(await faultsOf(page)));
  await page.emulateMedia({ colorScheme: "dark" });
  faults.push(...(await faultsOf(page, ["color-contrast"])).map((fault) => `dark, ${fault}`));
  await page.setViewportSize(NARROW);
  faults.push(...(await faultsOf(page)).map((fault) => `narrow and dark, ${fault}`));
  const scrollWidth = Number(await page.evaluate("document.documentElement.scrollWidth"));
  if (scrollWidth > NARROW.width) faults.push(`${path} is ${scrollWidth} px wide on a phone of ${NARROW.width}`);
  await page.emulateMedia({ colorScheme: "light" });
  faults.push(...(await faultsOf(page, ["color-contrast"])).map((fault) => `narrow, ${fault}`));
  return faults;
}

/** Everything that is seen with scripts is there without. */
async function readWithout(page: Page, path: string): Promise<string[]> {
  const answer = await page.goto(path);
  const heading = await page.getByRole("heading", { level: 1 }).count();
  const text = await page.locator("main").innerText();
  const told = heading === 1 && text.trim().length > 20 && !/turn on|enable|needs? (java)?script/i.test(text);
  return answer?.status() === 200 && told ? [] : [`${path} is not to be read without scripts`];
}

async function each(
  context: BrowserContext,
  paths: readonly string[],
  look: (page: Page, path: string) => Promise<string[]>,
): Promise<string[]> {
  const left = [...paths];
  const faults: string[] = [];
  const window = async () => {
    const page = await context.newPage();
    for (let path = left.shift(); path !== undefined; path = left.shift()) faults.push(...(await look(page, path)));
    await page.close();
  };
  await Promise.all(Array.from({ length: WINDOWS }, window));
  return faults;
}

/** One of each thing that a story does not come by, with the worst of names. */
export async function furnish({ api }: Place): Promise<void> {
  await api("POST", "/v1/webhooks", {
    url: "http://127.0.0.1:9/hear",
    description: HOSTILE,
    events: ["message.bounced"],
  });
  await api("POST", "/v1/mailboxes", { email: "ada@sender.example", name: HOSTILE, dailyLimit: 50 });
  await api("POST", "/v1/sequences", { name: HOSTILE });
}

/** Goes through all pages that a window which is signed in can come to; returns what is wrong with them. */
export async function lookAtPages(
  { visit, complaints }: Place,
  signedIn: BrowserContext,
): Promise<{ faults: string[]; kinds: number }> {
  const page = await signedIn.newPage();
  const paths = await findPages(page);
  await page.close();
  const storageState = await signedIn.storageState();
  const plain = await visit({ javaScriptEnabled: false, storageState });
  const faults = [...(await each(signedIn, paths, lookAt)), ...(await each(plain, paths, readWithout))];
  const before = complaints.length;
  faults.push(...(await each(await visit(), ["/sign-in", "/sign-in/past", "/nothing-here"], lookAtDoor)));
  // A browser complains of pages that are not there, too, which here is as it should be.
  complaints.push(...complaints.splice(before).filter((told) => !/status of 40[14]/.test(told)));
  return { faults, kinds: paths.length };
}

async function lookAtDoor(page: Page, path: string): Promise<string[]> {
  return (await lookAt(page, path)).filter((fault) => !fault.endsWith("answered 404"));
}

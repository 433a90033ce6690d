/** Knows the story that the pages are made for: from the first look to an answer, told by what a person sees and presses. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { wayIn } from "../../src/local/signin.ts";
import { HOSTILE, type Place, signIn } from "./browser.ts";

const NAME = "Welcome aboard";
const FIRST = "Hi {{ contact.firstName }}, welcome aboard.";
const SECOND = "Still there, {{ contact.firstName }}?";
const THANKS = "Thank you, {{ contact.firstName }}!";
/** Journey hours, of which one is a second here: long enough to come to the page before they are over. */
const WAIT = "6";

/** Three who can be written to, among them the worst of names, and two who cannot. */
const PEOPLE = [
  "email,first name,company",
  "ada@example.com,Ada,Analytics",
  "grace@example.com,Grace,Compilers",
  "nobody,Nobody,None",
  "ada@example.com,Ada again,Analytics",
  `mallory@example.com,"${HOSTILE.replaceAll('"', '""')}",Mischief`,
].join("\n");
const ENROLLED = 3;

/** Plays it, and leaves behind what pages have to show. */
export async function tellStory(place: Place, tell: (what: string) => void): Promise<Page> {
  const page = await (await place.visit({ viewport: { width: 1280, height: 800 } })).newPage();
  try {
    await play(page, place, tell);
  } catch (error) {
    const stood = await page
      .locator("body")
      .innerText()
      .catch(() => "nothing that could be read");
    console.error(`At ${page.url()} there stood:\n${stood}`);
    throw error;
  }
  return page;
}

async function play(page: Page, { api, url, key, operator }: Place, tell: (what: string) => void): Promise<void> {
  await comeIn(page, await wayIn(url, operator), key);
  tell("signed in");
  const path = await makeSequence(page);
  await build(page, path);
  tell("built a sequence");
  await activate(page, path);
  await bringIn(page, path);
  tell("brought people in");
  const said = { platform: "EMAIL", from: "ada@example.com", text: "Yes, gladly!" };
  await watch(page, path, () => api("POST", "/v1/replies", said));
  tell("saw an answer end a journey");
}

async function comeIn(page: Page, link: string | null, key: string): Promise<void> {
  assert.ok(link, "the operator is given no link");
  await page.goto(link);
  await press(page, "Sign in");
  await heading(page, /Sequences/);
  await press(page, "Sign out");
  await page.getByText("You are signed out.").waitFor();
  assert.equal((await page.goto(link))?.status(), 404, "a link that was used before");
  await page.getByText("This link opens nothing").waitFor();
  await page.goto("/sign-in");
  await page.getByLabel("API key").fill("no key of anybody");
  await press(page, "Sign in");
  await page.getByText("This key opens nothing").waitFor();
  await signIn(page, key);
  await heading(page, /Sequences/);
}

async function makeSequence(page: Page): Promise<string> {
  await page.goto("/");
  await page
    .getByRole("main")
    .getByRole("link", { name: /new sequence|make/i })
    .first()
    .click();
  await page.getByLabel("Name", { exact: true }).fill(NAME);
  await page.getByRole("main").locator("button.primary").first().click();
  await page.waitForURL(/\/sequences\/seq_\d+/);
  return new URL(page.url()).pathname.replace(/^(\/sequences\/seq_\d+).*/, "$1");
}

async function build(page: Page, path: string): Promise<void> {
  await page.goto(`${path}/build`);
  await page.getByRole("link", { name: /first step/i }).click();
  await addStep(page, "Message", async () => {
    await page.getByLabel("Subject").fill("Welcome");
    await page.getByLabel("Text", { exact: true }).fill("Hi {{ contact.firstName");
    await press(page, "Add the step");
    // What is broken is told at its place, and what was written is still there.
    await page.locator("#messageTemplate[aria-invalid=true]").waitFor();
    await page.getByLabel("Text", { exact: true }).fill(FIRST);
  });
  await spot(page, /after Message/).click();
  await addStep(page, "Wait", async () => {
    await page.getByLabel("How long", { exact: true }).fill(WAIT);
    await page.getByLabel("How long, counted in").selectOption("hours");
  });
  await spot(page, /after Wait/).click();
  await addStep(page, "Condition", async () => {
    await page.getByLabel(/yes-way/).selectOption({ label: "has replied" });
    await page.getByLabel("Wait for it up to", { exact: true }).fill("1");
    await page.getByLabel("Wait for it up to, counted in").selectOption("hours");
  });
  await spot(page, /head of the yes-branch/).click();
  await addStep(page, "Message", () => page.getByLabel("Text", { exact: true }).fill(THANKS));
  await spot(page, /head of the no-branch/).click();
  await addStep(page, "Message", () => page.getByLabel("Text", { exact: true }).fill(SECOND));
  // So that who has not answered is still under way when he does.
  await spot(page, /after both branches/).click();
  await addStep(page, "Wait", async () => {
    await page.getByLabel("How long", { exact: true }).fill("30");
    await page.getByLabel("How long, counted in").selectOption("days");
  });
  const drawn = await page.getByRole("list", { name: "The steps in order" }).getByRole("listitem").count();
  assert.ok(drawn >= 6, `the picture shows ${drawn} of the steps`);
}

/** A place in the picture where one more step can stand. */
function spot(page: Page, words: RegExp): Locator {
  return page.getByRole("link", { name: new RegExp(`^Add a step .*${words.source}`) }).first();
}

async function addStep(page: Page, kind: string, fill: () => Promise<unknown>): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: kind, exact: true }).click();
  await page.waitForURL(/kind=/);
  await fill();
  await press(page, "Add the step");
  await page.waitForURL(/\/build/);
}

async function activate(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("main").getByRole("link", { name: "Activate" }).first().click();
  await page.getByText(/Nobody is in it yet/).waitFor();
  await page.getByRole("main").getByRole("button", { name: "Activate" }).click();
  await page.waitForURL((now) => now.pathname === path);
  await page
    .getByRole("main")
    .getByText(/^active$/i)
    .first()
    .waitFor();
}

async function bringIn(page: Page, path: string): Promise<void> {
  await page.goto(`${path}/enroll`);
  const file = page.getByLabel("A CSV file");
  await file.setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(PEOPLE) });
  await page.locator("#preview").getByText("grace@example.com").first().waitFor();
  await press(page, "Import the file");
  await page.waitForURL(/\/jobs\/job_\d+/);
  await page.getByText("All rows have been seen to.").waitFor();
  const refusals = page.getByRole("region", { name: "Refusals" });
  await refusals.waitFor();
  assert.equal(await refusals.getByRole("row").count(), 1 + 2, "a row for its head, and one for each who was refused");
}

/** On the journey's own page, which is not loaded again: what moves comes by itself. */
async function watch(page: Page, path: string, answer: () => Promise<unknown>): Promise<void> {
  await page.goto(`${path}/enrollments`);
  const rows = page.getByRole("main").getByRole("row");
  assert.equal(await rows.count(), 1 + ENROLLED);
  await page.getByRole("main").getByRole("link", { name: /ada/i }).first().click();
  await page.waitForURL(/\/enrollments\/enroll_\d+/);
  await page.evaluate("globalThis.stayed = true");
  const past = page.getByLabel("What has happened");
  await past.getByText("Hi Ada, welcome aboard.").first().waitFor();
  await past.getByText("Still there, Ada?").first().waitFor({ timeout: 30_000 });
  await answer();
  await past.getByText("Yes, gladly!").first().waitFor({ timeout: 20_000 });
  await page
    .getByLabel("Where it stands")
    .getByText(/exited/i)
    .first()
    .waitFor({ timeout: 20_000 });
  assert.equal(await page.evaluate("globalThis.stayed"), true, "the page was loaded again");
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).first().click();
}

async function heading(page: Page, name: RegExp): Promise<void> {
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** Knows how to take the pictures that README shows: the five main pages, light and dark, of a workspace with some life in it. */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { type Place, signIn } from "./browser.ts";

const FOLDER = join(import.meta.dirname, "screenshots");
const SIZE = { width: 1280, height: 800 };
const LARGEST = 150_000;
/** Journeys are given so long, in which days of theirs go by. */
const MEANWHILE = 25_000;

const PEOPLE = [
  ...["Ada Lovelace", "Grace Hopper", "Alan Turing", "Mary Jackson", "Katherine Johnson", "Edsger Dijkstra"],
  ...["Barbara Liskov", "Donald Knuth", "Radia Perlman", "Ken Thompson", "Margaret Hamilton", "John Backus"],
  ...["Frances Allen", "Tony Hoare", "Hedy Lamarr", "Claude Shannon", "Lynn Conway", "Niklaus Wirth"],
];
const ANSWERS: [number, string][] = [
  [1, "Great, thank you! Can we talk on Friday?"],
  [4, "Yes, that sounds good."],
  [7, "Not now, please ask me next year."],
  [10, "STOP"],
  [12, "Perfect, tell me more."],
];

const addressOf = (name: string) => `${name.split(" ")[0]?.toLowerCase()}@example.com`;

/** The sample with people in it, some of whom have answered; returns its path and the journey of one. */
async function prepare(page: Page, { api }: Place): Promise<{ path: string; journey: string }> {
  for (const name of ["Win back", "Trial follow-up", "Conference invitation"])
    await api("POST", "/v1/sequences", { name });
  await page.goto("/sequences/new");
  await page.getByRole("button", { name: /sample/i }).click();
  await page.waitForURL(/\/sequences\/seq_\d+/);
  const path = new URL(page.url()).pathname.replace(/^(\/sequences\/seq_\d+).*/, "$1");
  await api("PATCH", `/v1${path}`, { status: "ACTIVE" });
  let journey = "";
  for (const [i, name] of PEOPLE.entries()) {
    const [firstName, lastName] = name.split(" ");
    const tags = i % 3 === 0 ? ["customer"] : ["trial"];
    const person = { platform: "EMAIL", username: addressOf(name), displayName: name, firstName, lastName, tags };
    const { contact } = await api("POST", "/v1/contacts", person);
    const enroll = { contactId: contact.id, platform: "EMAIL" };
    const { enrollment } = await api("POST", `/v1${path}/enrollments`, enroll);
    if (i === 12) journey = `${path}/enrollments/${enrollment.id}`;
    await sleep(MEANWHILE / PEOPLE.length / 2);
  }
  await sleep(MEANWHILE / 2);
  for (const [i, text] of ANSWERS)
    await api("POST", "/v1/replies", { platform: "EMAIL", from: addressOf(PEOPLE[i] ?? ""), text });
  await sleep(4000);
  return { path, journey };
}

export async function takeScreenshots(place: Place): Promise<void> {
  const page = await (await place.visit({ viewport: SIZE, reducedMotion: "reduce" })).newPage();
  await signIn(page, place.key);
  const { path, journey } = await prepare(page, place);
  const taken = { list: "/", overview: path, builder: `${path}/build`, enrollment: journey, contacts: "/contacts" };
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, at] of Object.entries(taken)) {
    await page.goto(at);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const file = join(FOLDER, `${name}-${colorScheme}.png`);
      await page.screenshot({ path: file });
      const { size } = statSync(file);
      console.log(`${file}: ${Math.round(size / 1000)} KB`);
      if (size > LARGEST) throw new Error(`${file} is too large for README`);
    }
  }
}

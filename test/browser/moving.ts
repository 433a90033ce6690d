/** Moves steps as people do: dragged onto a place with a mouse, and by a button with the keyboard alone. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Place } from "./browser.ts";

const TEXTS = ["First", "Second", "Third"];

export async function moveSteps(page: Page, { api }: Place): Promise<void> {
  const { sequence } = await api("POST", "/v1/sequences", { name: "To be put in order" });
  const path = `/sequences/${sequence.id}`;
  for (const messageTemplate of TEXTS) await api("POST", `/v1${path}/steps`, { messageTemplate, delayHours: 0 });
  const order = async (): Promise<string[]> =>
    (await api("GET", `/v1${path}/steps`)).steps.map((step: { messageTemplate: string }) => step.messageTemplate);

  await page.goto(`${path}/build`);
  await drag(page, "Third");
  assert.deepEqual(await order(), ["Third", "First", "Second"], "after a step was dragged to the start");

  await page.goto(`${path}/build`);
  await page.locator("a[data-step]", { hasText: "Second" }).press("Enter");
  await page.waitForURL(/\/steps\//);
  await page.getByRole("button", { name: "Move up" }).press("Enter");
  await page.waitForURL(/\/build/);
  assert.deepEqual(await order(), ["Third", "Second", "First"], "after a step was moved up by the keyboard");
}

async function drag(page: Page, text: string): Promise<void> {
  const [from, to] = await Promise.all([
    page.locator("a[data-step]", { hasText: text }).boundingBox(),
    page.locator("[data-under]").first().boundingBox(),
  ]);
  assert.ok(from && to, "the picture shows no step, or no place for one");
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 8 });
  await Promise.all([page.waitForURL(/\?at=/), page.mouse.up()]);
}

/** The doors behind the picture and the links of a mail, as anybody on the web may try them. */
import { beforeEach, describe, expect, test } from "vitest";
import { faults, resetCounts } from "../support/faults";
import { linkOf, PUBLIC, pixelOf, tokenOf, visit } from "../support/reader";
import {
  api,
  begin,
  drain,
  enroll,
  historyOf,
  idOf,
  type Json,
  makeDrip,
  OTHER_KEY,
  settle,
  travel,
} from "../support/world";

beforeEach(begin);

const TARGET = "https://shop.example/?a=1&b=ä#top";
const HREF = new URL(TARGET).href;

/** A message that went out, and its enrollment. */
async function sent(): Promise<{ message: number; enrollment: string }> {
  const { sequence } = await makeDrip([0, 1000]);
  const enrollment = await enroll(sequence);
  await settle();
  travel(60_000);
  return { message: idOf(enrollment) * 4096 + 1, enrollment };
}

const shown = async (message: number, key?: string): Promise<Json> =>
  api("GET", `/v1/messages/msg_${message}`, undefined, key);
const notedOf = async (enrollment: string) => (await historyOf(enrollment)).filter(({ what }) => what === "noted");

async function secured(response: Response): Promise<void> {
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
}

describe("the picture", () => {
  test("is a dot of 43 bytes, and the opening is shown", async () => {
    const { message } = await sent();
    const response = await visit(await pixelOf(message));
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/gif"]);
    const dot = new Uint8Array(await response.arrayBuffer());
    expect([dot.length, new TextDecoder().decode(dot.slice(0, 6))]).toEqual([43, "GIF89a"]);
    await secured(response);
    await drain();
    const { body } = await shown(message);
    expect(body.message).toMatchObject({ openedAt: "2040-01-02T09:01:00Z", clicks: 0, machineOpenedAt: null });
  });

  test.each([
    ["no token at all", async () => "x"],
    ["an empty one", async () => ""],
    ["one with another message", async (m: number) => (await tokenOf(m)).replace(`-${m}-`, `-${m + 4096}-`)],
    ["one with another workspace", async (m: number) => (await tokenOf(m)).replace(/^1-/, "2-")],
    ["another workspace's seal", async (m: number) => (await tokenOf(m, 2)).replace(/^2-/, "1-")],
    ["a right seal of another workspace for its message", async (m: number) => tokenOf(m, 2)],
    ["a seal cut short", async (m: number) => (await tokenOf(m)).slice(0, -1)],
    ["a seal made up", async (m: number) => (await tokenOf(m)).replace(/-[0-9a-f]+$/, `-${"0".repeat(24)}`)],
    ["a message that was never sent", async (m: number) => tokenOf(m + 1)],
    ["an enrollment that never was", async () => tokenOf(999_999 * 4096 + 1)],
    ["something long", async () => "9".repeat(3000)],
    ["something encoded", async () => "%00%2e%2e%2f"],
  ])("with %s -> the same dot, and nothing is noted", async (_, tokenFor) => {
    const { message, enrollment } = await sent();
    const response = await visit(`${PUBLIC}/t/o/${await tokenFor(message)}.gif`);
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual(
      _ === "an empty one" ? [404, expect.any(Number)] : [200, 43],
    );
    expect(await notedOf(enrollment)).toEqual([]);
  });

  test("a token in capitals, as some programs on the way write addresses -> is the same", async () => {
    const { message, enrollment } = await sent();
    await visit(`${PUBLIC}/t/o/${(await tokenOf(message)).toUpperCase()}.gif`);
    expect(await notedOf(enrollment)).toHaveLength(1);
  });

  test.each(["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])("%s -> counts nothing", async (method) => {
    const { message, enrollment } = await sent();
    await (await visit(await pixelOf(message), { method })).arrayBuffer();
    expect(await notedOf(enrollment)).toEqual([]);
  });
});

describe("a link", () => {
  test("leads where the mail pointed, and the click is shown", async () => {
    const { message } = await sent();
    const response = await visit(await linkOf(message, HREF));
    expect([response.status, response.headers.get("location"), await response.text()]).toEqual([302, HREF, ""]);
    await secured(response);
    travel(1000);
    await settle();
    const { body } = await shown(message);
    expect(body.message).toMatchObject({ clickedAt: "2040-01-02T09:01:00Z", clicks: 1, machineClickedAt: null });
  });

  test("years later, when nothing of it is kept -> leads there still, and finds no line to note it on", async () => {
    const link = await linkOf(424_242 * 4096 + 1, HREF);
    travel(20 * 365 * 86_400_000);
    resetCounts();
    const response = await visit(link);
    expect([response.status, response.headers.get("location")]).toEqual([302, HREF]);
    expect([faults.statements.length, faults.rowsWritten]).toEqual([1, 0]);
  });

  test("HEAD -> leads there, and counts nothing", async () => {
    const { message, enrollment } = await sent();
    const response = await visit(await linkOf(message, HREF), { method: "HEAD" });
    expect([response.status, response.headers.get("location")]).toEqual([302, HREF]);
    travel(1000);
    await settle();
    expect(await notedOf(enrollment)).toEqual([]);
  });

  const to = (url: string) => (link: string) => link.replace(/\?u=.*/, `?u=${encodeURIComponent(url)}`);
  const tampered: [string, (link: string, message: number) => string | Promise<string>][] = [
    ["another URL", to("https://evil.example/")],
    ["a URL that begins like it", to(`${HREF}.evil.example`)],
    ["the host as a name before another", to("https://shop.example@evil.example/")],
    ["no scheme", to("//evil.example")],
    ["backslashes", to("\\\\evil.example")],
    ["both", to("/\\evil.example")],
    ["a line end and a header", to(`${HREF}\r\nlocation: https://evil.example`)],
    ["a line end that goes unseen", to(`${HREF}\n`)],
    ["a script", to("javascript:alert(1)")],
    ["data", to("data:text/html,<script>1</script>")],
    ["another spelling of the same host", to(HREF.replace("shop.example", "SHOP.example"))],
    ["letters that look alike", to(HREF.replace("shop", "shоp"))],
    ["none", (link) => link.replace(/\?u=.*/, "")],
    ["an empty one", (link) => link.replace(/\?u=.*/, "?u=")],
    ["two, the second of which is right", (link) => link.replace("?u=", "?u=https%3A%2F%2Fevil.example&u=")],
    ["one that is encoded wrongly", (link) => link.replace(/\?u=.*/, "?u=%E0%A4%A")],
    ["another ordinal", (link) => link.replace(/\/1\./, "/2.")],
    ["an ordinal that reads alike", (link) => link.replace(/\/1\./, "/1e0.")],
    ["a seal of zeroes", (link) => link.replace(/\.[0-9a-f]{24}\?/, `.${"0".repeat(24)}?`)],
    ["no seal", (link) => link.replace(/\.[0-9a-f]{24}\?/, "?")],
    [
      "another message's token",
      async (link, message) => link.replace(await tokenOf(message), await tokenOf(message + 1)),
    ],
    [
      "another workspace's token",
      async (link, message) => link.replace(await tokenOf(message), await tokenOf(message, 2)),
    ],
    ["another workspace", (link) => link.replace("/c/1-", "/c/2-")],
    ["no token", (link) => link.replace(/\/c\/[^/]+/, "/c/x")],
  ];

  test.each(tampered)("with %s -> leads nowhere, and nothing is noted", async (_, tamper) => {
    const { message, enrollment } = await sent();
    const response = await visit(await tamper(await linkOf(message, HREF), message));
    const page = await response.text();
    expect([response.status, response.headers.get("location")]).toEqual([404, null]);
    expect(page).not.toMatch(/href|src=|https?:|evil/);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    await secured(response);
    travel(1000);
    await settle();
    expect(await notedOf(enrollment)).toEqual([]);
  });

  test("sealed by us, and no link into the web -> leads nowhere all the same", async () => {
    const { message } = await sent();
    for (const url of ["javascript:alert(1)", "data:text/html,x", "//evil.example", "mailto:a@example.com"]) {
      expect((await visit(await linkOf(message, url))).status).toBe(404);
    }
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s -> there is nothing here", async (method) => {
    const { message } = await sent();
    const response = await visit(await linkOf(message, HREF), { method });
    expect([response.status, response.headers.get("location"), await response.text()]).toEqual([
      404,
      null,
      expect.any(String),
    ]);
  });

  test("another workspace's key sees nothing of it", async () => {
    const { message } = await sent();
    await visit(await linkOf(message, HREF));
    travel(1000);
    await settle();
    expect((await shown(message, OTHER_KEY)).status).toBe(404);
  });
});

describe("events of messages say by whom", () => {
  const tell = (message: number, event: object) => api("POST", `/v1/messages/msg_${message}/events`, event);

  test("by a machine -> shown apart, and the history says so", async () => {
    const { message, enrollment } = await sent();
    await tell(message, { type: "opened", by: "machine" });
    const { body } = await tell(message, { type: "clicked", by: "machine", url: HREF });
    const at = "2040-01-02T09:01:00Z";
    expect(body.message).toMatchObject({
      openedAt: null,
      clickedAt: null,
      clicks: 0,
      machineOpenedAt: at,
      machineClickedAt: at,
    });
    const { sequenceId } = body.message;
    const { history } = (await api("GET", `/v1/sequences/${sequenceId}/enrollments/${enrollment}`)).body.enrollment;
    expect(history.slice(-2)).toMatchObject([
      { event: "message_opened", by: "machine" },
      { event: "message_clicked", by: "machine", url: HREF },
    ]);
  });

  test("by a person, told or not -> counts, each link once", async () => {
    const { message } = await sent();
    const urls = [HREF, HREF, "https://shop.example/other", HREF];
    const counts: number[] = [];
    for (const url of urls)
      counts.push((await tell(message, { type: "clicked", url, by: "human" })).body.message.clicks);
    expect(counts).toEqual([1, 1, 2, 2]);
    expect((await tell(message, { type: "clicked", url: null })).body.message.clicks).toBe(2);
  });

  test.each([{ by: "robot" }, { by: null }, { by: 1 }])("%j -> refused", async (over) => {
    const { message } = await sent();
    expect((await tell(message, { type: "opened", ...over })).status).toBe(400);
  });
});

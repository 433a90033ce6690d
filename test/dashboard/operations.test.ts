/** The pages of mailboxes, dead letters, channels and the workspace; and who may see any page of operations. */
import { beforeEach, describe, expect, test } from "vitest";
import { visitor } from "../support/browse";
import { faults } from "../support/faults";
import { makeKey } from "../support/users";
import {
  api,
  begin,
  DAY,
  deliver,
  enroll,
  makeContact,
  makeDrip,
  makeMailbox,
  OTHER_KEY,
  pass,
  sentTo,
  settle,
} from "../support/world";

beforeEach(begin);

const HARM = "<img src=x onerror=alert(1)>";
const mailboxOf = async (id: string) => (await api("GET", `/v1/mailboxes/${id}`)).body.mailbox;
const mailboxes = async () => (await api("GET", "/v1/mailboxes")).body.mailboxes;
const workspace = async () => (await api("GET", "/v1/workspace")).body.workspace;

describe("mailboxes", () => {
  const limited = {
    ...{ email: "ada@sender.example", name: HARM, replyTo: "", dailyLimit: "50", timezone: "Europe/Berlin" },
    ...{ "rate.messages": "20", "rate.seconds": "2", "rate.unit": "3600" },
    ...{ "warmup.start": "5", "warmup.step": "10", "warmup.since": "" },
    "transport.kind": "smtp",
    ...{ "transport.host": "mail.sender.example", "transport.port": "587", "transport.security": "starttls" },
    ...{ "transport.username": "ada", "transport.password": "open sesame" },
  };

  test("none yet -> says what one is for; made -> its page tells what was entered, but no password", async () => {
    const ada = await visitor();
    expect((await ada.get("/mailboxes")).text).toContain("No mailbox yet");
    const { path, text, html } = await ada.submit("/mailboxes", limited);
    const [{ id }] = await mailboxes();
    expect(path).toBe(`/mailboxes/${id}`);
    expect(text).toContain("0 of 5 sent today");
    expect(text).toContain("20 in 2 hours at most");
    expect(text).toContain(HARM);
    expect(html).not.toContain("<img");
    expect(html).toContain('aria-label="5 mails today, 50 on 2040-01-15"');
    for (const page of [path, `${path}/edit`, "/mailboxes"]) expect((await ada.get(page)).html).not.toContain("sesame");
    expect(await mailboxOf(id)).toMatchObject({
      ...{ dailyLimit: 50, rate: { messages: 20, seconds: 7200 }, warmup: { start: 5, step: 10, since: "2040-01-02" } },
      transport: { kind: "smtp", host: "mail.sender.example", username: "ada", hasCredential: true },
    });
  });

  test("edited -> only what is said changes: how its mails leave stays, and its password with it", async () => {
    const ada = await visitor();
    const { path } = await ada.submit("/mailboxes", limited);
    const saved = await ada.submit(`${path}/edit`, {
      email: "ada@sender.example",
      dailyLimit: "",
      "transport.kind": "",
    });
    expect(saved.text).toContain("Saved.");
    const none = { dailyLimit: null, rate: null, warmup: null, name: null, timezone: "UTC" };
    const { id } = (await mailboxes())[0];
    expect(await mailboxOf(id)).toMatchObject({ ...none, transport: { kind: "smtp", hasCredential: true } });
    await ada.submit(`${path}/edit`, { email: "ada@sender.example", "transport.kind": "workspace" });
    expect((await mailboxOf(id)).transport).toBeNull();
  });

  test.each<[string, Record<string, string>, string]>([
    ["no address", { email: " " }, "Address must not be empty"],
    ["an address that is none", { email: "ada" }, "Address is no email address"],
    ["a limit that is no number", { dailyLimit: "many" }, "Mails a day, at most must be a number"],
    ["a limit of nothing", { dailyLimit: "0" }, "Mails a day, at most must be from 1 to"],
    ["half a pace", { "rate.messages": "" }, "At most so many is required"],
    ["a pace of many days", { "rate.seconds": "3", "rate.unit": "86400" }, "Within must be from 1 to 86400"],
    ["half a warm-up", { "warmup.step": "" }, "More each day is required"],
    ["a first day that is none", { "warmup.since": "tomorrow" }, "Began on must be a day"],
    ["a zone that is none", { timezone: "Moon/Base" }, "Time zone must be an IANA time zone"],
    ["no server", { "transport.host": "" }, "Server is required"],
    ["a user without a password", { "transport.password": "" }, "Password is required"],
  ])("%s -> said at its field, and the password is not shown again", async (_, wrong, message) => {
    const ada = await visitor();
    const again = await ada.submit("/mailboxes", { ...limited, ...wrong });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining(message)]);
    const [field = ""] = Object.keys(wrong);
    expect(again.html).toContain(`id="${field}-fault"`);
    expect(again.html).not.toContain("sesame");
    expect(await mailboxes()).toEqual([]);
  });

  test("an address that another has -> refused at its field", async () => {
    await makeMailbox({ email: "ada@sender.example" });
    const ada = await visitor();
    expect((await ada.submit("/mailboxes", limited)).text).toContain("Address has already been taken");
  });

  test("what was sent today, what waits for which day, and the next free slot", async () => {
    const mailbox = await makeMailbox({ dailyLimit: 2 });
    const { sequence } = await makeDrip([0]);
    for (let i = 0; i < 5; i++) {
      await enroll(sequence, await makeContact({ email: `waits${i}@example.com` }), "EMAIL");
      await settle();
    }
    const ada = await visitor();
    const { text, html } = await ada.get(`/mailboxes/${mailbox}`);
    expect(text).toMatch(/2 of 2 sent today 3 waiting for a slot 4 Jan 2040, 00:00 next free slot/);
    expect(html).toContain("<title>2040-01-03: 2 of 2</title>");
    expect(html).toContain("<title>2040-01-04: 1 of 2</title>");
    expect((await ada.get("/mailboxes")).text).toMatch(/2 of 2 3/);
  });

  test("paused and resumed -> says so, and holds what waits meanwhile", async () => {
    const mailbox = await makeMailbox();
    const ada = await visitor();
    expect((await ada.submit(`/mailboxes/${mailbox}/pause`)).text).toContain("paused by hand");
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence, await makeContact({ email: "waits@example.com" }), "EMAIL");
    await settle();
    expect(await sentTo(enrollment)).toEqual([]);
    expect((await ada.get("/mailboxes")).text).toContain("paused by hand");
    await ada.submit(`/mailboxes/${mailbox}/resume`);
    await settle();
    expect(await sentTo(enrollment)).toHaveLength(1);
  });

  test("deleted, after a question -> gone", async () => {
    const mailbox = await makeMailbox();
    const ada = await visitor();
    expect((await ada.get(`/mailboxes/${mailbox}/delete`)).text).toContain("Nothing leaves from");
    expect((await ada.submit(`/mailboxes/${mailbox}/delete`)).text).toContain("No mailbox yet");
    expect((await ada.get(`/mailboxes/${mailbox}`)).status).toBe(404);
  });
});

describe("dead letters", () => {
  const reply = {
    v: 1,
    workspaceId: 1,
    platform: "EMAIL",
    from: "eve@example.com",
    text: HARM,
    receivedAt: Date.now(),
  };
  const bury = () =>
    deliver([
      { queue: "dripline-replies-dead", body: reply },
      { queue: "dripline-replies-dead", body: { v: 1, kind: "trace", workspaceId: 1, enrollment: 9, fact: "opened" } },
      { queue: "dripline-events-dead", body: { v: 1, workspace: 1, enrollment: 7 } },
      { queue: "dripline-jobs-dead", body: { v: 1, kind: "wake", workspaceId: 1, enrollments: [1, 2, 3] } },
      { queue: "dripline-jobs-dead", body: { v: 1, kind: "never heard of", workspaceId: 1 } },
      { queue: "dripline-webhooks-dead", body: { v: 1, workspaceId: 1, webhook: 1 } },
      { queue: "dripline-events-dead", body: { v: 1, workspace: 2, enrollment: 99_999 } },
    ]);

  test("none -> nothing is lost", async () => {
    expect((await (await visitor()).get("/dead-letters")).text).toContain("Nothing is lost");
  });

  test("tells what each was about, of this workspace alone, without anybody's words or address", async () => {
    await bury();
    const { text, html } = await (await visitor()).get("/dead-letters");
    for (const gist of [
      "A reply came in on EMAIL",
      "A mail was opened Enrollment enroll_9",
      "What happened in a journey is to be put on record Enrollment enroll_7",
      "3 enrollments are overdue",
      "A job is to go on",
      "An endpoint is to be told something",
    ]) {
      expect(text).toContain(gist);
    }
    expect(html).not.toMatch(/eve@|onerror|99999/);
  });

  test("sent again -> on its queue, and says so; another workspace's -> not there", async () => {
    await bury();
    const letters = (await api("GET", "/v1/dead-letters")).body.deadLetters;
    const { id } = letters.find(({ queue }: { queue: string }) => queue === "dripline-replies");
    const ada = await visitor();
    faults.letters.splice(0);
    expect((await ada.submit(`/dead-letters/${id}/resend`)).text).toContain("It is on its queue again.");
    expect(faults.letters).toHaveLength(1);
    const eve = await visitor(OTHER_KEY);
    await eve.submit(`/dead-letters/${id}/resend`);
    expect(faults.letters).toHaveLength(1);
  });
});

describe("the workspace", () => {
  test("the header leads to it; all sending is paused after a question, and resumed", async () => {
    const ada = await visitor();
    expect((await ada.get("/")).html).toContain('href="/workspace"');
    expect((await ada.get("/workspace/pause")).text).toContain("Nobody loses a place");
    expect((await workspace()).sending).toBe("ACTIVE");
    expect((await ada.submit("/workspace/pause")).text).toContain("All sending is paused.");
    const { sequence } = await makeDrip([0]);
    const enrollment = await enroll(sequence);
    await settle();
    expect(await sentTo(enrollment)).toEqual([]);
    await ada.submit("/workspace/resume");
    await settle();
    await pass(DAY);
    expect(await sentTo(enrollment)).toHaveLength(1);
  });

  test("the cap is set, shown, and taken away", async () => {
    const ada = await visitor();
    const cap = { "frequencyCap.messages": "3", "frequencyCap.seconds": "7", "frequencyCap.unit": "86400" };
    const { html } = await ada.submit("/workspace/cap", cap);
    expect((await workspace()).frequencyCap).toEqual({ messages: 3, seconds: 604_800 });
    expect(html).toMatch(/value="86400" selected[^>]*>days/);
    await ada.submit("/workspace/cap", { ...cap, "frequencyCap.messages": "", "frequencyCap.seconds": "" });
    expect((await workspace()).frequencyCap).toBeNull();
  });

  test.each([
    ["/workspace/cap", "frequencyCap.messages", "0"],
    ["/workspace/cap", "frequencyCap.seconds", "32"],
    ["/workspace/cap", "frequencyCap.messages", "many"],
    ["/workspace/cap", "frequencyCap.seconds", ""],
    ["/workspace/retention", "retentionDays", "0"],
    ["/workspace/retention", "retentionDays", "12"],
    ["/workspace/retention", "retentionDays", "99999"],
  ])("%s with %s of %j -> said at its field", async (path, field, value) => {
    const ada = await visitor();
    const cap = { "frequencyCap.messages": "3", "frequencyCap.seconds": "1", "frequencyCap.unit": "86400" };
    const before = await workspace();
    const again = await ada.submit(path, { ...(path.endsWith("cap") ? cap : { sure: "on" }), [field]: value });
    expect([again.status, again.html]).toEqual([400, expect.stringContaining(`id="${field}-fault"`)]);
    expect(await workspace()).toEqual(before);
  });

  test("kept longer -> at once; kept shorter -> only where it is ticked that this may remove for good", async () => {
    const ada = await visitor();
    await ada.submit("/workspace/retention", { retentionDays: "" });
    expect((await workspace()).retentionDays).toBeNull();
    const again = await ada.submit("/workspace/retention", { retentionDays: "90" });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining("would be shorter")]);
    expect((await workspace()).retentionDays).toBeNull();
    await ada.submit("/workspace/retention", { retentionDays: "90", sure: "on" });
    expect((await workspace()).retentionDays).toBe(90);
  });
});

describe("channels", () => {
  test("each platform's way is told, without secrets; one is paused and resumed, though nobody has set it", async () => {
    const { secret } = (await api("PUT", "/v1/channels/SMS", { kind: "webhook", url: "https://sms.test/out" })).body
      .channel;
    const ada = await visitor();
    const { text, html } = await ada.get("/channels");
    expect(text).toContain("Signed calls to https://sms.test/out");
    expect(html).not.toContain(secret);
    expect((await ada.submit("/channels/TWITTER/pause")).text).toMatch(/Twitter Outbox.*paused paused by hand/);
    expect((await api("GET", "/v1/channels/TWITTER")).body.channel.status).toBe("PAUSED");
    await ada.submit("/channels/TWITTER/resume");
    expect((await api("GET", "/v1/channels/TWITTER")).status).toBe(404);
    expect(
      (await ada.submit("/channels/MOON/pause", {}, { referer: "https://dripline.test/channels" })).text,
    ).toContain("Channel not found");
  });
});

describe("who may see it", () => {
  const PAGES = ["/webhooks", "/webhooks/new", "/mailboxes", "/mailboxes/new", "/dead-letters", "/workspace"].concat(
    ["/workspace/pause", "/channels", "/webhooks/hook_1", "/webhooks/hook_1/delete", "/mailboxes/mailbox_1"],
    ["/mailboxes/mailbox_1/edit", "/webhooks/hook_1/deliveries/delivery_1000000001"],
  );
  const DEEDS = ["/webhooks", "/webhooks/hook_1/pause", "/webhooks/hook_1/rotate", "/webhooks/hook_1/delete"].concat(
    ["/mailboxes", "/mailboxes/mailbox_1/pause", "/mailboxes/mailbox_1/delete", "/dead-letters/dead_1/resend"],
    ["/workspace/pause", "/workspace/resume", "/workspace/cap", "/channels/EMAIL/pause", "/keys"],
  );

  test("a key that may do other things -> no page and no deed", async () => {
    const user = (await api("GET", "/v1/users")).body.users[0].id;
    const { key } = await makeKey(user, { scopes: ["sequences_read", "contacts_write"] });
    const grace = await visitor(key);
    for (const path of PAGES) expect([path, (await grace.get(path)).status]).toEqual([path, 403]);
    for (const path of DEEDS) expect([path, (await grace.submit(path)).status]).toEqual([path, 403]);
  });

  test("a form that is not the page's own -> nothing is done", async () => {
    const ada = await visitor();
    for (const path of DEEDS) {
      expect([path, (await ada.submit(path, { csrf: "made up" })).status]).toEqual([path, 403]);
    }
    expect((await workspace()).sending).toBe("ACTIVE");
  });

  test("a key that may only look -> no button that changes anything", async () => {
    const user = (await api("GET", "/v1/users")).body.users[0].id;
    const scopes = ["webhooks_read", "channels_read", "operations_read"];
    const { key } = await makeKey(user, { scopes });
    const mailbox = await makeMailbox();
    const { webhook } = (await api("POST", "/v1/webhooks", { url: "https://a.test" })).body;
    const grace = await visitor(key);
    for (const path of ["/webhooks", `/webhooks/${webhook.id}`, "/mailboxes", `/mailboxes/${mailbox}`].concat([
      "/dead-letters",
      "/workspace",
      "/channels",
    ])) {
      const { status, html } = await grace.get(path);
      const forms = [...html.matchAll(/<form method="post" action="([^"]*)"/g)].map(([, action]) => action);
      expect([path, status, forms]).toEqual([path, 200, ["/sign-out"]]);
    }
  });

  test("ids of another workspace -> 404, like those of nobody; malformed -> 400", async () => {
    const mailbox = await makeMailbox();
    const { webhook } = (await api("POST", "/v1/webhooks", { url: "https://a.test" })).body;
    const { delivery } = (await api("POST", `/v1/webhooks/${webhook.id}/test`)).body;
    const eve = await visitor(OTHER_KEY);
    const ofHook = (id: string) => ["", "/edit", "/rotate", "/delete"].map((more) => `/webhooks/${id}${more}`);
    const ofBox = (id: string) => ["", "/edit", "/delete"].map((more) => `/mailboxes/${id}${more}`);
    const there = [...ofHook(webhook.id), ...ofBox(mailbox), `/webhooks/${webhook.id}/deliveries/${delivery.id}`];
    const nowhere = [...ofHook("hook_99"), ...ofBox("mailbox_99"), "/webhooks/hook_x/deliveries/delivery_x"];
    for (const path of [...there, ...nowhere]) expect([path, (await eve.get(path)).status]).toEqual([path, 404]);
    for (const path of [...ofHook("5"), ...ofBox("seq_5"), `/webhooks/${webhook.id}/deliveries/1`]) {
      expect([path, (await eve.get(path)).status]).toEqual([path, 400]);
    }
    const changes = ["pause", "resume", "delete", "test"].map((deed) => `/webhooks/${webhook.id}/${deed}`);
    for (const path of [...changes, `/mailboxes/${mailbox}/pause`, `/mailboxes/${mailbox}/delete`])
      await eve.submit(path);
    expect((await api("GET", `/v1/webhooks/${webhook.id}`)).body.webhook.status).toBe("active");
    expect((await mailboxOf(mailbox)).status).toBe("ACTIVE");
  });
});

import { describe, expect, test } from "vitest";
import { faultInStep, LONGEST_DELAY } from "../../src/domain/draft";
import type { RequestSettings, StepDraft, StepKind, Test } from "../../src/domain/step";
import { VIP } from "./planting";

const bare = { label: null, delay: 0, subject: null, body: null, format: "text" } as const;

function draft(kind: StepKind, over: object = {}): StepDraft {
  return { ...bare, kind, settings: {}, ...over } as StepDraft;
}

function condition(test: Test, upTo = 0): StepDraft {
  return draft("condition", { settings: { test, upTo } });
}

function request(over: Partial<RequestSettings> = {}): StepDraft {
  return draft("http_request", {
    settings: { method: "POST", url: "https://example.com/hook", headers: {}, body: null, ...over },
  });
}

const field = (name: string): Test => ({ on: "contact", condition: { field: name, op: "exists" } });
const tags = (...list: string[]) => draft("add_tag", { settings: { tags: list } });

const good: [string, StepDraft][] = [
  ["a message", draft("message", { body: "Hi {{ contact.firstName }}" })],
  ["a message that is given its templates later", draft("message")],
  [
    "a message with a subject and a preheader",
    draft("message", { subject: "a", body: "b", settings: { preheader: "c" } }),
  ],
  ["a delay", draft("delay", { delay: 3600 })],
  ["the longest delay", draft("delay", { delay: LONGEST_DELAY })],
  ["a time of day in a zone", draft("delay_until_time", { settings: { time: "08:00", zone: "Europe/Berlin" } })],
  ["a time of day in the contact's own", draft("delay_until_time", { settings: { time: "23:59", zone: null } })],
  ["a condition on a tag", condition(VIP)],
  ["a condition that waits", condition({ on: "reply" }, 86_400)],
  ["a condition on opens", condition({ on: "message", fact: "opened", which: "any" })],
  ["a condition on a field", condition(field("email"))],
  ["a condition on a field of one's own", condition(field("customFields.plan"))],
  ["a move", draft("move_to_sequence", { settings: { sequenceId: 9 } })],
  ["a tag to add", tags("vip")],
  ["a tag to remove", draft("remove_tag", { settings: { tags: ["vip", "beta"] } })],
  ["a hundred tags of a hundred characters", tags(...Array.from({ length: 100 }, () => "🎈".repeat(100)))],
  ["a deactivation", draft("deactivate_contact")],
  ["a request", request()],
  ["a request whose address is Liquid", request({ url: "{{ contact.customFields.url }}" })],
  ["a request over http, in capitals, with spaces around", request({ url: " HTTP://example.com " })],
  ["a request with headers and a body", request({ headers: { "X-A": "{{ first_name }}" }, body: "{}" })],
];

const bad: [string, StepDraft, string][] = [
  ["a negative delay", draft("delay", { delay: -1 }), "delay"],
  ["a fraction of a second", draft("delay", { delay: 0.5 }), "delay"],
  ["a delay that is no number", draft("delay", { delay: Number.NaN }), "delay"],
  ["a delay longer than the longest", draft("delay", { delay: LONGEST_DELAY + 1 }), "delay"],
  ["a delay of its own that is too long", draft("deactivate_contact", { delay: LONGEST_DELAY + 1 }), "delay"],
  ["a time that is none", draft("delay_until_time", { settings: { time: "24:00", zone: null } }), "time"],
  [
    "a zone that is none",
    draft("delay_until_time", { settings: { time: "08:00", zone: "Europe/Atlantis" } }),
    "timeZone",
  ],
  ["an empty zone", draft("delay_until_time", { settings: { time: "08:00", zone: "" } }), "timeZone"],
  ["a condition that waits too long", condition(VIP, LONGEST_DELAY + 1), "waitUpTo"],
  ["a condition that waits less than nothing", condition(VIP, -1), "waitUpTo"],
  ["a condition on a tag with spaces around", condition({ on: "tag", tag: " vip" }), "tag"],
  ["a condition on a tag that is too long", condition({ on: "tag", tag: "x".repeat(101) }), "tag"],
  ["a condition on a field there is not", condition(field("shoeSize")), "field"],
  ["a condition on a field within a field", condition(field("customFields.a.b")), "field"],
  ["a move to nowhere", draft("move_to_sequence", { settings: { sequenceId: 0 } }), "sequenceId"],
  ["more than a hundred tags", tags(...Array.from({ length: 101 }, (_, i) => `t${i}`)), "tags"],
  ["an empty tag among others", tags("a", ""), "tags"],
  ["a tag that is too long", tags("x".repeat(101)), "tags"],
  ["a tag of two lines", tags("a\nb"), "tags"],
  ["a tag with spaces around", tags("a "), "tags"],
  ["a request to no address", request({ url: "" }), "url"],
  ["a request to half an address", request({ url: "https://" }), "url"],
  ["a request over something else", request({ url: "ftp://example.com" }), "url"],
  ["a header with a space in its name", request({ headers: { "X A": "1" } }), "headers"],
  ["a header without a name", request({ headers: { "": "1" } }), "headers"],
  ["a header that would break out", request({ headers: { "A: b\r\nC": "1" } }), "headers"],
  ["a header of the connection's", request({ headers: { Ok: "1", Host: "example.com" } }), "headers"],
  ["the key that marks repeats", request({ headers: { "Idempotency-Key": "1" } }), "headers"],
];

const blank: [string, StepDraft, string][] = [
  ["a message without a body", draft("message", { subject: "a" }), "body"],
  ["a message with a blank body", draft("message", { body: " " }), "body"],
  ["a message with an empty body", draft("message", { body: " \n" }), "body"],
  ["a condition on no tag", condition({ on: "tag", tag: " " }), "tag"],
  ["no tags", tags(), "tags"],
  ["no tags to remove", draft("remove_tag", { settings: { tags: [] } }), "tags"],
];

const unrendered: [string, StepDraft, string][] = [
  ["the body", draft("message", { body: "Hi {{ contact" }), "body"],
  ["the subject", draft("message", { body: "Hi", subject: "{% if %}" }), "subject"],
  ["the preheader", draft("message", { body: "Hi", settings: { preheader: "{{ x | }" } }), "preheader"],
  ["a request's address", request({ url: "https://x/{{ a" }), "url"],
  ["a request's body", request({ body: "{{ a" }), "body"],
  ["a request's header", request({ headers: { "X-A": "{{ a" } }), "headers.X-A"],
];

describe("a step before it is saved", () => {
  test.each(good)("%s -> can be saved", (_, step) => {
    expect(faultInStep(step)).toBeNull();
  });

  test.each(bad)("%s -> refused, the field named", (_, step, name) => {
    expect(faultInStep(step)).toEqual({ kind: "bad_value", field: name, message: expect.stringMatching(/./) });
  });

  test.each(blank)("%s -> refused as blank, the field named", (_, step, name) => {
    expect(faultInStep(step)).toEqual({ kind: "blank", field: name });
  });

  test.each(unrendered)("%s cannot be rendered -> refused, the field named, and the place in it", (_, step, name) => {
    expect(faultInStep(step)).toMatchObject({ kind: "bad_template", field: name, line: 1 });
  });

  test.each(["entry", "condition_branch"] as const)("%s -> not made by itself", (kind) => {
    expect(faultInStep(draft(kind))).toMatchObject({ kind: "unwalkable" });
  });
});

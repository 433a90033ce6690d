import { beforeAll, describe, expect, test } from "vitest";
import { api, begin, enroll, makeDrip, settle } from "../support/world";

let sequence = "";
let enrollment = "";

beforeAll(async () => {
  await begin();
  ({ sequence } = await makeDrip([0]));
  enrollment = await enroll(sequence);
  await settle();
});

const LISTS = [
  ["/sequences", "sequences", 20],
  ["/sequences/{seq}/enrollments", "enrollments", 50],
  ["/contacts", "contacts", 50],
  ["/messages", "messages", 50],
  ["/replies", "replies", 50],
  ["/suppressions", "suppressions", 50],
  ["/dead-letters", "deadLetters", 50],
] as const;

const get = (path: string) => api("GET", `/v1${path.replace("{seq}", sequence)}`);
const wrong = (field: string) => {
  const message = expect.stringMatching(new RegExp(`^${field} `));
  return { status: 400, body: { error: { code: "BAD_REQUEST", message } } };
};
const refused = (field: string) => {
  const message = expect.stringMatching(new RegExp(`^${field} must `));
  return { status: 400, body: { error: { code: "VALIDATION_ERROR", message, details: { field } } } };
};

describe("every list is paged alike", () => {
  test.each(LISTS)("GET %s", async (path, name, limit) => {
    const { status, body } = await get(path);
    expect([status, Object.keys(body)]).toEqual([200, [name, "pagination"]]);
    const total = body[name].length;
    expect(body.pagination).toEqual({ page: 1, limit, total, totalPages: total > 0 ? 1 : 0 });
    for (const field of ["page", "limit"]) {
      for (const value of ["abc", "", "1.5", "1e2", "0x10", "%201", "٣", "null", "99999999999999999999"]) {
        expect([field, value, await get(`${path}?${field}=${value}`)]).toEqual([field, value, wrong(field)]);
      }
    }
    for (const page of [0, -1]) expect(await get(`${path}?page=${page}`)).toEqual(refused("page"));
    for (const limit of [0, -1, 101, 1000]) expect(await get(`${path}?limit=${limit}`)).toEqual(refused("limit"));
    for (const limit of [1, 100]) expect((await get(`${path}?limit=${limit}`)).body.pagination.limit).toBe(limit);
    const far = await get(`${path}?page=1000000&limit=100`);
    const totalPages = total > 0 ? 1 : 0;
    expect(far).toEqual({
      status: 200,
      body: { [name]: [], pagination: { page: 1_000_000, limit: 100, total, totalPages } },
    });
    expect(await get(`${path}?colour=red&page=1`)).toEqual({ status, body });
  });
});

describe("filters", () => {
  test.each([
    ["/sequences/{seq}/enrollments?status=active", "status"],
    ["/sequences/{seq}/enrollments?status=PAUSED", "status"],
    ["/sequences/{seq}/enrollments?status=", "status"],
    ["/sequences/{seq}/enrollments?status=ACTIVE,FAILED", "status"],
    ["/messages?status=SENT", "status"],
    ["/messages?status=delivered", "status"],
    ["/contacts?platform=twitter", "platform"],
    ["/contacts?platform=MYSPACE", "platform"],
  ])("%s is not allowed", async (path, field) => {
    expect(await get(path)).toEqual(refused(field));
  });

  test("a search of more than 255 characters, or of more than 20 tags, is not allowed", async () => {
    const tags = Array.from({ length: 21 }, (_, i) => `t${i}`);
    expect(await get(`/contacts?search=${"x".repeat(256)}`)).toEqual(refused("search"));
    expect(await get(`/contacts?tags=${tags.join()}`)).toEqual(refused("tags"));
    expect((await get(`/contacts?tags=${tags.slice(1).join()},`)).status).toBe(200);
  });

  test.each([
    ["enrollment", "enroll_999999", "Enrollment"],
    ["enrollment", "enroll_xyz789", "Enrollment"],
    ["sequence", "seq_abc123", "Sequence"],
    ["contact", "contact_abc123", "Contact"],
  ])("messages of the %s %s, which never was, are not found", async (filter, id, noun) => {
    const error = { code: "NOT_FOUND", message: `${noun} not found` };
    expect(await get(`/messages?${filter}=${id}`)).toEqual({ status: 404, body: { error } });
  });

  test.each([
    ["enrollment", "seq_1"],
    ["sequence", "1"],
    ["contact", "contact_"],
    ["contact", ""],
  ])("messages of the %s %j, which is no id, are refused", async (filter, id) => {
    expect(await get(`/messages?${filter}=${id}`)).toEqual(wrong(filter));
  });

  test("all that are allowed are accepted", async () => {
    for (const status of ["ACTIVE", "COMPLETED", "EXITED", "FAILED"]) {
      expect((await get(`/sequences/{seq}/enrollments?status=${status}`)).status).toBe(200);
    }
    for (const status of ["retrying", "sent", "unconfirmed", "failed", "cancelled"]) {
      expect((await get(`/messages?status=${status}&enrollment=${enrollment}`)).status).toBe(200);
    }
    expect((await get(`/contacts?search=${"x".repeat(255)}&platform=SMS&tags=a`)).status).toBe(200);
  });
});

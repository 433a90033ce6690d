import { describe, expect, test } from "vitest";
import { blanked } from "../../src/domain/blank";

describe("what may stand in a log", () => {
  test.each([
    ["D1_ERROR: the database is out of reach", "D1_ERROR: the database is out of reach"],
    ["UNIQUE constraint failed: keys.digest", "UNIQUE constraint failed: keys.digest"],
    ["550 5.1.1 <ada.l+x@example.com>: no such user", "550 5.1.1 <<address>>: no such user"],
    ["to=ada@example.com, from=bo@example.org", "to=<address>, from=<address>"],
    ["fetch https://hooks.example/T0/B0/secret?token=abc failed", "fetch https://hooks.example/… failed"],
    ["smtps://user:pass@mail.example:465 refused", "smtps://mail.example:465/… refused"],
    ["Authorization: Bearer vb_live_abc.def", "Authorization: Bearer …"],
    ["key vb_live_first-workspace is unknown", "key vb_live_… is unknown"],
    ["key drip_0123456789abcdefABCDEF is unknown", "key drip_… is unknown"],
    ["UNIQUE constraint failed: keys.digest, drip_abc-d_e=", "UNIQUE constraint failed: keys.digest, drip_…"],
    ["whsec_c2VjcmV0+/= does not fit", "whsec_… does not fit"],
    [
      'Unexpected token \'A\', "Ada "Lovelace" "... is not valid JSON',
      "Unexpected token 'A', \"…\"... is not valid JSON",
    ],
    ["called +43 (660) 123-45 67 twice", "called <number> twice"],
    ["at 2040-01-02T09:00:00.000Z, attempt 3 of 12", "at 2040-01-02T09:00:00.000Z, attempt 3 of 12"],
  ])("%s -> %s", (told, written) => {
    expect(blanked(told)).toBe(written);
  });

  test("a text that has no end is cut, and soon", () => {
    const began = performance.now();
    expect(blanked(`${"a@".repeat(100_000)}`).length).toBeLessThan(600);
    expect(blanked(`"${"x".repeat(100_000)}`).length).toBeLessThan(600);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

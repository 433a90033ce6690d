/** One and the same story through every dialect against one server, each seeing what the other did. */
import { beforeEach, describe, expect, test } from "vitest";
import { FACES } from "../support/faces";
import { api, begin, HOUR, type Json, pass, settle } from "../support/world";

beforeEach(begin);

const ADA = "ada@example.com";
const BEN = "ben@example.com";
const CYD = "cyd@example.com";

const textsTo = async (email: string) => {
  const { body } = await api("GET", "/v1/messages?limit=100");
  const contacts = (await api("GET", `/v1/contacts?search=${email}`)).body.contacts;
  const mine = body.messages.filter(({ contactId }: Json) => contactId === contacts[0].id);
  return mine.map(({ excerpt }: Json) => excerpt).reverse();
};

describe.each(FACES)("told through $name", (teller) => {
  describe.each(FACES)("and seen through $name", (seer) => {
    test("make, enroll, fire, reply, exit, list, archive", async () => {
      const sequence = await teller.make("Onboarding");
      await teller.addMessage(sequence, "Welcome", 0);
      await teller.addMessage(sequence, "Three tips", 4);
      await teller.switchOn(sequence);
      expect(await seer.messages(sequence)).toEqual([
        { text: "Welcome", hours: 0 },
        { text: "Three tips", hours: 4 },
      ]);

      for (const email of [ADA, BEN, CYD]) expect(await teller.enroll(sequence, email)).toBe(201);
      expect(await teller.enroll(sequence, ADA)).toBeGreaterThanOrEqual(400);
      expect(await seer.live(sequence)).toBe(3);
      await settle();
      expect(await textsTo(ADA)).toEqual(["Welcome"]);

      await api("POST", "/v1/replies", { platform: "EMAIL", from: BEN, text: "Sounds good" });
      await settle();
      expect(await teller.exit(sequence, CYD)).toBe(200);
      expect(await teller.exit(sequence, CYD)).toBeGreaterThanOrEqual(400);
      expect(await seer.live(sequence)).toBe(1);

      await pass(5 * HOUR, HOUR);
      const word = seer.word ?? ((standing) => standing);
      expect(await seer.list(sequence)).toEqual([
        { email: ADA, standing: word("completed") },
        { email: BEN, standing: word("exited") },
        { email: CYD, standing: word("exited") },
      ]);
      expect([await textsTo(ADA), await textsTo(BEN), await textsTo(CYD)]).toEqual([
        ["Welcome", "Three tips"],
        ["Welcome"],
        ["Welcome"],
      ]);

      expect(await seer.enroll(sequence, CYD)).toBe(201);
      await settle();
      expect(await teller.live(sequence)).toBe(1);
      await teller.archive(sequence);
      await settle();
      expect(await seer.look(sequence)).toBe(seer.name === "v1" ? 200 : 404);
      expect(await textsTo(CYD)).toEqual(["Welcome", "Welcome"]);
      await pass(5 * HOUR, HOUR);
      expect(await textsTo(CYD)).toEqual(["Welcome", "Welcome"]);
    });
  });
});

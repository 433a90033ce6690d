/** Documents as the vendor describes them: every attribute there, linkage by kind, and links that lead somewhere. */
import { beforeEach, expect, test } from "vitest";
import { faultsIn } from "../../support/described";
import { call, doc, make } from "../../support/outreach";
import { api, begin, idOf, settle } from "../../support/world";

beforeEach(begin);

test("a first look", async () => {
  const made = await make("sequence", { name: "Hello" });
  const list = await call("GET", "/sequences?include=owner,creator");
  expect(await faultsIn(list.body)).toEqual([]);
  expect(made).toEqual(list.body.data[0]);
  console.log(JSON.stringify(list.body, null, 1));
  const contact = await api("POST", "/v1/contacts", { platform: "EMAIL", username: "a@example.com", firstName: "Ada" });
  await api("POST", `/v1/sequences/seq_${made.id}/steps`, { messageTemplate: "Hi", delayHours: 0 });
  const id = idOf(contact.body.contact.id);
  await call("POST", `/sequences/${made.id}/actions/activate`);
  const state = await call(
    "POST",
    "/sequenceStates",
    doc("sequenceState", {}, { prospect: ["prospect", id], sequence: ["sequence", made.id] }),
  );
  console.log(JSON.stringify(state));
  await settle();
  for (const plural of ["sequences", "sequenceSteps", "sequenceStates", "prospects", "mailings", "users"]) {
    const { status, body } = await call("GET", `/${plural}`);
    expect([status, body.data.length, await faultsIn(body)]).toEqual([200, 1, []]);
    console.log(
      JSON.stringify(body.data[0].attributes).slice(0, 1500),
      JSON.stringify(body.links),
      JSON.stringify(body.meta),
    );
  }
});

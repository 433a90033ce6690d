import { describe, expect, test } from "vitest";
import type { State } from "../../src/domain/enrollment";
import { type MessageFact, messageId } from "../../src/domain/message";
import type { Test } from "../../src/domain/step";
import { holds } from "../../src/domain/verdict";
import { erased, J, running, trip } from "./given";
import { fresh, GOLD, VIP } from "./planting";
import { waiting } from "./states";

const [FIRST_SENT, LAST_SENT] = [messageId(trip.id, 1), messageId(trip.id, 2)];

describe("what a condition asks", () => {
  const sent: State = { ...waiting, messages: 2, lastMessage: LAST_SENT };
  const about = (fact: "opened" | "clicked", which: "any" | "previous"): Test => ({ on: "message", fact, which });
  const known = (fact: MessageFact, ...ids: number[]): State => ({ ...sent, noted: { [fact]: ids } });

  const verdicts: [string, Test, State, boolean][] = [
    ["opened, nothing known", about("opened", "any"), sent, false],
    ["opened any + an earlier one was opened", about("opened", "any"), known("opened", FIRST_SENT), true],
    [
      "opened the previous + an earlier one was opened",
      about("opened", "previous"),
      known("opened", FIRST_SENT),
      false,
    ],
    ["opened the previous + it was", about("opened", "previous"), known("opened", LAST_SENT), true],
    [
      "opened the previous + an earlier one and it were",
      about("opened", "previous"),
      known("opened", FIRST_SENT, LAST_SENT),
      true,
    ],
    ["opened + it was clicked: who clicks has opened", about("opened", "previous"), known("clicked", LAST_SENT), true],
    ["opened any + one was clicked", about("opened", "any"), known("clicked", FIRST_SENT), true],
    ["clicked + it was opened only", about("clicked", "any"), known("opened", LAST_SENT), false],
    ["clicked any + an earlier one was clicked", about("clicked", "any"), known("clicked", FIRST_SENT), true],
    [
      "clicked the previous + an earlier one was clicked",
      about("clicked", "previous"),
      known("clicked", FIRST_SENT),
      false,
    ],
    ["clicked the previous + it was", about("clicked", "previous"), known("clicked", LAST_SENT), true],
    ["opened + it was delivered only", about("opened", "any"), known("delivered", LAST_SENT), false],
    [
      "the previous, where no message went out",
      about("opened", "previous"),
      { ...fresh, noted: { opened: [FIRST_SENT] } },
      false,
    ],
    ["a tag he has", VIP, sent, true],
    ["a tag he has not", GOLD, sent, false],
    ["a reply, none came", { on: "reply" }, sent, false],
    ["a reply that came", { on: "reply" }, { ...sent, repliedAt: J }, true],
    [
      "a field that is so",
      { on: "contact", condition: { field: "customFields.plan", op: "is", value: "pro" } },
      sent,
      true,
    ],
    [
      "a field that is not so",
      { on: "contact", condition: { field: "firstName", op: "is", value: "Bob" } },
      sent,
      false,
    ],
    [
      "the platform of the journey",
      { on: "contact", condition: { field: "platform", op: "is", value: "TWITTER" } },
      sent,
      true,
    ],
  ];

  test.each(verdicts.map(([what, asked, state, verdict]) => [what, verdict, asked, state] as const))(
    "%s -> %s",
    (_, verdict, asked, state) => {
      expect(holds(asked, state, running)).toBe(verdict);
    },
  );

  test("a contact who was erased -> no field, no tag", () => {
    const absent = { on: "contact", condition: { field: "email", op: "not_exists" } } as const;
    expect(holds(absent, sent, erased)).toBe(false);
    expect(holds(VIP, sent, erased)).toBe(false);
  });
});

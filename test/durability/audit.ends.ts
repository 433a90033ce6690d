/** Knows how journeys must have begun and ended: all who were promised to be, each once, and nothing after an end. */
import { type Account, fatesOf, type Journey } from "./account.ts";
import type { Outcome } from "./audit.ts";
import { type Check, check, type Finding } from "./check.ts";
import type { Promised } from "./deeds.ts";
import { type Flow, numberOf, type Person } from "./flows.ts";
import { MOST_BACK } from "./plan.ts";
import { SPEED } from "./victim.ts";

/** An attempt under way when a journey ended reaches its receiver within the channel's own 20 s, or never. */
const LONGEST_ATTEMPT = 30_000;

export function auditEnds(outcome: Outcome, account: Account): Check[] {
  const { people, promised, sleepless } = outcome;
  const { journeys } = account;
  const live = journeys.filter(({ row }) => row.standing === "ACTIVE");
  return [
    check("everybody who was enrolled is there, once", `${people.length} people`, unenrolled(outcome, account)),
    check("everybody came to his end", `${journeys.length} enrollments`, live.map(saying("still lives"))),
    check("none failed", `${journeys.length} enrollments`, failed(journeys)),
    check("nothing was begun after an end", `${journeys.length} enrollments`, journeys.flatMap(afterEnd)),
    check("what was answered with 2xx happened", `${promised.length} promises`, broken(outcome, account)),
    check("none was without a wake-up at any death", `${sleepless.looks} looks`, sleepless.found),
  ];
}

export function saying(what: string): (journey: Journey) => Finding {
  return (journey) => ({ what: `enroll_${journey.id} ${what}`, journey });
}

/** Whom the journeys of a person in a sequence belong to. */
export function journeysOf({ journeys }: Account, person: Person, sequence: string): Journey[] {
  const [contact, of] = [numberOf(person.id), numberOf(sequence)];
  return journeys.filter(({ row }) => row.contact_id === contact && row.sequence_id === of);
}

function sequencesOf({ flows }: Pick<Outcome, "flows">, { flow, ways }: Person): string[] {
  const own = flows.find(({ name }) => name === flow)?.sequence ?? "";
  return [...new Set([own, ...ways.map(({ sequence }) => sequence)])];
}

/** Only an archive refuses anybody. */
function unenrolled(outcome: Outcome, account: Account): Finding[] {
  const { people, enrolling } = outcome;
  return people.flatMap((person) => {
    const refusal = enrolling.refused.get(person);
    if (refusal !== undefined && person.flow === "archived") return [];
    if (!enrolling.enrolled.has(person)) return [{ what: `${person.name} was not enrolled: ${refusal}` }];
    return sequencesOf(outcome, person).flatMap((sequence) => {
      const own = journeysOf(account, person, sequence);
      return own.length === 1
        ? []
        : [{ what: `${person.name} is ${own.length} times in ${sequence}`, journey: own[0] }];
    });
  });
}

function failed(journeys: readonly Journey[]): Finding[] {
  return journeys.filter(({ row }) => row.standing === "FAILED").map(saying("failed"));
}

function endOf({ stored }: Journey): number | null {
  return stored?.entries.findLast(({ what }) => what === "ended")?.at ?? null;
}

/** Where the clock was set back meanwhile, an end may bear an earlier time than what came before it. */
function afterEnd(journey: Journey): Finding[] {
  const ended = endOf(journey);
  if (ended === null) return [];
  const begun = journey.reached.filter(({ madeAt }) => madeAt !== null && madeAt > ended + MOST_BACK * SPEED);
  return begun.map(({ id }) => ({ what: `${id} was begun after the end of enroll_${journey.id}`, journey }));
}

function broken(outcome: Outcome, account: Account): Finding[] {
  return outcome.promised.flatMap((promised) => {
    const { person } = promised;
    const flow = outcome.flows.find(({ name }) => name === (person?.flow ?? "archived"));
    if (!flow) return [];
    return person ? brokenTo(promised, person, flow, account) : unarchived(flow, account);
  });
}

function unarchived(flow: Flow, { journeys }: Account): Finding[] {
  const own = journeys.filter(({ row }) => row.sequence_id === numberOf(flow.sequence));
  const others = own.filter(({ row }) => row.why !== "archived" && row.why !== "completed");
  return others.map(saying("was not archived"));
}

function brokenTo(promised: Promised, person: Person, flow: Flow, account: Account): Finding[] {
  const { what, at } = promised;
  const [journey] = journeysOf(account, person, flow.sequence);
  if (!journey) return [];
  const unheard = what === "reply" || what === "stop" ? unheardBy(promised, journey, account) : [];
  if (what === "reply") return unheard;
  if (promised.harmed && what === "stop") return [];
  const isEnded = journey.row.state === "ended" && (what !== "exit" || journey.row.why === "removed");
  const late = what === "exit" ? journey.reached.filter(({ arrivals }) => isAfter(arrivals, at)) : [];
  const [words] = what === "erase" ? wordsOf(journey) : [];
  return [
    ...unheard,
    ...(isEnded ? [] : [saying(`ended otherwise than by ${what}: ${journey.row.why}`)(journey)]),
    ...late.map(({ id }) => saying(`was tried again by ${id} after its exit`)(journey)),
    ...(words === undefined ? [] : [saying("keeps words of somebody who was erased")(journey)]),
  ];
}

function isAfter(arrivals: readonly { at: number }[], end: number): boolean {
  return arrivals.some(({ at }) => at > end + LONGEST_ATTEMPT);
}

function wordsOf(journey: Journey): string[] {
  return [...fatesOf(journey).values()].map(({ content }) => content.to + content.body).filter((words) => words !== "");
}

/** A reply is kept, was taken in, and where it was matched the journey knows it. While D1 is away the queue alone has it. */
function unheardBy({ messageId, harmed }: Promised, journey: Journey, { ask }: Account): Finding[] {
  const [reply] = ask(`SELECT * FROM replies WHERE message_id = '${messageId}'`);
  const isErased =
    ask(`SELECT 1 FROM contacts WHERE id = ${journey.row.contact_id} AND erased_at IS NOT NULL`).length > 0;
  if (!reply) return harmed || isErased ? [] : [saying(`never heard ${messageId}`)(journey)];
  if (reply.outcome === null) return [saying(`has not taken in ${messageId}`)(journey)];
  const names = (JSON.parse(String(reply.enrollments)) as number[]).includes(journey.id);
  if (!names || reply.kind !== "human") return [];
  const heard = journey.stored?.entries.some(
    (entry) => (entry.what === "replied" || entry.what === "reply_ignored") && entry.reply === reply.dedupe,
  );
  return heard ? [] : [saying(`was answered by ${messageId} and does not know it`)(journey)];
}

/** Knows what a sequence lacks before it does anything by itself, and where each is done. */
import { spell } from "../../dialects/v1/ids";
import type { Analytics } from "../../engine/analytics";
import { people } from "./words";

interface Matter {
  is: "done" | "open";
  told: string;
  /** Where it is done, and in which words. */
  way: [words: string, to: string];
}

/** Nothing once it runs and somebody has been in it. */
export function Setup({ of }: { of: Analytics }) {
  const { status } = of.definition.sequence;
  const matters = mattersOf(of);
  if (matters.every(({ is }) => is === "done")) return null;
  if (status !== "DRAFT" && of.enrolled > 0) return <Resting of={of} />;
  const next = matters.find(({ is }) => is === "open");
  return (
    <section class="card">
      <h2>Until it runs</h2>
      <ol class="setup">
        {matters.map((matter) => (
          <li class={matter.is}>
            <span>
              {matter.told} <small>{matter.is}</small>
            </span>
            <a class={matter === next ? "button primary" : undefined} href={matter.way[1]}>
              {matter.way[0]}
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}

function mattersOf(of: Analytics): Matter[] {
  const { sequence, steps } = of.definition;
  const path = `/sequences/${spell("sequence", sequence.id)}`;
  const n = steps.filter(({ kind, deletedAt }) => !UNSEEN.has(kind) && deletedAt === null).length;
  return [
    {
      is: n > 0 ? "done" : "open",
      told: n === 0 ? "It has no step yet." : `It has ${n} step${n === 1 ? "" : "s"}.`,
      way: n > 0 ? ["Look at them", `${path}/build`] : ["Add the first step", `${path}/build`],
    },
    {
      is: of.enrolled > 0 ? "done" : "open",
      told: of.enrolled === 0 ? "Nobody is in it yet." : `${people(of.enrolled)} came in.`,
      way: ["Enroll people", `${path}/enroll`],
    },
    {
      is: sequence.status === "ACTIVE" ? "done" : "open",
      told: sequence.status === "ACTIVE" ? "It runs." : "It does not run, so nothing is sent.",
      way: sequence.status === "ACTIVE" ? ["Pause it", `${path}/pause`] : ["Activate it", `${path}/activate`],
    },
  ];
}

const UNSEEN = new Set(["entry", "condition_branch"]);

function Resting({ of }: { of: Analytics }) {
  const { sequence } = of.definition;
  const { ACTIVE: live } = of.standings;
  if (sequence.status === "ACTIVE" || live === 0) return null;
  return (
    <p class="advice">
      {people(live)} {live === 1 ? "waits" : "wait"} for this sequence to run.{" "}
      <a href={`/sequences/${spell("sequence", sequence.id)}/activate`}>Activate it</a>
    </p>
  );
}

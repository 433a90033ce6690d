/** Knows the pages that ask once more before a sequence is activated, paused or archived: what that does, and to how many. */
import type { Child } from "hono/jsx";
import { spell } from "../../dialects/v1/ids";
import type { Sequence, SequenceStatus } from "../../domain/sequence";
import type { DryRun } from "../../engine/dryruns";
import { Trouble } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { Badge, Form, Head } from "../kit/parts";
import { people } from "./words";

export interface Turn {
  name: "activate" | "pause" | "archive";
  status: SequenceStatus;
  verb: string;
  kind: "primary" | "danger";
  /** What is said once it is done. */
  done: string;
  /** What is said where it is so already. */
  already: string;
  effects: (run: DryRun) => Child[];
}

export const TURNS: readonly Turn[] = [
  {
    ...{ name: "activate", status: "ACTIVE", verb: "Activate", kind: "primary" },
    done: "It runs: whoever is due goes on now.",
    already: "This sequence runs already.",
    effects: ({ live, dueNow }) => [
      live === 0 ? "Nobody is in it yet: it waits for whom you enroll." : `${people(live)} in it will go on.`,
      ...(dueNow > 0 ? [`${countOf(dueNow, "message")} will go out at once, because it is their time already.`] : []),
      ...(live > 0 && dueNow === 0 ? ["Nothing goes out at once."] : []),
    ],
  },
  {
    ...{ name: "pause", status: "PAUSED", verb: "Pause", kind: "primary" },
    done: "It is paused: nothing more is sent.",
    already: "This sequence does not run.",
    effects: ({ live }) => [
      "Nothing more is sent until you activate it again.",
      live === 0
        ? "Nobody is in it now."
        : `${people(live)} will keep their places. What falls due meanwhile goes out when you activate it.`,
      "You can go on enrolling people; they wait for it too.",
    ],
  },
  {
    ...{ name: "archive", status: "ARCHIVED", verb: "Archive", kind: "danger" },
    done: "It is archived.",
    already: "This sequence is archived already.",
    effects: ({ ending }) => [
      ending === 0 ? "Nobody is in it now." : `${people(ending)} will stop getting messages, for good.`,
      "Nobody can be enrolled any more. It leaves the list, and its figures stay.",
      "It can be activated again later; those who were in it then are not brought back.",
    ],
  },
];

export interface TurnProps {
  turn: Turn;
  of: Sequence;
  /** Whether there is anything that it would do for anybody. */
  hasSteps: boolean;
  run: DryRun;
  faulty?: Faulty | undefined;
}

export function TurnPage({ turn, of, hasSteps, run, faulty }: TurnProps) {
  const path = `/sequences/${spell("sequence", of.id)}`;
  const isMissing = turn.name === "activate" && !hasSteps;
  const isAlready = of.status === turn.status || (turn.name === "pause" && of.status !== "ACTIVE");
  const title = (
    <>
      {`${turn.verb} “${of.name}”?`} <Badge of={of.status} />
    </>
  );
  return (
    <>
      <Head
        title={title}
        crumbs={[
          ["Sequences", "/"],
          [of.name, path],
        ]}
      />
      <section class="card narrow">
        {!isMissing && <Trouble faulty={faulty} />}
        {isMissing ? (
          <Missing path={path} />
        ) : isAlready ? (
          <p>{turn.already}</p>
        ) : (
          <Effects of={turn.effects(run)} run={run} />
        )}
        <div class="actions">
          {!isMissing && !isAlready && (
            <Form to={`${path}/${turn.name}`} class="inline">
              <button class={turn.kind}>{turn.verb}</button>
            </Form>
          )}
          <a class="button" href={path}>
            {isAlready || isMissing ? "Back to it" : "Leave it as it is"}
          </a>
        </div>
      </section>
    </>
  );
}

function Effects({ of, run }: { of: Child[]; run: DryRun }) {
  return (
    <>
      <ul>
        {of.map((line) => (
          <li>{line}</li>
        ))}
      </ul>
      {run.truncated && <p class="hint">Only the first 10,000 people were looked at, so there may be more.</p>}
      {run.estimated && <p class="hint">For some people this is an estimate by their last message.</p>}
    </>
  );
}

function Missing({ path }: { path: string }) {
  return (
    <p role="alert">
      It has no step yet, so whoever is enrolled would come to its end at once. <a href={`${path}/build`}>Add a step</a>{" "}
      first.
    </p>
  );
}

function countOf(n: number, noun: string): string {
  return `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
}

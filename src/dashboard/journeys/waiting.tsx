/** Knows how it is told what an enrollment waits for, and why. */
import { spell } from "../../dialects/v1/ids";
import { capital } from "../../domain/line";
import type { Waiting } from "../../domain/waiting";
import type { Detail } from "../../engine/enrollments";
import { When } from "../kit/parts";

const NOT_STARTED: Waiting = { for: "start", until: null, detail: "the enrollment has not started" };

/** Null of one that has ended. */
export function waitingOf({ row, view, held }: Detail): Waiting | null {
  if (row.standing !== "ACTIVE") return null;
  return held ?? view?.waiting ?? NOT_STARTED;
}

function titleOf({ for: why, until }: Waiting): string {
  switch (why) {
    case "start":
      return "About to start";
    case "throttle":
      return "Waiting to be let in";
    case "delay":
      return "Waiting for the next step";
    case "window":
      return "Waiting for the sending window";
    case "sending":
      return "Sending now";
    case "retry":
      return "Waiting to try again";
    case "sequence":
      return "Held up: the sequence is not active";
    case "workspace":
      return "Held up: sending is paused for the whole workspace";
    case "channel":
      return "Held up: the channel is paused";
    case "mailbox":
      return until === null ? "Held up: the mailbox is paused" : "Waiting for a slot of the mailbox";
    case "condition":
      return "Waiting for a condition";
    case "frequency":
      return "Waiting, not to write too often";
    case "turn":
      return "Waiting for its turn";
    case "paused":
      return "Paused";
    case "task":
      return "Waiting for a person";
  }
}

const PAUSES: Record<string, string> = {
  manual: "Somebody paused it.",
  reply: "The contact replied, and a reply pauses this sequence.",
  out_of_office: "The contact is out of office.",
};

/** What would have it go on, where that is not time. */
function remedyFor({ for: why, until }: Waiting): string | null {
  if (until !== null) return null;
  switch (why) {
    case "paused":
      return "It goes on when somebody resumes it.";
    case "sequence":
      return "It goes on when the sequence is activated.";
    case "workspace":
    case "channel":
      return "It goes on when that is resumed.";
    case "mailbox":
      return "It goes on when the mailbox is resumed.";
    case "task":
      return "It goes on when the task is done.";
    case "start":
    case "throttle":
    case "delay":
    case "window":
    case "sending":
    case "retry":
    case "condition":
    case "frequency":
    case "turn":
      return null;
  }
}

export function Wait({ of: waiting, why }: { of: Waiting; why: string | null }) {
  const { until, task } = waiting;
  const paused = waiting.for === "paused" ? PAUSES[why ?? ""] : undefined;
  const remedy = remedyFor(waiting);
  return (
    <div class={`wait ${waiting.for}`}>
      <p class="title">{titleOf(waiting)}</p>
      <p>{paused ?? `${capital(waiting.detail.replace("the next step's delay", "its delay is not over yet"))}.`}</p>
      {until !== null && (
        <p>
          {why === "reply" || waiting.for === "task" ? "At the latest" : "Until"} <When at={until} /> UTC{" "}
          <span class="hint">
            (<When at={until} relative={true} />)
          </span>
        </p>
      )}
      {remedy && (
        <p class="hint">
          {remedy}
          {task !== undefined && ` Its id is ${spell("task", task)}.`}
        </p>
      )}
    </div>
  );
}

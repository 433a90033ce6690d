/** Knows how the workspace looks: whether it sends, what holds for all its sequences, and how much of its limits is used. */
import { capOf } from "../../domain/frequency";
import { type Limits, sizeInWords } from "../../domain/limits";
import { MOST_DAYS } from "../../domain/retention";
import type { WorkspaceRow } from "../../engine/workspace";
import { Input, Tick, Trouble } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { Badge, Do, Form, Head } from "../kit/parts";
import { Facts, Paused } from "./parts";
import type { Crumbs } from "./paths";
import { SpanFields, spanInWords } from "./span";

export const WORKSPACE: Crumbs = [["Workspace", "/workspace"]];

interface PageProps {
  row: WorkspaceRow;
  /** Null: for ever. */
  retentionDays: number | null;
  limits: Limits;
  usage: { enrollments: number };
  mayWrite: boolean;
  maySeeChannels: boolean;
  faulty: Faulty | undefined;
}

export function WorkspacePage({ row, retentionDays, limits, usage, mayWrite, maySeeChannels, faulty }: PageProps) {
  const cap = capOf(row);
  return (
    <>
      <Head title={row.name}>
        {maySeeChannels && (
          <a class="button" href="/channels">
            Channels
          </a>
        )}
      </Head>
      <Trouble faulty={faulty} fields={["frequencyCap.messages", "frequencyCap.seconds", "retentionDays"]} />
      <Sending row={row} mayWrite={mayWrite} />
      {mayWrite ? (
        <div class="columns">
          <CapForm cap={cap} faulty={faulty} />
          <RetentionForm days={retentionDays} faulty={faulty} />
        </div>
      ) : (
        <div class="card">
          <h2>What holds for all sequences</h2>
          <Facts
            of={[
              ["One contact gets at most", cap === null ? "As many as come" : `${spanInWords(cap)}`],
              ["Ended journeys are kept", retentionDays === null ? "For ever" : `${retentionDays} days`],
            ]}
          />
        </div>
      )}
      <Plan row={row} limits={limits} usage={usage} />
    </>
  );
}

function Sending({ row, mayWrite }: { row: WorkspaceRow; mayWrite: boolean }) {
  return (
    <div class="card">
      <h2>
        Sending <Badge of={row.pausedAt === null ? "active" : "paused"} />
      </h2>
      <Paused at={row.pausedAt} why={null}>
        Nothing goes out. Contacts keep their places, and what falls due waits.
      </Paused>
      {row.pausedAt === null ? (
        <p>
          Messages go out as their sequences say. In an emergency all of them are stopped here at once, and nothing is
          lost by it.
        </p>
      ) : (
        <p>When it is resumed, what fell due meanwhile goes out, within the windows and limits that hold then.</p>
      )}
      {mayWrite &&
        (row.pausedAt === null ? (
          <a class="button danger" href="/workspace/pause">
            Pause all sending
          </a>
        ) : (
          <Do to="/workspace/resume" kind="primary">
            Resume sending
          </Do>
        ))}
    </div>
  );
}

function CapForm({ cap, faulty }: { cap: ReturnType<typeof capOf>; faulty: Faulty | undefined }) {
  const own = faulty && "frequencyCap.messages" in faulty.fields ? faulty : undefined;
  return (
    <Form to="/workspace/cap" class="card">
      <h2>Frequency cap</h2>
      <SpanFields
        name="frequencyCap"
        legend="Messages that one contact gets"
        hint="From all sequences together, transactional ones aside. What would be too much waits for room. Left empty: as many as come."
        value={cap}
        faulty={own}
      />
      <button class="primary">Save the cap</button>
    </Form>
  );
}

function RetentionForm({ days, faulty }: { days: number | null; faulty: Faulty | undefined }) {
  const own = faulty && "retentionDays" in faulty.fields ? faulty : undefined;
  return (
    <Form to="/workspace/retention" class="card">
      <h2>What is kept</h2>
      <Input
        name="retentionDays"
        label="Days for which ended journeys are kept"
        type="number"
        value={days}
        hint="With their messages. Left empty: for ever."
        faulty={own}
        more={{ min: 1, max: MOST_DAYS, inputmode: "numeric" }}
      />
      <Tick name="sure" label="What is older than that may be removed for good" faulty={own} />
      <button class="primary">Save what is kept</button>
    </Form>
  );
}

function Plan({ row, limits, usage }: { row: WorkspaceRow; limits: Limits; usage: { enrollments: number } }) {
  const { enrollments } = limits;
  return (
    <div class="card">
      <h2>Usage and limits</h2>
      <Facts
        of={[
          ["Plan", row.plan.toLowerCase()],
          [
            "Enrollments under way",
            enrollments === null ? (
              `${usage.enrollments.toLocaleString("en")}, as many as come`
            ) : (
              <span class="sent">
                <progress
                  max={Math.max(1, enrollments)}
                  value={Math.min(usage.enrollments, enrollments)}
                  aria-label="Enrollments under way"
                />{" "}
                {usage.enrollments.toLocaleString("en")} of {enrollments.toLocaleString("en")}
              </span>
            ),
          ],
          ["Requests a minute, for each key", limits.requestsPerMinute.toLocaleString("en")],
          ["Steps of a sequence", limits.stepsPerSequence.toLocaleString("en")],
          ["Size of a request", sizeInWords(limits.bodyBytes)],
        ]}
      />
    </div>
  );
}

/** Knows the page of queue messages that nobody could take in. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { spell } from "../../dialects/v1/ids";
import { pageQuery } from "../../dialects/v1/wire/parse";
import { ok } from "../../domain/failure";
import { allows } from "../../domain/scope";
import * as verbs from "../../engine/deadletters";
import type { Paged } from "../../engine/page";
import { action, page } from "../kit/page";
import { Do, Empty, Head, Pager, pathWith, Table, When } from "../kit/parts";
import { Deeds } from "./parts";

export const letters = new Hono<Front>()
  .get(
    "/dead-letters",
    page({
      scope: "operations_read",
      query: z.object(pageQuery(25)),
      show: async ({ ctx, caller, query }) => {
        const of = await verbs.list(ctx, query);
        const body = <Letters of={of} mayWrite={allows(caller.scopes, "operations_write")} />;
        return ok({ title: "Dead letters", section: "letters", body });
      },
    }),
  )
  .post(
    "/dead-letters/:id/resend",
    action({
      scope: "operations_write",
      ids: { id: "letter" },
      run: async ({ ctx, ids }) => {
        const sent = await verbs.resend(ctx, ids.id);
        return sent.ok ? ok({ to: "/dead-letters", said: "It is on its queue again." }) : sent;
      },
    }),
  );

function Letters({ of, mayWrite }: { of: Paged<verbs.DeadLetter>; mayWrite: boolean }) {
  return (
    <>
      <Head title="Dead letters" />
      {of.total === 0 ? (
        <Empty title="Nothing is lost">
          <p>
            Work that fails again and again comes to rest here, with what it was about, until somebody sends it on its
            way once more.
          </p>
        </Empty>
      ) : (
        <>
          <p>
            This failed at every attempt, and waits here until somebody sends it on its way once more. To do so is
            always safe: whatever is done already is not done twice.
          </p>
          <Table
            label="Dead letters"
            heads={["What", "Queue", "Given up", "Sent again", ...(mayWrite ? [<Deeds />] : [])]}
            live="letters"
          >
            {of.items.map((letter) => (
              <Row of={letter} mayWrite={mayWrite} />
            ))}
          </Table>
        </>
      )}
      <Pager of={of} to={(page) => pathWith("/dead-letters", { page })} />
    </>
  );
}

function Row({ of: letter, mayWrite }: { of: verbs.DeadLetter; mayWrite: boolean }) {
  const { id, queue, enrollmentId, createdAt, resentAt } = letter;
  return (
    <tr>
      <td>
        {verbs.gistOf(letter)}
        {enrollmentId !== null && (
          <p class="hint">
            Enrollment <code>{spell("enrollment", enrollmentId)}</code>
          </p>
        )}
      </td>
      <td>{queue}</td>
      <td>
        <When at={createdAt} />
      </td>
      <td>{resentAt === null ? "Not yet" : <When at={resentAt} />}</td>
      {mayWrite && (
        <td>
          <Do to={`/dead-letters/${spell("letter", id)}/resend`}>Send again</Do>
        </td>
      )}
    </tr>
  );
}

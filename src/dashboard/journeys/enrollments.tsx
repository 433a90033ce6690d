/** Knows the pages of one enrollment, and what may be done with it. */
import { Hono } from "hono";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { spell } from "../../dialects/v1/ids";
import { pageQuery } from "../../dialects/v1/wire/parse";
import { ok, type Result } from "../../domain/failure";
import { allows } from "../../domain/scope";
import * as verbs from "../../engine/enrollments";
import { foresee } from "../../engine/foresight";
import { windowOf } from "../../engine/page";
import { textsOf } from "../../engine/replies";
import { type Asked, action, page } from "../kit/page";
import { markSeen, type Page } from "../kit/show";
import { calledIn, EnrollmentPage, ExitPage, pathOf } from "./enrollment";
import { aroundOf, lineOf } from "./history";

const ids = { id: "sequence", enrollId: "enrollment" } as const;
type Of = keyof typeof ids;

/** Entries on one page. */
const ENTRIES = 50;
/** Steps ahead that are told: whoever wants them all has them simulated. */
const AHEAD = 12;

const LinesQuery = z.object({ page: pageQuery(ENTRIES).page });

function named({ id, enrollId }: Record<Of, number>): verbs.EnrollmentOf {
  return { sequenceId: id, enrollmentId: enrollId };
}

/** While nothing has moved since the page was made, it says no more than that, and the enrollment's object is left alone. */
async function show(asked: Asked<Of, z.output<typeof LinesQuery>>): Promise<Result<Page>> {
  const { c, ctx, query } = asked;
  const of = named(asked.ids);
  const mark = await verbs.markOf(ctx, of);
  if (!mark.ok) return mark;
  if (mark.value === markSeen(c)) return ok({ title: "Nothing new", section: "sequences", body: null });
  const found = await verbs.detailOf(ctx, of);
  if (!found.ok) return found;
  const detail = found.value;
  const may = (scope: string) => allows(asked.caller.scopes, scope);
  const history = detail.view?.history ?? [];
  const around = aroundOf(detail.definition.steps, history);
  const { limit, offset } = windowOf({ page: query.page, limit: ENTRIES });
  const lines = history
    .toReversed()
    .slice(offset, offset + limit)
    .map((entry) => lineOf(entry, around));
  const keys = lines.flatMap(({ reply }) => reply ?? []);
  const [ahead, replies] = await Promise.all([
    // What he would be told tells of him.
    may("contacts_read") ? foresee(ctx, detail, AHEAD) : null,
    textsOf(ctx, may("replies_read") ? keys : []),
  ]);
  const paged = { lines, page: query.page, limit: ENTRIES, total: history.length };
  const allowed = { write: may("sequences_write"), contacts: may("contacts_read"), messages: may("messages_read") };
  const body = <EnrollmentPage {...{ detail, ahead, ...paged, replies, mark: mark.value, may: allowed }} />;
  return ok({ title: calledIn(detail.contact), section: "sequences", body });
}

function deed(run: typeof verbs.pause, said: string) {
  return action({
    scope: "sequences_write",
    ids,
    run: async ({ ctx, ids: { id, enrollId } }) => {
      const done = await run(ctx, { sequenceId: id, enrollmentId: enrollId });
      const to = `/sequences/${spell("sequence", id)}/enrollments/${spell("enrollment", enrollId)}`;
      return done.ok ? ok({ to, said }) : done;
    },
  });
}

const PATH = "/sequences/:id/enrollments/:enrollId";

export const enrollments = new Hono<Front>()
  .get(PATH, page({ scope: "sequences_read", ids, query: LinesQuery, show }))
  .post(`${PATH}/pause`, deed(verbs.pause, "Paused. Nothing is sent until it is resumed."))
  .post(`${PATH}/resume`, deed(verbs.resume, "Resumed."))
  .post(`${PATH}/retry`, deed(verbs.retry, "It is taken up again where it failed."))
  .post(`${PATH}/exit`, deed(verbs.exit, "Removed from this sequence."))
  .get(
    `${PATH}/exit`,
    page({
      scope: "sequences_write",
      ids,
      show: async ({ c, ctx, ids: asked }) => {
        const found = await verbs.rowOf(ctx, named(asked));
        if (!found.ok) return found;
        if (found.value.row.standing !== "ACTIVE") return ok(c.redirect(pathOf(found.value), 303));
        return ok({ title: "Remove from the sequence", section: "sequences", body: <ExitPage of={found.value} /> });
      },
    }),
  );

/** Knows v1's routes on enrollments. */
import { ok } from "../../../domain/failure";
import { enroll } from "../../../engine/admission";
import * as enrollments from "../../../engine/enrollments";
import { endpoint, routes } from "../endpoint";
import { Enroll, EnrollmentsQuery, showDetail, showEnrollment } from "../wire/enrollment";
import { pagination } from "../wire/page";
import { enrollMany } from "./bulk";

const of = { id: "sequence" } as const;
const oneOf = { id: "sequence", enrollId: "enrollment" } as const;

/** The three verbs that answer with the enrollment as it is afterwards. */
function verb(run: typeof enrollments.pause) {
  return endpoint({
    scope: "sequences_write",
    ids: oneOf,
    run: async ({ ctx, ids }) => {
      const done = await run(ctx, { sequenceId: ids.id, enrollmentId: ids.enrollId });
      return done.ok ? ok({ enrollment: showEnrollment(done.value) }) : done;
    },
  });
}

export const enrollmentRoutes = routes()
  .get(
    "/:id/enrollments",
    endpoint({
      scope: "sequences_read",
      ids: of,
      query: EnrollmentsQuery,
      run: async ({ ctx, ids, query }) => {
        const { status, page, limit } = query;
        const listed = await enrollments.listOf(ctx, { sequenceId: ids.id, standing: status ?? null, page, limit });
        if (!listed.ok) return listed;
        const { items, ...counted } = listed.value;
        return ok({ enrollments: items.map(showEnrollment), pagination: pagination(counted) });
      },
    }),
  )
  .post(
    "/:id/enrollments",
    endpoint({
      scope: "sequences_write",
      ids: of,
      body: Enroll,
      status: 201,
      run: async ({ ctx, ids, body }) => {
        const enrolled = await enroll(ctx, { sequenceId: ids.id, ...body });
        return enrolled.ok ? ok({ enrollment: showEnrollment(enrolled.value) }) : enrolled;
      },
    }),
  )
  .post("/:id/enrollments/bulk", enrollMany)
  .post(
    "/:id/enrollments/retry",
    endpoint({
      scope: "sequences_write",
      ids: of,
      status: 202,
      run: async ({ ctx, ids }) => {
        const begun = await enrollments.retryAll(ctx, ids.id);
        return begun.ok ? ok({ success: true }) : begun;
      },
    }),
  )
  .get(
    "/:id/enrollments/:enrollId",
    endpoint({
      scope: "sequences_read",
      ids: oneOf,
      run: async ({ ctx, ids }) => {
        const found = await enrollments.detailOf(ctx, { sequenceId: ids.id, enrollmentId: ids.enrollId });
        return found.ok ? ok({ enrollment: showDetail(found.value) }) : found;
      },
    }),
  )
  .delete(
    "/:id/enrollments/:enrollId",
    endpoint({
      scope: "sequences_write",
      ids: oneOf,
      run: async ({ ctx, ids }) => {
        const exited = await enrollments.exit(ctx, { sequenceId: ids.id, enrollmentId: ids.enrollId });
        return exited.ok ? ok({ success: true }) : exited;
      },
    }),
  )
  .post("/:id/enrollments/:enrollId/pause", verb(enrollments.pause))
  .post("/:id/enrollments/:enrollId/resume", verb(enrollments.resume))
  .post("/:id/enrollments/:enrollId/retry", verb(enrollments.retry));

/** Knows v1's routes on enrollments. */
import { ok } from "../../../domain/failure";
import { enroll } from "../../../engine/admission";
import * as enrollments from "../../../engine/enrollments";
import { endpoint, routes, type Told } from "../endpoint";
import { Enroll, EnrollmentsQuery, ShownDetail, ShownEnrollment, showDetail, showEnrollment } from "../wire/enrollment";
import { pagination } from "../wire/page";
import { Done, oneAs, pageOf } from "../wire/shape";
import { enrollMany } from "./bulk";

const of = { id: "sequence" } as const;
const oneOf = { id: "sequence", enrollId: "enrollment" } as const;

const One = oneAs("enrollment", ShownEnrollment);

/** The three verbs that answer with the enrollment as it is afterwards. */
function verb(run: typeof enrollments.pause, told: Told) {
  return endpoint({
    ...told,
    answer: One,
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
      operation: "listEnrollments",
      summary: "A sequence's enrollments, the newest first",
      answer: pageOf("enrollments", ShownEnrollment),
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
      operation: "createEnrollment",
      summary: "Enroll a contact in a sequence",
      answer: One,
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
      operation: "retryEnrollments",
      summary: "Take up again all that have failed",
      answer: Done,
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
      operation: "getEnrollment",
      summary: "One enrollment with its history, and what it waits for",
      answer: oneAs("enrollment", ShownDetail),
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
      operation: "deleteEnrollment",
      summary: "Take a contact out of a sequence",
      answer: Done,
      scope: "sequences_write",
      ids: oneOf,
      run: async ({ ctx, ids }) => {
        const exited = await enrollments.exit(ctx, { sequenceId: ids.id, enrollmentId: ids.enrollId });
        return exited.ok ? ok({ success: true }) : exited;
      },
    }),
  )
  .post(
    "/:id/enrollments/:enrollId/pause",
    verb(enrollments.pause, { operation: "pauseEnrollment", summary: "Hold an enrollment where it is" }),
  )
  .post(
    "/:id/enrollments/:enrollId/resume",
    verb(enrollments.resume, { operation: "resumeEnrollment", summary: "Let a paused enrollment go on" }),
  )
  .post(
    "/:id/enrollments/:enrollId/retry",
    verb(enrollments.retry, { operation: "retryEnrollment", summary: "Take up an enrollment that has failed" }),
  );

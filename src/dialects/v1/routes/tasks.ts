/** Knows v1's routes on tasks. */
import { ok, type Result } from "../../../domain/failure";
import type { TaskRow } from "../../../engine/tasks";
import * as tasks from "../../../engine/tasks";
import { endpoint, routes } from "../endpoint";
import { CompleteTask, CreateTask, SnoozeTask, showTask, showTasks, TasksQuery, UpdateTask } from "../wire/task";

const of = { id: "task" } as const;

function answer(done: Result<TaskRow>): Result<object> {
  return done.ok ? ok({ task: showTask(done.value) }) : done;
}

export const taskRoutes = routes()
  .get(
    "/",
    endpoint({
      scope: "sequences_read",
      query: TasksQuery,
      run: async ({ ctx, query: { filter, page } }) => {
        const listed = await tasks.list(ctx, filter, page);
        return listed.ok ? ok(showTasks(listed.value)) : listed;
      },
    }),
  )
  .post(
    "/",
    endpoint({
      scope: "sequences_write",
      body: CreateTask,
      status: 201,
      run: async ({ ctx, body }) => answer(await tasks.create(ctx, body)),
    }),
  )
  .get(
    "/:id",
    endpoint({ scope: "sequences_read", ids: of, run: async ({ ctx, ids }) => answer(await tasks.show(ctx, ids.id)) }),
  )
  .patch(
    "/:id",
    endpoint({
      scope: "sequences_write",
      ids: of,
      body: UpdateTask,
      run: async ({ ctx, ids, body }) => answer(await tasks.update(ctx, ids.id, body)),
    }),
  )
  .delete(
    "/:id",
    endpoint({
      scope: "sequences_write",
      ids: of,
      run: async ({ ctx, ids }) => {
        const removed = await tasks.remove(ctx, ids.id);
        return removed.ok ? ok({ success: true }) : removed;
      },
    }),
  )
  .post(
    "/:id/complete",
    endpoint({
      scope: "sequences_write",
      ids: of,
      body: CompleteTask,
      run: async ({ ctx, ids, body }) => answer(await tasks.complete(ctx, ids.id, body.finish ? "finish" : "advance")),
    }),
  )
  .post(
    "/:id/snooze",
    endpoint({
      scope: "sequences_write",
      ids: of,
      body: SnoozeTask,
      run: async ({ ctx, ids, body }) => answer(await tasks.snooze(ctx, ids.id, body.dueAt)),
    }),
  )
  .post(
    "/:id/deliver",
    endpoint({
      scope: "sequences_write",
      ids: of,
      run: async ({ ctx, ids }) => answer(await tasks.deliver(ctx, ids.id)),
    }),
  );

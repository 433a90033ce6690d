/** Knows v1's routes on tasks. */
import { ok, type Result } from "../../../domain/failure";
import type { TaskRow } from "../../../engine/tasks";
import * as tasks from "../../../engine/tasks";
import { endpoint, routes } from "../endpoint";
import { Done, oneAs } from "../wire/shape";
import {
  CompleteTask,
  CreateTask,
  ShownTask,
  ShownTasks,
  SnoozeTask,
  showTask,
  showTasks,
  TasksQuery,
  UpdateTask,
} from "../wire/task";

const of = { id: "task" } as const;

const One = oneAs("task", ShownTask);

function answer(done: Result<TaskRow>) {
  return done.ok ? ok({ task: showTask(done.value) }) : done;
}

export const taskRoutes = routes()
  .get(
    "/",
    endpoint({
      operation: "listTasks",
      summary: "Tasks, the newest first; the answer's after leads on",
      answer: ShownTasks,
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
      operation: "createTask",
      summary: "Make a task that stands alone",
      answer: One,
      scope: "sequences_write",
      body: CreateTask,
      status: 201,
      run: async ({ ctx, body }) => answer(await tasks.create(ctx, body)),
    }),
  )
  .get(
    "/:id",
    endpoint({
      operation: "getTask",
      summary: "One task",
      answer: One,
      scope: "sequences_read",
      ids: of,
      run: async ({ ctx, ids }) => answer(await tasks.show(ctx, ids.id)),
    }),
  )
  .patch(
    "/:id",
    endpoint({
      operation: "updateTask",
      summary: "Change a task; what is left out stays",
      answer: One,
      scope: "sequences_write",
      ids: of,
      body: UpdateTask,
      run: async ({ ctx, ids, body }) => answer(await tasks.update(ctx, ids.id, body)),
    }),
  )
  .delete(
    "/:id",
    endpoint({
      operation: "deleteTask",
      summary: "Remove a task, or skip a journey's",
      answer: Done,
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
      operation: "completeTask",
      summary: "Complete a task; its journey goes on, or ends by finish",
      answer: One,
      scope: "sequences_write",
      ids: of,
      body: CompleteTask,
      run: async ({ ctx, ids, body }) => answer(await tasks.complete(ctx, ids.id, body.finish ? "finish" : "advance")),
    }),
  )
  .post(
    "/:id/snooze",
    endpoint({
      operation: "snoozeTask",
      summary: "Put a task off",
      answer: One,
      scope: "sequences_write",
      ids: of,
      body: SnoozeTask,
      run: async ({ ctx, ids, body }) => answer(await tasks.snooze(ctx, ids.id, body.dueAt)),
    }),
  )
  .post(
    "/:id/deliver",
    endpoint({
      operation: "deliverTask",
      summary: "Send the mail of a manual email, which completes it",
      answer: One,
      scope: "sequences_write",
      ids: of,
      run: async ({ ctx, ids }) => answer(await tasks.deliver(ctx, ids.id)),
    }),
  );

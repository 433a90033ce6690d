/** Knows the priorities of tasks as a resource. */
import { resource } from "../resource";
import { taskPriority } from "../tables/task";

export const taskPriorities = resource({
  table: taskPriority,
  scopes: { read: "sequences_read", write: "sequences_write" },
});

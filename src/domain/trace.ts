/** Knows what is noted of a reader who has opened a mail or followed a link of it. */
import type { Agent } from "./machine";
import type { Journey } from "./time";

/** Version 1 of a message on the `replies` queue, where its journey could not be told at once. */
export interface Trace {
  v: 1;
  kind: "trace";
  workspaceId: number;
  enrollment: number;
  message: number;
  fact: "opened" | "clicked";
  url: string | null;
  by: Agent;
  when: Journey;
}

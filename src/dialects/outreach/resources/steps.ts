/** Knows sequence steps as a resource. */
import { resource } from "../resource";
import { sequenceStep } from "../tables/sequence";

export const sequenceSteps = resource({
  table: sequenceStep,
  scopes: { read: "sequences_read", write: "sequences_write" },
});

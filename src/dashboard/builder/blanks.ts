/** Knows what a new step of each kind begins with. */
import type { StepDraft } from "../../domain/step";
import { UNITS } from "./stepwire";
import type { Made } from "./words";

const BARE = { label: null, delay: 0, subject: null, body: null, format: "text" } as const;

export const BLANKS: Record<Made, StepDraft> = {
  message: { ...BARE, kind: "message", body: "", settings: {} },
  delay: { ...BARE, kind: "delay", delay: 2 * UNITS.days, settings: {} },
  delay_until_time: { ...BARE, kind: "delay_until_time", settings: { time: "09:00", zone: null } },
  condition: {
    ...BARE,
    kind: "condition",
    settings: { test: { on: "message", fact: "opened", which: "any" }, upTo: 2 * UNITS.days },
  },
  add_tag: { ...BARE, kind: "add_tag", settings: { tags: [] } },
  remove_tag: { ...BARE, kind: "remove_tag", settings: { tags: [] } },
  move_to_sequence: { ...BARE, kind: "move_to_sequence", settings: { sequenceId: 0 } },
  deactivate_contact: { ...BARE, kind: "deactivate_contact", settings: {} },
  http_request: {
    ...BARE,
    kind: "http_request",
    settings: { method: "POST", url: "", headers: {}, body: null },
  },
  task: { ...BARE, kind: "task", settings: { type: "task", autoskip: null } },
};

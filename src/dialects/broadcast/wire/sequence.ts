/** Knows a sequence as Broadcast writes and reads it. */
import * as z from "zod";
import { REENROLLS } from "../../../domain/sequence";
import type { LiveSequence, SequenceFields } from "../../../engine/sequences";
import { flag, integer, oneOf, present, textOrNone } from "./parse";
import { instant } from "./time";

const LONGEST_LABEL = 255;
const LONGEST_TAG = 100;
const MOST_SERVERS = 100;

export const UpdateSequence = z.object({
  label: present(LONGEST_LABEL).optional(),
  active: flag.optional(),
  track_opens: flag.optional(),
  track_clicks: flag.optional(),
  use_any_email_server: flag.optional(),
  email_server_ids: z.array(integer).max(MOST_SERVERS).optional(),
  init_tag: textOrNone(LONGEST_TAG)
    .transform((tag) => tag?.trim() ?? null)
    .optional(),
  init_segment_id: integer.nullable().optional(),
  reenroll: oneOf(REENROLLS).optional(),
});

export const CreateSequence = UpdateSequence.extend({ label: present(LONGEST_LABEL) });

export const Duplicate = z.object({ label: present(LONGEST_LABEL).optional() });

export const SequenceQuery = z.object({ include_steps: z.string().optional() });

/** All but the label and the switch, which is not written alike when a sequence is made and when it is changed. */
export function fieldsOf(body: z.output<typeof UpdateSequence>): SequenceFields {
  return {
    trackOpens: body.track_opens,
    trackClicks: body.track_clicks,
    useAnyEmailServer: body.use_any_email_server,
    emailServerIds: body.email_server_ids,
    initTag: body.init_tag,
    initSegmentId: body.init_segment_id,
    reenroll: body.reenroll,
  };
}

/** `status` and `reenroll` are ours. */
export function showSequence({ sequence, live }: LiveSequence) {
  return {
    id: sequence.id,
    label: sequence.name,
    active: sequence.status === "ACTIVE",
    track_opens: sequence.trackOpens,
    track_clicks: sequence.trackClicks,
    use_any_email_server: sequence.useAnyEmailServer,
    email_server_ids: sequence.emailServerIds,
    init_segment_id: sequence.initSegmentId,
    init_tag: sequence.initTag,
    parent_sequence_id: sequence.parentSequenceId,
    subscribers_count: live,
    created_at: instant(sequence.createdAt),
    updated_at: instant(sequence.updatedAt),
    status: sequence.status,
    reenroll: sequence.reenroll,
  };
}

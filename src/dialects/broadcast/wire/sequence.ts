/** Knows a sequence as Broadcast writes and reads it. */
import * as z from "zod";
import { isOneLine } from "../../../domain/line";
import { askedReenroll, REENROLLS } from "../../../domain/sequence";
import { LONGEST_TAG, tagOf } from "../../../domain/tag";
import type { SequenceFields } from "../../../engine/sequencefields";
import type { LiveSequence } from "../../../engine/sequences";
import { flag, integer, integerOrNone, oneOf, optional, present, text } from "./parse";
import { instant } from "./time";

const LONGEST_LABEL = 255;
const MOST_SERVERS = 100;

const initTag = z
  .string()
  .transform(tagOf)
  .pipe(text(LONGEST_TAG).refine(isOneLine, "must be one line"))
  .transform((tag) => (tag === "" ? null : tag))
  .nullable();

export const UpdateSequence = z.object({
  label: present(LONGEST_LABEL).optional(),
  active: optional(flag),
  track_opens: optional(flag),
  track_clicks: optional(flag),
  use_any_email_server: optional(flag),
  email_server_ids: optional(z.array(integer).max(MOST_SERVERS)),
  init_tag: initTag.optional(),
  init_segment_id: integerOrNone.optional(),
  reenroll: optional(oneOf(REENROLLS)),
});

export const CreateSequence = UpdateSequence.extend({ label: present(LONGEST_LABEL) });

export const Duplicate = z.object({ label: present(LONGEST_LABEL).optional() });

export const SequenceQuery = z.object({ include_steps: z.string().optional() });

/** All but the label and the switch, which is not written alike when a sequence is made and when it is changed. */
export function fieldsOf(body: z.output<typeof UpdateSequence>): SequenceFields {
  return {
    trackOpens: body.track_opens,
    trackClicks: body.track_clicks,
    useAnyMailbox: body.use_any_email_server,
    mailboxIds: body.email_server_ids,
    keepsStrangers: true,
    initTag: body.init_tag,
    initSegmentId: body.init_segment_id,
    reenroll: body.reenroll,
  };
}

/** `status` and `reenroll` are ours; what is read can be written back, and changes nothing. */
export function showSequence({ sequence, live }: LiveSequence) {
  return {
    id: sequence.id,
    label: sequence.name,
    active: sequence.status === "ACTIVE",
    track_opens: sequence.trackOpens,
    track_clicks: sequence.trackClicks,
    use_any_email_server: sequence.useAnyMailbox,
    email_server_ids: sequence.mailboxIds,
    init_segment_id: sequence.initSegmentId,
    init_tag: sequence.initTag,
    parent_sequence_id: sequence.parentSequenceId,
    subscribers_count: live,
    created_at: instant(sequence.createdAt),
    updated_at: instant(sequence.updatedAt),
    status: sequence.status,
    reenroll: askedReenroll(sequence),
  };
}

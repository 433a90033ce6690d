/** Knows the shape of the document that tells all that is known of a contact. */
import * as z from "zod";
import { ShownLetter } from "./channel";
import { ShownContact } from "./contact";
import { ShownEntry } from "./enrollment";
import { ShownMail, ShownMessage } from "./message";
import { platformName, spelled } from "./parse";
import { ShownReply } from "./reply";
import { Instant } from "./shape";
import { ShownSuppression } from "./suppression";
import { ShownTask } from "./task";

const words = z.string().nullable();
const user = spelled("user").nullable();
const ended = Instant.nullable();

const ShownProfile = ShownContact.extend({
  addresses: z.array(z.object({ platform: platformName, address: z.string(), platformId: words, blocked: words })),
  inactive: z.boolean(),
  optedOutAt: ended,
  subscribedAt: ended,
  source: words,
  ipAddress: words,
  ownerId: user,
  stageId: z.int().nullable(),
  creatorId: user,
  updaterId: user,
}).meta({ id: "ContactProfile" });

const ShownCall = z.object({
  id: z.int(),
  userId: user,
  taskId: spelled("task").nullable(),
  enrollmentId: spelled("enrollment").nullable(),
  direction: words,
  outcome: words,
  note: words,
  state: words,
  dialedAt: ended,
  answeredAt: ended,
  completedAt: ended,
  details: z.record(z.string(), z.unknown()),
  createdAt: Instant,
});

/** Of one that is being sent there is no more than its content. */
const ShownSent = ShownMessage.partial().extend({
  id: spelled("message"),
  status: z.string(),
  to: words,
  toName: words,
  subject: words,
  preheader: words,
  body: words,
  format: words,
  mail: ShownMail.nullable(),
  bouncedAt: ended,
  complainedAt: ended,
  unsubscribedAt: ended,
});

const ShownJourney = z.object({
  id: spelled("enrollment"),
  sequenceId: spelled("sequence"),
  platform: platformName,
  status: z.string(),
  state: z.string(),
  reason: words,
  error: words,
  enrolledAt: Instant,
  enrolledBy: user,
  endedAt: ended,
  repliedAt: ended,
  threadSubject: words,
  requestUnderWay: z.record(z.string(), z.unknown()).nullable(),
  clicksInDoubt: z.array(z.object({ messageId: spelled("message"), url: words })),
  history: z.array(ShownEntry),
  messages: z.array(ShownSent),
  deadLetters: z.array(ShownLetter),
});

/** Who he is stands in the first document, and what he has been sent in this and in those that go on from it. */
export const ShownDossier = z
  .object({
    exportedAt: Instant,
    contact: ShownProfile.optional(),
    segments: z.array(z.object({ id: spelled("segment"), name: z.string() })).optional(),
    suppressions: z.array(ShownSuppression).optional(),
    replies: z.array(ShownReply.extend({ headers: z.record(z.string(), z.string()) })).optional(),
    tasks: z.array(ShownTask.extend({ creatorId: user, opportunityAssociation: words })).optional(),
    calls: z.array(ShownCall).optional(),
    deadLetters: z.array(ShownLetter).optional(),
    enrollments: z.array(ShownJourney),
    next: spelled("enrollment").nullable(),
  })
  .meta({ id: "Dossier" });

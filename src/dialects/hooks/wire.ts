/** Knows what providers tell of mails: in the words of Resend, and in our own. */
import * as z from "zod";
import { MESSAGE_FACTS } from "../../domain/message";
import type { MailNews } from "../../engine/providernews";

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const url = z.string().max(2048);
const REASON = 500;

const Ours = z.object({
  message: z.string().regex(/^msg_[1-9]\d{0,14}$/),
  fact: z.enum([...MESSAGE_FACTS, "soft_bounce"]),
  at: instant.optional(),
  url: url.nullable().default(null),
  reason: z.string().max(REASON).default(""),
});

const Resend = z.object({
  type: z.string().min(1).max(100),
  created_at: instant,
  data: z.looseObject({
    email_id: z.string().min(1).max(200).optional(),
    bounce: z.looseObject({ type: z.string().optional(), message: z.string().optional() }).optional(),
    click: z.looseObject({ link: url.optional(), timestamp: instant.optional() }).optional(),
  }),
});

const News = z.union([Ours, Resend]);

const FACTS: Record<string, MailNews["fact"]> = {
  "email.delivered": "delivered",
  "email.opened": "opened",
  "email.clicked": "clicked",
  "email.bounced": "bounced",
  "email.complained": "complained",
};

/** `nothing`: what a provider tells besides, and that it is still trying; null: no news at all. */
export function newsIn(body: unknown, { id, now }: { id: string; now: number }): MailNews | "nothing" | null {
  const parsed = News.safeParse(body);
  if (!parsed.success) return null;
  return "message" in parsed.data ? fromUs(parsed.data, id, now) : fromResend(parsed.data, id);
}

function fromUs({ message, at = undefined, ...same }: z.output<typeof Ours>, id: string, now: number): MailNews {
  return { ...same, id, of: { message: Number(message.slice("msg_".length)) }, at: at ?? now };
}

function fromResend({ type, created_at, data }: z.output<typeof Resend>, id: string): MailNews | "nothing" {
  const fact = FACTS[type];
  const { email_id: providerId, bounce, click } = data;
  if (fact === undefined || providerId === undefined) return "nothing";
  const passes = fact === "bounced" && bounce?.type !== undefined && bounce.type !== "Permanent";
  return {
    id,
    of: { providerId },
    fact: passes ? "soft_bounce" : fact,
    at: click?.timestamp ?? created_at,
    url: click?.link ?? null,
    reason: (bounce?.message ?? "").slice(0, REASON),
  };
}

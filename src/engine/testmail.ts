/** Knows how somebody tries out a channel of mails: by one mail that belongs to no journey. */
import { missing, ok, type Result, refuse } from "../domain/failure";
import type { Content, Outcome } from "../domain/message";
import type { Platform } from "../domain/platform";
import { sealedText, spellToken } from "../domain/token";
import { ownerOf, type Sender } from "../domain/transport";
import { sealOf } from "../seal";
import { type ChannelRow, findChannel } from "../storage/channels";
import type { Context } from "./context";

const SUBJECT = "A test mail of Dripline";
const BODY = `This mail was asked for to try out by what mails leave, and it has arrived.

Nothing has to be done about it.`;

/** Sends at once, be the channel paused or not, and changes nothing about it, whatever comes of it. */
export async function tryOut(ctx: Context, platform: Platform, to: string): Promise<Result<Outcome>> {
  const { workspaceId, installed } = ctx;
  const row = await findChannel(ctx.db, workspaceId, platform);
  if (platform !== "EMAIL" || (row === null && installed.transport === null)) return missing("channel");
  if (row !== null && row.kind !== "email") {
    return refuse({ kind: "bad_value", field: "kind", message: `is ${row.kind}: mails are tried out on email alone` });
  }
  const sender = row?.sender ?? installed.sender;
  if (sender === null) return refuse({ kind: "bad_value", field: "from", message: "is not set, nor is MAIL_FROM" });
  const content = await testMail(ctx, sender, to);
  return ok(await ctx.post(content, { workspaceId, ...carriedBy(ctx, row) }));
}

function carriedBy({ workspaceId, installed }: Context, row: ChannelRow | null) {
  if (!row?.transport) return { transport: installed.transport, secret: installed.secret, sealed: null };
  const sealed = row.sealed === null ? null : { owner: ownerOf(workspaceId), locked: row.sealed };
  return { transport: row.transport, secret: null, sealed };
}

async function testMail({ workspaceId, secret, now }: Context, from: Sender, to: string): Promise<Content> {
  const seal = await sealOf(secret, sealedText(workspaceId, 0));
  const mail = {
    from,
    mailbox: null,
    token: spellToken({ workspaceId, message: 0, seal }),
    messageId: `test_${now.wall}.${seal}@${from.address.slice(from.address.lastIndexOf("@") + 1)}`,
    references: [],
    unsubscribeUrl: null,
    tracks: { opens: false, clicks: false },
    date: now.wall,
  };
  return { platform: "EMAIL", to, toName: null, subject: SUBJECT, body: BODY, format: "text", mail, at: now.journey };
}

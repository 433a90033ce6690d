/** Knows the page of channels: how each platform's messages go out, and whether they do. */
import { Hono } from "hono";
import type { Front, Http } from "../../dialects/http";
import { missing, ok, type Result } from "../../domain/failure";
import { PLATFORMS, type Platform } from "../../domain/platform";
import { allows } from "../../domain/scope";
import * as verbs from "../../engine/channels";
import type { Context } from "../../engine/context";
import { action, page } from "../kit/page";
import { Badge, Do, Head, Table, When } from "../kit/parts";
import { transportInWords } from "./mailboxform";
import { Deeds } from "./parts";
import { WORKSPACE } from "./workspacepage";

type Verb = (ctx: Context, platform: Platform) => Promise<Result<unknown>>;

/** The platform is a name, not an id: a channel of one that is not ours is not there. */
async function done(c: Http, ctx: Context, { verb, said }: { verb: Verb; said: string }) {
  const platform = PLATFORMS.find((one) => one === c.req.param("platform"));
  const result = platform ? await verb(ctx, platform) : missing("channel");
  return result.ok ? ok({ to: "/channels", said }) : result;
}

const PAUSE = { verb: (ctx: Context, at: Platform) => verbs.pause(ctx, at, "paused by hand"), said: "Paused." };
const RESUME = { verb: verbs.resume, said: "Resumed: what has waited goes out." };

export const channels = new Hono<Front>()
  .get(
    "/channels",
    page({
      scope: "channels_read",
      show: async ({ ctx, caller }) => {
        const mayWrite = allows(caller.scopes, "channels_write");
        const set = new Map((await verbs.list(ctx)).map((row) => [row.platform, row]));
        const ways = PLATFORMS.map((platform) => wayOf(ctx, platform, set.get(platform)));
        return ok({ title: "Channels", body: <Channels of={ways} mayWrite={mayWrite} /> });
      },
    }),
  )
  .post("/channels/:platform/pause", action({ scope: "channels_write", run: ({ c, ctx }) => done(c, ctx, PAUSE) }))
  .post("/channels/:platform/resume", action({ scope: "channels_write", run: ({ c, ctx }) => done(c, ctx, RESUME) }));

interface Way {
  platform: Platform;
  words: string;
  isSet: boolean;
  pausedAt: number | null;
  why: string | null;
}

function wayOf(ctx: Context, platform: Platform, row: verbs.ChannelRow | undefined): Way {
  const { isSet = false, pausedAt = null, pauseReason: why = null } = row ?? {};
  return { platform, isSet, pausedAt, why, words: wordsOf(row?.kind ?? verbs.unset(ctx, platform), row) };
}

function wordsOf(kind: string, row: verbs.ChannelRow | undefined): string {
  if (kind === "webhook") return `Signed calls to ${row?.url}`;
  if (kind === "outbox") return "Outbox: kept here for you to fetch, and sent to nobody";
  const by = row?.transport ? transportInWords(row.transport) : "this installation's server";
  return `Mail by ${by}${row?.sender ? `, from ${row.sender.address}` : ""}`;
}

function Channels({ of, mayWrite }: { of: Way[]; mayWrite: boolean }) {
  const shown = of.filter(({ platform, isSet, pausedAt }) => isSet || pausedAt !== null || platform === "EMAIL");
  const rest = of.filter((way) => !shown.includes(way));
  return (
    <>
      <Head title="Channels" crumbs={WORKSPACE} />
      <p>
        How the messages of each platform go out. A channel that is refused by the other side, as by a wrong password,
        is paused by itself; its messages wait. Channels are set by <code>PUT /v1/channels/:platform</code>.
      </p>
      <Ways of={shown} label="Channels" mayWrite={mayWrite} />
      <details>
        <summary>Platforms that nobody has set</summary>
        <Ways of={rest} label="Platforms that nobody has set" mayWrite={mayWrite} />
      </details>
    </>
  );
}

function Ways({ of, label, mayWrite }: { of: Way[]; label: string; mayWrite: boolean }) {
  return (
    <Table label={label} heads={["Platform", "Goes out by", "Status", ...(mayWrite ? [<Deeds />] : [])]}>
      {of.map(({ platform, words, pausedAt, why }) => (
        <tr>
          <td>{nameOf(platform)}</td>
          <td>{words}</td>
          <td>
            <Badge of={pausedAt === null ? "active" : "paused"} />
            {pausedAt !== null && (
              <p class="hint">
                {why}, <When at={pausedAt} relative />
              </p>
            )}
          </td>
          {mayWrite && (
            <td>
              <Do to={`/channels/${platform}/${pausedAt === null ? "pause" : "resume"}`}>
                {pausedAt === null ? "Pause" : "Resume"} <span class="unseen">{nameOf(platform)}</span>
              </Do>
            </td>
          )}
        </tr>
      ))}
    </Table>
  );
}

const SPELLED: Partial<Record<Platform, string>> = {
  ...{ SMS: "SMS", EMAIL: "Email", LINKEDIN: "LinkedIn", TIKTOK: "TikTok", YOUTUBE: "YouTube", WHATSAPP: "WhatsApp" },
  GOOGLE_BUSINESS: "Google Business",
};

function nameOf(platform: Platform): string {
  return SPELLED[platform] ?? platform.charAt(0) + platform.slice(1).toLowerCase();
}

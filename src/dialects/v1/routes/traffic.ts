/** Knows v1's routes on what goes out and comes in: messages, replies, channels. */
import * as z from "zod";
import { missing, ok, type Result } from "../../../domain/failure";
import { PLATFORMS, type Platform } from "../../../domain/platform";
import type { Scope } from "../../../domain/scope";
import { journeyAt } from "../../../domain/time";
import * as channels from "../../../engine/channels";
import type { Context } from "../../../engine/context";
import * as messages from "../../../engine/messages";
import * as replies from "../../../engine/replies";
import { tryOut } from "../../../engine/testmail";
import { endpoint, routes } from "../endpoint";
import { PauseChannel, PutChannel, showChannel, showOutcome, TestMail } from "../wire/channel";
import { MessageEvent, MessagesQuery, showFullMessage, showMessage } from "../wire/message";
import { pagination } from "../wire/page";
import { pageQuery } from "../wire/parse";
import { InboundReply, showReply } from "../wire/reply";

export const messageRoutes = routes()
  .get(
    "/",
    endpoint({
      scope: "messages_read",
      query: MessagesQuery,
      run: async ({ ctx, query }) => {
        const listed = await messages.list(ctx, query);
        if (!listed.ok) return listed;
        const { items, ...page } = listed.value;
        return ok({ messages: items.map(showMessage), pagination: pagination(page) });
      },
    }),
  )
  .get(
    "/:id",
    endpoint({
      scope: "messages_read",
      ids: { id: "message" },
      run: async ({ ctx, ids }) => {
        const found = await messages.show(ctx, ids.id);
        return found.ok ? ok({ message: showFullMessage(found.value) }) : found;
      },
    }),
  )
  .post(
    "/:id/events",
    endpoint({
      scope: "messages_write",
      ids: { id: "message" },
      body: MessageEvent,
      run: async ({ ctx, ids, body: { at, ...news } }) => {
        const when = at === undefined ? ctx.now.journey : journeyAt(ctx.now, at);
        const noted = await messages.report(ctx, ids.id, { ...news, when });
        return noted.ok ? ok({ message: noted.value && showMessage(noted.value) }) : noted;
      },
    }),
  );

export const replyRoutes = routes()
  .get(
    "/",
    endpoint({
      scope: "replies_read",
      query: z.object(pageQuery(50)),
      run: async ({ ctx, query }) => {
        const { items, ...page } = await replies.list(ctx, query);
        return ok({ replies: items.map(showReply), pagination: pagination(page) });
      },
    }),
  )
  .post(
    "/",
    endpoint({
      scope: "replies_write",
      body: InboundReply,
      status: 202,
      run: async ({ ctx, body }) => {
        const received = await replies.receive(ctx, { ...body, receivedAt: body.receivedAt ?? ctx.now.wall });
        return received.ok ? ok({ reply: received.value && showReply(received.value) }) : received;
      },
    }),
  );

type ChannelVerb<B> = (ctx: Context, platform: Platform, body: B) => Promise<Result<channels.ChannelRow>>;

/** The platform is a name, not an id: a channel of one that is not ours is not there. */
function channelVerb<B extends z.ZodType = z.ZodUnknown>(
  scope: Scope,
  run: ChannelVerb<z.output<B>>,
  { body, secret = false }: { body?: B; secret?: boolean } = {},
) {
  return endpoint({
    scope,
    ...(body ? { body } : {}),
    run: async ({ ctx, params, body }) => {
      const platform = PLATFORMS.find((one) => one === params.platform);
      const done = platform ? await run(ctx, platform, body as z.output<B>) : missing("channel");
      return done.ok ? ok({ channel: showChannel(done.value, { secret }) }) : done;
    },
  });
}

export const channelRoutes = routes()
  .get(
    "/",
    endpoint({
      scope: "channels_read",
      run: async ({ ctx }) =>
        ok({ channels: (await channels.list(ctx)).map((row) => showChannel(row, { secret: false })) }),
    }),
  )
  .get("/:platform", channelVerb("channels_read", channels.show))
  .put("/:platform", channelVerb("channels_write", channels.put, { body: PutChannel, secret: true }))
  .post(
    "/:platform/pause",
    channelVerb("channels_write", (ctx, at, body) => channels.pause(ctx, at, body.reason), { body: PauseChannel }),
  )
  .post(
    "/:platform/test",
    endpoint({
      scope: "channels_write",
      body: TestMail,
      run: async ({ ctx, params, body }) => {
        const platform = PLATFORMS.find((one) => one === params.platform);
        const tried = platform ? await tryOut(ctx, platform, body.to) : missing("channel");
        return tried.ok ? ok({ test: showOutcome(tried.value) }) : tried;
      },
    }),
  )
  .post("/:platform/resume", channelVerb("channels_write", channels.resume))
  .delete(
    "/:platform",
    endpoint({
      scope: "channels_write",
      run: async ({ ctx, params }) => {
        const platform = PLATFORMS.find((one) => one === params.platform);
        const removed = platform ? await channels.remove(ctx, platform) : missing("channel");
        return removed.ok ? ok({ success: true }) : removed;
      },
    }),
  );

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
import { endpoint, routes, type Told } from "../endpoint";
import {
  PauseChannel,
  PutChannel,
  ShownChannel,
  ShownOutcome,
  showChannel,
  showOutcome,
  TestMail,
} from "../wire/channel";
import {
  MessageEvent,
  MessagesQuery,
  ShownFullMessage,
  ShownMessage,
  showFullMessage,
  showMessage,
} from "../wire/message";
import { pagination } from "../wire/page";
import { pageQuery, platformName } from "../wire/parse";
import { InboundReply, ShownReply, showReply } from "../wire/reply";
import { Done, oneAs, pageOf } from "../wire/shape";

export const messageRoutes = routes()
  .get(
    "/",
    endpoint({
      operation: "listMessages",
      summary: "Messages, the newest first",
      answer: pageOf("messages", ShownMessage),
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
      operation: "getMessage",
      summary: "One message in full, as long as it is kept",
      answer: oneAs("message", ShownFullMessage),
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
      operation: "createMessageEvent",
      summary: "Report what a provider learned of a message",
      answer: oneAs("message", ShownMessage.nullable()),
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
      operation: "listReplies",
      summary: "All that came in, whether it fitted somebody or not",
      answer: pageOf("replies", ShownReply),
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
      operation: "createReply",
      summary: "Hand in a reply as a provider took it in",
      answer: oneAs("reply", ShownReply.nullable()),
      scope: "replies_write",
      body: InboundReply,
      status: 202,
      run: async ({ ctx, body }) => {
        const received = await replies.receive(ctx, { ...body, receivedAt: body.receivedAt ?? ctx.now.wall });
        return received.ok ? ok({ reply: received.value && showReply(received.value) }) : received;
      },
    }),
  );

const One = oneAs("channel", ShownChannel);
const named = { platform: platformName };

type ChannelVerb<B> = (ctx: Context, platform: Platform, body: B) => Promise<Result<channels.ChannelRow>>;

/** The platform is a name, not an id: a channel of one that is not ours is not there. */
function channelVerb<B extends z.ZodType = z.ZodUnknown>(
  scope: Scope,
  run: ChannelVerb<z.output<B>>,
  { body, secret = false, ...told }: Told & { body?: B; secret?: boolean },
) {
  return endpoint({
    ...told,
    params: named,
    answer: One,
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
      operation: "listChannels",
      summary: "How each platform's messages go out",
      answer: z.object({ channels: z.array(ShownChannel) }),
      scope: "channels_read",
      run: async ({ ctx }) =>
        ok({ channels: (await channels.list(ctx)).map((row) => showChannel(row, { secret: false })) }),
    }),
  )
  .get(
    "/:platform",
    channelVerb("channels_read", channels.show, {
      operation: "getChannel",
      summary: "How a platform's messages go out",
    }),
  )
  .put(
    "/:platform",
    channelVerb("channels_write", channels.put, {
      body: PutChannel,
      secret: true,
      operation: "putChannel",
      summary: "Say how a platform's messages go out; a webhook's secret is told once",
    }),
  )
  .post(
    "/:platform/pause",
    channelVerb("channels_write", (ctx, at, body) => channels.pause(ctx, at, body.reason), {
      body: PauseChannel,
      operation: "pauseChannel",
      summary: "Hold all messages of a platform",
    }),
  )
  .post(
    "/:platform/test",
    endpoint({
      operation: "testChannel",
      summary: "Send a mail that says it is a test",
      params: named,
      answer: oneAs("test", ShownOutcome),
      scope: "channels_write",
      body: TestMail,
      run: async ({ ctx, params, body }) => {
        const platform = PLATFORMS.find((one) => one === params.platform);
        const tried = platform ? await tryOut(ctx, platform, body.to) : missing("channel");
        return tried.ok ? ok({ test: showOutcome(tried.value) }) : tried;
      },
    }),
  )
  .post(
    "/:platform/resume",
    channelVerb("channels_write", channels.resume, { operation: "resumeChannel", summary: "Let them go on" }),
  )
  .delete(
    "/:platform",
    endpoint({
      operation: "deleteChannel",
      summary: "Have a platform's messages go to the outbox again",
      params: named,
      answer: Done,
      scope: "channels_write",
      run: async ({ ctx, params }) => {
        const platform = PLATFORMS.find((one) => one === params.platform);
        const removed = platform ? await channels.remove(ctx, platform) : missing("channel");
        return removed.ok ? ok({ success: true }) : removed;
      },
    }),
  );

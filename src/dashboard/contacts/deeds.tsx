/** Knows what is done to a contact from his page: tags, opt-outs, and forgetting him; first it is said what that means. */
import { Hono } from "hono";
import type { Child } from "hono/jsx";
import * as z from "zod";
import type { Front } from "../../dialects/http";
import { exportContact } from "../../dialects/v1/routes/export";
import { platformName, tag } from "../../dialects/v1/wire/parse";
import type { Contact } from "../../domain/contact";
import { missing, ok, type Result, refuse } from "../../domain/failure";
import { addressKey } from "../../domain/platform";
import { allows } from "../../domain/scope";
import { setActive, update } from "../../engine/contactedit";
import * as verbs from "../../engine/contacts";
import type { Context } from "../../engine/context";
import { erase } from "../../engine/erasure";
import { liveAmong } from "../../engine/journeysof";
import { liftAddress } from "../../engine/suppressions";
import { addTags, removeTags } from "../../engine/tags";
import { download } from "../kit/files";
import { nameOf } from "../kit/names";
import { action, page } from "../kit/page";
import { Form, Head } from "../kit/parts";
import { typedTags } from "./fields";
import { EXPORTING } from "./person";
import { pathOf } from "./who";

interface Deed {
  title: (name: string) => string;
  /** What it does, to how many journeys under way. */
  tells: (live: number) => Child;
  button: string;
  run: (ctx: Context, id: number) => Promise<Result<unknown>>;
  said: string;
  leavesHim?: true;
}

const ends = (live: number) => {
  if (live === 0) return "No journey is under way, so none ends.";
  return live === 1 ? "The journey that is under way ends." : `The ${live} journeys that are under way end.`;
};

const DEEDS: Record<string, Deed> = {
  "opt-out": {
    title: (name) => `Opt ${name} out?`,
    tells: (live) => <p>{ends(live)} No sequence writes to this person any more, but transactional ones.</p>,
    button: "Opt out",
    run: (ctx, id) => update(ctx, id, { optedOut: true }),
    said: "Opted out.",
  },
  "opt-in": {
    title: (name) => `Lift the opt-out of ${name}?`,
    tells: () => (
      <p>
        Do this only where the person has agreed to be written to again. Journeys that ended stay ended: enroll anew
        where it fits.
      </p>
    ),
    button: "There is consent: lift it",
    run: (ctx, id) => update(ctx, id, { optedOut: false }),
    said: "The opt-out is lifted.",
  },
  deactivate: {
    title: (name) => `Make ${name} inactive?`,
    tells: (live) => <p>{ends(live)} No sequence enrolls or writes to this person until made active again.</p>,
    button: "Make inactive",
    run: (ctx, id) => setActive(ctx, id, false),
    said: "Inactive from now on.",
  },
  delete: {
    title: (name) => `Delete ${name}?`,
    tells: (live) => (
      <>
        <p>{ends(live)} What is erased for good:</p>
        <ul>
          <li>names, addresses, tags and all fields;</li>
          <li>the texts of all messages and replies, and of tasks and calls;</li>
          <li>what waits for webhooks, dead letters, and answers kept for repeated requests.</li>
        </ul>
        <p>
          Figures of sequences stay as they are. Of an address that opted out, bounced or complained a keyed hash stays,
          so that it is not written to again.
        </p>
      </>
    ),
    button: "Delete for good",
    run: erase,
    said: "Deleted. What is kept elsewhere goes within moments.",
    leavesHim: true,
  },
};

const of = { id: "contact" } as const;
const scope = "contacts_write";

export const deeds = new Hono<Front>()
  .get(
    "/contacts/:id/export",
    download({
      scope: "contacts_read",
      ids: of,
      run: async ({ c, ctx, caller, ids }) => {
        const lacks = EXPORTING.find((one) => !allows(caller.scopes, one));
        if (lacks) return refuse({ kind: "beyond_scope", scope: lacks });
        const found = await verbs.show(ctx, ids.id);
        if (!found.ok) return found;
        const sent = await exportContact(c, async () => undefined);
        return sent instanceof Response ? ok(sent) : missing("contact");
      },
    }),
  )
  .post(
    "/contacts/:id/tag",
    action({
      scope,
      ids: of,
      form: z.object({ tags: typedTags }),
      run: async ({ ctx, ids: { id }, form }) => {
        if (form.tags.length === 0) return refuse({ kind: "blank", field: "tags" });
        const done = await addTags(ctx, id, form.tags);
        return done.ok ? ok({ to: pathOf(id) }) : done;
      },
    }),
  )
  .post(
    "/contacts/:id/untag",
    action({
      scope,
      ids: of,
      form: z.object({ tag }),
      run: async ({ ctx, ids: { id }, form }) => {
        const done = await removeTags(ctx, id, [form.tag]);
        return done.ok ? ok({ to: pathOf(id) }) : done;
      },
    }),
  )
  .post(
    "/contacts/:id/activate",
    action({
      scope,
      ids: of,
      run: async ({ ctx, ids: { id } }) => {
        const done = await setActive(ctx, id, true);
        return done.ok ? ok({ to: pathOf(id), said: "Active again." }) : done;
      },
    }),
  )
  .post(
    "/contacts/:id/lift",
    action({
      scope,
      ids: of,
      form: z.object({ platform: platformName, address: z.string() }),
      run: async ({ ctx, ids: { id }, form: { platform, address } }) => {
        const found = await verbs.show(ctx, id);
        if (!found.ok) return found;
        const reason = blockOf(found.value, { platform, key: addressKey(platform, address) });
        if (reason === null) return missing("suppression");
        const done = await liftAddress(ctx, { platform, address, reason }, { consent: false });
        return done.ok ? ok({ to: pathOf(id), said: `${address} may be written to again.` }) : done;
      },
    }),
  );

function blockOf({ addresses }: Contact, { platform, key }: { platform: string; key: string }) {
  return addresses.find((one) => one.platform === platform && one.key === key)?.blocked ?? null;
}

for (const [path, deed] of Object.entries(DEEDS))
  deeds
    .get(
      `/contacts/:id/${path}`,
      page({
        scope,
        ids: of,
        show: async ({ ctx, ids: { id } }) => {
          const found = await verbs.show(ctx, id);
          if (!found.ok) return found;
          const live = (await liveAmong(ctx, [found.value])).get(id) ?? 0;
          const name = nameOf(found.value);
          return ok({
            title: deed.title(name),
            section: "contacts",
            body: <Confirmation deed={deed} to={pathOf(id, `/${path}`)} back={pathOf(id)} name={name} live={live} />,
          });
        },
      }),
    )
    .post(
      `/contacts/:id/${path}`,
      action({
        scope,
        ids: of,
        run: async ({ ctx, ids: { id } }) => {
          const done = await deed.run(ctx, id);
          return done.ok ? ok({ to: deed.leavesHim ? "/contacts" : pathOf(id), said: deed.said }) : done;
        },
      }),
    );

interface ConfirmationProps {
  deed: Deed;
  to: string;
  back: string;
  name: string;
  live: number;
}

function Confirmation({ deed, to, back, name, live }: ConfirmationProps) {
  return (
    <>
      <Head
        title={deed.title(name)}
        crumbs={[
          ["Contacts", "/contacts"],
          [name, back],
        ]}
      />
      <section class="card">
        {deed.tells(live)}
        <Form to={to} class="actions">
          <button class={deed.leavesHim ? "danger" : "primary"}>{deed.button}</button>
          <a class="button" href={back}>
            Leave as it is
          </a>
        </Form>
      </section>
    </>
  );
}

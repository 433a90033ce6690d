/** Knows the list of contacts: searched, filtered, page by page. */
import { Hono } from "hono";
import type { Front } from "../../dialects/http";
import { ContactsQuery } from "../../dialects/v1/wire/contact";
import type { Contact } from "../../domain/contact";
import { ok } from "../../domain/failure";
import { allows } from "../../domain/scope";
import * as verbs from "../../engine/contacts";
import { liveAmong } from "../../engine/journeysof";
import type { Paged } from "../../engine/page";
import { tagsInUse } from "../../engine/tags";
import { nameOf } from "../kit/names";
import { page } from "../kit/page";
import { Empty, Head, Pager, pathWith, Table } from "../kit/parts";
import { AddressLine, PLATFORM_OPTIONS, pathOf, Standing, TagChoices, Tags } from "./who";

/** Tags that are offered while one types. */
export const MOST_OFFERED = 50;

export const list = new Hono<Front>().get(
  "/contacts",
  page({
    scope: "contacts_read",
    query: ContactsQuery,
    show: async ({ c, ctx, caller, query }) => {
      const [of, tags] = await Promise.all([verbs.list(ctx, query), tagsInUse(ctx, MOST_OFFERED)]);
      const live = await liveAmong(ctx, of.items);
      const { search = "", platform = "", tags: tagged = "" } = c.req.query();
      const asked = { search, platform, tags: tagged };
      const may = { write: allows(caller.scopes, "contacts_write"), jobs: allows(caller.scopes, "sequences_read") };
      return ok({
        title: "Contacts",
        section: "contacts",
        body: (
          <>
            <Head title="Contacts">
              {may.jobs && (
                <a class="button" href="/jobs">
                  Imports
                </a>
              )}
              {may.write && (
                <a class="button primary" href="/contacts/new">
                  New contact
                </a>
              )}
            </Head>
            <Filters asked={asked} tags={tags} />
            <Found of={of} live={live} asked={asked} mayWrite={may.write} />
          </>
        ),
      });
    },
  }),
);

interface Sought {
  search: string;
  platform: string;
  tags: string;
}

function Filters({ asked, tags }: { asked: Sought; tags: readonly string[] }) {
  const isFiltered = Object.values(asked).some((value) => value.trim() !== "");
  return (
    <form class="filters" data-autosubmit>
      <label>
        Name or address
        <input type="search" name="search" value={asked.search} placeholder="Beginnings of words" />
      </label>
      <label>
        Platform
        <select name="platform">
          <option value="">Any</option>
          {PLATFORM_OPTIONS.map(([value, words]) => (
            <option value={value} selected={value === asked.platform}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        Tags
        <input name="tags" value={asked.tags} list="tags-in-use" placeholder="vip, berlin" />
      </label>
      <TagChoices of={tags} />
      <button>Search</button>
      {isFiltered && (
        <a class="button plain" href="/contacts">
          Clear
        </a>
      )}
    </form>
  );
}

interface FoundProps {
  of: Paged<Contact>;
  live: ReadonlyMap<number, number>;
  asked: Sought;
  mayWrite: boolean;
}

function Found({ of, live, asked, mayWrite }: FoundProps) {
  const isFiltered = Object.values(asked).some((value) => value.trim() !== "");
  if (of.total === 0 && isFiltered)
    return (
      <Empty title="Nobody fits">
        <p>Every word must begin a word of a name or an address, and all of the tags must be there.</p>
      </Empty>
    );
  if (of.total === 0) return <NobodyYet mayWrite={mayWrite} />;
  return (
    <>
      <Table label="Contacts" heads={["Name", "Addresses", "Tags", <span class="number">Journeys under way</span>]}>
        {of.items.map((contact) => (
          <tr>
            <td>
              <a href={pathOf(contact.id)}>{nameOf(contact)}</a> <Standing of={contact} />
            </td>
            <td>
              <Addresses of={contact} />
            </td>
            <td>
              <Tags of={contact.tags.slice(0, SHOWN_TAGS)} />
              {contact.tags.length > SHOWN_TAGS && <span class="none"> +{contact.tags.length - SHOWN_TAGS}</span>}
            </td>
            <td class="number">{live.get(contact.id) ?? <span class="none">–</span>}</td>
          </tr>
        ))}
      </Table>
      <Pager of={of} to={(page) => pathWith("/contacts", { ...asked, page })} />
    </>
  );
}

/** In one line of the list. */
const SHOWN_TAGS = 6;
const SHOWN_ADDRESSES = 2;

function Addresses({ of: { addresses } }: { of: Contact }) {
  const more = addresses.length - SHOWN_ADDRESSES;
  return (
    <span class="addresses">
      {addresses.slice(0, SHOWN_ADDRESSES).map((one) => (
        <AddressLine of={one} />
      ))}
      {more > 0 && <span class="none">and {more} more</span>}
    </span>
  );
}

function NobodyYet({ mayWrite }: { mayWrite: boolean }) {
  return (
    <Empty title="Nobody is here yet">
      <p>
        People come in with the sequence they are for: open a sequence, choose <em>Enroll</em>, and paste addresses or
        import a CSV file. Programs bring them by the API, and you can enter one by hand.
      </p>
      <p class="actions centered">
        <a class="button primary" href="/">
          Choose a sequence
        </a>
        {mayWrite && (
          <a class="button" href="/contacts/new">
            Enter somebody by hand
          </a>
        )}
      </p>
    </Empty>
  );
}

/** Knows the page on which a sequence takes people in. */
import { spell } from "../../dialects/v1/ids";
import type { Contact } from "../../domain/contact";
import { ok, type Result } from "../../domain/failure";
import { allows } from "../../domain/scope";
import type { Sequence } from "../../domain/sequence";
import { wordsOf } from "../../domain/terms";
import * as contacts from "../../engine/contacts";
import type { Context } from "../../engine/context";
import type { KeyHolder } from "../../engine/keys";
import * as sequences from "../../engine/sequences";
import { tagsInUse } from "../../engine/tags";
import { Input, Select, TextArea, Tick, Trouble } from "../kit/fields";
import { nameOf } from "../kit/names";
import type { Faulty } from "../kit/page";
import { Empty, Form, Head, pathWith } from "../kit/parts";
import type { Page } from "../kit/show";
import { SequenceTabs } from "../kit/tabs";
import { MOST_OFFERED } from "./list";
import { AddressLine, EnrollForm, PLATFORM_OPTIONS, pathOf, Standing, TagChoices } from "./who";

const FOUND = 8;
const MOST_WORDS = 5;
const SHOWN_ADDRESSES = 5;
const FIELDS = ["list", "platform", "tags"];

interface Asked {
  ctx: Context;
  caller: KeyHolder;
  id: number;
  search: string;
  faulty?: Faulty;
}

export async function intakePage({ ctx, caller, id, search, faulty }: Asked): Promise<Result<Page>> {
  const shown = await sequences.show(ctx, id);
  if (!shown.ok) return shown;
  const { sequence } = shown.value;
  const mayLook = allows(caller.scopes, "contacts_read");
  const mayBring = allows(caller.scopes, "contacts_write");
  const words = wordsOf(search).slice(0, MOST_WORDS);
  const seeks = mayLook && words.length > 0;
  const [found, tags] = await Promise.all([
    seeks ? contacts.list(ctx, { words, tags: [], platform: null, page: 1, limit: FOUND }) : null,
    mayBring ? tagsInUse(ctx, MOST_OFFERED) : [],
  ]);
  const body = (
    <>
      <Head
        title={`Enroll in ${sequence.name}`}
        crumbs={[
          ["Sequences", "/"],
          [sequence.name, `/sequences/${spell("sequence", id)}`],
        ]}
      />
      <SequenceTabs of={id} at="enrollments" />
      {sequence.status === "ARCHIVED" ? (
        <Empty title="The sequence is archived">
          <p>It takes nobody in any more.</p>
        </Empty>
      ) : (
        <>
          <Notice of={sequence} />
          <Trouble faulty={faulty} fields={FIELDS} />
          {mayLook && <OneContact of={id} search={search} found={found?.items ?? null} />}
          {mayBring && <Many of={id} tags={tags} faulty={faulty} />}
        </>
      )}
    </>
  );
  return ok({ title: `Enroll in ${sequence.name}`, section: "sequences", body, scripts: ["import.js"] });
}

function Notice({ of: { status, locked } }: { of: Sequence }) {
  if (locked) return <p class="said refused">The sequence is locked and takes nobody in until it is unlocked.</p>;
  if (status === "ACTIVE") return null;
  return <p class="said waits">The sequence is not active: whoever is enrolled now waits until it is.</p>;
}

interface OneProps {
  of: number;
  search: string;
  /** Null where nobody was looked for. */
  found: readonly Contact[] | null;
}

function OneContact({ of, search, found }: OneProps) {
  const to = `/sequences/${spell("sequence", of)}/enroll`;
  return (
    <section class="card">
      <h2>One contact</h2>
      <form class="filters">
        <label>
          Name or address
          <input type="search" name="search" value={search} placeholder="Beginnings of words" />
        </label>
        <button>Search</button>
      </form>
      {found?.length === 0 && (
        <p class="none">
          Nobody fits. <a href="/contacts/new">Enter somebody by hand</a>, or paste the address below.
        </p>
      )}
      {found !== null && found.length > 0 && (
        <ul class="choices" aria-label="Contacts that fit">
          {found.map((contact) => (
            <li>
              <span>
                <a href={pathOf(contact.id)}>{nameOf(contact)}</a> <Standing of={contact} />
                <span class="addresses">
                  {contact.addresses.slice(0, SHOWN_ADDRESSES).map((one) => (
                    <AddressLine of={one} />
                  ))}
                </span>
              </span>
              <EnrollForm
                to={pathWith(to, { search })}
                who={["contact", spell("contact", contact.id)]}
                label={`Platform for ${nameOf(contact)}`}
                contact={contact}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface ManyProps {
  of: number;
  tags: readonly string[];
  faulty: Faulty | undefined;
}

/** The script takes a file in place of what is pasted, and shows what it would make of it. */
function Many({ of, tags, faulty }: ManyProps) {
  const to = `/sequences/${spell("sequence", of)}/enroll`;
  return (
    <section class="card" id="import" data-file={`${to}/file`} data-preview={`${to}/preview`}>
      <h2>Many at once</h2>
      <Form to={`${to}/many`}>
        <input type="hidden" name="key" value={crypto.randomUUID()} />
        <div class="field" id="file-field" hidden>
          <label for="file">A CSV file</label>
          <input id="file" type="file" accept=".csv,.tsv,.txt,text/csv" aria-describedby="file-hint" />
          <p class="hint" id="file-hint">
            With a header row, in UTF-8, up to 50,000 rows. What each column becomes is shown before anybody is
            enrolled.
          </p>
        </div>
        <div id="pasted">
          <TextArea
            name="list"
            label="Addresses"
            faulty={faulty}
            hint={
              <>
                One a line, or with commas between: <code>ada@example.com</code> or{" "}
                <code>{"Ada Lovelace <ada@example.com>"}</code>. Or rows of a table whose first line names its columns.
              </>
            }
            more={{ rows: 6, spellcheck: "false" }}
          />
        </div>
        <div class="columns">
          <Select
            name="platform"
            label="Where to write"
            value="EMAIL"
            faulty={faulty}
            options={PLATFORM_OPTIONS}
            hint="What the addresses are, and where messages go."
          />
          <Input
            name="tags"
            label="Tags for all of them"
            faulty={faulty}
            hint="With commas between."
            more={{ list: "tags-in-use", autocomplete: "off" }}
          />
        </div>
        <TagChoices of={tags} />
        <Tick
          name="updateExisting"
          label="Also write names, fields and tags to those who are contacts already"
          faulty={faulty}
        />
        <div id="preview" />
        <p class="fault" id="import-fault" role="alert" hidden />
        <progress id="sent" max="1" value="0" aria-label="How much of the file has been sent" hidden />
        <p class="actions">
          <button class="primary">Enroll them</button>
        </p>
        <noscript>
          <p class="hint">With scripts switched off, files cannot be chosen here: paste their rows instead.</p>
        </noscript>
      </Form>
    </section>
  );
}

/** Knows how the form on a contact looks, new or changed. */
import type { Child } from "hono/jsx";
import type { Contact } from "../../domain/contact";
import { Input } from "../kit/fields";
import type { Fields } from "../kit/form";
import type { Faulty } from "../kit/page";
import { rowOf, shownValue } from "./fields";
import { PLATFORM_OPTIONS, TagChoices } from "./who";

interface Props {
  contact: Contact | null;
  faulty: Faulty | undefined;
  /** Offered for somebody new; whoever is there gets his on his page. */
  tags?: readonly string[];
}

/** Rows that stand empty below, for whoever has no scripts: with them more come as they are filled. */
const SPARE = 2;

export function PersonFields({ contact, faulty, tags }: Props) {
  return (
    <div class="columns">
      <section class="card">
        <h2>Name</h2>
        <Input name="displayName" label="Display name" value={contact?.displayName ?? ""} faulty={faulty} />
        <Input name="firstName" label="First name" value={contact?.firstName ?? ""} faulty={faulty} />
        <Input name="lastName" label="Last name" value={contact?.lastName ?? ""} faulty={faulty} />
        <Input
          name="timezone"
          label="Time zone"
          value={contact?.timezone ?? ""}
          faulty={faulty}
          hint="Sending windows are kept by it. Without one, the sequence's own zone counts."
          more={{ list: "zones", placeholder: "Europe/Berlin", autocomplete: "off" }}
        />
        <Zones />
        <Input name="avatarUrl" label="Picture (a link)" value={contact?.avatarUrl ?? ""} faulty={faulty} />
        {tags && (
          <>
            <Input
              name="tags"
              label="Tags"
              faulty={faulty}
              hint="With commas between."
              more={{ list: "tags-in-use" }}
            />
            <TagChoices of={tags} />
          </>
        )}
      </section>
      <div>
        <section class="card">
          <AddressRows contact={contact} faulty={faulty} />
        </section>
        <section class="card">
          <CustomRows contact={contact} faulty={faulty} />
        </section>
      </div>
    </div>
  );
}

function AddressRows({ contact, faulty }: Pick<Props, "contact" | "faulty">) {
  const [platforms, addresses] = faulty
    ? [listOf(faulty.fields, "platform"), listOf(faulty.fields, "address")]
    : [
        contact?.addresses.map(({ platform }) => platform as string) ?? [],
        contact?.addresses.map((one) => one.address) ?? [],
      ];
  const own = contact?.platform ?? "EMAIL";
  return (
    <fieldset>
      <legend>Addresses</legend>
      <p class="hint">
        The first on a platform is the one that is written to. An emptied row goes away; nobody else may have the same.
      </p>
      <div data-rows>
        {places(addresses).map((i) => (
          <Row name={rowOf("address", i)} faulty={faulty}>
            <select name="platform[]" aria-label="Platform">
              {PLATFORM_OPTIONS.map(([value, words]) => (
                <option value={value} selected={value === (platforms[i] ?? own)}>
                  {words}
                </option>
              ))}
            </select>
            <input
              name="address[]"
              value={addresses[i] ?? ""}
              aria-label="Address"
              autocomplete="off"
              {...toldIn(rowOf("address", i), faulty)}
            />
          </Row>
        ))}
      </div>
    </fieldset>
  );
}

function CustomRows({ contact, faulty }: Pick<Props, "contact" | "faulty">) {
  const before = Object.entries(contact?.customFields ?? {});
  const [names, values] = faulty
    ? [listOf(faulty.fields, "custom"), listOf(faulty.fields, "value")]
    : [before.map(([name]) => name), before.map(([, value]) => shownValue(value))];
  return (
    <fieldset>
      <legend>Fields of your own</legend>
      <p class="hint">
        Messages say them by <code>{"{{ custom.name }}"}</code>, and conditions ask for them. An emptied value goes
        away.
      </p>
      <div data-rows>
        {places(names, values).map((i) => (
          <Row name={rowOf("custom", i)} faulty={faulty}>
            <input
              name="custom[]"
              value={names[i] ?? ""}
              aria-label="Name of the field"
              placeholder="company"
              {...toldIn(rowOf("custom", i), faulty)}
            />
            <ValueOf text={values[i] ?? ""} />
          </Row>
        ))}
      </div>
    </fieldset>
  );
}

/** A field of one line would lose the ends of the others. */
function ValueOf({ text }: { text: string }) {
  if (!text.includes("\n")) return <input name="value[]" value={text} aria-label="Value of the field" />;
  return (
    <textarea name="value[]" aria-label="Value of the field">
      {text}
    </textarea>
  );
}

function Row({ name, faulty, children }: { name: string; faulty: Faulty | undefined; children: Child }) {
  const wrong = faulty?.fault.field === name ? faulty.fault.message : null;
  return (
    <div class={wrong ? "row field wrong" : "row field"}>
      {children}
      {wrong && (
        <p class="fault" id={`${name}-fault`} role="alert">
          {plainly(wrong, name)}
        </p>
      )}
    </div>
  );
}

/** Which row it is in one sees, so that its name, by which programs know it, is left out. */
function plainly(message: string, name: string): string {
  const rest = message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
  return `This ${rest}`;
}

function toldIn(name: string, faulty: Faulty | undefined) {
  return faulty?.fault.field === name ? { "aria-invalid": "true", "aria-describedby": `${name}-fault` } : {};
}

function listOf(fields: Fields, name: string): string[] {
  return [fields[name] ?? []].flat();
}

/** The places of all rows in which something stands, and of the spare ones below. */
function places(...lists: (readonly string[])[]): number[] {
  const filled = Math.max(...lists.map((list) => list.findLastIndex((text) => text !== ""))) + 1;
  return Array.from({ length: filled + SPARE }, (_, i) => i);
}

function Zones() {
  return (
    <datalist id="zones">
      {Intl.supportedValuesOf("timeZone").map((zone) => (
        <option value={zone} />
      ))}
    </datalist>
  );
}

/** Knows how a text is written: the fields, what it may name, how long it is, where it is broken, and how it would look. */
import type { Text } from "../../domain/variant";
import { Field, Input, Select } from "../kit/fields";
import { entered } from "../kit/form";
import type { Fault, Faulty } from "../kit/page";

interface MessageProps {
  text: Pick<Text, "subject" | "format"> & { body: string | null };
  /** Left out where there is none to be written. */
  preheader?: string | null;
  faulty?: Faulty | undefined;
  /** Whether it may stay empty. */
  optional?: boolean;
}

export function Message({ text, preheader, faulty, optional = false }: MessageProps) {
  const body = (faulty ? entered(faulty.fields, "messageTemplate") : text.body) ?? "";
  const fault = faulty?.fault.field === "messageTemplate" ? faulty.fault : null;
  return (
    <div class="writing" data-writing>
      <Input
        {...{ name: "subject", label: "Subject", value: text.subject, faulty }}
        hint="For mail; other platforms leave it out. An answer in the thread needs none."
      />
      {preheader !== undefined && (
        <Input
          {...{ name: "preheader", label: "Preheader", value: preheader, faulty }}
          hint="What mail programs show beside the subject."
        />
      )}
      <Field name="messageTemplate" label="Text" fault={faulty?.fault}>
        {fault?.line !== undefined && <Broken body={body} fault={fault} />}
        <textarea
          id="messageTemplate"
          name="messageTemplate"
          required={!optional}
          rows={12}
          aria-describedby={`messageTemplate-count${fault ? " messageTemplate-fault" : ""}`}
          aria-invalid={fault ? "true" : undefined}
          data-line={fault?.line}
          data-column={fault?.column}
        >
          {`\n${body}`}
        </textarea>
        <p class="hint" id="messageTemplate-count">
          <output data-count>{[...body].length.toLocaleString("en")}</output> characters, before names are filled in.
        </p>
      </Field>
      <Select
        {...{ name: "format", label: "Written as", value: text.format, faulty }}
        options={[
          ["text", "Plain text"],
          ["html", "HTML, for mail"],
        ]}
      />
      <Variables />
    </div>
  );
}

/** The line in which a template is broken, and under it the place. */
function Broken({ body, fault: { line = 1, column = 1 } }: { body: string; fault: Fault }) {
  const text = body.split(/\r?\n/)[line - 1] ?? "";
  const from = Math.max(0, column - 40);
  return (
    <pre class="broken">
      {`${line} | ${text.slice(from, column + 40)}\n${" ".repeat(`${line} | `.length + column - 1 - from)}^`}
    </pre>
  );
}

const NAMES: readonly [name: string, what: string][] = [
  ["contact.firstName", "first name"],
  ["contact.lastName", "last name"],
  ["contact.displayName", "full name"],
  ["contact.username", "address on the platform"],
  ["contact.email", "email address"],
  ["contact.platform", "platform, such as EMAIL"],
  ["contact.timezone", "time zone"],
  ["contact.tags", "tags, a list"],
  ["contact.customFields.company", "a field of your own, here company"],
  ["unsubscribe_url", "where the contact can stop the mails"],
];

/** Scripts write them where one writes; without them they are read and copied. */
function Variables() {
  return (
    <details class="variables">
      <summary>What can be filled in</summary>
      <p class="hint">
        Texts are Liquid: <code>{"{{ contact.firstName | default: 'there' }}"}</code> says “there” where there is no
        first name.
      </p>
      <ul>
        {NAMES.map(([name, what]) => (
          <li>
            <code data-insert={`{{ ${name} }}`}>{`{{ ${name} }}`}</code> {what}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** How it would look for one contact: answered into a frame, by a button, and by a script as one writes. */
export function Looks({ to, whom, known }: { to: string; whom: string; known: readonly string[] }) {
  return (
    <section class="looks" aria-labelledby="looks">
      <h2 id="looks">How it looks</h2>
      <div class="filters">
        <label>
          For
          <input name="whom" form="step" value={whom} list="people" placeholder="Somebody made up" autocomplete="off" />
        </label>
        <datalist id="people">
          {known.map((address) => (
            <option value={address} />
          ))}
        </datalist>
        <button form="step" formaction={to} formtarget="look" formnovalidate data-look>
          Show
        </button>
      </div>
      <iframe name="look" title="How it looks" sandbox="allow-same-origin" class="look"></iframe>
    </section>
  );
}

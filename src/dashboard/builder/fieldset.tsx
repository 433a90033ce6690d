/** Knows the fields of each kind of step, with what they hold already. */
import { spell } from "../../dialects/v1/ids";
import { OPERATORS, PLAIN_FIELDS } from "../../domain/condition";
import { METHODS, type StepDraft, type Test } from "../../domain/step";
import { Field, Input, type Option, Select, TextArea } from "../kit/fields";
import { entered } from "../kit/form";
import type { Faulty } from "../kit/page";
import { Message } from "./message";
import { UNITS } from "./stepwire";
import { TASKS } from "./words";
import { ZoneField } from "./zones";

export interface Filled {
  draft: StepDraft;
  faulty?: Faulty | undefined;
  /** Sequences that one could move to. */
  targets: readonly Option[];
}

/** The fields of its kind alone. */
export function OwnFields({ draft, faulty, targets }: Filled) {
  const { settings } = draft;
  switch (draft.kind) {
    case "entry":
    case "condition_branch":
    case "delay":
      return null;
    case "deactivate_contact":
      return <p class="hint">From here on nothing is sent to the contact, by any sequence, until somebody lifts it.</p>;
    case "message":
      return <Message text={draft} preheader={draft.settings.preheader ?? null} faulty={faulty} />;
    case "delay_until_time":
      return (
        <>
          <Input
            {...{ name: "time", label: "Time of day", type: "time", required: true, faulty }}
            value={draft.settings.time}
            more={{ class: "short" }}
          />
          <ZoneField name="timeZone" label="Time zone" value={draft.settings.zone} faulty={faulty} />
        </>
      );
    case "condition":
      return <ConditionFields {...draft.settings} faulty={faulty} />;
    case "add_tag":
    case "remove_tag":
      return (
        <TextArea
          {...{ name: "tags", label: "Tags", hint: "One on each line.", required: true, faulty }}
          value={draft.settings.tags.join("\n")}
        />
      );
    case "move_to_sequence":
      return targets.length === 0 ? (
        <p class="hint">There is no other sequence to move to yet.</p>
      ) : (
        <Select
          {...{ name: "sequenceId", label: "Sequence", options: targets, faulty }}
          value={spell("sequence", draft.settings.sequenceId)}
          hint="Where the contact goes on. Nothing can come after this step."
        />
      );
    case "http_request":
      return <RequestFields of={draft.settings} faulty={faulty} />;
    case "task":
      return (
        <TaskFields of={draft} faulty={faulty} autoskip={"autoskip" in settings ? (settings.autoskip ?? null) : null} />
      );
  }
}

/** An amount and what it is counted in. */
export function Length({
  name,
  label,
  value,
  hint,
  faulty,
}: {
  name: string;
  label: string;
  value: number | null;
  hint?: string;
  faulty?: Faulty | undefined;
}) {
  const [unit, seconds] = Object.entries(UNITS).find(([, of]) => value !== null && value > 0 && value % of === 0) ?? [
    "hours",
    UNITS.hours,
  ];
  const shown = faulty ? entered(faulty.fields, name) : value === null ? "" : String(value / seconds);
  const chosen = (faulty && entered(faulty.fields, `${name}Unit`)) || unit;
  return (
    <Field name={name} label={label} hint={hint} fault={faulty?.fault}>
      <span class="length">
        <input id={name} name={name} type="number" min="0" step="1" inputmode="numeric" value={shown ?? ""} />
        <select name={`${name}Unit`} aria-label={`${label}, counted in`}>
          {Object.keys(UNITS).map((one) => (
            <option value={one} selected={one === chosen}>
              {one}
            </option>
          ))}
        </select>
      </span>
    </Field>
  );
}

const ASKED: readonly Option[] = [
  ["opened", "has opened a message"],
  ["clicked", "has clicked in a message"],
  ["reply", "has replied"],
  ["tag", "has a tag"],
  ["contact", "has a field that …"],
];

/** What is not asked for is hidden by the stylesheet; without one, all fields are there. */
function ConditionFields({ test, upTo, faulty }: { test: Test; upTo: number; faulty?: Faulty | undefined }) {
  const rule = test.on === "contact" ? test.condition : { field: "", op: "is" as const, value: "" };
  return (
    <div class="asks">
      <Select
        {...{ name: "asks", label: "Goes the yes-way where the contact", options: ASKED, faulty }}
        value={test.on === "message" ? test.fact : test.on}
      />
      <div class="for-message">
        <Select
          {...{ name: "which", label: "Which message", faulty }}
          value={test.on === "message" ? test.which : "any"}
          options={[
            ["any", "Any of this sequence"],
            ["previous", "The one just before"],
          ]}
          hint="Opens and clicks are tracked from here on."
        />
      </div>
      <div class="for-tag">
        <Input {...{ name: "tag", label: "Tag", faulty }} value={test.on === "tag" ? test.tag : ""} />
      </div>
      <div class="for-contact">
        <Input
          {...{ name: "field", label: "Field", faulty, more: { list: "contact-fields" } }}
          value={rule.field}
          hint="For a field of your own: customFields. and its name."
        />
        <datalist id="contact-fields">
          {PLAIN_FIELDS.map((name) => (
            <option value={name} />
          ))}
        </datalist>
        <Select
          {...{ name: "op", label: "Compares", faulty }}
          value={rule.op}
          options={OPERATORS.map((op) => [op, COMPARES[op]])}
        />
        <Input
          {...{ name: "value", label: "With", faulty, hint: "Not needed for “is there” and “is not there”." }}
          value={String(rule.value ?? "")}
        />
      </div>
      <Length
        {...{ name: "waitUpTo", label: "Wait for it up to", value: upTo, faulty }}
        hint="As soon as it comes true, the contact goes the yes-way; after that time, the no-way. 0 decides at once."
      />
    </div>
  );
}

const COMPARES: Record<(typeof OPERATORS)[number], string> = {
  is: "is",
  is_not: "is not",
  contains: "contains",
  not_contains: "does not contain",
  exists: "is there",
  not_exists: "is not there",
  gt: "is greater than",
  gte: "is at least",
  lt: "is less than",
  lte: "is at most",
};

type RequestSettings = Extract<StepDraft, { kind: "http_request" }>["settings"];

function RequestFields({ of, faulty }: { of: RequestSettings; faulty?: Faulty | undefined }) {
  const { method, url, headers, body } = of;
  const pairs = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <>
      <Select
        {...{ name: "method", label: "Method", faulty }}
        value={method}
        options={METHODS.map((one) => [one, one])}
      />
      <Input
        {...{ name: "url", label: "Address", required: true, faulty }}
        value={url}
        hint="Begins with https://; Liquid may stand in it, in the headers and in the body."
      />
      <TextArea
        {...{ name: "headers", label: "Headers", faulty, hint: "One on each line, such as Accept: text/plain." }}
        value={pairs.join("\n")}
      />
      <TextArea {...{ name: "messageTemplate", label: "Body", faulty }} value={body} more={{ class: "code" }} />
    </>
  );
}

type Task = Extract<StepDraft, { kind: "task" }>;

function TaskFields({ of, autoskip, faulty }: { of: Task; autoskip: number | null; faulty?: Faulty | undefined }) {
  return (
    <div class="asks">
      <Select
        {...{ name: "type", label: "What is to be done", faulty }}
        value={of.settings.type}
        options={Object.entries(TASKS)}
      />
      <TextArea {...{ name: "note", label: "What whoever does it is told", faulty }} value={of.settings.note ?? ""} />
      <Length
        {...{ name: "autoskip", label: "Skip it when it is overdue for", value: autoskip, faulty }}
        hint="Left empty, the contact waits until somebody has done it."
      />
      <div class="for-mail">
        <Message text={of} faulty={faulty} optional />
      </div>
    </div>
  );
}

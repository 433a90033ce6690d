/** Knows the form of an endpoint: where it is, what it is told, and in whose words. */
import * as z from "zod";
import { UpdateWebhook } from "../../dialects/v1/wire/webhook";
import { HAPPENINGS, type Pattern } from "../../domain/happening";
import type { WebhookRow } from "../../engine/webhooks";
import { Input, Select, Trouble } from "../kit/fields";
import { orEmpty, several } from "../kit/form";
import type { Faulty } from "../kit/page";
import { Form, Head } from "../kit/parts";
import { Box, type Boxes, BoxSet } from "./parts";
import type { Crumbs } from "./paths";

const { url, description, events } = UpdateWebhook.shape;

export const WebhookFields = z.object({
  url: url.unwrap().trim(),
  description: orEmpty(description.unwrap().unwrap()),
  events: several(events.unwrap().element)
    .refine((ticked) => ticked.length > 0, "must name one at least")
    .transform(fewest),
});

/** What another that is ticked stands for already need not be named. */
function fewest(ticked: Pattern[]): Pattern[] {
  if (ticked.includes("*")) return ["*"];
  const whole = new Set<string>(ticked.filter((pattern) => pattern.endsWith(".*")).map(kindOf));
  return ticked.filter((pattern) => pattern.endsWith(".*") || !whole.has(kindOf(pattern)));
}

function kindOf(pattern: string): string {
  return pattern.split(".")[0] ?? "";
}

const KINDS = [
  ["sequence", "Sequences"],
  ["enrollment", "Enrollments"],
  ["message", "Messages"],
] as const;

const DIALECTS = [
  ["v1", "Dripline's own"],
  ["broadcast", "Broadcast's"],
  ["outreach", "Outreach's"],
] as const;

interface FormProps {
  title: string;
  crumbs: Crumbs;
  to: string;
  deed: string;
  /** None where one is made. */
  row?: WebhookRow;
  faulty?: Faulty | undefined;
}

export function WebhookForm({ title, crumbs, to, deed, row, faulty }: FormProps) {
  const events = { name: "events", faulty, ticked: row?.events ?? ["*"] };
  return (
    <>
      <Head title={title} crumbs={crumbs} />
      <Trouble faulty={faulty} fields={["url", "description", "dialect", "events"]} />
      <Form to={to} class="card">
        <Input
          name="url"
          label="URL"
          type="url"
          value={row?.url ?? ""}
          required
          hint="Each event is sent here as a signed POST. What is not answered with 2xx within 20 seconds is sent again."
          faulty={faulty}
          more={{ placeholder: "https://", maxlength: 2000 }}
        />
        <Input
          name="description"
          label="Description"
          value={row?.description ?? ""}
          hint="For you, to know it by."
          faulty={faulty}
          more={{ maxlength: 255 }}
        />
        {row === undefined && (
          <Select
            name="dialect"
            label="Words of the body"
            value="v1"
            options={DIALECTS}
            hint="A receiver that was built for another product is told what it knows a name for, as that product would."
            faulty={faulty}
          />
        )}
        <EventBoxes of={events} />
        <button class="primary">{deed}</button>
      </Form>
    </>
  );
}

function EventBoxes({ of }: { of: Boxes }) {
  return (
    <BoxSet of={of} legend="What it is told">
      <Box of={of} value="*">
        Everything
      </Box>
      <div class="columns">
        {KINDS.map(([kind, label]) => (
          <fieldset class="boxes">
            <legend>{label}</legend>
            <Box of={of} value={`${kind}.*`}>
              All of <code>{kind}.*</code>
            </Box>
            {HAPPENINGS.filter((type) => kindOf(type) === kind).map((type) => (
              <Box of={of} value={type}>
                {type.slice(kind.length + 1).replaceAll("_", " ")}
              </Box>
            ))}
          </fieldset>
        ))}
      </div>
    </BoxSet>
  );
}

export function wordsOf(dialect: WebhookRow["dialect"]): string {
  return DIALECTS.find(([one]) => one === dialect)?.[1] ?? dialect;
}

/** Knows the form of a mailbox: whom it sends as, how much, and by which server. */
import { CreateMailbox, fieldsOf, UpdateMailbox } from "../../dialects/v1/wire/mailbox";
import { MOST_DAILY } from "../../domain/mailbox";
import { SECURITIES, type Security, SUBMISSION_PORT, type Transport } from "../../domain/transport";
import type { MailboxRow } from "../../engine/mailboxes";
import { Input, Select, Trouble } from "../kit/fields";
import { type Fields, written } from "../kit/form";
import type { Faulty } from "../kit/page";
import { Form, Head } from "../kit/parts";
import type { Crumbs } from "./paths";
import { SpanFields, spanIn, textIn, wholeIn } from "./span";

export const NewMailboxFields = written(bodyIn, CreateMailbox).transform(({ email, ...said }) => ({
  ...fieldsOf(said),
  email,
}));

export const MailboxFields = written(bodyIn, UpdateMailbox).transform(fieldsOf);

function bodyIn(fields: Fields) {
  const transport = transportIn(fields);
  return {
    email: textIn(fields, "email") ?? "",
    name: textIn(fields, "name") ?? null,
    replyTo: textIn(fields, "replyTo") ?? null,
    dailyLimit: wholeIn(fields, "dailyLimit") ?? null,
    rate: spanIn(fields, "rate"),
    warmup: warmupIn(fields),
    timezone: textIn(fields, "timezone") ?? "UTC",
    ...(transport === undefined ? {} : { transport }),
  };
}

function warmupIn(fields: Fields) {
  const [start, step] = [wholeIn(fields, "warmup.start"), wholeIn(fields, "warmup.step")];
  const since = textIn(fields, "warmup.since");
  return start === undefined && step === undefined ? null : { start, step, since };
}

/** Left out where it is to stay as it is; null where mails go by the workspace's. */
function transportIn(fields: Fields) {
  const kind = textIn(fields, "transport.kind");
  switch (kind) {
    case undefined:
      return undefined;
    case "workspace":
      return null;
    case "resend":
      return { kind, apiKey: textIn(fields, "transport.apiKey") };
    case "smtp":
      return {
        kind,
        host: textIn(fields, "transport.host"),
        port: wholeIn(fields, "transport.port"),
        security: textIn(fields, "transport.security"),
        username: textIn(fields, "transport.username"),
        password: textIn(fields, "transport.password"),
      };
    default:
      return { kind };
  }
}

const NAMES = ["email", "name", "replyTo", "dailyLimit", "rate.messages", "rate.seconds", "timezone"]
  .concat(["start", "step", "since"].map((name) => `warmup.${name}`))
  .concat(["kind", "host", "port", "security", "username", "password", "apiKey"].map((name) => `transport.${name}`));

interface FormProps {
  title: string;
  crumbs: Crumbs;
  to: string;
  deed: string;
  row?: MailboxRow;
  faulty?: Faulty | undefined;
}

export function MailboxForm({ title, crumbs, to, deed, row, faulty }: FormProps) {
  const line = { faulty, more: { maxlength: 255 } };
  return (
    <>
      <Head title={title} crumbs={crumbs} />
      <Trouble faulty={faulty} fields={NAMES} />
      <Form to={to} class="card">
        <div class="columns">
          <Input name="email" label="Address" type="email" value={row?.email ?? ""} required {...line} />
          <Input name="name" label="Name" value={row?.name ?? ""} hint="Whom its mails come from." {...line} />
          <Input
            name="replyTo"
            label="Answers go to"
            type="email"
            value={row?.replyTo ?? ""}
            hint="Left empty: to the address itself, or to what tells answers apart."
            {...line}
          />
          <Input
            name="timezone"
            label="Time zone"
            value={row?.zone ?? "UTC"}
            hint="In which its days begin, such as Europe/Berlin."
            {...line}
          />
        </div>
        <LimitFields row={row} faulty={faulty} />
        <TransportFields of={row?.transport ?? null} isNew={row === undefined} faulty={faulty} />
        <button class="primary">{deed}</button>
      </Form>
    </>
  );
}

function LimitFields({ row, faulty }: { row: MailboxRow | undefined; faulty: Faulty | undefined }) {
  const { daily = null, rate = null, warmup = null } = row ?? {};
  const count = (min: number) => ({ type: "number", faulty, more: { min, max: MOST_DAILY, inputmode: "numeric" } });
  return (
    <>
      <Input
        name="dailyLimit"
        label="Mails a day, at most"
        value={daily}
        hint="Left empty: as many as come."
        {...count(1)}
      />
      <SpanFields
        name="rate"
        legend="Pace"
        hint="Mails are sent apart from each other. Left empty: as they come."
        value={rate}
        faulty={faulty}
      />
      <fieldset class="boxes">
        <legend>Warm-up</legend>
        <p class="hint">A new address that sends much at once is taken for spam: begin low, and add some each day.</p>
        <div class="beside">
          <Input name="warmup.start" label="On the first day" value={warmup?.start ?? ""} {...count(1)} />
          <Input name="warmup.step" label="More each day" value={warmup?.step ?? ""} {...count(0)} />
          <Input name="warmup.since" label="Began on" type="date" value={warmup?.since ?? ""} faulty={faulty} />
        </div>
      </fieldset>
    </>
  );
}

const KINDS = [
  ["workspace", "As all mails of the workspace"],
  ["smtp", "By a server of its own (SMTP)"],
  ["resend", "By Resend"],
  ["cloudflare", "By Cloudflare"],
] as const;

const ENCRYPTIONS: Record<Security, string> = {
  tls: "From the first byte (TLS)",
  starttls: "Before anything is told (STARTTLS)",
  optional: "Where the server offers it",
};

function TransportFields({ of, isNew, faulty }: { of: Transport | null; isNew: boolean; faulty: Faulty | undefined }) {
  const smtp = of?.kind === "smtp" ? of : null;
  const kinds = isNew ? KINDS : ([["", `As it is: ${transportInWords(of)}`], ...KINDS] as const);
  return (
    <fieldset class="boxes">
      <legend>How its mails leave</legend>
      <Select name="transport.kind" label="By" value={isNew ? "workspace" : ""} options={kinds} faulty={faulty} />
      <div class="of-smtp">
        <div class="beside">
          <Input name="transport.host" label="Server" value={smtp?.host ?? ""} faulty={faulty} />
          <Input
            name="transport.port"
            label="Port"
            type="number"
            value={smtp?.port ?? SUBMISSION_PORT}
            faulty={faulty}
            more={{ min: 1, max: 65_535 }}
          />
          <Select
            name="transport.security"
            label="Encryption"
            value={smtp?.security ?? "starttls"}
            options={SECURITIES.map((one) => [one, ENCRYPTIONS[one]])}
            faulty={faulty}
          />
        </div>
        <div class="beside">
          <Input
            name="transport.username"
            label="User"
            value={smtp?.username ?? ""}
            faulty={faulty}
            more={{ autocomplete: "off" }}
          />
          <Input
            name="transport.password"
            label="Password"
            type="password"
            hint={
              smtp ? "Kept where it is and shown to nobody; left empty, it stays." : "Kept locked, and shown to nobody."
            }
            faulty={faulty && withoutSecrets(faulty)}
            more={{ autocomplete: "new-password" }}
          />
        </div>
      </div>
      <div class="of-resend">
        <Input
          name="transport.apiKey"
          label="API key"
          type="password"
          hint="Kept locked, and shown to nobody."
          faulty={faulty && withoutSecrets(faulty)}
          more={{ autocomplete: "new-password" }}
        />
      </div>
    </fieldset>
  );
}

/** No page shows a secret again, not even to who has just entered it. */
function withoutSecrets({ fault }: Faulty): Faulty {
  return { fault, fields: {} };
}

export function transportInWords(of: Transport | null): string {
  switch (of?.kind) {
    case undefined:
      return "as all mails of the workspace";
    case "smtp":
      return `${of.host}, port ${of.port}`;
    case "resend":
      return "Resend";
    case "cloudflare":
      return "Cloudflare";
  }
}

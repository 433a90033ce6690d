/** Knows how a simulation looks: what is asked, when whoever it is for would get what, and what that takes for granted. */
import { spell } from "../../dialects/v1/ids";
import type { Contact } from "../../domain/contact";
import { capital } from "../../domain/line";
import { PLATFORMS } from "../../domain/platform";
import type { Simulation } from "../../engine/simulation";
import { Input, Select, Trouble } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { Empty, Head, pathWith, When } from "../kit/parts";
import { useAround } from "../kit/shell";
import { SequenceTabs } from "../kit/tabs";
import { isoOf } from "../kit/when";
import { calledIn } from "./enrollment";
import { Lanes } from "./lanes";

import { COMMON_ZONES, placeIn, ZONE_FIELDS } from "./simulating";
import { Timetable } from "./timetable";
import { type Column, lay } from "./way";

export interface SimulationProps {
  sequence: { id: number; name: string; status: string };
  /** The query as it was written. */
  query: Record<string, string>;
  faulty: Faulty | undefined;
  /** Whom it is for, if that is a contact. */
  contact: Contact | null;
  /** Those who may be meant, where several are. */
  choices: readonly Contact[];
  /** Whether whoever looks may look for contacts. */
  searches: boolean;
  /** One a zone; null where there is nothing to tell. */
  simulations: readonly Simulation[] | null;
  empty: "steps" | "archived" | null;
}

export function SimulationPage(props: SimulationProps) {
  const { sequence, empty, simulations } = props;
  return (
    <>
      <Head title={sequence.name} crumbs={[["Sequences", "/"]]} />
      <SequenceTabs of={sequence.id} at="simulate" />
      {empty === null ? (
        <>
          <Ask {...props} />
          {simulations && <Told {...props} simulations={simulations} />}
        </>
      ) : (
        <Nothing of={sequence.id} why={empty} />
      )}
    </>
  );
}

function pathFor({ sequence, query }: Pick<SimulationProps, "sequence" | "query">, set: Record<string, string | null>) {
  return pathWith(`/sequences/${spell("sequence", sequence.id)}/simulate`, { ...query, ...set });
}

function Nothing({ of: id, why }: { of: number; why: "steps" | "archived" }) {
  if (why === "archived") {
    return (
      <Empty title="This sequence is archived">
        <p>Nobody is enrolled in it any more, so there is nothing to tell beforehand.</p>
      </Empty>
    );
  }
  return (
    <Empty title="No steps to simulate yet">
      <p>Add steps first. Then this page shows what a contact would get and when, in any time zone.</p>
      <a class="button primary" href={`/sequences/${spell("sequence", id)}/build`}>
        Add steps
      </a>
    </Empty>
  );
}

function Ask(props: SimulationProps) {
  const { query, faulty, contact, choices, searches } = props;
  const { now } = useAround();
  const value = (name: string) => query[name] ?? "";
  return (
    <form method="get" class="card simulate">
      <p class="hint">Nothing is sent. It shows what would happen, and when, by the sequence as it is now.</p>
      <Trouble faulty={faulty} fields={FIELDS} />
      <div class="fields">
        {contact && <input type="hidden" name="contact" value={spell("contact", contact.id)} />}
        {searches && (
          <Input
            name="who"
            label={contact ? "For another contact" : "For a contact"}
            value={contact ? "" : value("who")}
            hint={contact ? <Chosen {...props} contact={contact} /> : "A name or an address; empty: somebody made up"}
            faulty={faulty}
          />
        )}
        <Input
          name="start"
          label="Enrolled at (UTC)"
          type="datetime-local"
          value={value("start")}
          hint={`Empty: now, ${isoOf(now.journey).slice(0, 16).replace("T", " ")}`}
          faulty={faulty}
          more={{ min: "1970-01-02T00:00", max: "2199-12-31T23:59" }}
        />
        <Select
          name="platform"
          label="On"
          value={value("platform")}
          faulty={faulty}
          options={[["", contact ? "the contact’s own platform" : "email"], ...PLATFORMS.map(optionOf)]}
        />
        {ZONE_FIELDS.map((field, i) => (
          <Input
            name={field}
            label={`Time zone${i === 0 ? "" : ` ${i + 1}`}`}
            value={value(field)}
            faulty={faulty}
            more={{ list: "zones", placeholder: i === 0 ? "Europe/Berlin" : "" }}
          />
        ))}
      </div>
      <datalist id="zones">
        {COMMON_ZONES.map((zone) => (
          <option value={zone} />
        ))}
      </datalist>
      {["yes", "no"].map((name) => value(name) !== "" && <input type="hidden" name={name} value={value(name)} />)}
      <button class="primary">Simulate</button>
      {choices.length > 0 && <Choices {...props} />}
    </form>
  );
}

const FIELDS = ["who", "start", "platform", ...ZONE_FIELDS];

function optionOf(platform: string) {
  return [platform, platform.toLowerCase().replaceAll("_", " ")] as const;
}

function Chosen({ contact, ...props }: SimulationProps & { contact: Contact }) {
  return (
    <>
      Now it is for {calledIn(contact)}. <a href={pathFor(props, { contact: null, who: null })}>Somebody made up</a>
    </>
  );
}

function Choices(props: SimulationProps) {
  return (
    <section class="choices" aria-label="Which contact">
      <p>Several fit. Which one?</p>
      <ul>
        {props.choices.map((one) => (
          <li>
            <a href={pathFor(props, { contact: spell("contact", one.id), who: null })}>{calledIn(one)}</a>{" "}
            <span class="hint">{one.addresses[0]?.address}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Told(props: SimulationProps & { simulations: readonly Simulation[] }) {
  const { simulations, contact, query } = props;
  const [first] = simulations;
  if (!first) return null;
  const { tree, assumes, startAt } = first;
  const columns = simulations.map(({ way, contact: { timezone } }): Column => {
    const zone = timezone ?? "UTC";
    return { label: simulations.length === 1 ? zone : placeIn(zone), zone, way };
  });
  const only = (step: number, way: boolean) => {
    const name = way ? "yes" : "no";
    const said = [...(query[name]?.split(",") ?? []), spell("step", step)].join(",");
    return pathFor(props, { [name]: said });
  };
  return (
    <>
      <section class="card" aria-label="The timetable">
        <h2>
          {contact ? calledIn(contact) : "Somebody made up"}, enrolled <When at={startAt} /> UTC
        </h2>
        {(query.yes || query.no) && (
          <p>
            Some conditions are told one way only. <a href={pathFor(props, { yes: null, no: null })}>Show both ways</a>
          </p>
        )}
        <Lanes columns={columns} startAt={startAt} tree={tree} />
        <Timetable of={lay(columns, tree)} columns={columns} only={only} />
        {simulations.some(({ whole }) => !whole) && (
          <p class="hint">There is more than fits here. Choose one way at a condition to see further.</p>
        )}
      </section>
      <section class="card" aria-label="What it takes for granted">
        <h2>What it takes for granted</h2>
        <ul>
          {assumes.map(({ detail }) => (
            <li>{capital(detail)}.</li>
          ))}
        </ul>
      </section>
    </>
  );
}

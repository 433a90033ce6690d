/** Knows how it is shown when messages of a sequence may go out, and how that is changed. */
import { spell } from "../../dialects/v1/ids";
import type { IntervalType } from "../../domain/sequence";
import type { DryRun } from "../../engine/dryruns";
import type { ScheduleDraft, ScheduleRow } from "../../engine/schedules";
import { Input, type Option, Select, TextArea, Trouble } from "../kit/fields";
import type { Faulty } from "../kit/page";
import { Do, Form } from "../kit/parts";
import { Around, Effect, pathOf, type Site, Within } from "./site";
import { spansOf, WEEK, WeekPicture } from "./week";
import { ZoneField } from "./zones";

export interface Keeping {
  site: Site;
  schedules: readonly ScheduleRow[];
  /** What the form shows; the sequence's own unless something was chosen. */
  chosen: { scheduleId: number | null; scheduleIntervalType: IntervalType };
  faulty?: Faulty | undefined;
  effect?: DryRun | undefined;
}

const INTERVALS: readonly Option[] = [
  ["calendar", "count all time"],
  ["schedule", "count open time only"],
];

export function Schedule({ site, schedules, chosen, faulty, effect }: Keeping) {
  const { sequence, fixed } = site;
  const own = schedules.find(({ id }) => id === sequence.scheduleId) ?? null;
  const path = `${pathOf(sequence.id)}/schedule`;
  return (
    <Around of={site} at="schedule">
      <div class="columns">
        <section class="card" aria-labelledby="now">
          <h2 id="now">When messages go out</h2>
          {own ? (
            <Week of={own} />
          ) : (
            <>
              <WeekPicture openings={ALWAYS} label="At any time" />
              <p>At any time, on any day.</p>
            </>
          )}
        </section>
        {fixed === null && (
          <Form to={path} class="card">
            <h2>Change it</h2>
            <Trouble faulty={faulty} fields={["scheduleId", "scheduleIntervalType"]} />
            <Select
              {...{ name: "scheduleId", label: "Schedule", faulty }}
              value={chosen.scheduleId === null ? "" : spell("schedule", chosen.scheduleId)}
              options={[["", "None: at any time"], ...schedules.map(optionOf)]}
              hint="Messages and tasks wait for an opening; all other steps go on at any time."
            />
            <Select
              {...{ name: "scheduleIntervalType", label: "Delays", faulty, options: INTERVALS }}
              value={chosen.scheduleIntervalType}
              hint="A delay of two hours from Friday at 16:00, open until 17:00: by open time it is over on Monday."
            />
            {effect && <Effect of={effect} />}
            <p class="actions">
              <button class="primary" name="go" value="save">
                Save
              </button>
              <button name="go" value="try">
                What would this do?
              </button>
            </p>
          </Form>
        )}
      </div>
      <div class="head">
        <h2>Schedules of this workspace</h2>
        {fixed === null && (
          <a class="button" href={`${path}/new`}>
            New schedule
          </a>
        )}
      </div>
      {schedules.length === 0 && <p class="none">None yet: everything goes out as soon as it is due.</p>}
      <div class="columns">
        {schedules.map((schedule) => (
          <section class="card" aria-label={schedule.name}>
            <h3>{schedule.name}</h3>
            <Week of={schedule} />
            {fixed === null && <a href={`${path}/${spell("schedule", schedule.id)}`}>Change {schedule.name}</a>}
          </section>
        ))}
      </div>
    </Around>
  );
}

const ALWAYS = WEEK.map((_, i) => ({ day: i + 1, from: "00:00", to: "24:00" }));

function optionOf({ id, name }: ScheduleRow): Option {
  return [spell("schedule", id), name];
}

function Week({ of: { name, zone, openings, holidays } }: { of: ScheduleRow }) {
  return (
    <>
      <WeekPicture openings={openings} label={name} />
      <p>{zone ?? "By each contact's own clock, or UTC where none is known"}</p>
      {holidays.length > 0 && <p class="hint">{`Closed on ${holidays.join(", ")}`}</p>}
    </>
  );
}

interface EditorProps {
  site: Site;
  /** Null: one that is yet to be made. */
  schedule: ScheduleRow | null;
  faulty?: Faulty | undefined;
}

const OFFICE: ScheduleDraft = {
  name: "Office hours",
  zone: null,
  openings: [1, 2, 3, 4, 5].map((day) => ({ day, from: "09:00", to: "17:00" })),
  holidays: [],
};

const FIELDS = ["name", "zone", "holidays", ...WEEK.map((_, i) => `day${i + 1}`)];

export function ScheduleEditor({ site, schedule, faulty }: EditorProps) {
  const { name, zone, openings, holidays } = schedule ?? OFFICE;
  const to = `${pathOf(site.sequence.id)}/schedule/${schedule ? spell("schedule", schedule.id) : "new"}`;
  return (
    <Within of={site} under="Schedule" title={schedule ? `Change ${schedule.name}` : "New schedule"}>
      {schedule && (
        <p class="hint">What is changed holds for every sequence that keeps to it, and for all under way.</p>
      )}
      <Form to={to} class="card narrow">
        <Trouble faulty={faulty} fields={FIELDS} />
        <Input {...{ name: "name", label: "Name", value: name, required: true, faulty }} />
        <ZoneField name="zone" label="Time zone" value={zone} faulty={faulty} />
        <fieldset class="days">
          <legend>Open</legend>
          <p class="hint">Times such as 09:00–12:00, 13:00–17:00; 24:00 is midnight. An empty day is closed.</p>
          {WEEK.map((day, i) => (
            <Input {...{ name: `day${i + 1}`, label: day, faulty }} value={spansOf(openings, i + 1)} />
          ))}
        </fieldset>
        <TextArea
          {...{ name: "holidays", label: "Closed on", faulty, hint: "Days such as 2027-12-25, one on each line." }}
          value={holidays.join("\n")}
        />
        <button class="primary">{schedule ? "Save" : "Make it"}</button>
      </Form>
      {schedule && (
        <Do to={`${to}/delete`} kind="danger">
          Delete this schedule
        </Do>
      )}
    </Within>
  );
}

/** Knows how somebody names a time zone. */
import { Input } from "../kit/fields";
import type { Faulty } from "../kit/page";

/** All that there are by name; any other that the runtime knows may be written too. */
const ZONES = Intl.supportedValuesOf("timeZone");

interface ZoneProps {
  name: string;
  label: string;
  value: string | null;
  faulty?: Faulty | undefined;
}

export function ZoneField({ name, label, value, faulty }: ZoneProps) {
  return (
    <>
      <Input
        {...{
          name,
          label,
          value,
          faulty,
          more: { list: "zones", placeholder: "The contact's own", autocomplete: "off" },
        }}
        hint="Such as Europe/Berlin. Left empty, it is the contact's own, or UTC where there is none."
      />
      <datalist id="zones">
        {ZONES.map((zone) => (
          <option value={zone} />
        ))}
      </datalist>
    </>
  );
}

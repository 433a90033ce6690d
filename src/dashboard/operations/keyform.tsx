/** Knows the form of a key: what it is called, what it may do, and how long. */
import * as z from "zod";
import { CreateKey } from "../../dialects/v1/wire/user";
import { dateOf, isDate, startOfDay } from "../../domain/day";
import { allows, SCOPES } from "../../domain/scope";
import { DAY } from "../../domain/time";
import type { KeyHolder } from "../../engine/keys";
import { Input, Trouble } from "../kit/fields";
import { orEmpty, several } from "../kit/form";
import type { Faulty } from "../kit/page";
import { Form, Head } from "../kit/parts";
import { Box, BoxSet } from "./parts";
import type { Crumbs } from "./paths";

const { name, scopes } = CreateKey.shape;

export const KeyFields = z.object({
  name: name.unwrap().unwrap().trim(),
  scopes: several(scopes.unwrap().element).refine((ticked) => ticked.length > 0, "must name one at least"),
  /** The last day on which it opens anything, in UTC. */
  expiresAt: orEmpty(z.string().refine(isDate, "must be a day such as 2027-12-25")),
});

/** The end of a day; on its own last day a key grants all that it has left. */
export function endOf(date: string | null, { expiresAt: own }: KeyHolder): number | undefined {
  if (date === null) return undefined;
  const end = startOfDay(date, "UTC") + DAY - 1;
  return own !== null && dayOfWall(own) === date ? own : end;
}

function dayOfWall(at: number): string {
  return dateOf(Math.floor(at / DAY));
}

const NOUNS = [...new Set(SCOPES.map((scope) => scope.replace(/_(read|write)$/, "")))];

interface FormProps {
  to: string;
  crumbs: Crumbs;
  /** Whose it is to be, where that is somebody else. */
  whose: string | null;
  caller: KeyHolder;
  faulty?: Faulty | undefined;
}

export function KeyForm({ to, crumbs, whose, caller, faulty }: FormProps) {
  const of = { name: "scopes", faulty, ticked: allows(caller.scopes, "*") ? ["*"] : [] };
  const last = caller.expiresAt === null ? null : dayOfWall(caller.expiresAt);
  return (
    <>
      <Head title={whose === null ? "Make a key" : `Make a key for ${whose}`} crumbs={crumbs} />
      <Trouble faulty={faulty} fields={["name", "scopes", "expiresAt"]} />
      <Form to={to} class="card">
        <Input
          name="name"
          label="Name"
          hint="What it is used for, to know it by."
          required
          faulty={faulty}
          more={{ maxlength: 255 }}
        />
        <Input
          name="expiresAt"
          label="Last day"
          type="date"
          hint={
            last === null
              ? "Left empty, it opens until it is revoked."
              : `At the latest ${last}, when the key that you are signed in with ends; left empty, then.`
          }
          faulty={faulty}
          more={last === null ? {} : { max: last }}
        />
        <BoxSet of={of} legend="What it may do">
          {allows(caller.scopes, "*") && (
            <Box of={of} value="*">
              Everything
            </Box>
          )}
          <div class="columns">
            {NOUNS.map((noun) => (
              <fieldset class="boxes">
                <legend>{noun.charAt(0).toUpperCase() + noun.slice(1)}</legend>
                {(["read", "write"] as const)
                  .filter((deed) => allows(caller.scopes, `${noun}_${deed}`))
                  .map((deed) => (
                    <Box of={of} value={`${noun}_${deed}`}>
                      {deed === "read" ? "Look" : "Change"}
                    </Box>
                  ))}
              </fieldset>
            ))}
          </div>
        </BoxSet>
        <button class="primary">Make the key</button>
      </Form>
    </>
  );
}

/** Knows by which chances the properties are tried: the same ones every time, unless `SEED` names others. A failure prints its seed. */
import * as fc from "fast-check";

export const SEED = Number(process.env.SEED ?? 20_261_122);

fc.configureGlobal({ seed: SEED });

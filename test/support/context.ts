/** Knows how to call the engine's verbs by themselves, where no dialect shows them. */
import { env } from "cloudflare:workers";
import { type Context, contextFor, type Doors } from "../../src/engine/context";
import { faulty } from "./faults";

export function doorsOf(): Doors {
  const now = { wall: Date.now(), journey: Date.now(), speed: 1 };
  const secret = "a secret that only the tests know of";
  return { bindings: faulty(env), secret, production: false, now };
}

export function contextOf(workspaceId = 1): Context {
  return contextFor(doorsOf(), workspaceId);
}

/** Knows how a transport is taken over: refused where it leads inside, and its credential locked before it is kept. */
import { type Failure, ok, type Result, refuse } from "../domain/failure";
import { forbiddenHost } from "../domain/guard";
import { forbiddenPort, ownerOf, type Transport } from "../domain/transport";
import { lock } from "../vault";
import type { Context } from "./context";

/** A transport as somebody tells it. */
export interface Carried {
  transport: Transport;
  /** A password, or the key of an API. */
  credential: string | null;
}

export interface Kept {
  transport: Transport;
  sealed: string | null;
}

export async function keepTransport(ctx: Context, { transport, credential }: Carried): Promise<Result<Kept>> {
  const fault = faultIn(transport, ctx.production);
  if (fault) return refuse(fault);
  const sealed = credential === null ? null : await lock(ctx.secret, ownerOf(ctx.workspaceId), credential);
  return ok({ transport, sealed });
}

function faultIn(transport: Transport, production: boolean): Failure | null {
  if (transport.kind !== "smtp") return null;
  const host = forbiddenHost(transport.host, production);
  if (host !== null) return { kind: "bad_value", field: "transport.host", message: host };
  const port = forbiddenPort(transport.port, production);
  return port === null ? null : { kind: "bad_value", field: "transport.port", message: port };
}

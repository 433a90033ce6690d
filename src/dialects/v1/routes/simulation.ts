/** Knows v1's route that tells how a journey through a sequence would go. */
import { ok, refuse } from "../../../domain/failure";
import { allows } from "../../../domain/scope";
import { simulate } from "../../../engine/simulation";
import { endpoint, routes } from "../endpoint";
import { oneAs } from "../wire/shape";
import { Simulate, showSimulation } from "../wire/simulation";
import { ShownSimulation } from "../wire/simulationshape";

/** It says of a contact what his texts say of him. */
const OF_CONTACTS = "contacts_read";

export const simulationRoutes = routes().post(
  "/:id/simulate",
  endpoint({
    operation: "simulateSequence",
    summary: "How a journey through a sequence would go, and when; nothing is sent",
    answer: oneAs("simulation", ShownSimulation),
    scope: "sequences_read",
    ids: { id: "sequence" },
    body: Simulate,
    run: async ({ ctx, caller, ids, body }) => {
      if (body.contactId !== null && !allows(caller.scopes, OF_CONTACTS)) {
        return refuse({ kind: "beyond_scope", scope: OF_CONTACTS });
      }
      const simulation = await simulate(ctx, { sequenceId: ids.id, ...body });
      return simulation.ok ? ok({ simulation: showSimulation(ids.id, simulation.value) }) : simulation;
    },
  }),
);

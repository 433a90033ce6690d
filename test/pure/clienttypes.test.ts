/** The client's types are those of v1's document; `npm run client` writes them anew. */
import { expect, test } from "vitest";
import { v1 } from "../../src/dialects/v1/app";
import { documentOf } from "../../src/dialects/v1/openapi";
import { clientTypes } from "../support/clienttypes";

test("src/client/v1.d.ts is what `npm run client` writes", async () => {
  await expect(clientTypes(documentOf(v1.routes, "0.0.0"))).toMatchFileSnapshot("../../src/client/v1.d.ts");
});

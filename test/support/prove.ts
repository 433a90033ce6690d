/** Has every test prove the OpenAPI document by what v1 answered it. */
import { afterEach, expect } from "vitest";
import { faultsHeard } from "./answers";

afterEach(async () => {
  expect(await faultsHeard(), "answers that the OpenAPI document does not tell of").toEqual([]);
});

import { describe, expect, test } from "vitest";
import { billFor, TARIFFS, type Usage } from "../bench/price";

const NOTHING: Usage = {
  ...{ requests: 0, cpuMs: 0, objectRequests: 0, objectGbSeconds: 0, objectRowsRead: 0, objectRowsWritten: 0 },
  ...{ objectGb: 0, databaseRowsRead: 0, databaseRowsWritten: 0, databaseGb: 0, queueOperations: 0 },
};
const MILLION = 1e6;

/** What a million of each costs with the plan's share, and at the margin. */
const cases: [string, Partial<Usage>, number, number][] = [
  ["nothing", {}, 0, 0],
  ["rows in D1 up to what is included", { databaseRowsWritten: 50 }, 0, 50],
  ["rows in D1 beyond it", { databaseRowsWritten: 57 }, 7, 57],
  ["rows in objects have a share of their own", { databaseRowsWritten: 40, objectRowsWritten: 40 }, 0, 80],
  ["fifteen queue operations", { queueOperations: 15 }, 5.6, 6],
  ["seven calls of an object", { objectRequests: 7 }, 0.9, 1.05],
  ["objects of 20 KB", { objectGb: 20e-6 }, 3, 4],
  ["2.5 KB in D1", { databaseGb: 2.5e-6 }, 0, 1.875],
  ["half a second awake", { objectGbSeconds: 0.5 * 0.128 }, 0, 0.8],
  ["rows read", { databaseRowsRead: 100, objectRowsRead: 100 }, 0, 0.2],
  ["twelve calls of the Worker, of 4 ms each", { requests: 12, cpuMs: 48 }, 0.6 + 0.36, 3.6 + 0.96],
];

describe("what a million costs", () => {
  test.each(cases)("%s", (_, used, dollars, marginal) => {
    const bill = billFor({ ...NOTHING, ...used }, MILLION);
    expect(bill.dollars).toBeCloseTo(dollars, 6);
    expect(bill.marginal).toBeCloseTo(marginal, 6);
  });

  test("a bill names every tariff once, and its charges add up", () => {
    const bill = billFor({ ...NOTHING, databaseRowsWritten: 60, queueOperations: 18, objectGb: 2e-5 }, 2 * MILLION);
    expect(bill.charges.map(({ what }) => what)).toEqual(Object.values(TARIFFS).map(({ what }) => what));
    expect(bill.charges.reduce((all, one) => all + one.dollars, 0)).toBeCloseTo(bill.dollars, 9);
    expect(bill.dollars).toBeCloseTo(70 + 14 + 7, 6);
  });
});

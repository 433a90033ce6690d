import { defineConfig } from "vitest/config";

// The runtime trusts it too: a mail server of the tests shows it. What starts the runtime looks for it as it is loaded.
process.env.NODE_EXTRA_CA_CERTS = "test/support/certificates/authority.crt";
const { cloudflareTest, readD1Migrations } = await import("@cloudflare/vitest-pool-workers");

/**
 * Tests in the Workers runtime, with real objects and a real D1, at a speed of the journey clock. A runtime makes objects
 * ever more slowly the more it has made, so a large folder is shared out to several, by how its files are called.
 */
function inWorkers(folder: string, clockSpeed: string, initials = "a-z") {
  return {
    plugins: [
      cloudflareTest(async () => ({
        main: "./test/support/worker.ts",
        wrangler: { configPath: "./wrangler.toml" },
        miniflare: {
          bindings: {
            ENVIRONMENT: "development",
            CLOCK_SPEED: clockSpeed,
            DRIPLINE_SECRET: "a secret that only the tests know of",
            PUBLIC_URL: "https://drip.test",
            REPLY_DOMAIN: "in.drip.test",
            DELIVERY_TIMEOUT_MS: "1500",
            DRIPLINE_OPERATOR: "a-token-that-only-the-tests-know-of",
            RATE_LIMITS: "FREE=1000000,PRO=1000000,AGENCY=1000000",
            MIGRATIONS: await readD1Migrations("./migrations"),
          },
        },
      })),
    ],
    test: {
      name: initials === "a-z" ? folder : `${folder} ${initials}`,
      include: [`test/${folder}/**/[${initials}]*.test.ts`],
      testTimeout: 120_000,
      // One runtime for many files: to load the worker anew for each takes longer than most of their tests.
      isolate: false,
      setupFiles: ["./test/support/prove.ts"],
      globalSetup: [
        "./test/support/contract.ts",
        "./test/support/validator.ts",
        "./test/support/mailserver.ts",
        "./test/support/endpoint.ts",
      ],
    },
  };
}

export default defineConfig({
  test: {
    // Every core: by itself it would leave one idle, which is half of two.
    maxWorkers: "100%",
    // The runtime's own sockets stumble, to no effect, where the other side leaves while they write.
    onUnhandledError: ({ stack }) => !/reading 'message'[\s\S]*node-internal:internal_net/.test(stack ?? ""),
    projects: [
      {
        test: {
          name: "pure",
          include: ["test/pure/**/*.test.ts", "test/*.test.ts"],
          testTimeout: 30_000,
          isolate: false,
        },
      },
      ...["a-k", "l-p", "q-s", "t-z"].map((initials) => inWorkers("workers", "1", initials)),
      ...["a-u", "v-z"].map((initials) => inWorkers("dialects", "1", initials)),
      inWorkers("dashboard", "1"),
      inWorkers("fast", "3600"),
      inWorkers("long", "1"),
    ],
  },
});

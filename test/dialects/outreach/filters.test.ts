/** The grammar of the query: filters old and new, sorts, pages, fields and includes, and what each refuses. */
import { beforeAll, describe, expect, test } from "vitest";
import { fillCatalogue } from "../../support/catalogue";
import { faults, resetCounts } from "../../support/faults";
import { call, idsOf } from "../../support/outreach";
import { begin, db, type Json, OTHER_KEY } from "../../support/world";

beforeAll(async () => {
  await begin();
  await fillCatalogue();
});

const [M1, M2, M3] = [401 * 4096 + 1, 402 * 4096 + 1, 403 * 4096 + 1];
const [T1, T2] = [408 * 4096 + 4095, 900 * 4096];
const NEW = "newFilterSyntax=true";

describe("what a filter finds", () => {
  test.each<[query: string, ids: number[]]>([
    ["/sequences", [101, 102, 103, 104]],
    ["/sequences?filter[id]=102", [102]],
    ["/sequences?filter[id]=104,101,999", [101, 104]],
    ["/sequences?filter[id]=102..103", [102, 103]],
    ["/sequences?filter[id]=103..inf", [103, 104]],
    ["/sequences?filter[id]=neginf..102", [101, 102]],
    ["/sequences?filter[name]=Beta", [102, 104]],
    ["/sequences?filter[name]=Beta,Alpha", [101, 102, 104]],
    ["/sequences?filter[name]=beta", []],
    ["/sequences?filter[name]=Alpha&filter[name]=Beta", [102, 104]],
    ["/sequences?filter[name]=Beta&filter[shareType]=shared", [104]],
    ["/sequences?filter[shareType]=shared", [101, 103, 104]],
    ["/sequences?filter[shareType]=private", []],
    ["/sequences?filter[throttleMaxAddsPerDay]=10..20", [102, 104]],
    ["/sequences?filter[throttleMaxAddsPerDay]=20..inf", [101, 104]],
    ["/sequences?filter[throttleMaxAddsPerDay]=neginf..20", [102, 104]],
    ["/sequences?filter[throttleMaxAddsPerDay]=neginf..inf", [101, 102, 104]],
    ["/sequences?filter[throttleMaxAddsPerDay]=__null__", [103]],
    ["/sequences?filter[throttleMaxAddsPerDay]=__notnull__", [101, 102, 104]],
    ["/sequences?filter[enabledAt]=2040-01-02T09:01:00.000Z", [104]],
    ["/sequences?filter[enabledAt]=2040-01-02T10:01:00%2B01:00", [104]],
    ["/sequences?filter[enabledAt]=2040-01-02T09:02:00Z..inf", [101]],
    ["/sequences?filter[enabledAt]=2040-01-02..2040-01-03", [101, 104]],
    ["/sequences?filter[enabledAt]=__null__", [102, 103]],
    ["/sequences?filter[updatedAt]=2040-01-02T23:57:00Z..inf&sort=updatedAt", [103, 102, 101]],
    ["/sequences?filter[salesMotion]=outbound", [103]],
    ["/sequences?filter[openCount]=1..inf", [101]],
    ["/sequences?filter[owner][id]=11", [101, 103, 104]],
    ["/sequences?filter[owner][id]=11,12", [101, 102, 103, 104]],
    ["/sequences?filter[owner][email]=bo@sales.example", [102]],
    ["/sequences?filter[owner][firstName]=Ada&filter[name]=Beta", [104]],
    ["/sequences?filter[ruleset][id]=7", [102]],
    ["/sequences?filter[ruleset][id]=__null__", [101, 103, 104]],
    ["/sequences?filter[sequenceStates][id]=402", [102]],
    ["/sequences?filter[sequenceStates][id]=402,401,405", [101, 102]],
    ["/sequences?filter[sequenceSteps][id]=207,210", [101, 102]],
    ["/sequences?filter[calls][id]=1", []],
    ["/sequences?filter[calls][id]=601", [102]],
    [`/sequences?filter[tasks][id]=${T1}&filter[name]=Beta`, [102]],
    [`/sequences?${NEW}&filter[name][]=Beta&filter[name][]=Alpha`, [101, 102, 104]],
    [`/sequences?${NEW}&filter[name]=Gamma, the third`, [103]],
    [`/sequences?${NEW}&filter[name][]=Gamma, the third`, [103]],
    ["/sequences?filter[name]=Gamma, the third", []],
    [`/sequences?${NEW}&filter[throttleMaxAddsPerDay][gte]=20`, [101, 104]],
    [`/sequences?${NEW}&filter[throttleMaxAddsPerDay][gte]=10&filter[throttleMaxAddsPerDay][lte]=20`, [102, 104]],
    [`/sequences?${NEW}&filter[throttleMaxAddsPerDay][gte]=50&filter[throttleMaxAddsPerDay][gte]=10`, [101, 102, 104]],
    [`/sequences?${NEW}&filter[name][gte]=Beta`, [102, 103, 104]],
    [`/sequences?${NEW}&filter[owner][id][]=12`, [102]],
    [`/sequences?${NEW}&filter[owner][id]=12`, [102]],
    [`/sequences?${NEW}&filter[enabledAt][]=__null__`, [102, 103]],
    ["/sequenceSteps", [202, 207, 208, 210, 213]],
    ["/sequenceSteps?filter[sequence][id]=101&sort=order", [202, 208, 207]],
    ["/sequenceSteps?filter[sequence][id]=101&sort=-order", [207, 208, 202]],
    ["/sequenceSteps?filter[order]=1", [202, 210]],
    ["/sequenceSteps?filter[order]=2..inf", [207, 208, 213]],
    ["/sequenceSteps?filter[stepType]=auto_email&filter[sequence][name]=Beta", [210]],
    ["/sequenceSteps?filter[sequence][id]=105", []],
    ["/sequenceSteps?filter[date]=2040-01-02", []],
    ["/sequenceSteps?filter[date]=2040-01-05", [213]],
    ["/sequenceSteps?filter[stepType]=call", [213]],
    ["/sequenceSteps?filter[taskPriority][id]=3", [213]],
    [`/sequenceSteps?filter[tasks][id]=${T1}`, [213]],
    ["/sequenceSteps?filter[calls][id]=601,602", [213]],
    ["/sequenceStates", [401, 402, 403, 404, 405, 406, 407, 408, 409]],
    ["/sequenceStates?filter[sequence][id]=101", [401, 403, 404]],
    ["/sequenceStates?filter[sequence][id]=105", []],
    ["/sequenceStates?filter[sequence][id]=__null__", [405]],
    ["/sequenceStates?filter[sequence][shareType]=read_only", [402, 408]],
    ["/sequenceStates?filter[prospect][id]=303&filter[sequence][id]=101,102", [404, 408]],
    ["/sequenceStates?filter[prospect][id]=304", []],
    ["/sequenceStates?filter[prospect][emails]=CY@acme.example", [401, 402]],
    ["/sequenceStates?filter[state]=active", [401]],
    ["/sequenceStates?filter[state]=pending,disabled", [402, 408]],
    ["/sequenceStates?filter[state]=finished", [404, 405, 406]],
    ["/sequenceStates?filter[state]=paused,opted_out,failed", [403, 407, 409]],
    ["/sequenceStates?filter[pauseReason]=out_of_office", [407]],
    ["/sequenceStates?filter[repliedAt]=__notnull__", [404]],
    ["/sequenceStates?filter[deliverCount]=1..inf", [401, 403]],
    ["/sequenceStates?filter[clickCount]=1", []],
    ["/sequenceStates?filter[sequenceStep][stepType]=auto_email", [401, 402, 403, 408]],
    [`/sequenceStates?filter[tasks][id]=${T1},${T2}`, [408]],
    ["/sequenceStates?filter[tasks][dueAt]=2040-01-02T09:00:00Z..inf", [408]],
    [`/sequenceStates?filter[sequence][id]=102&filter[tasks][id]=${T1}`, [408]],
    ["/sequenceStates?filter[calls][id]=601", [408]],
    ["/tasks", [T1, T2]],
    ["/tasks?filter[state]=incomplete", [T1]],
    ["/tasks?filter[owner][id]=11,12&filter[state]=complete", [T2]],
    ["/tasks?filter[owner][id]=12&sort=-dueAt", [T1]],
    ["/tasks?filter[owner][email]=ada@sales.example", [T2]],
    ["/tasks?filter[owner][firstName]=Bo", [T1]],
    ["/tasks?filter[prospect][id]=301", [T2]],
    ["/tasks?filter[prospect][id]=303&filter[state]=incomplete", [T1]],
    ["/tasks?filter[prospect][firstName]=Ed", [T1]],
    ["/tasks?filter[prospect][updatedAt]=2040-01-02..2040-01-09", [T1, T2]],
    ["/tasks?filter[sequence][id]=102", [T1]],
    ["/tasks?filter[sequence][tags]=none", []],
    ["/tasks?filter[sequenceState][id]=408", [T1]],
    ["/tasks?filter[sequenceState][id]=__null__", [T2]],
    ["/tasks?filter[sequenceStep][id]=213", [T1]],
    ["/tasks?filter[sequenceStep][stepType]=call", [T1]],
    ["/tasks?filter[sequenceSequenceSteps][id]=210", [T1]],
    ["/tasks?filter[call][id]=601", [T1]],
    ["/tasks?filter[calls][id]=601,602", [T1]],
    [`/tasks?filter[mailing][id]=${M1}`, []],
    ["/tasks?filter[completer][id]=11", [T2]],
    ["/tasks?filter[taskPriority][name]=High", [T1]],
    ["/tasks?filter[dueAt]=__null__", [T2]],
    ["/tasks?filter[taskType]=manual&filter[updatedAt]=2040-01-02..2040-01-03", [T2]],
    ["/tasks?sort=-dueAt", [T1, T2]],
    ["/calls", [601, 602]],
    ["/calls?filter[prospect][id]=301", [602]],
    ["/calls?filter[sequence][id]=102", [601]],
    ["/calls?filter[sequenceState][id]=408", [601]],
    ["/calls?filter[sequenceStep][id]=213", [601]],
    [`/calls?filter[task][id]=${T1}`, [601]],
    ["/calls?filter[user][id]=11", [602]],
    ["/calls?filter[outcome]=Answered", [601]],
    ["/calls?filter[to]=%2B49301", [601]],
    ["/calls?filter[userCallType]=voip", [602]],
    ["/calls?sort=-createdAt", [602, 601]],
    ["/taskPriorities?sort=-weight", [3, 2, 1]],
    ["/taskPriorities?filter[name]=Low", [1]],
    ["/prospects", [301, 302, 303]],
    ["/prospects?filter[emails]=cy@acme.example,DI@acme.example", [301, 302]],
    ["/prospects?filter[title]=CTO", [302]],
    ["/prospects?filter[linkedInSlug]=__notnull__", [303]],
    ["/prospects?filter[lastName]=__null__", [303]],
    ["/prospects?filter[timeZone]=Asia/Tokyo", [301]],
    ["/prospects?filter[owner][id]=11", [301, 303]],
    ["/prospects?filter[stage][id]=5", [303]],
    ["/prospects?filter[stage][name]=Hot", [303]],
    ["/prospects?filter[stage][name]=Cold", []],
    ["/prospects?filter[stage][id]=__null__", [301, 302]],
    ["/prospects?filter[engagedAt]=__notnull__", [303]],
    ["/prospects?filter[sequenceStates][id]=407", [302]],
    ["/prospects?filter[sequenceStates][state]=active", [301]],
    ["/prospects?filter[activeSequenceStates][id]=403,407", [302]],
    ["/mailings", [M1, M2, M3]],
    ["/mailings?filter[sequence][id]=101", [M1, M3]],
    ["/mailings?filter[prospect][id]=301", [M1, M2]],
    ["/mailings?filter[sequenceState][id]=403,402", [M2, M3]],
    ["/mailings?filter[sequenceStep][id]=202&filter[state]=opened", [M1]],
    [`/mailings?filter[task][id]=${T1}`, []],
    ["/sequenceStates?filter[mailbox][id]=4", [401]],
    ["/sequenceStates?filter[mailbox][email]=ada@mail.example", [401]],
    ["/sequenceStates?filter[sequence][id]=101&filter[mailbox][id]=__null__", [403, 404]],
    ["/stages", [5, 6]],
    ["/stages?sort=order", [6, 5]],
    ["/stages?filter[name]=Hot,Warm", [5]],
    ["/stages?filter[prospects][id]=303", [5]],
    ["/mailboxes", [4, 5]],
    ["/mailboxes?filter[email]=ash@mail.example", [5]],
    ["/mailboxes?filter[user][id]=11&sort=-email", [5, 4]],
    ["/mailboxes?filter[userId]=12", []],
    ["/contentCategories?filter[name]=Inbound", [22]],
    ["/contentCategoryMemberships", [31, 32]],
    ["/contentCategoryMemberships?filter[contentCategory][id]=21", [31]],
    ["/sequences?filter[contentCategoryMemberships][id]=32", [101]],
    ["/rulesets?filter[permitDuplicateProspects]=allow", [8]],
    ["/rulesets?filter[owner][id]=11", [7]],
    ["/rulesets?filter[bouncedStage][id]=5", [7]],
    ["/rulesets?filter[finishedStage][id]=__null__", [7, 8]],
    ["/rulesets?filter[sequences][id]=102", [7]],
    ["/mailings?filter[id]=neginf..inf&sort=id", [M1, M2, M3]],
    ["/mailings?sort=-createdAt", [M3, M2, M1]],
    ["/mailings?filter[updatedAt]=2040-01-02T18:58:00Z..inf&sort=updatedAt", [M2, M1]],
    ["/mailings?filter[createdAt]=2040-01-02T15:42:00Z..inf", [M2, M3]],
    ["/mailings?filter[openedAt]=__notnull__", [M1]],
    ["/mailings?filter[template][id]=501", [M1]],
    ["/mailings?filter[template][id]=502", []],
    ["/sequenceStates?filter[updatedAt]=2040-01-02T18:57:00Z..2040-01-02T18:58:00Z&sort=updatedAt", [403, 402]],
    ["/templates", [501, 503, 504]],
    ["/templates?filter[archivedAt]=__null__&sort=-name", [503, 501]],
    ["/templates?filter[shareType]=shared&filter[owner][id]=11", [501, 504]],
    ["/templates?filter[updatedAt]=2040-01-02T17:18:00Z..inf&sort=updatedAt", [501]],
    ["/templates?filter[deliverCount]=1..inf", [501]],
    ["/templates?sort=-openCount", [501, 504, 503]],
    ["/sequenceTemplates", [601, 602]],
    ["/sequenceTemplates?filter[template][id]=501", [602]],
    ["/sequenceTemplates?filter[creator][id]=11", [602]],
    ["/sequenceTemplates?filter[sequenceStep][id]=202", [601, 602]],
    ["/sequenceTemplates?filter[sequenceStep][order]=2..inf", []],
    ["/sequenceSteps?filter[sequenceTemplates][id]=602", [202]],
    ["/users?filter[locked]=true", [12]],
    ["/users?filter[locked]=false&filter[email]=__notnull__", [11]],
    ["/users?filter[username]=ada,bo", [11, 12]],
    ["/sequences?sort=name,-id", [101, 104, 102, 103]],
    ["/sequences?sort=-name", [103, 104, 102, 101]],
    ["/sequences?sort=enabledAt", [102, 103, 104, 101]],
    ["/sequences?sort=-enabledAt", [101, 104, 103, 102]],
    ["/sequences?sort=-createdAt", [104, 103, 102, 101]],
    ["/sequences?sort=-id&sort=id", [101, 102, 103, 104]],
    ["/prospects?sort=title", [303, 301, 302]],
    ["/sequences?page[limit]=2&page[offset]=1", [102, 103]],
    ["/sequences?page[offset]=9", []],
    ["/sequences?page[size]=1", [101]],
    ["/sequences?page[size]=1&page[size]=2", [101, 102]],
    ["/sequences?unheard=of", [101, 102, 103, 104]],
  ])("%s", async (path, ids) => {
    expect(await idsOf(path)).toEqual(ids);
  });

  test("of another workspace's rows, none", async () => {
    for (const path of ["/sequences", "/sequenceStates?filter[sequence][id]=101", "/mailings?filter[id]=neginf..inf"]) {
      expect((await call("GET", path, undefined, OTHER_KEY)).body.data).toEqual([]);
    }
  });
});

describe("what is refused", () => {
  test.each<[query: string, id: string, parameter: string]>([
    ["/sequences?filter[nothing]=1", "permittedParams.unknownAttribute", "filter[nothing]"],
    ["/sequences?filter[enabled]=true", "filterParameter.unfilterableAttribute", "filter[enabled]"],
    ["/sequences?filter[toString]=x", "permittedParams.unknownAttribute", "filter[toString]"],
    ["/sequences?filter=x", "filterParameter.invalid", "filter"],
    ["/sequences?filter[name=x", "permittedParams.malformed", "filter[name"],
    ["/sequences?page[size]]=1", "permittedParams.malformed", "page[size]]"],
    ["/sequences?filter[owner]=11", "permittedParams.unknownAttribute", "filter[owner]"],
    ["/sequences?filter[owner][title]=x", "filterParameter.unfilterableAttribute", "filter[owner][title]"],
    ["/sequences?filter[mailings][id]=1", "filterParameter.unfilterableAttribute", "filter[mailings][id]"],
    ["/sequences?filter[nobody][id]=1", "permittedParams.unknownAttribute", "filter[nobody][id]"],
    ["/sequences?filter[owner][id][x]=1", "filterParameter.invalid", "filter[owner][id][x]"],
    ["/sequences?filter[throttleMaxAddsPerDay]=many", "filterParameter.invalidValue", "filter[throttleMaxAddsPerDay]"],
    ["/sequences?filter[throttleMaxAddsPerDay]=1,x", "filterParameter.invalidValue", "filter[throttleMaxAddsPerDay]"],
    ["/sequences?filter[throttleMaxAddsPerDay]=1..x", "filterParameter.invalidValue", "filter[throttleMaxAddsPerDay]"],
    ["/sequences?filter[createdAt]=yesterday", "filterParameter.invalidValue", "filter[createdAt]"],
    ["/sequences?filter[createdAt]=2040-02-29..inf&filter[id]=x", "filterParameter.invalidValue", "filter[id]"],
    ["/sequences?filter[createdAt]=2040-02-31..inf", "filterParameter.invalidValue", "filter[createdAt]"],
    ["/users?filter[locked]=maybe", "filterParameter.invalidValue", "filter[locked]"],
    ["/sequences?filter[owner][id]=me", "filterParameter.invalidValue", "filter[owner][id]"],
    ["/sequences?filter[sequenceStates][id]=__null__", "filterParameter.invalid", "filter[sequenceStates][id]"],
    ["/sequences?filter[name][]=Beta", "filterParameter.invalid", "filter[name][]"],
    ["/sequences?filter[id][gte]=1", "filterParameter.invalid", "filter[id][gte]"],
    [`/sequences?${NEW}&filter[id][gte]=one`, "filterParameter.invalidValue", "filter[id][gte]"],
    [
      `/sequences?${Array.from({ length: 16 }, (_, i) => `filter[${i}]=1`).join("&")}`,
      "filterParameter.invalid",
      "filter",
    ],
    ["/sequences?sort=nothing", "permittedParams.unknownAttribute", "sort"],
    ["/sequences?sort=name,description", "sortParameter.unsortableAttribute", "sort"],
    ["/sequences?sort=name,name,name,name,name,name", "sortParameter.tooMany", "sort"],
    ["/sequences?page[size]=1001", "pageParameter.invalidValue", "page[size]"],
    ["/sequences?page[size]=0", "pageParameter.invalidValue", "page[size]"],
    ["/sequences?page[limit]=-1", "pageParameter.invalidValue", "page[limit]"],
    ["/sequences?page[offset]=x", "pageParameter.invalidValue", "page[offset]"],
    ["/sequences?page[number]=2", "pageParameter.invalidValue", "page[number]"],
    ["/sequences?page[after]=abc", "pageParameter.invalidValue", "page[after]"],
    ["/sequences?page[before]=", "pageParameter.invalidValue", "page[before]"],
    ["/sequences?page[after]=a&page[before]=b", "pageParameter.invalidValue", "page[after]"],
    ["/sequences?fields[sequence]=name,nothing", "fieldsParameter.unknownResourceField", "fields[sequence]"],
    ["/sequences?fields[nothing]=name", "fieldsParameter.unknownResource", "fields[nothing]"],
    ["/sequences?include=nothing", "includeParameter.unknownRelationship", "include"],
    ["/sequences?include=owner.nothing", "includeParameter.unknownRelationship", "include"],
    ["/sequences?include=mailings", "includeParameter.unknownRelationship", "include"],
    [
      "/sequences?include=owner.creator.creator.creator.creator.creator",
      "includeParameter.unknownRelationship",
      "include",
    ],
  ])("%s", async (path, id, parameter) => {
    const { status, body } = await call("GET", path);
    expect([status, body.errors[0].id, body.errors[0].source]).toEqual([400, id, { parameter }]);
  });
});

describe("pages by cursor", () => {
  async function pagesOf(path: string): Promise<{ there: number[][]; back: number[][] }> {
    const [there, back]: number[][][] = [[], []];
    let last = "";
    for (let link = path; link; ) {
      const { body } = await call("GET", link);
      there?.push(body.data.map(({ id }: Json) => id));
      last = link;
      link = body.links.next?.replace("https://dripline.test/api/v2", "");
    }
    for (let link = last; link; ) {
      const { body } = await call("GET", link);
      back?.unshift(body.data.map(({ id }: Json) => id));
      link = body.links.prev?.replace("https://dripline.test/api/v2", "");
    }
    return { there: there ?? [], back: back ?? [] };
  }

  test.each([
    ["/sequenceStates?page[size]=4", [[401, 402, 403, 404], [405, 406, 407, 408], [409]]],
    ["/sequences?page[size]=1&sort=-name", [[103], [104], [102], [101]]],
    ["/sequences?page[size]=1&sort=enabledAt", [[102], [103], [104], [101]]],
    ["/sequences?page[size]=1&sort=-enabledAt", [[101], [104], [103], [102]]],
    ["/sequences?page[size]=3&sort=updatedAt&filter[shareType]=shared,read_only", [[104, 103, 102], [101]]],
    ["/sequences?page[size]=3&sort=-updatedAt", [[101, 102, 103], [104]]],
    ["/prospects?page[size]=2&sort=title,firstName", [[303, 301], [302]]],
    ["/sequences?page[limit]=3&page[offset]=0&sort=name", [[101, 102, 104], [103]]],
  ])("%s goes there and back", async (path, pages) => {
    expect(await pagesOf(path)).toEqual({ there: pages, back: pages });
  });

  test("links keep what was asked for, and what is repeated beside them wins", async () => {
    const { body } = await call("GET", "/sequences?page[size]=1&filter[name]=Beta&count=false&unheard=of");
    expect(body.meta).toBeUndefined();
    expect(body.links.prev).toBeUndefined();
    const next = new URL(body.links.next);
    expect(Object.fromEntries(next.searchParams)).toMatchObject({
      "page[size]": "1",
      "filter[name]": "Beta",
      unheard: "of",
    });
    const again = await call("GET", `${next.pathname.slice(7)}${next.search}&page[size]=1&filter[name]=Beta`);
    expect(again.body.data.map(({ id }: Json) => id)).toEqual([104]);
    expect(again.body.links.first).not.toContain("after");
  });

  test("rows that come in between move no page", async () => {
    const { body } = await call("GET", "/users?page[size]=2&sort=username");
    await db().exec(`INSERT INTO users (id, workspace_id, name, username, created_at) VALUES (13, 1, 'A', 'aaa', 1)`);
    const { data } = (await call("GET", body.links.next.replace("https://dripline.test/api/v2", ""))).body;
    expect(data.map(({ id }: Json) => id)).toEqual([12]);
    await db().exec("DELETE FROM users WHERE id = 13");
  });

  test("a cursor that was changed, or is of another order, is refused", async () => {
    const { body } = await call("GET", "/sequences?page[size]=1&sort=name");
    const cursor = new URL(body.links.next).searchParams.get("page[after]") ?? "";
    const changed = cursor.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    for (const query of [
      `sort=-name&page[after]=${cursor}`,
      `page[after]=${cursor}`,
      `sort=name&page[after]=${changed}`,
    ]) {
      expect((await call("GET", `/sequences?${query}`)).status).toBe(400);
    }
    expect((await call("GET", `/sequences?sort=name&page[after]=${cursor}`)).status).toBe(200);
  });
});

test("as much as may be asked at once is one question", async () => {
  const times = ["callCompletedAt", "createdAt", "repliedAt", "stateChangedAt", "updatedAt"];
  const order = `sort=${times.join()}&page[size]=1`;
  const { body } = await call("GET", `/sequenceStates?${order}`);
  const ranges = times.map((name) => `filter[${name}]=2040-01-01..2041-01-01`);
  const counts = ["clickCount", "deliverCount", "openCount", "replyCount"].map((name) => `filter[${name}]=0..9`);
  const words = ["pauseReason", "state"].map((name) => `filter[${name}]=a,b`);
  const others = ["sequence][name", "sequence][createdAt", "sequenceStep][order", "prospect][emails"].map(
    (name) => `filter[${name}]=2040-01-01`,
  );
  const filters = [...ranges, ...counts, ...words, ...others];
  expect(filters).toHaveLength(15);
  const cursor = new URL(body.links.next).searchParams.get("page[after]");
  expect(
    await idsOf(
      `/sequenceStates?${order}&${filters.join("&").replace("[order]=2040-01-01", "[order]=1..2")}&page[after]=${cursor}`,
    ),
  ).toEqual([]);
});

describe("many rows", () => {
  beforeAll(async () => {
    await db()
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10005)
         INSERT INTO enrollments (workspace_id, sequence_id, contact_id, platform, state, standing, enrolled_at, version)
         SELECT 1, 103, 900000 + i, 'EMAIL', 'ended', 'COMPLETED', i, 1 FROM n`,
      )
      .run();
    await db()
      .prepare(
        `INSERT INTO messages (id, workspace_id, sequence_id, contact_id, enrollment_id, step_id, platform, status, attempts, at, fact, created_at, updated_at)
         SELECT id * 4096 + 1, 1, 103, contact_id, id, 299, 'EMAIL', 'sent', 1, 1, 1, id, id FROM enrollments WHERE sequence_id = 103`,
      )
      .run();
  });

  test.each<[query: string, status: number]>([
    ["", 200],
    ["?sort=-createdAt", 200],
    ["?sort=updatedAt&filter[updatedAt]=2030-01-01..inf", 200],
    ["?filter[sequence][id]=103", 200],
    ["?filter[sequenceStep][id]=299", 200],
    ["?sort=id", 400],
    ["?filter[id]=1..inf", 400],
    ["?filter[state]=opened", 400],
  ])("mailings%s: %i", async (query, status) => {
    expect((await call("GET", `/mailings${query}`)).status).toBe(status);
  });

  describe("mailings by change: most are as they were made, some have changed since", () => {
    beforeAll(async () => {
      await db().exec("UPDATE messages SET updated_at = created_at + 4 WHERE sequence_id = 103 AND created_at % 3 = 0");
    });

    const pathOf = (link: string) => link.replace("https://dripline.test/api/v2", "");
    const PAGE = 7;

    test.each(["updatedAt", "-updatedAt"])(
      "sorted by %s, page by page there and back, each at the cost of its rows",
      async (sort) => {
        const [direction, few] = [sort.startsWith("-") ? "DESC" : "ASC", PAGE * 40];
        const inOrder = await db()
          .prepare(
            `SELECT id FROM messages WHERE workspace_id = 1 ORDER BY updated_at ${direction}, id ${direction} LIMIT ?`,
          )
          .bind(4 * PAGE)
          .all<{ id: number }>();
        const pages: number[][] = [];
        let next = `/mailings?sort=${sort}&page[size]=${PAGE}&count=false`;
        let last = "";
        for (let page = 0; page < 4; page++) {
          resetCounts();
          const { body } = await call("GET", next);
          expect(faults.rowsRead).toBeLessThan(few);
          pages.push(body.data.map(({ id }: Json) => id));
          [next, last] = [pathOf(body.links.next), body.links.prev ?? last];
        }
        expect(pages.flat()).toEqual(inOrder.results.map(({ id }) => id));
        const { body } = await call("GET", pathOf(last));
        expect(body.data.map(({ id }: Json) => id)).toEqual(pages[2]);
      },
    );

    test("those of a time", async () => {
      const found = await idsOf(
        "/mailings?filter[updatedAt]=1970-01-01T00:00:00.900Z..1970-01-01T00:00:00.905Z&sort=updatedAt",
      );
      const rows = await db()
        .prepare("SELECT id FROM messages WHERE updated_at BETWEEN 900 AND 905 ORDER BY updated_at, id")
        .all<{ id: number }>();
      expect(found).toHaveLength(rows.results.length);
      expect(found).toEqual(rows.results.map(({ id }) => id));
    });

    test("and what else is asked of them", async () => {
      const { body } = await call(
        "GET",
        "/mailings?filter[updatedAt]=1970-01-01T00:00:00.900Z..1970-01-01T00:00:00.905Z&filter[state]=delivered&sort=-createdAt",
      );
      const rows = await db()
        .prepare("SELECT id FROM messages WHERE updated_at BETWEEN 900 AND 905 ORDER BY created_at DESC, id DESC")
        .all<{ id: number }>();
      expect(body.data.map(({ id }: Json) => id)).toEqual(rows.results.map(({ id }) => id));
    });
  });

  test.each(["id", "-id"])(
    "the states of a sequence by %s, whatever their standings: a page costs its rows",
    async (sort) => {
      await db().exec(
        `UPDATE enrollments SET standing = CASE id % 4 WHEN 0 THEN 'ACTIVE' WHEN 1 THEN 'EXITED' WHEN 2 THEN 'FAILED'
      ELSE 'COMPLETED' END WHERE sequence_id = 103`.replaceAll("\n", " "),
      );
      const inOrder = await db()
        .prepare(
          `SELECT id FROM enrollments WHERE sequence_id = 103 ORDER BY id ${sort === "id" ? "ASC" : "DESC"} LIMIT 14`,
        )
        .all<{ id: number }>();
      const pages: number[] = [];
      let next = `/sequenceStates?filter[sequence][id]=103&sort=${sort}&page[size]=7&count=false`;
      for (let page = 0; page < 2; page++) {
        resetCounts();
        const { body } = await call("GET", next);
        expect(faults.rowsRead).toBeLessThan(300);
        pages.push(...body.data.map(({ id }: Json) => id));
        next = body.links.next.replace("https://dripline.test/api/v2", "");
      }
      expect(pages).toEqual(inOrder.results.map(({ id }) => id));
    },
  );

  test("are counted up to a bound", async () => {
    const { body } = await call("GET", "/sequenceStates?filter[sequence][id]=103&page[size]=1&sort=-id");
    expect([body.data.length, body.meta]).toEqual([1, { count: 10_000, count_truncated: true }]);
    expect((await call("GET", "/sequences")).body.meta).toEqual({ count: 4, count_truncated: false });
  });

  test.each<[query: string, status: number]>([
    ["", 200],
    ["?sort=-id", 200],
    ["?filter[sequence][id]=103", 200],
    ["?filter[sequence][id]=101&filter[state]=active", 200],
    ["?filter[prospect][id]=301&filter[state]=active", 200],
    ["?filter[state]=active", 400],
    ["?filter[sequence][id]=103&filter[state]=finished", 400],
    ["?filter[sequence][id]=103&sort=createdAt", 400],
    ["?sort=repliedAt", 400],
  ])("sequenceStates%s: %i", async (query, status) => {
    const answer = await call("GET", `/sequenceStates${query}`);
    expect(answer.status).toBe(status);
    if (status === 400)
      expect(answer.body.errors[0]).toMatchObject({
        id: "filterParameter.tooBroad",
        detail: expect.stringContaining("sequence"),
      });
  });
});

/** Knows people from machines, as far as a request for a picture or a link of a mail tells them apart. */

/**
 * `browser`: looks like a person's program. `doubtful`: may be either. Who tells of a person or a machine for certain, as
 * a provider may, says `human` or `machine`.
 */
export type Agent = "human" | "browser" | "doubtful" | "machine";

/** What a request says of who makes it; null, or nothing, where it is silent. */
export interface Look {
  userAgent: string | null;
  /** What browsers and proxies send along when they fetch ahead of anybody's wish. */
  purpose: string;
  languages: string | null;
  /** Whose network it comes from, and what the platform takes it for, where that is known. */
  network: string | null;
  bot: { verified: boolean; score: number | null } | null;
}

const AHEAD = /prefetch|prerender|preview|instant/i;

/** They fetch pictures when a person opens the mail, and hide only where he is. */
const PROXIES = /GoogleImageProxy|YahooMailProxy/i;

/**
 * Apple's Mail Privacy Protection loads all pictures of all mails under this name and no other; Gmail's servers load some
 * ahead under that of a browser of 2015.
 */
const CACHES = /^Mozilla\/5\.0$|Chrome\/42\.0\.2311\.135 Safari\/537\.36 Edge\/12\.246/;

/** A phone of this make is no bot. */
const PHONE = /cubot/gi;

const MACHINES = new RegExp(
  [
    // Whatever says that it is one.
    "bot\\b|crawl|spider|slurp|scanner|preview|prefetch|linkexpand|externalhit|validator|monitor|pingdom|uptime",
    "Office (?:Existence|Protocol) Discovery|^WhatsApp|Iframely|Embedly|SkypeUri|Google-Safety|Google-Read-Aloud",
    // Browsers that nobody sits at.
    "headless|phantomjs|puppeteer|playwright|selenium|webdriver|lighthouse",
    // Programs and their libraries.
    "^curl|^wget|python|aiohttp|^httpx?\\b|^java\\b|^java/|apache-httpclient|jetty|AHC/|go-http-client|libwww|lwp::|^perl|^php|guzzle",
    "^ruby|^node|undici|axios|^got\\b|postman|insomnia|lua-resty|^reqwest|hubspot connect|amazon cloudfront",
    // What looks into mails on their way.
    "barracuda|mimecast|proofpoint|urldefense|safelinks|symantec|messagelabs|ironport|ciscosecure|fireeye|trellix",
    "trend ?micro|\\bTMES\\b|sophos|fortinet|fortimail|forcepoint|cloudmark|vade ?secure|mailscanner|virustotal|urlscan",
  ].join("|"),
  "i",
);

const SCANNERS =
  /barracuda|mimecast|proofpoint|symantec|messagelabs|ironport|fireeye|trellix|trend ?micro|sophos|vade secure/i;

/** Machines live there, but some people go by way of them. */
const DATA_CENTRES =
  /amazon|google|microsoft|digitalocean|linode|akamai connected cloud|ovh|hetzner|oracle|alibaba|tencent|vultr|choopa|leaseweb|m247/i;

/** What people's programs call themselves. */
const PROGRAMS = /^Mozilla\/[45]\.0 \(|^Opera\/|^Microsoft Office\/|^Outlook-|^Mozilla\/5\.0 Thunderbird/;

/** Of the platform's scores from 1 to 99: below this it takes a request for automated. */
const AUTOMATED = 30;

export function agentOf({ userAgent, purpose, languages, network, bot }: Look): Agent {
  if (AHEAD.test(purpose)) return "machine";
  if (userAgent === null || userAgent.trim() === "") return "machine";
  if (PROXIES.test(userAgent)) return "browser";
  if (CACHES.test(userAgent) || MACHINES.test(userAgent.replace(PHONE, ""))) return "machine";
  if (bot?.verified || (network !== null && SCANNERS.test(network))) return "machine";
  if (bot !== null && bot.score !== null && bot.score < AUTOMATED) return "doubtful";
  if (network !== null && DATA_CENTRES.test(network)) return "doubtful";
  return PROGRAMS.test(userAgent) && languages !== null ? "browser" : "doubtful";
}

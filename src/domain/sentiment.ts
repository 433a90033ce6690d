/** Knows what a reply's words say of its writer's mood. Whoever knows better says so with the reply. */

export const SENTIMENTS = ["positive", "neutral", "negative"] as const;
export type Sentiment = (typeof SENTIMENTS)[number];

/** Tells a mood from words. Any other function may stand in for `sentimentOf`: one that asks a model, say. */
export type Classifier = (text: string) => Sentiment | Promise<Sentiment>;

/** Looked for first: a refusal may hold the words of an assent ("not interested"). */
const NEGATIVE =
  /\b(not (really )?(interested|relevant|a (good )?fit|for (me|us))|no,? thanks?|no thank you|(stop|quit) (e-?mailing|messaging|writing|contacting|calling)|(do not|don'?t|never) (e-?mail|message|write|contact|call|bother)|leave (me|us) alone|remove (me|us)|take (me|us) off|unsubscribe|opt(ing)? out|spam|waste of time|unacceptable|go away)\b|^\W*(no|nope|stop|never)\W*$/i;

const POSITIVE =
  /\b((very|definitely|quite|really|i'?m|i am|we'?re|we are) interested|interested in|sounds? (good|great|interesting|perfect)|looks? (good|great|interesting)|(love|like|happy|glad|keen|would like) to|tell me more|let'?s (talk|chat|meet|do|set)|(book|set up|schedule) a (call|meeting|demo)|(call|ring) me|sign me up|count me in|perfect|awesome|excellent|wonderful|great idea|looking forward)\b|^\W*(yes|yep|sure|great|absolutely|of course)\b/i;

/** By English words and phrases; what says neither is neutral. */
export function sentimentOf(text: string): Sentiment {
  if (NEGATIVE.test(text)) return "negative";
  return POSITIVE.test(text) ? "positive" : "neutral";
}

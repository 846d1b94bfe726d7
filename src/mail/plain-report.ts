/** Reports in words alone, as many servers still write them: the part that tells, whom it names, whether it only waits. */

/** From here on the letter that came back is quoted; what it says is not the server's. */
const QUOTED =
  /^(-{2,}\s*(this is a copy|below this line|original message|the header of|the following|included is|undelivered|returned|original|ursprüngliche)|(the )?(original|returned) message( (headers )?follows| headers?:|:)|.{0,40}this is a copy of (the|your) message|message headers? follow|received: (from|by) |return-path: )/im

/** The server's own words, without the letter that it quotes. */
export function failingWords(text: string): string {
  const quoted = QUOTED.exec(text)
  return (quoted && quoted.index > 0 ? text.slice(0, quoted.index) : text).slice(0, 4_000)
}

/** Every e-mail address in a text, in lower case, each once. */
export const addressesIn = (text: string): string[] => [
  ...new Set([...text.toLowerCase().matchAll(/[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]{1,250}[a-z0-9]/g)].map(([address]) => address)),
]

const WAITS = [
  /\b(delayed|delay)\b[^\n]{0,80}\b(hours?|minutes|days?|delivery|message|mail)|message (is )?delayed|delivery (is )?delayed|delayed (mail|delivery)/i,
  /\b(will|shall|is going to) (be )?(retr(y|ied)|keep trying|continue (to try|trying)|try again)|still (being )?(trying|tried)|no action is (required|needed)/i,
  /you (do not|don't|need not)( need to)? re-?send|not need to (do anything|resend)|this is a warning message only|(could|has) not (yet )?been? delivered (yet|within)/i,
  /warning: (could not send|message still)/i,
]
const OVER =
  /\b(giv(e|ing|en) up|gave up|permanent(ly)?|fatal|final|could not be delivered to one or more|has been in the queue too long)\b/i

/** Does it only say that it still tries? */
export const speaksOfDelay = (text: string): boolean => WAITS.some((pattern) => pattern.test(text)) && !OVER.test(text)

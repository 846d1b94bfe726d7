/**
 * What a letter asks for, by plain rules in English, German, French and Spanish. The rules say what is plain, and
 * leave the rest to somebody who reads: nothing is guessed, and nothing that is found here does more than cause a
 * letter with a button.
 */
import type { Kind } from './kinds.ts'

/** Why somebody has to read it. */
export type Doubt = 'unclear' | 'for somebody else' | 'several things' | 'not meant so'

export interface Recognised {
  readonly kinds: readonly Kind[]
  readonly doubt?: Doubt | undefined
}

// What is meant by one's data, in each of the languages.
const DATA = String.raw`(data|details|information|infos?|records?|profile|account|everything|all|personal|daten|konto|account|alles|angaben|profil|informationen|données|compte|informations|tout|datos|cuenta|información|todo|perfil)`
const near = (verbs: string, things = DATA): RegExp =>
  new RegExp(String.raw`\b${verbs}\b[^.!?]{0,80}?(?<![\p{L}])${things}(?![\p{L}])`, 'u')
const after = (verbs: string, things = DATA): RegExp =>
  new RegExp(String.raw`(?<![\p{L}])${things}(?![\p{L}])[^.!?]{0,80}?(?<![\p{L}])${verbs}(?![\p{L}])`, 'u')

const ERASE = String.raw`(delete|deleted|deleting|deletion|erase|erased|erasure|remove|removed|removal|wipe|purge|destroy|lösch\p{L}*|loesch\p{L}*|gelöscht|entfern\p{L}*|vernicht\p{L}*|supprim\p{L}*|suppression|effac\p{L}*|détrui\p{L}*|borr\p{L}*|elimin\p{L}*|suprim\p{L}*|supresión)`

const rules: Readonly<Record<Exclude<Kind, 'question'>, readonly RegExp[]>> = {
  erasure: [
    near(ERASE),
    after(ERASE),
    /right (to be forgotten|to erasure|to deletion)|forget (me|everything about me)|close my account/,
    /recht auf (vergessen|löschung)|art(ikel|\.)? ?17/,
    /droit à l['’](oubli|effacement)|derecho (al olvido|de supresión|a la supresión)/,
    /article 17|artículo 17|darme de baja y (borrar|eliminar)/,
  ],
  access: [
    /\b(subject access|data access|access request|dsar|sar)\b|right of access|article 15|artículo 15|art(ikel|\.)? ?15/,
    /\b(copy|copies|export|extract|printout) of (all |everything|any )?[^.!?]{0,40}(data|information|record|you (hold|have|keep|store))/,
    /\b(what|which|(send|give|show|tell|provide|disclose)[^.!?]{0,20}(all|any|everything))\b[^.!?]{0,40}\b(you|your company) (hold|holds|have|keep|keeps|store|know|process)[^.!?]{0,30}\b(about|on|of) me\b/,
    /auskunft|kopie (aller |all )?(meiner|der|von) [^.!?]{0,30}daten|welche (personenbezogenen )?daten[^.!?]{0,40}(über mich|von mir|zu mir)/,
    /droit d['’]accès|copie de (toutes )?(mes|les) données|quelles (données|informations)[^.!?]{0,50}(sur moi|me concernant)|accéder à (toutes )?mes données/,
    /derecho de acceso|copia de (todos )?mis datos|qué (datos|información)[^.!?]{0,50}(sobre mí|de mí|míos)|acceder a mis datos/,
  ],
  portability: [
    /portab\p{L}*|machine[- ]readable|article 20|artículo 20|art(ikel|\.)? ?20/u,
    /datenübertrag\p{L}*|übertragbar\p{L}*|maschinenlesbar\p{L}*|lisible par (une )?machine|lectura mecánica|legible por (una )?máquina/u,
  ],
  correction: [
    near(
      String.raw`(correct|rectify|amend|fix|update|change)`,
      String.raw`(my (name|surname|address|e-?mail|details|data|information|record|date)|the spelling|spelling)`,
    ),
    /(my|the) (name|surname|address|e-?mail address|data|record|entry|spelling)[^.!?]{0,40}\b(is|are) (wrong|incorrect|misspel\p{L}+|out of date|inaccurate)|right to rectification|article 16|art(ikel|\.)? ?16|artículo 16/u,
    /berichtig\p{L}*|korrigier\p{L}*|korrektur|(name|adresse|daten)[^.!?]{0,40}(falsch|geändert werden)|(ändern|ändert|aktualisieren) sie[^.!?]{0,30}(name|adresse|daten)/u,
    /rectifi\p{L}*|corrig\p{L}*|correction|modifi(er|ez)[^.!?]{0,30}(nom|adresse|données)/u,
    /rectific\p{L}*|correg\p{L}*|corrij\p{L}*|corrección|(cambiar|cambien|modificar|modifiquen)[^.!?]{0,30}(nombre|dirección|datos)/u,
  ],
  objection: [
    /\bi (hereby )?object\b|right to object|opt[- ]?out|unsubscribe|article 21|art(ikel|\.)? ?21|artículo 21/,
    /stop (sending|emailing|mailing|contacting|writing)|(no|not)[^.!?]{0,20}(more|any more|any) (e-?mails?|newsletters?|marketing|advertis\p{L}+|letters)|(do not|don['’]?t) (sell|share)|withdraw[^.!?]{0,20}consent/u,
    /widersprech\p{L}*|widerspruch|abmelden|abbestell\p{L}*|keine (weiteren )?(werbung|newsletter|e-?mails|mails|post)[^.!?]{0,20}(mehr|erhalten|bekommen|zusenden|schicken)|einwilligung[^.!?]{0,30}widerruf\p{L}*|widerrufe[^.!?]{0,30}einwilligung/u,
    /m['’]oppos\p{L}*|droit d['’]opposition|opposition|désinscri\p{L}*|désabonn\p{L}*|ne plus (recevoir|m['’]envoyer)|retir\p{L}*[^.!?]{0,20}consentement/u,
    /me opongo|oposición|darme de baja|dejar de (recibir|enviar)|no (quiero|deseo) (recibir|más)|retir\p{L}*[^.!?]{0,20}consentimiento/u,
  ],
  restriction: [
    /restrict\p{L}*[^.!?]{0,40}(processing|use|data)|article 18|art(ikel|\.)? ?18|artículo 18|only store (my|the) data/u,
    /einschränk\p{L}*[^.!?]{0,40}verarbeitung|verarbeitung[^.!?]{0,40}einschränk\p{L}*|(sperren|sperrung)[^.!?]{0,30}daten|daten[^.!?]{0,30}sperren/u,
    /limit\p{L}*[^.!?]{0,30}(traitement|tratamiento)|gel du traitement/u,
  ],
}

const PRIVACY =
  /privacy|gdpr|ccpa|data protection|personal data|cookies?|track(ing|ed)?|datenschutz|dsgvo|personenbezogen|confidentialité|rgpd|vie privée|données personnelles|privacidad|protección de datos|datos personales/
const ASKS =
  /\?|\b(i (would like|want) to know|i wonder|ich (möchte|würde gerne?|will) wissen|je (voudrais|veux|souhaite) savoir|(quisiera|quiero|me gustaría) saber)\b/

// "Do not delete", "was passiert, wenn ich lösche": the words are there, and something else is meant.
const NOT = [
  /\b(do not|don['’]?t|never|not yet|please keep|instead of)\b[^.!?]{0,25}(delet|eras|remov)\p{L}*/u,
  /(nicht|keinesfalls|bitte nicht)\s[^.!?]{0,25}(lösch|entfern)\p{L}*|(lösch|entfern)\p{L}*[^.!?]{0,60}(?<!\p{L})(nicht|keinesfalls)(?!\p{L})/u,
  /\bne\s[^.!?]{0,12}(supprim|effac)\p{L}*\s(pas|jamais|rien)|\bno\s(me\s|lo\s|los\s)?(borr|elimin|suprim)\p{L}*/u,
  /(what happens|what would happen|how (do|can|would) (i|one)|how long|if i (ever )?(delete|erase|remove))[^.!?]{0,60}(delet|eras|remov|account)/u,
  /(was passiert|was geschieht|wie kann ich|wie lange|wenn ich)[^.!?]{0,60}(lösch|entfern)/u,
  /(que se passe|comment (puis-je|faire)|si je)[^.!?]{0,60}(supprim|effac)|(qué pasa|cómo (puedo|se)|si (yo )?)[^.!?]{0,60}(borr|elimin)/u,
  /(already|have been|were|was|wurde[n]?|ont été|han sido|fueron) (deleted|erased|removed|gelöscht|supprimé\p{L}*|borrad\p{L}*|eliminad\p{L}*)/u,
]

const OTHERS =
  /on behalf of|authori[sz]ed agent|power of attorney|my (client|customer|mother|father|mum|dad|wife|husband|son|daughter|brother|sister|boss|colleague|friend)['’]?s?\b|im (auftrag|namen) (von|der|des|meine[rs]?)|vollmacht|meine[rs]? (mandant|mutter|vater|frau|mann|sohn|tochter|chef|kollege|freund)\p{L}*|au nom de (m|s|n|l)|procuration|mandataire|mon (client|mari|père|fils|ami)|ma (cliente|femme|mère|fille)|en nombre de (m|s|n|l)|poder notarial|apoderado|mi (cliente|madre|padre|esposa|esposo|hijo|hija|amigo|amiga)/u

/** As many as a letter may plainly ask for; somebody reads those that ask for more. */
const MOST = 2

/** Reads the words that somebody wrote; what they quote of others must be gone from them. */
export function recognise(subject: string, text: string): Recognised {
  const words = `${subject}.\n${text}`.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').slice(0, 20_000)
  const kinds = kindsIn(words)
  if (OTHERS.test(words)) return { kinds, doubt: 'for somebody else' }
  if (kinds.includes('erasure') && NOT.some((rule) => rule.test(words))) return { kinds, doubt: 'not meant so' }
  if (kinds.length > MOST) return { kinds, doubt: 'several things' }
  if (kinds.length > 0) return { kinds }
  return PRIVACY.test(words) && ASKS.test(words) ? { kinds: ['question'] } : { kinds, doubt: 'unclear' }
}

function kindsIn(words: string): Kind[] {
  const found = (Object.keys(rules) as Exclude<Kind, 'question'>[]).filter((kind) => rules[kind].some((rule) => rule.test(words)))
  // Whoever wants a copy in a form for programs wants one copy.
  return found.includes('portability') ? found.filter((kind) => kind !== 'access') : found
}

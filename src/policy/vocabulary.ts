/**
 * What our words mean in the vocabularies of others: the W3C's Data Privacy Vocabularies (DPV 2.3, with `pd`
 * and `eu-gdpr`) and Fides' taxonomy (fideslang). A category, purpose or basis without its terms does not
 * compile; that the terms exist, a test looks up (`exports.test.ts`).
 */
import type { Basis } from '../database/classify.ts'
import type { Category, Purpose } from '../database/purposes.ts'

interface Meaning {
  /** The terms of DPV, with their prefix. */
  readonly dpv: readonly string[]
  /** The keys of Fides. */
  readonly fides: readonly string[]
}

/** What a column holds. */
export const categoryMeans: Readonly<Record<Category, Meaning>> = {
  reference: { dpv: ['pd:UID'], fides: ['user.unique_id'] },
  contact: { dpv: ['pd:Name', 'pd:EmailAddress'], fides: ['user.name', 'user.contact.email'] },
  credential: { dpv: ['pd:Authenticating'], fides: ['user.authorization'] },
  key: { dpv: ['pd:Authenticating'], fides: ['system.authentication'] },
  session: { dpv: ['pd:UserAgent', 'pd:AuthenticationHistory'], fides: ['user.device', 'user.unique_id.pseudonymous'] },
  role: { dpv: ['pd:Professional'], fides: ['user.job_title'] },
  correspondence: { dpv: ['pd:Communication'], fides: ['user.content.private'] },
  sealed: { dpv: ['pd:Communication'], fides: ['user.content.private'] },
  record: { dpv: ['dpv:GeneratedPersonalData'], fides: ['user.behavior'] },
  preference: { dpv: ['pd:PrivacyPreference'], fides: ['user.privacy_preferences'] },
  consent: { dpv: ['pd:PrivacyPreference', 'dpv:ConsentRecord'], fides: ['user.privacy_preferences'] },
  content: { dpv: ['dpv:NonPersonalData'], fides: ['system.operations'] },
  billing: { dpv: ['pd:Financial', 'pd:Transaction'], fides: ['user.payment'] },
  membership: { dpv: ['pd:Purchase'], fides: ['user.behavior.purchase_history'] },
  usage: { dpv: ['pd:ServiceConsumptionBehaviour'], fides: ['user.telemetry'] },
  action: { dpv: ['pd:BrowsingBehaviour'], fides: ['user.behavior.browsing_history'] },
  visit: {
    dpv: ['dpv:PseudonymisedData', 'pd:BrowsingBehaviour'],
    fides: ['user.behavior.browsing_history', 'user.unique_id.pseudonymous'],
  },
  tally: { dpv: ['dpv:AnonymisedData'], fides: ['system.operations'] },
}

/** Whom data is about. */
export const peopleWords = {
  customers: 'Customers and whoever registered',
  subscribers: 'Subscribers to updates',
  visitors: 'Visitors of the websites',
  askers: 'Whoever asks about their data',
  staff: 'Members of staff',
} as const
export type PeopleWord = keyof typeof peopleWords

/** The same in the vocabularies. */
export const peopleMean: Readonly<Record<PeopleWord, Meaning>> = {
  customers: { dpv: ['dpv:Customer'], fides: ['customer'] },
  subscribers: { dpv: ['dpv:Subscriber'], fides: ['prospect'] },
  visitors: { dpv: ['dpv:Visitor'], fides: ['visitor', 'anonymous_user'] },
  askers: { dpv: ['dpv:DataSubject'], fides: ['customer', 'prospect'] },
  staff: { dpv: ['dpv:Employee'], fides: ['employee'] },
}

interface PurposeMeaning {
  readonly dpv: readonly string[]
  /** Fides knows one use a declaration. */
  readonly fides: string
  readonly people: readonly PeopleWord[]
}

/** Why data is touched, and about whom it is. */
export const purposeMeans: Readonly<Record<Purpose, PurposeMeaning>> = {
  service: { dpv: ['dpv:RequestedServiceProvision'], fides: 'essential.service', people: ['customers'] },
  updates: { dpv: ['dpv:DirectMarketing'], fides: 'marketing.communications.email', people: ['subscribers', 'customers'] },
  billing: { dpv: ['dpv:PaymentManagement'], fides: 'essential.service.payment_processing', people: ['customers'] },
  improvement: { dpv: ['dpv:ServiceUsageAnalytics'], fides: 'analytics.reporting.content_performance', people: ['visitors'] },
  personalisation: { dpv: ['dpv:ServicePersonalisation'], fides: 'personalize.system', people: ['customers'] },
  support: { dpv: ['dpv:CustomerCare'], fides: 'essential.service.operations.support', people: ['customers', 'subscribers'] },
  rights: { dpv: ['dpv:RightsFulfilment'], fides: 'essential.legal_obligation', people: ['customers', 'subscribers', 'askers'] },
  legal: { dpv: ['dpv:LegalCompliance'], fides: 'essential.legal_obligation', people: ['customers', 'subscribers', 'askers'] },
  security: {
    dpv: ['dpv:EnforceSecurity', 'dpv:IdentityAuthentication'],
    fides: 'essential.service.security',
    people: ['customers', 'staff'],
  },
  operations: {
    dpv: ['dpv:TechnicalServiceProvision'],
    fides: 'essential.service.operations',
    people: ['customers', 'subscribers', 'staff'],
  },
}

/** Why the law lets us. */
export const basisMeans: Readonly<Record<Basis, { readonly dpv: string; readonly fides: string; readonly article: string }>> = {
  contract: { dpv: 'eu-gdpr:A6-1-b-contract-performance', fides: 'Contract', article: 'Art. 6(1)(b)' },
  consent: { dpv: 'eu-gdpr:A6-1-a', fides: 'Consent', article: 'Art. 6(1)(a)' },
  'legitimate interest': { dpv: 'eu-gdpr:A6-1-f-controller', fides: 'Legitimate interests', article: 'Art. 6(1)(f)' },
  'legal obligation': { dpv: 'eu-gdpr:A6-1-c', fides: 'Legal obligations', article: 'Art. 6(1)(c)' },
}

/** How what is kept is protected (GDPR Art. 32): in words, and as DPV has it. */
export const measures: readonly { readonly dpv: string; readonly says: string }[] = [
  {
    dpv: 'dpv:AccessControlMethod',
    says: 'Each purpose is a login of the database with grants made from the data map; it is refused everything else',
  },
  { dpv: 'dpv:EncryptionAtRest', says: 'Free text about a person is sealed under a key of their own, which an erasure destroys' },
  { dpv: 'dpv:MultiFactorAuthentication', says: 'Members of staff sign in with two factors, and prove themselves anew for grave acts' },
  {
    dpv: 'dpv:ActivityMonitoring',
    says: 'Each opening of a record is noted with role and reason, and grave acts in a chained record that nobody can change unseen',
  },
  {
    dpv: 'dpv:Pseudonymisation',
    says: 'Visits are counted under a salt that is destroyed after the day; addresses that are not written to are kept as keyed hashes',
  },
  { dpv: 'dpv:EncryptionInTransfer', says: 'Browsers and companies that receive data are spoken to over TLS' },
  { dpv: 'dpv:DataBackupProtocols', says: 'Backups are encrypted, expire, and are restored without those who were erased since' },
]

/**
 * Every table that we keep, in the order in which a person is erased: what points at others comes
 * before what it points at, and PostgreSQL's foreign keys refuse any other order.
 */
import { agentMessagesHeld, agentRequestsHeld, agentsHeld } from './agents/tables.ts'
import { auditDetailsHeld, auditEntriesHeld } from './audit/tables.ts'
import { depositsHeld } from './billing/deposit-tables.ts'
import {
  billingKnows,
  customersHeld,
  qualificationPoliciesHeld,
  qualificationsHeld,
  stripeInboxHeld,
  stripeInvoicesHeld,
  stripeSubscriptionsHeld,
} from './billing/tables.ts'
import { reconciliationsHeld, stripeFindingsHeld, stripeTombstonesHeld } from './billing/reconciliation-tables.ts'
import { breachActsHeld, breachesHeld, breachFactsHeld, breachNoticesHeld, breachPeopleHeld } from './breaches/tables.ts'
import type { Held } from './database/classify.ts'
import type { RowRule } from './database/row-rules.ts'
import { houseRootsHeld } from './database/tables.ts'
import {
  legalDemandActsHeld,
  legalDemandApprovalsHeld,
  legalDemandPreservedHeld,
  legalDemandReleasesHeld,
} from './disclosures/kept-tables.ts'
import {
  legalDemandBarsHeld,
  legalDemandFindingsHeld,
  legalDemandPapersHeld,
  legalDemandPeopleHeld,
  legalDemandScopesHeld,
  legalDemandsHeld,
} from './disclosures/tables.ts'
import { disclosuresHeld } from './egress/tables.ts'
import {
  articleVotesHeld,
  conversationKeysHeld,
  conversationRules,
  conversationsHeld,
  conversationTasksHeld,
  conversationWordsHeld,
  savedRepliesHeld,
} from './help/tables.ts'
import { incomingLettersHeld, lettersHeld, signingKeysHeld, softBouncesHeld, suppressionsHeld } from './mail/tables.ts'
import { consentsHeld, consentWordsHeld, outgoingActionsHeld } from './navigation/consent-tables.ts'
import { chartNotesHeld, goalsHeld, reportLinksHeld, segmentsHeld } from './navigation/desk-tables.ts'
import { historyImportsHeld, historyTalliesHeld } from './navigation/history-tables.ts'
import { reportLettersHeld, reportOccasionsHeld } from './navigation/letter-tables.ts'
import {
  actionBatchesHeld,
  actionsHeld,
  foldedColumnsHeld,
  foldedDaysHeld,
  navigationChoicesHeld,
  pacesHeld,
  personalActionsHeld,
  saltsHeld,
  talliesHeld,
} from './navigation/tables.ts'
import { stricterSettingsHeld } from './settings/tables.ts'
import { correctionsHeld, guestsHeld, peopleHeld, personKeysHeld, restrictionRules, restrictionsHeld } from './people/tables.ts'
import { policyNoticesHeld } from './policy/tables.ts'
import {
  programAnswersHeld,
  programDeliveriesHeld,
  programEndpointsHeld,
  programEventsHeld,
  programKeysHeld,
  programSecretsHeld,
} from './programs/tables.ts'
import { promiseChangesHeld, promiseRunsHeld } from './promises/tables.ts'
import { dsrRequestsHeld, dsrServicesHeld } from './programs/opendsr-tables.ts'
import { requestKeysHeld, requestLettersHeld, requestPapersHeld, requestsHeld, requestStepsHeld } from './requests/tables.ts'
import { copiesHeld, copyPartsHeld, erasureMarksHeld, erasuresAskedHeld, receiptsHeld, tellingsHeld } from './rights/tables.ts'
import {
  attemptsHeld,
  challengesHeld,
  invitationsHeld,
  passkeysHeld,
  passwordsHeld,
  recoveryCodesHeld,
  secondFactorsHeld,
  sessionsHeld,
  strictSessionsHeld,
} from './sessions/tables.ts'
import { membershipsHeld, membershipStepsHeld, plansHeld, servicesHeld, usageHeld } from './services/tables.ts'
import { exportsHeld, looksHeld, staffHeld } from './staff/tables.ts'
import { forgottenAddressesHeld, importFilesHeld, importRowsHeld, importSignaturesHeld, importsHeld } from './updates/import-tables.ts'
import { issueActsHeld, issueImagesHeld, issueRepliesHeld, issuesHeld, recipientsHeld, sendingsHeld } from './updates/issue-tables.ts'
import { departuresHeld, pendingHeld, preferenceLinksHeld, subscriptionsHeld, topicsHeld } from './updates/tables.ts'
import { policyDraftsHeld, policyEffectsHeld, policyVersionsHeld } from './versions/tables.ts'
import { throttlesHeld } from './web/tables.ts'

export const register: readonly Held[] = [
  disclosuresHeld,
  depositsHeld,
  auditDetailsHeld,
  auditEntriesHeld,
  qualificationsHeld,
  qualificationPoliciesHeld,
  stripeInvoicesHeld,
  stripeSubscriptionsHeld,
  customersHeld,
  stripeInboxHeld,
  stripeFindingsHeld,
  reconciliationsHeld,
  stripeTombstonesHeld,
  usageHeld,
  membershipStepsHeld,
  membershipsHeld,
  plansHeld,
  servicesHeld,
  requestKeysHeld,
  requestPapersHeld,
  requestLettersHeld,
  requestStepsHeld,
  requestsHeld,
  conversationKeysHeld,
  conversationTasksHeld,
  conversationWordsHeld,
  conversationsHeld,
  savedRepliesHeld,
  articleVotesHeld,
  stricterSettingsHeld,
  agentMessagesHeld,
  agentRequestsHeld,
  agentsHeld,
  legalDemandPreservedHeld,
  legalDemandReleasesHeld,
  legalDemandApprovalsHeld,
  legalDemandPeopleHeld,
  legalDemandFindingsHeld,
  legalDemandBarsHeld,
  legalDemandScopesHeld,
  legalDemandPapersHeld,
  legalDemandActsHeld,
  legalDemandsHeld,
  policyNoticesHeld,
  policyEffectsHeld,
  policyVersionsHeld,
  policyDraftsHeld,
  promiseRunsHeld,
  promiseChangesHeld,
  breachPeopleHeld,
  breachActsHeld,
  breachNoticesHeld,
  breachFactsHeld,
  breachesHeld,
  tellingsHeld,
  receiptsHeld,
  erasureMarksHeld,
  erasuresAskedHeld,
  copyPartsHeld,
  copiesHeld,
  recipientsHeld,
  sendingsHeld,
  issueImagesHeld,
  issueRepliesHeld,
  issueActsHeld,
  issuesHeld,
  importRowsHeld,
  importFilesHeld,
  importSignaturesHeld,
  importsHeld,
  forgottenAddressesHeld,
  subscriptionsHeld,
  departuresHeld,
  preferenceLinksHeld,
  pendingHeld,
  topicsHeld,
  dsrRequestsHeld,
  dsrServicesHeld,
  programAnswersHeld,
  programKeysHeld,
  programDeliveriesHeld,
  programEventsHeld,
  programSecretsHeld,
  programEndpointsHeld,
  looksHeld,
  exportsHeld,
  staffHeld,
  invitationsHeld,
  strictSessionsHeld,
  recoveryCodesHeld,
  secondFactorsHeld,
  challengesHeld,
  passkeysHeld,
  passwordsHeld,
  sessionsHeld,
  attemptsHeld,
  outgoingActionsHeld,
  consentsHeld,
  consentWordsHeld,
  personalActionsHeld,
  navigationChoicesHeld,
  reportLettersHeld,
  reportOccasionsHeld,
  actionBatchesHeld,
  actionsHeld,
  saltsHeld,
  talliesHeld,
  foldedColumnsHeld,
  foldedDaysHeld,
  pacesHeld,
  goalsHeld,
  segmentsHeld,
  chartNotesHeld,
  reportLinksHeld,
  historyTalliesHeld,
  historyImportsHeld,
  correctionsHeld,
  restrictionsHeld,
  guestsHeld,
  lettersHeld,
  softBouncesHeld,
  suppressionsHeld,
  incomingLettersHeld,
  signingKeysHeld,
  throttlesHeld,
  personKeysHeld,
  peopleHeld,
  houseRootsHeld,
]

/** Where a purpose sees only some rows of a table that it may read. */
export const rowRules: readonly RowRule[] = [billingKnows, ...restrictionRules, ...conversationRules]

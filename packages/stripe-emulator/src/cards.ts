/** Stripe's documented test cards: by number, how each behaves. Every other number is refused as no test card. */
import { createHash } from 'node:crypto'
import { type ErrorBody, Refused } from './errors.ts'

export interface Decline {
  code: string
  decline_code?: string
  message: string
}

export interface Card {
  brand?: string
  funding?: 'credit' | 'debit' | 'prepaid' | 'unknown'
  country?: string
  /** Why it cannot be attached. */
  onSetup?: Decline
  /** Why it cannot be charged. */
  onCharge?: Decline
  /** When the bank asks for 3-D Secure: always, until it was set up once, or only when we ask for it. */
  challenge?: 'always' | 'until set up' | 'when asked'
  cvcCheck?: 'fail'
  line1Check?: 'fail'
  postcodeCheck?: 'fail'
  risk?: 'elevated' | 'highest'
  disputed?: 'fraudulent' | 'product_not_received'
  warned?: boolean
  refundFails?: boolean
}

const declined = (decline_code: string, message = 'Your card was declined.'): Decline => ({ code: 'card_declined', decline_code, message })
const wrong = (code: string, message: string): Decline => ({ code, message })
const refusing = (reason: Decline): Card => ({ onSetup: reason, onCharge: reason })

const poor = declined('insufficient_funds', 'Your card has insufficient funds.')

export const cards: Record<string, Card> = {
  '4242424242424242': {},
  '5555555555554444': { brand: 'mastercard' },
  '378282246310005': { brand: 'amex' },
  '6011111111111117': { brand: 'discover' },
  '3056930009020004': { brand: 'diners' },
  '3566002020360505': { brand: 'jcb', country: 'JP' },
  '4000056655665556': { funding: 'debit' },
  '5200828282828210': { brand: 'mastercard', funding: 'debit' },
  '5105105105105100': { brand: 'mastercard', funding: 'prepaid' },
  '4000002760000016': { country: 'DE' },
  '4000008260000000': { country: 'GB' },
  '4000002500000003': { country: 'FR' },
  '4000001240000000': { country: 'CA' },
  '4000000400000008': { country: 'AT' },
  '4000003800000446': { challenge: 'when asked' },
  '4000002500003155': { challenge: 'until set up', country: 'FR' },
  '4000002760003184': { challenge: 'always', country: 'DE' },
  '4000000000003220': { challenge: 'always' },
  '4000008260003178': { challenge: 'until set up', country: 'GB', onCharge: poor },
  '4000008400001629': { challenge: 'always', onSetup: declined('generic_decline'), onCharge: declined('generic_decline') },
  '4000000000000002': refusing(declined('generic_decline')),
  '4000000000009995': refusing(poor),
  '4000000000009987': refusing(declined('lost_card')),
  '4000000000009979': refusing(declined('stolen_card')),
  '4000000000000069': refusing(wrong('expired_card', 'Your card has expired.')),
  '4000000000000127': refusing(wrong('incorrect_cvc', "Your card's security code is incorrect.")),
  '4000000000000119': refusing(wrong('processing_error', 'An error occurred while processing your card. Try again in a little bit.')),
  '4100000000000019': { ...refusing(declined('fraudulent')), risk: 'highest' },
  '4000000000000341': { onCharge: declined('generic_decline') },
  '4000000000000010': { line1Check: 'fail', postcodeCheck: 'fail' },
  '4000000000000028': { line1Check: 'fail' },
  '4000000000000036': { postcodeCheck: 'fail' },
  '4000000000000101': { cvcCheck: 'fail' },
  '4000000000009235': { risk: 'elevated' },
  '4000000000004954': { risk: 'highest', onCharge: declined('fraudulent') },
  '4000000000000259': { disputed: 'fraudulent' },
  '4000000000002685': { disputed: 'product_not_received' },
  '4000000000005423': { warned: true },
  '4000000000005126': { refundFails: true },
}

/** The names under which Stripe's documentation offers ready payment methods. */
export const readyMade: Record<string, string> = {
  pm_card_visa: '4242424242424242',
  pm_card_mastercard: '5555555555554444',
  pm_card_amex: '378282246310005',
  pm_card_visa_debit: '4000056655665556',
  pm_card_mastercard_prepaid: '5105105105105100',
  pm_card_chargeCustomerFail: '4000000000000341',
  pm_card_chargeDeclined: '4000000000000002',
  pm_card_chargeDeclinedInsufficientFunds: '4000000000009995',
  pm_card_authenticationRequired: '4000002760003184',
  pm_card_authenticationRequiredOnSetup: '4000002500003155',
  pm_card_authenticationRequiredSetupForOffSession: '4000003800000446',
  pm_card_createDispute: '4000000000000259',
  pm_card_riskLevelElevated: '4000000000009235',
  pm_card_avsFail: '4000000000000010',
  pm_card_cvcCheckFail: '4000000000000101',
}

export const cardBy = (number: string): Card | undefined => cards[number]

export const brandOf = (number: string): string => cards[number]?.brand ?? 'visa'

/** The same for the same card, and nothing else: what a real fingerprint is. */
export const fingerprintOf = (number: string): string => createHash('sha256').update(`test card ${number}`).digest('base64url').slice(0, 16)

export const cardError = (decline: Decline, more: Partial<ErrorBody> = {}, keeps = true): Refused =>
  new Refused(402, { type: 'card_error', ...decline, ...more, doc_url: `https://docs.stripe.com/error-codes/${decline.code}` }, keeps)

export const authenticationRequired: Decline = {
  code: 'authentication_required',
  decline_code: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
}

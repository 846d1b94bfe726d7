/** What breaks P1 to P6. */
import type { MutationTable } from './mutation.ts'
import { PERSON } from './seed.ts'

export const first = {
  P1: {
    program: [
      {
        says: 'asks for a telephone number in the form for registering',
        file: 'src/sessions/pages.tsx',
        find: '<Submit>Send me a code</Submit>',
        replace: '<Field name="phone" label="Telephone" required /><Submit>Send me a code</Submit>',
        finds: /the form at \/sign-up requires: phone/,
      },
      {
        says: 'refuses a registration without a company’s name, and does not say so in the form',
        file: 'src/sessions/routes.tsx',
        find: 'const signUpForm = z.object({ name: personName, email: emailAddress })',
        replace: 'const signUpForm = z.object({ name: personName, email: emailAddress, company: personName })',
        finds: /the form at \/sign-up refuses without: company/,
      },
      {
        says: 'makes the choice of a topic a duty',
        file: 'src/updates/subscribing-pages.tsx',
        find: '<Submit icon="mail">Subscribe</Submit>',
        replace: '<Field name="why" label="Why" required /><Submit icon="mail">Subscribe</Submit>',
        finds: /the form at \/updates requires: why/,
      },
    ],
    data: [
      {
        says: 'adds a column for telephone numbers to people',
        sql: ['alter table people add column phone text'],
        mend: ['alter table people drop column phone'],
        finds: /more is kept of a person: people\.phone/,
      },
      {
        says: 'requires a birthday of whoever asks for updates',
        sql: ['delete from pending', 'alter table pending add column birthday date not null'],
        mend: ['alter table pending drop column birthday'],
        finds: /more is required of whoever asks: pending\.birthday/,
      },
    ],
    refused: [],
  },
  P2: {
    program: [
      {
        says: 'no longer has Stripe’s page ask for a billing address',
        file: 'src/processors/stripe-pages.ts',
        find: "billing_address_collection: 'required'",
        replace: "billing_address_collection: 'auto'",
        finds: /does not ask for a billing address/,
      },
      {
        says: 'has Stripe’s page charge at once',
        file: 'src/processors/stripe-pages.ts',
        find: "    mode: 'setup',",
        replace: "    mode: 'payment',",
        finds: /does more than take a card/,
      },
    ],
    data: [
      {
        says: 'lets anything into the column of the payment method',
        sql: ['alter table customers rename constraint customers_stripe_payment_method to other'],
        mend: ['alter table customers rename constraint other to customers_stripe_payment_method'],
        finds: /a constraint of the database is not there: customers_stripe_payment_method/,
      },
      {
        says: 'keeps who pays in the place of a key',
        sql: [
          'alter table customers drop constraint customers_stripe_customer',
          `insert into customers (person_id, stripe_customer, made_at) values ('${PERSON}', 'Ada Lovelace, 1 Long Lane', now())`,
        ],
        mend: [
          'delete from customers',
          `alter table customers add constraint customers_stripe_customer check (stripe_customer ~ '^cus_[A-Za-z0-9_]{6,250}$')`,
        ],
        finds: /keys that are none: 1/,
      },
      {
        says: 'adds a column for the name on the card',
        sql: ['alter table customers add column card_holder text'],
        mend: ['alter table customers drop column card_holder'],
        finds: /more is kept of a customer: customers\.card_holder/,
      },
    ],
    refused: [
      {
        says: 'keeps a card’s number in the place of a key',
        refused: `insert into customers (person_id, stripe_customer, made_at) values ('${PERSON}', '4242424242424242', now())`,
        by: /customers_stripe_customer/,
      },
    ],
  },
  P3: {
    program: [
      {
        says: 'declares that Stripe is sent cards',
        file: 'src/processors/stripe.ts',
        find: "    keys: 'billing',",
        replace: "    keys: 'billing',\n    card_number: 'billing',",
        finds: /Stripe is sent payment data by us: card_number/,
      },
      {
        says: 'takes a card in a form of our own',
        file: 'src/updates/subscribing-pages.tsx',
        find: '<Submit icon="mail">Subscribe</Submit>',
        replace: '<input name="donation" autocomplete="cc-number" aria-label="Card" /><Submit icon="mail">Subscribe</Submit>',
        finds: /a page asks for a card: \/updates/,
      },
    ],
    data: [
      {
        says: 'adds a column for the last four digits',
        sql: ['alter table customers add column last_four text'],
        mend: ['alter table customers drop column last_four'],
        finds: /a column for payment data: customers\.last_four/,
      },
      {
        says: 'adds a column for the billing address',
        sql: ['alter table people add column billing_address text'],
        mend: ['alter table people drop column billing_address'],
        finds: /a column for payment data: people\.billing_address/,
      },
      {
        says: 'keeps what Stripe tells of a card',
        sql: [
          'alter table stripe_inbox drop constraint stripe_inbox_type',
          `insert into stripe_inbox (id, event, type, received_at) values (gen_random_uuid(), 'evt_mutation1', 'charged 4242 4242 4242 4242', now())`,
        ],
        mend: [
          `delete from stripe_inbox where event = 'evt_mutation1'`,
          `alter table stripe_inbox add constraint stripe_inbox_type check (type ~ '^[a-z0-9_.]{3,100}$')`,
        ],
        finds: /a number that could be a card’s in: stripe_inbox/,
      },
    ],
    refused: [],
  },
  P4: {
    program: [
      {
        says: 'lets those who write updates see who is a customer',
        file: 'src/billing/tables.ts',
        find: "keptFor: { while: 'you use or have used something that is paid for' },\n  onErasure: 'delete',\n  serves: ['billing', 'rights'],",
        replace:
          "keptFor: { while: 'you use or have used something that is paid for' },\n  onErasure: 'delete',\n  serves: ['billing', 'rights', 'updates'],",
        finds: /cloudrun_updates may select customers\.person_id/,
      },
      {
        says: 'lets upkeep read what somebody pays',
        file: 'src/database/purposes.ts',
        find: "operations: { read: ['reference', 'contact', 'correspondence', 'record']",
        replace: "operations: { read: ['reference', 'contact', 'correspondence', 'record', 'billing']",
        finds: /cloudrun_operations may select deposits\.cents/,
      },
      {
        says: 'sends what somebody pays to the company’s own programs',
        file: 'src/processors/webhooks.ts',
        find: "numbers: 'reference' }",
        replace: "numbers: 'reference', amounts: 'billing' }",
        finds: /somebody else is sent billing information: The programs of our own services/,
      },
    ],
    data: [
      {
        says: 'lets those who make suggestions see payments',
        sql: ['grant select (stripe_customer) on customers to cloudrun_personalisation'],
        mend: ['revoke all (stripe_customer) on customers from cloudrun_personalisation'],
        finds: /cloudrun_personalisation may select customers\.stripe_customer/,
      },
      {
        says: 'lets those who count visits write down what somebody owes',
        sql: ['grant update on stripe_invoices to cloudrun_improvement'],
        mend: ['revoke all on stripe_invoices from cloudrun_improvement'],
        finds: /cloudrun_improvement may update stripe_invoices\.due/,
      },
    ],
    refused: [],
  },
  P5: {
    program: [
      {
        says: 'has every page load a script of somebody else',
        file: 'src/web/layout.tsx',
        find: '<script defer src="/n.js" data-views="no"></script>',
        replace: '<script defer src="https://analytics.example/count.js"></script>',
        finds: /makes a browser fetch from elsewhere: https:\/\/analytics\.example\/count\.js/,
      },
    ],
    data: [
      {
        says: 'keeps the size of a reader’s screen',
        sql: ['alter table action_batches add column screen text'],
        mend: ['alter table action_batches drop column screen'],
        finds: /more is kept of an action: action_batches\.screen/,
      },
      {
        says: 'writes more of an action into its line',
        sql: [
          `create table action_batches_20200203 partition of action_batches for values from ('2020-02-03') to ('2020-02-04')`,
          `insert into action_batches values ('2020-02-03', 1, 1, repeat(e'\\x1f', 22))`,
        ],
        mend: ['drop table action_batches_20200203'],
        finds: /more is kept of an action, in the lines of batches: 1/,
      },
      {
        says: 'keeps the whole of what a browser calls itself with a session',
        sql: ['alter table sessions add column user_agent text'],
        mend: ['alter table sessions drop column user_agent'],
        finds: /more is kept of a browser: sessions\.user_agent/,
      },
      {
        says: 'tells a service of others what somebody did who did not agree',
        sql: [
          `insert into consent_words (version, words, first_at) values ('m', 'May we?', now())`,
          `insert into consents (id, version, agreed, refused, decided_at) values ('${PERSON}', 'm', '{}', '{Umami}', now())`,
          `insert into outgoing_actions (id, service, consent_id, sealed, tries, due_at, until_at) values (gen_random_uuid(), 'Umami', '${PERSON}', '', 0, now(), now() + interval '1 hour')`,
        ],
        mend: ['delete from outgoing_actions', `delete from consents where version = 'm'`, `delete from consent_words where version = 'm'`],
        finds: /waits to be told to a service that its reader did not agree to/,
      },
    ],
    refused: [],
  },
  P6: {
    program: [
      {
        says: 'keeps the networks of visitors as they are, to limit them',
        file: 'src/web/throttle.ts',
        find: "createHmac('sha256', db.keyring.own('throttle')).update(`${which}\\n${subject}`).digest('base64url')",
        replace: "createHmac('sha256', '').digest('hex').slice(0, 4) + ' ' + which + ' ' + subject",
        finds: /something that looks like an address in throttles/,
      },
    ],
    data: [
      {
        says: 'keeps a salt when its day is over',
        sql: [`insert into salts (day, sealed, made_at) values ('2020-02-02', '\\x00', '2020-02-02')`],
        mend: [`delete from salts where day = '2020-02-02'`],
        finds: /a salt outlived its day: 2020-02-02/,
      },
      {
        says: 'adds a column for addresses',
        sql: ['alter table attempts add column came_from inet'],
        mend: ['alter table attempts drop column came_from'],
        finds: /a column for an address: attempts\.came_from/,
      },
      {
        says: 'counts a single visitor apart',
        sql: [`insert into tallies values ('country', current_date - 1, 'Iceland', 1, 1, 1, 1, 1)`],
        mend: [`delete from tallies where value = 'Iceland'`],
        finds: /counts of fewer than 5 visitors: 1/,
      },
      {
        says: 'keeps the actions of a day that is over',
        sql: [
          `create table action_batches_20200202 partition of action_batches for values from ('2020-02-02') to ('2020-02-03')`,
          `insert into action_batches values ('2020-02-02', 1, 0, '')`,
        ],
        mend: ['drop table action_batches_20200202'],
        finds: /actions outlived their day: 2020-02-02/,
      },
      {
        says: 'writes an address down with a session',
        sql: [
          `insert into sessions (id, person_id, token_hash, browser, means, started_at, seen_at, proven_at, expires_at)
             values ('${PERSON}', '${PERSON}', 'm', 'Firefox at 203.0.113.7', 'code', now(), now(), now(), now() + interval '1 day')`,
        ],
        mend: [`delete from sessions where token_hash = 'm'`],
        finds: /something that looks like an address in sessions: 1/,
      },
    ],
    refused: [],
  },
} as const satisfies Partial<MutationTable>

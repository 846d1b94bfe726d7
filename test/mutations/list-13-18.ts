/** What breaks P13 to P18. */
import type { MutationTable } from './mutation.ts'
import { MEMBERSHIP, PERSON } from './seed.ts'

const unguarded = (...statements: readonly string[]): string =>
  `set session_replication_role = replica; ${statements.join('; ')}; set session_replication_role = origin`

const request = (kind: string, more = ''): string =>
  `insert into requests (id, email, kind, channel, regime, received_at, received_on, answer_by, proven_at${more && ', acknowledge_by'})
     values ('${PERSON}', 'ada@example.org', '${kind}', 'email', 'gdpr', now() - interval '40 days', current_date - 40, current_date - 3, now()${more})`
const noRequest = [`delete from requests where id = '${PERSON}'`]
const newVersion = `insert into policy_versions (number, title, summary, source, written, material, reason, purposes, categories, processors, retention, notice_days, bound_days, brought, published_at, effective_at)
  select 2, title, summary, source, written, true, 'm', purposes, categories, processors, retention, notice_days, 30, false, :published, :effective from policy_versions where number = 1`

export const third = {
  P13: {
    program: [
      {
        says: 'takes letters to the privacy address for nobody’s',
        file: 'src/mail/mailboxes.ts',
        find: 'address === config.privacyAddress.toLowerCase()',
        replace: 'address === config.origin',
        finds: /a letter to the privacy address leads nowhere/,
      },
      {
        says: 'understands no letter that asks to be erased',
        file: 'src/requests/recognition.ts',
        find: '  const kinds = kindsIn(words)\n',
        replace: "  const kinds = kindsIn(words).map((kind) => (kind === 'erasure' ? 'question' : kind))\n",
        finds: /a letter that asks for this is not understood: erasure/,
      },
    ],
    data: [
      {
        says: 'keeps notes about people that no erasure finds',
        sql: ['create table notes (id uuid primary key, person_id uuid references people (id))'],
        mend: ['drop table notes'],
        finds: /no erasure reaches notes\.person_id/,
      },
      {
        says: 'lets the day pass by which an erasure had to be answered',
        sql: [request('erasure')],
        mend: noRequest,
        finds: /a request is overdue/,
      },
      {
        says: 'leaves a letter unread',
        sql: [
          `insert into incoming_letters (id, mailbox, content_hash, sealed_letter, received_at) values ('${PERSON}', 'privacy', 'm', '', now() - interval '5 hours')`,
        ],
        mend: [`delete from incoming_letters where content_hash = 'm'`],
        finds: /a letter came in and nobody read it/,
      },
      {
        says: 'forgets to ask a recipient whether it has forgotten',
        sql: [
          `insert into receipts (id, token_hash, erased, kept, erased_at) values ('${PERSON}', 'm', '[]', '[]', now() - interval '60 days')`,
        ],
        mend: [`delete from receipts where token_hash = 'm'`],
        finds: /recipients have not confirmed for 45 days: 1/,
      },
    ],
    refused: [],
  },
  P14: {
    program: [
      {
        says: 'serves other words than were published',
        file: 'src/policy/version-routes.tsx',
        find: '  return c.body(version.source, 200, {',
        replace: '  return c.body(`${version.source} `, 200, {',
        finds: /the words of version 1 are not those that were published/,
      },
      {
        says: 'shows an old version as the one in force',
        file: 'src/policy/version-pages.tsx',
        find: '        Version {version.number}, <Standing',
        replace: '        Version {version.number + 1}, <Standing',
        finds: /does not show version 1, which is in force/,
      },
    ],
    data: [
      {
        says: 'switches off what keeps a version from taking effect early',
        sql: ['alter table policy_effects disable trigger policy_effects_checked'],
        mend: ['alter table policy_effects enable trigger policy_effects_checked'],
        finds: /not there or switched off: policy_effects_checked/,
      },
      {
        says: 'lets a version take effect before its notice has gone out',
        sql: [
          unguarded(
            newVersion.replace(':published', `now() - interval '1 day'`).replace(':effective', `now() - interval '1 hour'`),
            `insert into policy_notices (id, number, person_id, fate, concerned_at, tried_at) select gen_random_uuid(), 2, id, 'waiting', now(), now() from people`,
            `insert into policy_effects values (2, now() - interval '1 minute')`,
          ),
        ],
        mend: [
          unguarded(
            'delete from policy_effects where number = 2',
            'delete from policy_notices',
            'delete from policy_versions where number = 2',
          ),
        ],
        finds: /version 2 is in force, and its notice has not gone out to \d+ people/,
      },
      {
        says: 'leaves people out of a notice',
        sql: [unguarded(newVersion.replace(':published', 'now()').replace(':effective', `now() + interval '40 days'`))],
        mend: [unguarded('delete from policy_versions where number = 2')],
        finds: /people have no notice of version 2: \d+/,
      },
      {
        says: 'hands data to somebody whom the policy does not name',
        sql: [`insert into disclosures (id, processor, categories, sent_at) values ('${PERSON}', 'Analysts Ltd', '{contact}', now())`],
        mend: [`delete from disclosures where id = '${PERSON}'`],
        finds: /somebody whom the policy in force does not name: Analysts Ltd/,
      },
    ],
    refused: [
      {
        says: 'publishes a version with 10 days of notice where 30 are promised',
        refused: newVersion.replace(':published', 'now()').replace(':effective', `now() + interval '10 days'`),
        by: /takes effect 30 days after it was published/,
      },
      { says: 'changes what was published', refused: `update policy_versions set title = 'Other'`, by: /neither changed nor taken out/ },
    ],
  },
  P15: {
    program: [
      {
        says: 'does not name the address on the page of contacts',
        file: 'src/help/routes.tsx',
        find: "more: page?.html ?? '' }",
        replace: "more: '' }",
        finds: /the page of contacts does not name the address/,
      },
      {
        says: 'puts letters with questions into the wrong mailbox',
        file: 'src/mail/mailboxes.ts',
        find: "  { name: 'privacy', takes:",
        replace: "  { name: 'replies', takes:",
        finds: /a letter to the privacy address leads nowhere/,
      },
    ],
    data: [
      {
        says: 'lets the day pass by which a question had to be answered',
        sql: [request('question')],
        mend: noRequest,
        finds: /a question is overdue/,
      },
      {
        says: 'confirms to nobody that their question came in',
        sql: [request('question', ', current_date - 5')],
        mend: noRequest,
        finds: /nobody was told that their request came in/,
      },
      {
        says: 'lets a question wait in a house in which nobody may answer',
        sql: [request('question').replace('current_date - 3', 'current_date + 9')],
        mend: noRequest,
        finds: /nobody of the team may answer, and so many wait: 1/,
      },
      {
        says: 'loses what is sent to the privacy address',
        sql: [
          `insert into letters (id, "to", kind, subject, text, html, written_at, bounced_at) values ('${PERSON}', 'privacy@cloudrun.example', 'alarm', '', '', '', now(), now())`,
        ],
        mend: [`delete from letters where id = '${PERSON}'`],
        finds: /letters to the privacy address did not arrive: 1/,
      },
      {
        says: 'answers a question from the website never',
        sql: [
          `insert into conversations (id, person_id, way, began_at, waiting_since, wrote_at) values ('${PERSON}', '${PERSON}', 'web', now() - interval '20 days', now() - interval '20 days', now() - interval '20 days')`,
        ],
        mend: [`delete from conversations where id = '${PERSON}'`],
        finds: /a question has waited for two weeks/,
      },
    ],
    refused: [],
  },
  P16: {
    program: [
      {
        says: 'takes forms from other sites',
        file: 'src/web/rails.ts',
        find: "    if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !c.req.path.startsWith(API)) requireOurOwnForm(",
        replace: '    if (c.req.path === API) requireOurOwnForm(',
        finds: /a form of another site is answered by/,
      },
      {
        says: 'opens the record to everybody',
        file: 'src/staff/audit-routes.tsx',
        find: "  .get('/staff/audit', signedIn, whoMay('audit'), (c) => show(c))",
        replace: "  .get('/staff/audit', (c) => show(c))",
        finds: /a stranger is let in: \/staff\/audit answers 200/,
      },
      {
        says: 'lets other sites put our pages into frames',
        file: 'src/web/headers.ts',
        find: `  "frame-ancestors 'none'",\n`,
        replace: '',
        finds: /browsers are not told: frame-ancestors 'none'/,
      },
      {
        says: 'takes the checks themselves off the clock',
        file: 'src/worker.ts',
        find: "    job: 'promises.check',",
        replace: "    job: 'mail.check',",
        finds: /it is not on the clock: promises\.check/,
      },
    ],
    data: [
      {
        says: 'lets those who help read passwords',
        sql: ['grant select (hash) on passwords to cloudrun_support'],
        mend: ['revoke all (hash) on passwords from cloudrun_support'],
        finds: /cloudrun_support may select passwords\.hash, which nobody declared/,
      },
      {
        says: 'lets a login make tables',
        sql: ['grant create on schema public to cloudrun_service'],
        mend: ['revoke create on schema public from cloudrun_service'],
        finds: /cloudrun_service may make tables/,
      },
      {
        says: 'keeps a session whose time is over',
        sql: [
          `insert into sessions (id, person_id, token_hash, browser, means, started_at, seen_at, proven_at, expires_at)
             values ('${PERSON}', '${PERSON}', 'm', 'Firefox', 'code', now() - interval '40 days', now(), now(), now() - interval '2 days')`,
        ],
        mend: [`delete from sessions where token_hash = 'm'`],
        finds: /rows outlived their time: sessions/,
      },
      {
        says: 'writes an entry of the record anew',
        sql: [unguarded(`insert into audit_entries values (1, 'person.erased', '\\x00', '\\x00', now(), '\\x00')`)],
        mend: [unguarded('delete from audit_entries')],
        finds: /the record is not whole at entry 1/,
      },
      {
        says: 'keeps a password as it is',
        sql: [`insert into passwords values ('${PERSON}', 'correct horse battery staple', now())`],
        mend: [`delete from passwords where person_id = '${PERSON}'`],
        finds: /passwords that are not kept by Argon2id: 1/,
      },
      {
        says: 'shows restricted people to those who write updates',
        sql: ['alter table people disable row level security'],
        mend: ['alter table people enable row level security'],
        finds: /a rule by rows is not there as it should be/,
      },
    ],
    refused: [
      {
        says: 'takes an entry out of the record',
        refused: 'delete from audit_entries',
        by: /the record of what was done is only ever added to/,
      },
    ],
  },
  P17: {
    program: [
      {
        says: 'opens what is suspended',
        file: 'src/services/access.ts',
        find: "m.standing in ('trial', 'active') or",
        replace: "m.standing in ('trial', 'active', 'suspended') or",
        finds: /a service opens that is not registered for: membership/,
      },
      {
        says: 'takes a page out of the catalogue and leaves the service in it',
        file: 'src/services/routes.tsx',
        find: "'/services/:slug'",
        replace: "'/services/:slug/at-length'",
        finds: /a service cannot be looked at/,
      },
    ],
    data: [
      {
        says: 'bills somebody for a service that they never registered for',
        sql: [
          `insert into usage_records (service_id, record, membership_id, person_id, meter, quantity, happened_at, received_at)
             select s.id, 'm', '${MEMBERSHIP}', '${PERSON}', 'm', 1, now(), now() from services s join memberships m on m.id = '${MEMBERSHIP}' and m.service_id <> s.id limit 1`,
        ],
        mend: [`delete from usage_records where record = 'm'`],
        finds: /use was reported where nobody was registered: m/,
      },
      {
        says: 'goes on with what somebody has left',
        sql: [`update memberships set leaves_at = now() - interval '1 day' where id = '${MEMBERSHIP}'`],
        mend: [`update memberships set leaves_at = null where id = '${MEMBERSHIP}'`],
        finds: /the time of a membership is over, and it goes on/,
      },
      {
        says: 'gives somebody the plan of another service',
        sql: [
          `update memberships m set plan_id = (select p.id from plans p where p.service_id <> m.service_id limit 1) where m.id = '${MEMBERSHIP}'`,
        ],
        mend: [
          `update memberships m set plan_id = (select p.id from plans p where p.service_id = m.service_id limit 1) where m.id = '${MEMBERSHIP}'`,
        ],
        finds: /a plan of another service/,
      },
    ],
    refused: [
      {
        says: 'registers somebody twice for one service',
        refused: `insert into memberships (id, person_id, service_id, plan_id, standing, joined_at)
          select gen_random_uuid(), person_id, service_id, plan_id, 'active', now() from memberships where id = '${MEMBERSHIP}'`,
        by: /memberships_living/,
      },
    ],
  },
  P18: {
    program: [
      {
        says: 'answers at hosts that nobody listed',
        file: 'src/web/rails.ts',
        find: "    if (!listed) throw new Refusal(421, 'This address is not served here.')",
        replace: '',
        finds: /a host that is not listed is answered by 200/,
      },
      {
        says: 'is careful at the first host alone',
        file: 'src/web/rails.ts',
        find: '    for (const [name, value] of headers) c.header(name, value)',
        replace: "    if (hostOf(c).startsWith('localhost')) for (const [name, value] of headers) c.header(name, value)",
        finds: /127\.0\.0\.1:3000 answers \/privacy\/requests\/new without content-security-policy/,
      },
      {
        says: 'takes requests about data at the first host alone',
        file: 'src/web/rails.ts',
        find: '    await next()\n    await answered(c)',
        replace:
          "    if (c.req.path === '/privacy/requests/new' && !hostOf(c).startsWith('localhost')) throw nothingHere()\n    await next()\n    await answered(c)",
        finds: /127\.0\.0\.1:3000 answers 404 at \/privacy\/requests\/new/,
      },
      {
        says: 'calls the cookie of a session otherwise than is said',
        file: 'src/web/cookies.ts',
        find: "  if (config.origin.startsWith('http://')) return name\n",
        replace: "  if (config.origin.startsWith('http://')) return `shared-${name}`\n",
        finds: /the cookie of a session could be read by other hosts/,
      },
    ],
    data: [],
    refused: [],
  },
} as const satisfies Partial<MutationTable>

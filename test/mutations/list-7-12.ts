/** What breaks P7 to P12. */
import type { MutationTable } from './mutation.ts'
import { DEMAND, MEMBERSHIP, OTHER, PERSON } from './seed.ts'

/** Rows that the guards of the database would refuse: put in by somebody who switched them off. */
const unguarded = (...statements: readonly string[]): string =>
  `set session_replication_role = replica; ${statements.join('; ')}; set session_replication_role = origin`

const demand = [
  `insert into legal_demands values ('${DEMAND}', 'demand', 'Example County Court', 'Warrant', 'Florida', '1', false, current_date, current_date + 30, now())`,
  `insert into legal_demand_scopes (id, demand_id, columns, unknown, why, scoped_at) values ('${DEMAND}', '${DEMAND}', '{people.name}', 0, 'no more', now())`,
  `insert into legal_demand_people (id, demand_id, scope_id, person_id, named_at) values ('${DEMAND}', '${DEMAND}', '${DEMAND}', '${PERSON}', now())`,
]
const TABLES = ['releases', 'approvals', 'people', 'findings', 'bars', 'scopes']
const noDemand = unguarded(...TABLES.map((name) => `delete from legal_demand_${name}`), 'delete from legal_demands')
const finding = `insert into legal_demand_findings values ('${DEMAND}', '${DEMAND}', '${DEMAND}', true, true, true, true, true, 'required', 'Florida Statutes 92.605', '', now())`
const release = `insert into legal_demand_releases values ('${DEMAND}', '${DEMAND}', '${DEMAND}', '${DEMAND}', 1, 1, 1, 'x', now() - interval '2 hours')`

export const second = {
  P7: {
    program: [
      {
        says: 'lets scripts read cookies',
        file: 'src/web/cookies.ts',
        find: '  httpOnly: true,',
        replace: '  httpOnly: false,',
        finds: /a cookie is set without HttpOnly/,
      },
      {
        says: 'sends cookies along with requests from other sites',
        file: 'src/web/cookies.ts',
        find: "  sameSite: 'Lax',",
        replace: "  sameSite: 'None',",
        finds: /a cookie is set without SameSite=Lax/,
      },
      {
        says: 'shows the data map to nobody without a cookie',
        file: 'src/policy/routes.tsx',
        find: "    '/privacy/data',\n    publicPage(",
        replace:
          "    '/privacy/data',\n    async (c, next) => (c.req.header('cookie') ? next() : c.text('Cookies, please', 403)),\n    publicPage(",
        finds: /\/privacy\/data answers 403 without cookies/,
      },
      {
        says: 'gives a cookie to everybody who reads about security',
        file: 'src/web/site-routes.tsx',
        find: "  .get('/security', publicPage(plain('security')))",
        replace:
          "  .get('/security', async (c, next) => (await next(), c.res.headers.append('set-cookie', 'seen=1')), publicPage(plain('security')))",
        finds: /\/security sets a cookie/,
      },
    ],
    data: [],
    refused: [],
  },
  P8: {
    program: [
      {
        says: 'marks the browser of whoever reports a visit',
        file: 'src/navigation/door.ts',
        find: "  'cache-control': 'no-store',",
        replace: "  'cache-control': 'no-store',\n  'set-cookie': 'visitor=1',",
        finds: /a report of a visit is answered with a cookie/,
      },
      {
        says: 'lets a browser keep the answer, by which it could be known again',
        file: 'src/navigation/door.ts',
        find: "  'cache-control': 'no-store',",
        replace: "  'cache-control': 'private, max-age=31536000',",
        finds: /could be kept, and recognised/,
      },
    ],
    data: [
      {
        says: 'notes whose visit an action is',
        sql: ['alter table actions add column person_id uuid'],
        mend: ['alter table actions drop column person_id'],
        finds: /a visit could be somebody’s: actions\.person_id/,
      },
      {
        says: 'lets those who count visits see people',
        sql: ['grant select (id) on people to cloudrun_improvement'],
        mend: ['revoke all (id) on people from cloudrun_improvement'],
        finds: /a login may read visits and people: cloudrun_improvement/,
      },
      {
        says: 'notes what somebody looked at before they allowed it',
        sql: [
          `insert into navigation_choices values ('${PERSON}', 'personal', 'yes', 'switch', 'm', now())`,
          `insert into personal_actions values ('${PERSON}', date_trunc('day', now()) - interval '9 days', '/services', 1)`,
        ],
        mend: ['delete from personal_actions', 'delete from navigation_choices'],
        finds: /noted about somebody from before they allowed it/,
      },
    ],
    refused: [],
  },
  P9: {
    program: [
      {
        says: 'lets those who make suggestions know who somebody is',
        file: 'src/people/tables.ts',
        find: "  serves: ['service', 'updates', 'billing', 'support', 'rights', 'legal', 'security', 'operations'],",
        replace: "  serves: ['service', 'updates', 'billing', 'support', 'rights', 'legal', 'security', 'operations', 'personalisation'],",
        finds: /cloudrun_personalisation may read people\.id/,
      },
    ],
    data: [
      {
        says: 'writes to somebody who never chose the topic',
        sql: [
          `insert into issues (id, slug, topic, subject, preheader, body, narrowed, begun_at, edited_at)
             select '${PERSON}', 'm', slug, 's', '', 'b', '{}', now(), now() from topics order by place limit 1`,
          `insert into sendings (issue_id, fixed_at, total) values ('${PERSON}', now(), 1)`,
          `insert into recipients (id, issue_id, person_id, state, due_at, done_at) values (gen_random_uuid(), '${PERSON}', '${PERSON}', 'taken', now(), now())`,
        ],
        mend: ['delete from recipients', 'delete from sendings', 'delete from issues'],
        finds: /went to people who had not chosen its topic: 1/,
      },
      {
        says: 'subscribes somebody without the words that they agreed to',
        sql: [
          `insert into subscriptions (id, person_id, topic, wording, source, asked_at, confirmed_at)
             select '${PERSON}', '${PERSON}', slug, ' ', 'm', now(), now() from topics order by place limit 1`,
        ],
        mend: [`delete from subscriptions where source = 'm'`],
        finds: /subscriptions without the words/,
      },
      {
        says: 'lets those who count visits read letters',
        sql: ['grant select on letters to cloudrun_improvement'],
        mend: ['revoke all on letters from cloudrun_improvement'],
        finds: /cloudrun_improvement may read letters\.to/,
      },
    ],
    refused: [],
  },
  P10: {
    program: [
      {
        says: 'suggests something without saying why',
        file: 'src/navigation/suggestion.ts',
        find: 'because: `you looked at this service ${inWords(times)} in the last 90 days.` }',
        replace: "because: '' }",
        finds: /a suggestion does not say why/,
      },
      {
        says: 'takes the switch away',
        file: 'src/navigation/choice-routes.tsx',
        find: "  .post('/account/suggestions', signedIn, personal)",
        replace: '',
        finds: /there is no switch for suggestions/,
      },
    ],
    data: [
      {
        says: 'notes what somebody looks at who did not allow it',
        sql: [`insert into personal_actions values ('${OTHER}', date_trunc('day', now()), '/services', 1)`],
        mend: ['delete from personal_actions'],
        finds: /noted of somebody who did not allow it/,
      },
      {
        says: 'keeps it for longer than was said',
        sql: [
          `insert into navigation_choices values ('${PERSON}', 'personal', 'yes', 'switch', 'm', now() - interval '300 days')`,
          `insert into personal_actions values ('${PERSON}', date_trunc('day', now()) - interval '200 days', '/services', 1)`,
        ],
        mend: ['delete from personal_actions', 'delete from navigation_choices'],
        finds: /noted for longer than 90 days: 1/,
      },
      {
        says: 'lets those who write updates read it',
        sql: ['grant select on personal_actions to cloudrun_updates'],
        mend: ['revoke all on personal_actions from cloudrun_updates'],
        finds: /cloudrun_updates may read personal_actions\.page/,
      },
    ],
    refused: [],
  },
  P11: {
    program: [
      {
        says: 'hands letters to somebody who advertises by them',
        file: 'src/processors/smtp.ts',
        find: "  does: 'Hands our letters to your e-mail provider',",
        replace: "  does: 'Shows you advertisements',",
        finds: /a recipient is there for advertising: Our e-mail server/,
      },
      {
        says: 'lets pages speak to anybody',
        file: 'src/web/headers.ts',
        find: `  "connect-src 'self'",`,
        replace: `  "connect-src *",`,
        finds: /lets a browser speak to others/,
      },
      {
        says: 'lets browsers tell what their readers like',
        file: 'src/web/headers.ts',
        find: ', browsing-topics=()',
        replace: '',
        finds: /lets a browser tell what its reader likes/,
      },
      {
        says: 'leaves a recipient out of the public list',
        file: 'src/policy/pages.tsx',
        find: '{processorsOf(config).map((processor) => (',
        replace: '{processorsOf(config).slice(1).map((processor) => (',
        finds: /a recipient is not on the public list: Our e-mail server/,
      },
    ],
    data: [
      {
        says: 'gives advertising a login of its own',
        sql: ['create role cloudrun_advertising login', 'grant select (email) on people to cloudrun_advertising'],
        mend: ['drop owned by cloudrun_advertising', 'drop role cloudrun_advertising'],
        finds: /a login for a purpose that nobody declared: cloudrun_advertising/,
      },
      {
        says: 'hands addresses to somebody who is on no list',
        sql: [`insert into disclosures (id, processor, categories, sent_at) values (gen_random_uuid(), 'Broker Ltd', '{contact}', now())`],
        mend: [`delete from disclosures where processor = 'Broker Ltd'`],
        finds: /something went to somebody who is on no list: Broker Ltd/,
      },
    ],
    refused: [],
  },
  P12: {
    program: [
      {
        says: 'lets those who help enter that data was handed over',
        file: 'src/disclosures/kept-tables.ts',
        find: "  takesFrom: ['legal'],\n  reads: ['legal', 'rights'],",
        replace: "  takesFrom: ['legal', 'support'],\n  reads: ['legal', 'rights'],",
        finds: /cloudrun_support may enter a release/,
      },
      {
        says: 'takes the telling of people off the clock',
        file: 'src/worker.ts',
        find: "    job: 'disclosures.watch',",
        replace: "    job: 'mail.check',",
        finds: /it is not on the clock: disclosures\.watch/,
      },
    ],
    data: [
      {
        says: 'switches off what guards a release',
        sql: ['alter table legal_demand_releases disable trigger legal_demand_releases_guarded'],
        mend: ['alter table legal_demand_releases enable trigger legal_demand_releases_guarded'],
        finds: /not there or switched off: legal_demand_releases_guarded/,
      },
      {
        says: 'lets a bar lapse and tells nobody',
        sql: [
          unguarded(
            ...demand,
            `insert into legal_demand_bars (id, demand_id, legal_basis, ends_at, noted_at) values ('${DEMAND}', '${DEMAND}', '18 U.S.C. 2705(b)', now() - interval '2 hours', now() - interval '9 days')`,
          ),
        ],
        mend: [noDemand],
        finds: /nothing forbids it, and somebody whom a demand names was not told/,
      },
      {
        says: 'hands data over by one person alone',
        sql: [
          unguarded(
            ...demand,
            finding,
            `insert into legal_demand_approvals values ('${MEMBERSHIP}', '${DEMAND}', '${DEMAND}', '${DEMAND}', '${PERSON}', now() - interval '1 day')`,
            release,
          ),
        ],
        mend: [noDemand],
        finds: /handed over without a second person/,
      },
      {
        says: 'hands data over without any law that requires it',
        sql: [
          unguarded(
            ...demand,
            finding.replace("'required', 'Florida Statutes 92.605'", "'refused', ''").replace("'', now())", "'no', now())"),
            release,
          ),
        ],
        mend: [noDemand],
        finds: /handed over without a basis in law/,
      },
      {
        says: 'lets the program change what stands in the register',
        sql: ['grant update on legal_demand_findings to cloudrun_legal'],
        mend: ['revoke update on legal_demand_findings from cloudrun_legal'],
        finds: /cloudrun_legal may change legal_demand_findings\.ending/,
      },
    ],
    refused: [
      {
        says: 'hands data over without a finding',
        refused: `insert into legal_demands values ('${OTHER}', 'demand', 'Court', 'Warrant', 'Florida', '1', false, current_date, current_date, now());
          insert into legal_demand_scopes (id, demand_id, columns, unknown, why, scoped_at) values ('${OTHER}', '${OTHER}', '{people.name}', 0, '', now());
          insert into legal_demand_findings values ('${OTHER}', '${OTHER}', '${OTHER}', true, true, true, true, true, 'refused', '', 'no', now());
          insert into legal_demand_releases values (gen_random_uuid(), '${OTHER}', '${OTHER}', '${OTHER}', 1, 1, 1, 'x', now())`,
        by: /a release needs a basis in law/,
      },
      { says: 'takes demands out of the register', refused: 'delete from legal_demands', by: /only ever added to/ },
    ],
  },
} as const satisfies Partial<MutationTable>

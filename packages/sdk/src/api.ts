// Generated from docs/openapi.json by npm run generate; do not edit.

/** A refusal (RFC 9457) */
export interface Problem {
  /** about:blank: the status says what kind it is */
  readonly type: string
  /** The status in words */
  readonly title: string
  /** The status */
  readonly status: number
  /** What was wrong, and what can be done */
  readonly detail: string
  /** The number of the request, for questions */
  readonly instance: string
  /** What is wrong, part by part */
  readonly errors?: readonly {
    /** Where in the body: a JSON pointer */
    readonly pointer?: string
    /** Which parameter of the address */
    readonly parameter?: string
    /** What is wrong with it */
    readonly detail: string
  }[]
}

/** Whether a person may use a service, until when, and how much */
export interface Access {
  /** Whether this person may use this service now */
  readonly allowed: boolean
  /** How their membership stands; none where there is none */
  readonly standing: 'waiting' | 'trial' | 'active' | 'grace' | 'suspended' | 'paused' | 'ended' | 'none'
  /** The plan’s name in addresses */
  readonly plan: string | null
  /** For how many people */
  readonly seats: number
  /** The moment from which on to ask again; null: ask again when access.changed is told */
  readonly until: string | null
  /** How much of what the plan allows */
  readonly limits: Readonly<Record<string, number>>
}

/** The door of a service opened or closed for a person: ask anew at /api/v1/access */
export interface AccessChanged {
  readonly type: 'access.changed'
  /** When it happened */
  readonly timestamp: string
  readonly data: {
    /** The number that stands for the person */
    readonly person: string
    /** The service, as its address names it */
    readonly service: string
    /** Whether they get in now */
    readonly allowed: boolean
  }
}

/** What became of a batch; it is durable */
export interface Entered {
  /** How many were new */
  readonly entered: number
  /** How many were told before */
  readonly repeated: number
  /** Records whose person has no membership that counts this */
  readonly refused: readonly string[]
}

/** A key and what it opens */
export interface Key {
  /** What the key is called in the console */
  readonly name: string
  /** What the key opens */
  readonly scopes: readonly ('updates:read' | 'updates:write' | 'access:read' | 'usage:write' | 'questions:read' | 'questions:write' | 'reports:read')[]
  /** The one service that the key is bound to; null where it is bound to none */
  readonly service: string | null
  /** When the key ends; null where it does not */
  readonly expires_at: string | null
}

/** A question that somebody asks within a service */
export interface NewQuestion {
  /** The number that stands for the person, as signing in told it */
  readonly person: string
  /** What they ask, in their own words; it is sealed under their key */
  readonly words: string
}

/** A person’s name or address was corrected: put right what you hold under their number */
export interface PersonCorrected {
  readonly type: 'person.corrected'
  /** When it happened */
  readonly timestamp: string
  readonly data: {
    /** The number that stands for the person */
    readonly person: string
    /** What was corrected; the value is not told, ask for it where you may */
    readonly field: 'name' | 'email'
  }
}

/** A person was erased: delete what you hold under their number */
export interface PersonErased {
  readonly type: 'person.erased'
  /** When it happened */
  readonly timestamp: string
  readonly data: {
    /** The number that stood for the person */
    readonly person: string
  }
}

/** That restriction was lifted */
export interface PersonReleased {
  readonly type: 'person.released'
  /** When it happened */
  readonly timestamp: string
  readonly data: {
    /** The number that stands for the person */
    readonly person: string
  }
}

/** A person’s data may only be stored from now on: use what you hold under their number for nothing else */
export interface PersonRestricted {
  readonly type: 'person.restricted'
  /** When it happened */
  readonly timestamp: string
  readonly data: {
    /** The number that stands for the person */
    readonly person: string
  }
}

/** A question as it stands, without a word of it */
export interface Question {
  /** The number that stands for the question */
  readonly question: string
  /** Whether it waits for an answer, was answered, or is closed */
  readonly standing: 'waiting' | 'answered' | 'closed'
  /** When it was asked */
  readonly asked: string
}

/** The questions of one person, the latest first */
export interface Questions {
  readonly questions: readonly Question[]
}

/** Somebody receives updates on a topic from now on: they agreed to it, or undid that they left. (Lists that are brought in are not told row by row) */
export interface SubscriptionConfirmed {
  readonly type: 'subscription.confirmed'
  /** When it happened */
  readonly timestamp: string
  readonly data: {
    /** The number that stands for the subscription */
    readonly subscription: string
    /** The number that stands for the person */
    readonly person: string
    /** The topic’s name in addresses */
    readonly topic: string
  }
}

/** Somebody left a topic: write nothing more to them on it. (Whoever is erased is told by person.erased alone) */
export interface SubscriptionEnded {
  readonly type: 'subscription.ended'
  /** When it happened */
  readonly timestamp: string
  readonly data: {
    /** The number that stands for the subscription */
    readonly subscription: string
    /** The number that stands for the person */
    readonly person: string
    /** The topic’s name in addresses */
    readonly topic: string
  }
}

/** A test, sent from the console to one program */
export interface TestSent {
  readonly type: 'test.sent'
  /** When it happened */
  readonly timestamp: string
  readonly data: {
    /** The endpoint that is tested */
    readonly endpoint: string
  }
}

/** An address; never part of a URL */
export interface UpdateAddress {
  /** The e-mail address */
  readonly email: string
}

/** The same answer for everybody */
export interface UpdateAsked {
  /** A letter is on its way; nobody is subscribed before its button is pressed */
  readonly state: 'asked'
}

/** The subscription has ended */
export interface UpdateEnded {
  /** No letter on the topic goes to them any more */
  readonly state: 'ended'
}

/** Somebody to ask by letter */
export interface UpdateRequest {
  /** The person’s name */
  readonly name: string
  /** The e-mail address */
  readonly email: string
  /** The topics that they are asked about */
  readonly topics: readonly string[]
  /** The language that they like to read, such as de or pt-BR */
  readonly language?: string
}

/** What an address receives */
export interface UpdatesReceived {
  readonly subscriptions: readonly {
    /** The number that stands for the subscription */
    readonly subscription: string
    /** The topic’s name in addresses */
    readonly topic: string
    /** When it was confirmed */
    readonly since: string
  }[]
}

/** The topics, in their order */
export interface UpdateTopics {
  readonly topics: readonly {
    /** The topic’s name in addresses */
    readonly topic: string
    /** Its title */
    readonly title: string
    /** What one gets, and how often */
    readonly says: string
    /** Whether somebody new can subscribe */
    readonly open: boolean
  }[]
}

/** Up to 300 uses of one service */
export interface Usage {
  /** The service’s name in addresses; a key that is bound to one service may leave it out */
  readonly service?: string
  readonly records: readonly {
    /** The service’s own number for this use: it counts once */
    readonly record: string
    /** The number that stands for the person, as signing in told it */
    readonly person: string
    /** What is counted: the plan’s meter, or one of its limits */
    readonly meter: string
    readonly quantity: number
    /** When it was used */
    readonly happened_at: string
  }[]
}

/** How much the websites were used */
export interface VisitCounts {
  /** Visitors, counted for each day anew: nobody is known again on another day */
  readonly visitors: number
  /** Visits; one ends after 30 minutes without an action */
  readonly visits: number
  /** Pages seen; for actions, links and downloads: how often */
  readonly views: number
  /** Visits that saw one page and did nothing else */
  readonly bounces: number
  /** How long all of it lasted */
  readonly seconds: number
}

/** Every day of the period, also those on which nobody came */
export interface VisitDays {
  readonly days: readonly {
    readonly day: string
    /** Visitors, counted for each day anew: nobody is known again on another day */
    readonly visitors: number
    /** Visits; one ends after 30 minutes without an action */
    readonly visits: number
    /** Pages seen; for actions, links and downloads: how often */
    readonly views: number
    /** Visits that saw one page and did nothing else */
    readonly bounces: number
    /** How long all of it lasted */
    readonly seconds: number
    /** The programs that the counts were brought in from; none for what was counted here */
    readonly origins: readonly ('Plausible' | 'Umami' | 'Google Analytics 4')[]
  }[]
}

/** History of other analytics programs that was brought in, the newest first */
export interface VisitImports {
  readonly imports: readonly {
    readonly id: string
    readonly origin: 'Plausible' | 'Umami' | 'Google Analytics 4'
    readonly site: string
    readonly state: 'read' | 'under way' | 'done'
    readonly from: string
    readonly until: string
    /** Days in it */
    readonly days: number
    /** Days of which something was new */
    readonly added: number
    /** Lines that were not understood */
    readonly unread: number
  }[]
}

/** The values, most visitors first; those that too few visitors of a day share are together in other */
export interface VisitPanel {
  readonly rows: readonly {
    /** Empty where it is not known, or not there */
    readonly value: string
    /** Visitors, counted for each day anew: nobody is known again on another day */
    readonly visitors: number
    /** Visits; one ends after 30 minutes without an action */
    readonly visits: number
    /** Pages seen; for actions, links and downloads: how often */
    readonly views: number
    /** Visits that saw one page and did nothing else */
    readonly bounces: number
    /** How long all of it lasted */
    readonly seconds: number
  }[]
  readonly other: VisitCounts
  /** Whether there are more rows than one answer holds */
  readonly more: boolean
}

/** Everything together, in the period and in the one of the same length before it */
export interface VisitTotals {
  readonly totals: VisitCounts
  readonly before: VisitCounts
}

/** What each operation takes and answers. */
export interface Operations {
  /** What this key opens */
  readKey: { readonly asks: { }; readonly answers: Key }
  /** May this person use this service? */
  readAccess: { readonly asks: { readonly query: { readonly service?: string; readonly person: string }; }; readonly answers: Access }
  /** Report how much was used */
  reportUsage: { readonly asks: { readonly body: Usage; }; readonly answers: Entered }
  /** What one can subscribe to */
  listUpdateTopics: { readonly asks: { }; readonly answers: UpdateTopics }
  /** Ask somebody whether they want updates */
  askForUpdates: { readonly asks: { readonly body: UpdateRequest; }; readonly answers: UpdateAsked }
  /** What an address receives */
  readUpdates: { readonly asks: { readonly body: UpdateAddress; }; readonly answers: UpdatesReceived }
  /** End a subscription */
  endUpdates: { readonly asks: { readonly path: { readonly id: string }; }; readonly answers: UpdateEnded }
  /** Ask something for somebody */
  askQuestion: { readonly asks: { readonly body: NewQuestion; }; readonly answers: Question }
  /** How somebody’s questions stand */
  listQuestions: { readonly asks: { readonly query: { readonly person: string }; }; readonly answers: Questions }
  /** Which history was brought in? */
  listVisitImports: { readonly asks: { }; readonly answers: VisitImports }
  /** How much were the websites used? */
  readVisitTotals: { readonly asks: { readonly query: { readonly from: string; readonly until: string; readonly filter?: string | readonly string[] }; }; readonly answers: VisitTotals }
  /** How much on each day? */
  readVisitDays: { readonly asks: { readonly query: { readonly from: string; readonly until: string; readonly filter?: string | readonly string[] }; }; readonly answers: VisitDays }
  /** By page, country, browser, … */
  readVisitPanel: { readonly asks: { readonly path: { readonly of: 'country' | 'region' | 'zone' | 'language' | 'browser' | 'version' | 'device' | 'host' | 'entry' | 'exit' | 'hour' | 'channel' | 'referrer' | 'source' | 'medium' | 'campaign' | 'term' | 'content' | 'page' | 'action' | 'property' | 'link' | 'file' | 'missing' | 'step' }; readonly query: { readonly from: string; readonly until: string; readonly filter?: string | readonly string[] }; }; readonly answers: VisitPanel }
}

/** Where each operation is, and whether it may be named so that it is done once. */
export const operations: Readonly<Record<keyof Operations, { method: string; at: string; repeatable: boolean }>> = {
  readKey: { method: 'GET', at: '/key', repeatable: false },
  readAccess: { method: 'GET', at: '/access', repeatable: false },
  reportUsage: { method: 'POST', at: '/usage', repeatable: false },
  listUpdateTopics: { method: 'GET', at: '/updates/topics', repeatable: false },
  askForUpdates: { method: 'POST', at: '/updates/requests', repeatable: true },
  readUpdates: { method: 'POST', at: '/updates/status', repeatable: false },
  endUpdates: { method: 'DELETE', at: '/updates/subscriptions/{id}', repeatable: true },
  askQuestion: { method: 'POST', at: '/questions', repeatable: false },
  listQuestions: { method: 'GET', at: '/questions', repeatable: false },
  listVisitImports: { method: 'GET', at: '/reports/imports', repeatable: false },
  readVisitTotals: { method: 'GET', at: '/reports/totals', repeatable: false },
  readVisitDays: { method: 'GET', at: '/reports/days', repeatable: false },
  readVisitPanel: { method: 'GET', at: '/reports/panels/{of}', repeatable: false },
}

/** Everything that a program can be told. */
export type Told = TestSent | PersonErased | PersonCorrected | PersonRestricted | PersonReleased | SubscriptionConfirmed | SubscriptionEnded | AccessChanged

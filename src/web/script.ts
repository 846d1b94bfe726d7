/** Small comforts. Every page is whole without them. */

const lang = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang

const shapes: Record<string, Intl.DateTimeFormatOptions> = {
  moment: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'long', year: 'numeric' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
}

/** How long a form counts as busy when no new page comes, as after a download. */
const patience = 8_000

for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-moment]')) {
  const shape = shapes[time.dataset['moment'] ?? '']
  if (shape) time.textContent = new Date(time.dateTime).toLocaleString(lang, shape)
}

document.querySelector<HTMLElement>('.errors')?.focus()

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method !== 'post') return
  if (form.ariaBusy) return event.preventDefault()
  form.ariaBusy = 'true'
  setTimeout(() => rest(form), patience)
})

// A page that comes back from the browser's memory comes back with its forms as they were left.
addEventListener('pageshow', () => document.querySelectorAll('form').forEach(rest))

/** How long between two looks at what is being made. */
const between = 2_000

for (const part of document.querySelectorAll<HTMLElement>('[data-again]')) setTimeout(() => void lookAgain(part.id), between)

// The same part of the same page, fetched anew, for as long as it says that it is still being made.
async function lookAgain(id: string): Promise<void> {
  const answer = await fetch(location.pathname).catch(() => undefined)
  const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(id)
  if (fresh) document.getElementById(id)?.replaceWith(document.importNode(fresh, true))
  if (!fresh || 'again' in fresh.dataset) setTimeout(() => void lookAgain(id), between)
}

function rest(form: HTMLFormElement): void {
  form.ariaBusy = null
}

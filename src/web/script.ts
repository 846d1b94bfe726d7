/** Small comforts. Every page is whole without them. */

const lang = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang

const shapes: Record<string, Intl.DateTimeFormatOptions> = {
  moment: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'long', year: 'numeric' },
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

function rest(form: HTMLFormElement): void {
  form.ariaBusy = null
}

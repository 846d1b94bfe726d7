/** Keeps two pages of the console fresh: the letter beside what is being written, and how far an issue got. */

const PAUSE = 800
const EVERY = 2_000

const desk = document.querySelector<HTMLFormElement>('form[data-live]')
const progress = document.querySelector<HTMLElement>('[data-progress]')

let waiting: number | undefined
desk?.addEventListener('input', () => {
  clearTimeout(waiting)
  waiting = window.setTimeout(() => void keep(desk), PAUSE)
})

// What was typed is kept as the button would keep it; then the frames show it.
async function keep(form: HTMLFormElement): Promise<void> {
  const body = new URLSearchParams()
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value)
  const answer = await fetch(form.action, { method: 'POST', body }).catch(() => undefined)
  if (!answer?.ok) return
  for (const frame of document.querySelectorAll<HTMLIFrameElement>('iframe.letter'))
    frame.setAttribute('src', frame.getAttribute('src') ?? '')
  const text = document.querySelector<HTMLElement>('[data-text]')
  const words = text && (await fetch(text.dataset['text'] ?? '').catch(() => undefined))
  if (text && words?.ok) text.textContent = await words.text()
}

const moving = ['scheduled', 'sending']
if (progress && moving.includes(progress.dataset['standing'] ?? '')) setInterval(() => void look(progress), EVERY)

async function look(part: HTMLElement): Promise<void> {
  const answer = await fetch(part.dataset['progress'] ?? '').catch(() => undefined)
  if (!answer?.ok) return
  const counts = (await answer.json()) as Record<string, number | string>
  // Another standing is another page.
  if (counts['standing'] !== part.dataset['standing']) return location.reload()
  const bar = part.querySelector('progress')
  if (bar) bar.value = Math.max(bar.value, Number(counts['done']))
  for (const place of part.querySelectorAll<HTMLElement>('[data-count]'))
    place.textContent = Number(counts[place.dataset['count'] ?? '']).toLocaleString('en')
}

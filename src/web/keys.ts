/**
 * The console's keys. Each leads where a link of the page leads, too, so that nothing is lost without them. They rest in
 * fields and beside Ctrl, Alt and Meta, and can be switched off (WCAG 2.2, 2.1.4); that is kept in this browser alone.
 */

const OFF = 'console-keys-off'
/** For so long a `g` waits for its letter. */
const PATIENCE = 1_500

const list = document.querySelector<HTMLDetailsElement>('#keys')
const off = document.querySelector<HTMLButtonElement>('[data-keys-off]')
let isOff = localStorage.getItem(OFF) !== null
let going = -PATIENCE

if (off) {
  off.hidden = false
  tell(off)
  off.addEventListener('click', () => {
    isOff = !isOff
    if (isOff) localStorage.setItem(OFF, '')
    else localStorage.removeItem(OFF)
    tell(off)
  })
}

function tell(button: HTMLButtonElement): void {
  button.textContent = isOff ? 'Switch the keys on' : 'Switch the keys off'
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

document.addEventListener('keydown', (event) => {
  if (isOff || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || isField(event.target)) return
  if (press(event.key)) event.preventDefault()
})

/** Does what a key is for; false where it is for nothing. */
function press(key: string): boolean {
  const isGoing = performance.now() - going < PATIENCE
  going = -PATIENCE
  if (isGoing) return follow(key)
  if (key === 'g') going = performance.now()
  else if (key === '/') document.querySelector<HTMLInputElement>('.seek input')?.focus()
  else if (key === 'i') enter()
  else if (key === '?') openList()
  else if (key === 'j' || key === 'k') step(key === 'j' ? 1 : -1)
  else return false
  return true
}

function follow(key: string): boolean {
  const link = [...document.querySelectorAll<HTMLAnchorElement>('a[data-key]')].find((one) => one.dataset['key'] === key)
  link?.click()
  return link !== undefined
}

// What is written on a page comes before what is chosen on it.
function enter(): void {
  const field = ['textarea', 'input:not([type=hidden], [type=checkbox], [type=radio])']
    .map((kind) => document.querySelector<HTMLElement>(`main ${kind}`))
    .find((one) => one !== null)
  field?.focus()
}

function openList(): void {
  if (!list) return
  list.open = true
  list.querySelector('summary')?.focus()
}

/** To the first link of the next row, or of the row before. */
function step(by: 1 | -1): void {
  const links = [...document.querySelectorAll('main tbody tr')].flatMap((row) => row.querySelector<HTMLElement>('a') ?? [])
  const at = links.findIndex((link) => link.closest('tr') === document.activeElement?.closest('tr'))
  const next = at === -1 ? (by === 1 ? 0 : links.length - 1) : at + by
  links[next]?.focus()
}

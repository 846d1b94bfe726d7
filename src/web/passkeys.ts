/**
 * Passkeys, where the browser has them: shows the forms that need them, and fills each with what the
 * device answers. The form itself then goes its usual way.
 */

const able = window.PublicKeyCredential as Partial<typeof PublicKeyCredential> | undefined

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  if (!able?.parseCreationOptionsFromJSON || !able.parseRequestOptionsFromJSON) break
  form.hidden = false
  form.parentElement?.querySelector('[data-otherwise]')?.remove()
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void fill(form)
  })
}

async function fill(form: HTMLFormElement): Promise<void> {
  const told = form.querySelector<HTMLElement>('[role=alert]')
  if (told) told.hidden = true
  form.ariaBusy = 'true'
  try {
    const answer = await ask(form)
    if (answer) submit(form, answer)
  } catch {
    if (told) told.hidden = false
  }
  form.ariaBusy = null
}

/** What the device answers; undefined when the browser is led elsewhere first, such as to a fresh proof. */
async function ask(form: HTMLFormElement): Promise<PublicKeyCredential | null | undefined> {
  const told = await fetch(`${form.action}/options`, { method: 'POST' })
  if (told.redirected) {
    location.assign(told.url)
    return undefined
  }
  if (!told.ok) throw new Error(told.statusText)
  const options = await told.json()
  const credential = options.rp
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
  return credential as Promise<PublicKeyCredential | null>
}

function submit(form: HTMLFormElement, answer: PublicKeyCredential): void {
  const field = form.elements.namedItem('answer')
  if (field instanceof HTMLInputElement) field.value = JSON.stringify(answer)
  form.submit()
}

/** The form for a passkey. It is hidden until the script finds that the browser has passkeys. */
import type { Child } from 'hono/jsx'
import { Submit } from '../web/forms.tsx'

interface PasskeyFormProps {
  /** Where the answer goes; `…/options` beside it says what the device is asked. */
  readonly action: string
  readonly button: string
  readonly then?: string | undefined
  /** What is said where there is no script, or no passkeys. */
  readonly otherwise?: Child
}

export const PasskeyForm = ({ action, button, then, otherwise }: PasskeyFormProps) => (
  <>
    <form method="post" action={action} data-passkey hidden>
      {then && <input type="hidden" name="then" value={then} />}
      <input type="hidden" name="answer" />
      <p class="error" role="alert" hidden>
        That did not work. Your device may have been asked for too long, or it has no passkey for this site. Nothing was changed.
      </p>
      <Submit kind="quiet" icon="fingerprint">
        {button}
      </Submit>
    </form>
    {otherwise}
  </>
)

import { raw } from 'hono/html'
import arrowDown from 'lucide-static/icons/arrow-down.svg'
import arrowLeft from 'lucide-static/icons/arrow-left.svg'
import arrowRight from 'lucide-static/icons/arrow-right.svg'
import arrowUp from 'lucide-static/icons/arrow-up.svg'
import check from 'lucide-static/icons/check.svg'
import chevronRight from 'lucide-static/icons/chevron-right.svg'
import circleAlert from 'lucide-static/icons/circle-alert.svg'
import circleCheck from 'lucide-static/icons/circle-check.svg'
import clock from 'lucide-static/icons/clock.svg'
import download from 'lucide-static/icons/download.svg'
import eraser from 'lucide-static/icons/eraser.svg'
import externalLink from 'lucide-static/icons/external-link.svg'
import eye from 'lucide-static/icons/eye.svg'
import fingerprint from 'lucide-static/icons/fingerprint-pattern.svg'
import inbox from 'lucide-static/icons/inbox.svg'
import info from 'lucide-static/icons/info.svg'
import keyRound from 'lucide-static/icons/key-round.svg'
import laptop from 'lucide-static/icons/laptop.svg'
import lifeBuoy from 'lucide-static/icons/life-buoy.svg'
import lock from 'lucide-static/icons/lock.svg'
import mail from 'lucide-static/icons/mail.svg'
import pencil from 'lucide-static/icons/pencil.svg'
import plus from 'lucide-static/icons/plus.svg'
import receipt from 'lucide-static/icons/receipt-text.svg'
import search from 'lucide-static/icons/search.svg'
import send from 'lucide-static/icons/send.svg'
import shieldCheck from 'lucide-static/icons/shield-check.svg'
import smartphone from 'lucide-static/icons/smartphone.svg'
import trash from 'lucide-static/icons/trash-2.svg'
import triangleAlert from 'lucide-static/icons/triangle-alert.svg'
import user from 'lucide-static/icons/user.svg'
import users from 'lucide-static/icons/users.svg'
import x from 'lucide-static/icons/x.svg'

const drawings = {
  'arrow-down': arrowDown,
  'arrow-left': arrowLeft,
  'arrow-right': arrowRight,
  'arrow-up': arrowUp,
  check,
  'chevron-right': chevronRight,
  'circle-alert': circleAlert,
  'circle-check': circleCheck,
  clock,
  download,
  eraser,
  'external-link': externalLink,
  eye,
  fingerprint,
  inbox,
  info,
  key: keyRound,
  laptop,
  'life-buoy': lifeBuoy,
  lock,
  mail,
  pencil,
  phone: smartphone,
  plus,
  receipt,
  search,
  send,
  'shield-check': shieldCheck,
  trash,
  'triangle-alert': triangleAlert,
  user,
  users,
  x,
}

export type IconName = keyof typeof drawings

const ready = new Map(Object.entries(drawings).map(([name, svg]) => [name, raw(tidy(svg))]))

/** A drawing beside words that say the same: hidden from those who listen. */
export function Icon({ name }: { name: IconName }) {
  return ready.get(name) ?? null
}

/** Lucide's file as one line: without its comment and its class, with ours. */
function tidy(svg: string): string {
  return svg
    .replace(/<!--.*?-->\s*/s, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/class="[^"]*" xmlns="[^"]*"/, 'class="icon" aria-hidden="true"')
    .trim()
}

/** Pages without a script: a little HTML that escapes what it is given, and the frame around every page. */

export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Content = Html | string | number | null | undefined | false | Content[]

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign)

function render(content: Content): string {
  if (content instanceof Html) return content.text
  if (Array.isArray(content)) return content.map(render).join('')
  return content === null || content === undefined || content === false ? '' : escape(String(content))
}

export const html = (strings: TemplateStringsArray, ...contents: Content[]): Html =>
  new Html(strings.reduce((text, part, i) => text + render(contents[i - 1]) + part))

export interface Page {
  status: number
  html: string
  location?: string
}

export const redirect = (location: string): Page => ({ status: 303, html: '', location })

const style = `
:root{color-scheme:light dark;--ink:#1b1f27;--paper:#fff;--line:#c9ced8;--soft:#5b6472;--act:#4b3fd1;--warn:#a1260d;--band:#ffe9b8;--bandink:#4a3000}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaf0;--paper:#15171c;--line:#424855;--soft:#a5adbb;--act:#a9a2ff;--warn:#ff9b85;--band:#4a3600;--bandink:#ffe9b8}}
*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
.band{background:var(--band);color:var(--bandink);text-align:center;padding:.4rem 1rem;font-weight:600;margin:0}
main{max-width:34rem;margin:0 auto;padding:1.5rem 1rem 4rem}main.wide{max-width:64rem}h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.15rem;margin-top:2rem}
label{display:block;font-weight:600;margin-top:1rem}label.tick{font-weight:400;display:flex;gap:.5rem;align-items:start}
input:not([type=checkbox],[type=radio]),select{width:100%;font:inherit;color:inherit;background:transparent;padding:.55rem .7rem;border:1px solid var(--line);border-radius:.4rem}
select option{color:#000}.row{display:grid;grid-template-columns:1fr 1fr;gap:0 1rem}.hint{color:var(--soft);font-size:.9rem;margin:.2rem 0}
button{font:inherit;font-weight:600;cursor:pointer;margin-top:1.2rem;padding:.6rem 1.1rem;border-radius:.4rem;border:1px solid var(--act);background:var(--act);color:var(--paper)}
button.plain{background:transparent;color:var(--act);margin-top:.3rem;padding:.3rem .7rem}:focus-visible{outline:3px solid var(--act);outline-offset:2px}a{color:var(--act)}
.error{color:var(--warn);margin:.2rem 0;font-weight:600}.summary{border:2px solid var(--warn);border-radius:.4rem;padding:.3rem 1rem;margin:1rem 0}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line)}td.sum,th.sum{text-align:right;padding-right:0}
.scroll{overflow-x:auto}ul.plain{list-style:none;padding:0}ul.plain>li{border-bottom:1px solid var(--line);padding:.7rem 0}form.inline{display:inline-block;margin-right:.4rem}fieldset{border:0;padding:0;margin:0}legend{font-weight:600}
`

/** A whole page. */
export function frame(title: string, body: Html, { status = 200, wide = false }: { status?: number; wide?: boolean } = {}): Page {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${new Html(style)}</style></head>
<body><header class="band">TEST MODE: no real card belongs here, and no money moves</header><main${wide ? html` class="wide"` : ''}><h1>${title}</h1>
${body}</main></body></html>`
  return { status, html: page.text }
}

export const money = (amount: number, currency: string): string => {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency.toUpperCase() })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

export const date = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10)

/** The page that drives the emulator. */
import type { LoggedEvent, State } from '../panel.ts'
import { frame, html, type Html, type Page } from './html.ts'

export type { Page } from './html.ts'

const form = (act: string, fields: Html, button: string): Html =>
  html`<form method="post" action="/_emu/${act}">${fields}<button class="plain">${button}</button></form>`
const hidden = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}">`
const input = (name: string, label: string, value = ''): Html =>
  html`<label for="${name}">${label}</label><input id="${name}" name="${name}" value="${value}">`

export function panelPage(state: State, events: LoggedEvent[]): Page {
  return frame(
    'Stripe emulator',
    html`<p>Its clock says <strong>${state.now}</strong>. Events are delivered <strong>${state.manner}</strong>${state.held && ', and held back for now'}${state.dropPercent > 0 && `, and ${state.dropPercent} of 100 are lost`}.${state.down && ' The API is down.'}</p>
${state.violations.length > 0 && html`<div class="summary"><p class="error">Answers that broke the schema</p><ul>${state.violations.map((each) => html`<li>${each}</li>`)}</ul></div>`}
${controls(state)}<h2>What is kept</h2><p>${Object.entries(state.counts).map(([kind, count]) => html`${kind}: ${count}<br>`)}</p><p><a href="/_emu/api/dump">Everything, as JSON</a></p>
<h2>Events</h2>${eventTable(events)}${form('reset', hidden('all', 'on'), 'Forget everything')}`,
    { wide: true },
  )
}

function controls(state: State): Html {
  const other = state.manner === 'in order' ? 'shuffled and doubled' : 'in order'
  const kinds = ['500', '429', '409', 'timeout', 'lost answer'].map((kind) => html`<option>${kind}</option>`)
  return html`<h2>Clock</h2>${form('clock', input('days', 'Days to move ahead', '1'), 'Move')}
<h2>Delivery</h2>${form('deliver', hidden('manner', other), `Deliver ${other}`)}${form('hold', hidden('held', String(!state.held)), state.held ? 'Release what is held' : 'Hold everything back')}${form('reorder', hidden('events', ''), 'Shuffle what waits')}${form('drop', input('percent', 'Lose so many of 100', String(state.dropPercent)), 'Set')}
<h2>Failures</h2>${form('fail', html`<label for="kind">The next call meets</label><select id="kind" name="kind">${kinds}</select>${input('times', 'How often', '1')}${input('path', 'Only calls that begin so, such as POST /v1/refunds')}`, 'Order')}
${form('down', hidden('down', String(!state.down)), state.down ? 'Bring the API back' : 'Take the API down')}`
}

function eventTable(events: LoggedEvent[]): Html {
  if (events.length === 0) return html`<p>Nothing has happened yet.</p>`
  const rows = events.map(
    (event) =>
      html`<tr><td>${new Date(event.created * 1000).toISOString().slice(0, 19)}</td><td>${event.type}</td><td>${event.object ?? ''}</td><td>${event.deliveries.map((each) => `${each.state} (${each.tries}) `)}</td><td>${form('resend', hidden('event', event.id), 'Resend')}</td></tr>`,
  )
  return html`<div class="scroll"><table><thead><tr><th>When</th><th>What</th><th>About</th><th>Delivery</th><th>Again</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

/** Every page's HTML, as it is sent, passes a validator. Needs no browser; lives beside what does. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HtmlValidate } from 'html-validate'
import { openTestHouse } from '../harness.ts'
import { furnish, type Furnished, type Page } from '../pages.ts'

// Valid, and sound: how a serialiser writes what means the same is its own affair.
const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'void-style': 'off',
    'doctype-style': 'off',
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'no-trailing-whitespace': 'off',
    // Boxes of one question share its name, as radio buttons do.
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'button', 'reset', 'submit'] }],
  },
})

const house = await openTestHouse()
const { browsers, pages } = await furnish(house)

for (const page of pages) {
  test(`${page.says}: valid HTML`, async () => {
    const answer = await arrive(page)
    assert.equal(answer.status, page.status ?? 200)
    const report = await validator.validateString(await answer.text())
    const told = report.results.flatMap(({ messages }) =>
      messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message} (${m.selector ?? ''})`),
    )
    assert.deepEqual(told, [])
  })
}

const arrive = ({ as, path, form }: Page): Promise<Response> => {
  const browser: Furnished['browsers'][Page['as']] = browsers[as]
  return form ? browser.post(path, form) : browser.get(path)
}

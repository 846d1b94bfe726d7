/** Help and Support: articles. */
import { Hono } from 'hono'
import { raw } from 'hono/html'
import type { House, Web } from '../web/house.ts'
import { Crumbs } from '../web/layout.tsx'
import { publicPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'

export const helpRoutes = new Hono<Web>().get('/help', publicPage(index)).get(
  '/help/:article',
  publicPage((house, c) => article(house, c.req.param('article') ?? '')),
)

function index({ content }: House) {
  const sections = Map.groupBy(content.help, (article) => article.section)
  return {
    shown: { title: 'Help and Support', description: 'Answers about registering, signing in, your data and paying.' },
    body: (
      <>
        <h1>Help and Support</h1>
        <div class="index">
          {[...sections].map(([section, articles]) => (
            <section>
              <h2>{section}</h2>
              <ul>
                {articles.map(({ slug, title, summary }) => (
                  <li>
                    <a href={`/help/${slug}`}>{title}</a>
                    <p class="soft">{summary}</p>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
        <p>
          Your question is not answered here? <a href="/help/contact">Write to us</a>.
        </p>
      </>
    ),
  }
}

function article({ content }: House, slug: string) {
  const article = content.help.find((article) => article.slug === slug)
  if (!article) throw nothingHere('no such help article')
  return {
    shown: { title: article.title, description: article.summary },
    body: (
      <>
        <Crumbs to={[{ href: '/help', text: 'Help and Support' }]} here={article.title} />
        <article class="prose">
          <h1>{article.title}</h1>
          <p class="lead">{article.summary}</p>
          {raw(article.html)}
        </article>
      </>
    ),
  }
}

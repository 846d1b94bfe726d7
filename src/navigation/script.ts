/**
 * Tells the operator's own program what is done on a page: no cookie, nothing stored, no other host.
 * On pages whose views the server counts it is loaded with `data-views="no"`; a page that says that
 * something is missing has `data-missing`; an element with `data-action` reports its name when clicked.
 */
{
  type More = { n?: string; d?: object | undefined; s?: number; r?: string }
  const me = document.currentScript as HTMLScriptElement
  const { globalPrivacyControl, doNotTrack, webdriver } = navigator as Navigator & { globalPrivacyControl?: boolean; doNotTrack?: string }
  let paces: Record<string, number> = {}
  const target = new URL('/n', me.src)
  let page = ''
  let campaign = ''
  let shown = 0
  let looked = 0

  const send = (...list: ({ k: string } & More)[]) =>
    list[0] &&
    navigator.sendBeacon(target, JSON.stringify(list.map((one) => ({ u: page + campaign, z: -new Date().getTimezoneOffset(), ...one }))))

  const leave = () => {
    if (shown) looked += performance.now() - shown
    shown = 0
    const list: ({ k: string } & More)[] = Object.entries(paces).map(([n, s]) => ({ k: 'p', n, s }))
    paces = {}
    const s = Math.round(looked / 1000)
    if (s) list.push({ k: 't', s })
    looked = 0
    send(...list)
  }

  const look = () => {
    shown = document.hidden ? 0 : performance.now()
  }

  const view = (unseen?: unknown) => {
    const next = location.origin + location.pathname
    if (next === page) return
    const r = page || document.referrer
    if (page) leave()
    page = next
    campaign = `?${(location.search.match(/\b(utm_\w+|ref|source)=[^&]*/g) ?? []).join('&')}`
    look()
    if (unseen !== false) send({ k: 'missing' in me.dataset ? 'm' : 'v', r })
    campaign = ''
  }

  const watch = (
    type: string,
    take: (entry: PerformanceEntry & { value: number; hadRecentInput: boolean; interactionId: number }) => void,
  ) => {
    try {
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => take(entry as never))).observe({
        type,
        buffered: true,
        durationThreshold: 16,
      } as PerformanceObserverInit)
    } catch {
      // A browser that cannot measure this.
    }
  }

  if (!globalPrivacyControl && doNotTrack !== '1' && !webdriver) {
    Object.assign(window, { count: (n: string, d?: object) => send({ k: 'a', n, d }) })
    view(me.dataset['views'] !== 'no')
    const push = history.pushState
    history.pushState = (...all) => {
      push.apply(history, all)
      view()
    }
    addEventListener('popstate', view as () => void)
    addEventListener('visibilitychange', () => (document.hidden ? leave() : look()))
    addEventListener('click', ({ target }) => {
      const at = target as Element
      const n = at.closest<HTMLElement>('[data-action]')?.dataset['action']
      const link = at.closest('a')
      if (n) send({ k: 'a', n })
      if (!link?.href.startsWith('http')) return
      if (link.host !== location.host) send({ k: 'l', n: link.host })
      else if (/\.(pdf|zip|gz|exe|msi|\w{3}x|csv|mp.|epub)$/.test(link.pathname)) send({ k: 'f', n: link.pathname })
    })
    watch('largest-contentful-paint', ({ startTime }) => (paces['LCP'] = startTime))
    watch('paint', ({ name, startTime }) => name[6] === 'c' && (paces['FCP'] = startTime))
    watch('navigation', (entry) => (paces['TTFB'] = (entry as unknown as PerformanceNavigationTiming).responseStart))
    watch('layout-shift', ({ value, hadRecentInput }) => hadRecentInput || (paces['CLS'] = (paces['CLS'] ?? 0) + value))
    watch('event', ({ interactionId, duration }) => interactionId && (paces['INP'] = Math.max(paces['INP'] ?? 0, duration)))
  }
}

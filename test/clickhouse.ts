/** A ClickHouse server for tests, on loopback, in a folder of its own; it can be killed and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../bench/program.ts'

const unpacked = fileURLToPath(new URL('../.cache/clickhouse/clickhouse-server', import.meta.url))

/** Where the server's program is: as `bin/test` found it, else in the usual places; undefined when there is none. */
export function clickhouseProgram(): string | undefined {
  const named = process.env['CLICKHOUSE'] || (existsSync(unpacked) ? unpacked : 'clickhouse-server')
  const found = spawnSync('/bin/sh', ['-c', 'command -v "$0"', named], { encoding: 'utf8' }).stdout.trim()
  return found || undefined
}

export interface ClickhouseServer {
  /** As NAVIGATION_STORE names it, by a user whose password has signs that need care. */
  readonly url: string
  readonly folder: string
  /** Ends it in the midst of whatever it does. */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

const PASSWORD = "it's \\ a % secret?"

export async function clickhouseServer(program: string): Promise<ClickhouseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'cloudrun-clickhouse-'))
  const [http, tcp] = [await freePort(), await freePort()]
  for (const part of ['data', 'tmp', 'format_schemas', 'user_files']) mkdirSync(join(folder, part))
  writeFileSync(join(folder, 'config.xml'), config(folder, http, tcp))
  writeFileSync(join(folder, 'users.xml'), users)
  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    server = spawn(program, [`--config-file=${join(folder, 'config.xml')}`], { cwd: folder, stdio: 'ignore' })
    for (let tries = 0; tries < 600; tries++) {
      if (server.exitCode !== null) throw new Error(`ClickHouse ended with ${server.exitCode}`)
      if (await answers(http)) return
      await sleep(50)
    }
    throw new Error('ClickHouse did not start')
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    server.kill(signal)
    await once(server, 'exit')
  }
  await start()
  return {
    url: `clickhouse://house:${encodeURIComponent(PASSWORD)}@127.0.0.1:${http}/default`,
    folder,
    start,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    request({ port, host: '127.0.0.1', path: '/ping' }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode === 200))
    })
      .on('error', () => resolve(false))
      .end()
  })

const config = (folder: string, http: number, tcp: number): string => `<yandex>
  <logger><level>warning</level><log>${folder}/server.log</log><errorlog>${folder}/errors.log</errorlog></logger>
  <http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><listen_host>127.0.0.1</listen_host>
  <path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
  <format_schema_path>${folder}/format_schemas/</format_schema_path><user_files_path>${folder}/user_files/</user_files_path>
  <users_config>${folder}/users.xml</users_config>
  <default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>5368709</mark_cache_size>
</yandex>`

const inXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const users = `<yandex>
  <profiles><default><max_memory_usage>1000000000</max_memory_usage></default></profiles>
  <quotas><default/></quotas>
  <users><house><password>${inXml(PASSWORD)}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></house></users>
</yandex>`

/** Stands before a server and loses the answers to the next so many inserts, which the server has carried out. */
export async function losingAnswers(url: string): Promise<{ url: string; lose(count: number): void; lost(): number; close(): void }> {
  const behind = new URL(url)
  let [toLose, lost] = [0, 0]
  const proxy = createServer((asked, answer) => {
    const isInsert = /insert\s+into/i.test(decodeURIComponent((asked.url ?? '').replaceAll('+', ' ')))
    const { connection: _, ...headers } = asked.headers
    const to = { host: behind.hostname, port: behind.port, path: asked.url, method: asked.method, headers, agent: false as const }
    const passed = request(to, (got) => {
      if (isInsert && toLose > 0) {
        got.resume()
        got.on('end', () => {
          toLose--
          lost++
          asked.socket.destroy()
        })
        return
      }
      answer.writeHead(got.statusCode ?? 502, got.headers)
      got.pipe(answer)
    })
    passed.on('error', () => asked.socket.destroy())
    asked.pipe(passed)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const front = new URL(url)
  front.port = String((proxy.address() as AddressInfo).port)
  return { url: front.href, lose: (count) => (toLose += count), lost: () => lost, close: () => proxy.close() }
}

/** The ceiling of intake: the least that node:http can do with the same body, in a process of its own. */
import { createServer } from 'node:http'

createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString())
    response.writeHead(Array.isArray(body) ? 202 : 400, { 'content-length': '0' }).end()
  })
}).listen(Number(process.argv[2]), 'localhost')

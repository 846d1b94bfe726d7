/** The ceiling: the least that node:http can do, in a process of its own. */
import { createServer } from 'node:http'

createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '6' })
  response.end('hello\n')
}).listen(Number(process.argv[2]), 'localhost', () => console.log('listening'))

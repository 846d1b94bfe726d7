// Is the program ready? Exits with 0 if /readyz says so, else with 1. For HEALTHCHECK and other supervisors: the program
// answers to its own hosts alone, so the question bears the host of ORIGIN.
import { get } from 'node:http'

const { PORT = '3000', ORIGIN = `http://localhost:${PORT}` } = process.env
const question = get(
  { host: '127.0.0.1', port: PORT, path: '/readyz', headers: { host: new URL(ORIGIN).host }, timeout: 4_000 },
  ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1),
)
question.on('timeout', () => process.exit(1)).on('error', () => process.exit(1))

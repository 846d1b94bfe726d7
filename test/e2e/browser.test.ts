/** What only a browser shows. One house and one Chromium for all of it. */
import { furnish } from '../pages.ts'
import { goByKeyboard } from './keyboard.ts'
import { lookAtPages } from './pages.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
goByKeyboard(stage)
lookAtPages(stage, await furnish(stage.house))

/** What only a browser shows. One house and one Chromium for all of it. */
import { furnish } from '../pages.ts'
import { answerByKeyboard, goByKeyboard } from './keyboard.ts'
import { lookAtPages } from './pages.ts'
import { openStage } from './stage.ts'
import { walkTheConsole } from './walk.ts'

const stage = await openStage()
// All that waits is done before the first test is named: once those that are named are over, the stage is closed.
const furnished = await furnish(stage.house)
goByKeyboard(stage)
answerByKeyboard(stage)
lookAtPages(stage, furnished)
walkTheConsole(stage)

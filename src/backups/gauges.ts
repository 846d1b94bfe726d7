/** Backups in numbers, for `/metrics`. */
import { now } from '../clock.ts'
import { type Gauge, single } from '../web/gauges.ts'
import { newestBackup } from './newest.ts'

/** How old the newest backup is, where there is a folder for them. */
export const backupsGauge: Gauge = async ({ config }) => {
  const newest = config.backupDir ? await newestBackup(config.backupDir) : undefined
  return newest ? [single('cloudrun_backup_age_seconds', 'How old the newest backup is', (now().getTime() - newest.getTime()) / 1000)] : []
}

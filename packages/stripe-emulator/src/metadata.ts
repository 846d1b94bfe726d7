/** Key by key: a new value replaces, an empty one removes, nothing at all removes everything. */
type Given = Record<string, string | number | null> | null | undefined

export function mergeMetadata(before: Record<string, string> | null, given: Given): Record<string, string> {
  if (given === undefined) return before ?? {}
  if (given === null) return {}
  const merged: Record<string, string> = { ...before }
  for (const [key, value] of Object.entries(given)) {
    if (value === null || value === '') delete merged[key]
    else merged[key] = String(value)
  }
  return merged
}

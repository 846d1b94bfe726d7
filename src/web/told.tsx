import { Notice } from './layout.tsx'

/** What came of the act that led to this page; nothing where nothing did. */
export const Told = ({ words }: { words?: string | undefined }) =>
  words ? (
    <Notice kind="good" live>
      <p>{words}</p>
    </Notice>
  ) : null

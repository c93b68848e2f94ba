/** What holds of several scenarios together. Pure. */
import type { Verdict } from '../run/events.ts';
import { EVIDENCE_LEVELS, type EvidenceLevel } from './report.ts';

/** Returns the worst verdict: failed, then unknown, then passed; unknown of none. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('failed')) return 'failed';
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'passed';
}

/** Returns the weakest evidence; simulated of none. */
export const weakestEvidence = (levels: readonly EvidenceLevel[]): EvidenceLevel =>
  EVIDENCE_LEVELS.find(level => levels.includes(level)) ?? 'simulated';

/** Why a kubelet ended: kind's own words often do not say it (real-kind-2026-11 D6). */
import { causesIn } from '../../base/telling-lines.ts';

/** Finds why a kubelet ended, in its journal. */
export function kubeletCausesIn(journal: string): readonly string[] {
  const lines = journal.split('\n').filter(line => line.includes('"command failed"'));
  return lines.length === 0 ? [] : causesIn(lines.join('\n'));
}

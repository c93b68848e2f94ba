/** Findings as JSON: for programs that know nothing but this. */
import type { Finding } from '../finding.ts';

/** Writes `{findings: [{rule, severity, file, line, column, message, wouldHappen, fix?}]}`. */
export function findingsAsJson(findings: readonly Finding[]): string {
  const rows = findings.map(({ rule, severity, place, message, wouldHappen, fix }) => ({
    ...{ rule, severity, ...place, message, wouldHappen },
    ...(fix && { fix: { description: fix.description, isSafe: fix.isSafe, edits: fix.edits } }),
  }));
  return `${JSON.stringify({ findings: rows }, null, 2)}\n`;
}

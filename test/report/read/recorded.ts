/** Reports that were recorded, and changed copies of them. */
import { readFileSync } from 'node:fs';
import { parseReport } from '../../../harness/report/read/read-report.ts';
import type { ConformanceReport } from '../../../harness/report/report.ts';

/**
 * Written at commit a8f54d8 by `run multi-primary primary-remote-multi-network --omit
 * remote-secret/cluster2-in-cluster1`, on Node 20.20.2.
 */
export const RECORDED = 'fixtures/reports/schema-1.json';

/** Without `readonly`; evidence stays as it is, for it may be of any depth. */
type Mutable<Value> = Value extends object
  ? { -readonly [Key in keyof Value]: Key extends 'evidence' ? Value[Key] : Mutable<Value[Key]> }
  : Value;
export type MutableReport = Mutable<ConformanceReport>;
type Change = (report: MutableReport) => void;

/** Returns the recorded report, changed. */
export function recorded(change: Change = () => {}): ConformanceReport {
  const report = parseReport(readFileSync(RECORDED, 'utf8'), RECORDED);
  change(report as unknown as MutableReport);
  return report;
}

/** Returns the recorded report as if all had passed, changed. */
export const healthy = (change: Change = () => {}): ConformanceReport =>
  recorded(report => {
    report.verdict = 'passed';
    for (const scenario of report.scenarios) {
      scenario.verdict = 'passed';
      delete scenario.reason;
      for (const check of scenario.checks) check.outcome = 'passed';
      for (const step of scenario.steps) {
        step.outcome = 'done';
        delete step.problem;
      }
    }
    change(report);
  });

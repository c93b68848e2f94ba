/** The report as JSON: the format that the others are made from, and that programs read. */
import { type ConformanceReport, SCHEMA_ID } from './report.ts';

/**
 * Writes a report as JSON, with keys in the order of the model. Two runs with the same seed differ in
 * `volatile` alone.
 */
export function formatJson(report: ConformanceReport): string {
  return `${JSON.stringify({ $schema: SCHEMA_ID, ...report }, null, 2)}\n`;
}

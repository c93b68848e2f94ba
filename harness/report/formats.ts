/** All formats of a report. */
import { formatConformanceYaml } from './conformance-yaml.ts';
import { formatCtrf } from './ctrf.ts';
import { formatHtml } from './html/html.ts';
import { formatJson } from './json.ts';
import { formatJunit } from './junit.ts';
import { formatMarkdown } from './markdown.ts';
import type { ConformanceReport } from './report.ts';
import { formatTap } from './tap.ts';

/** Name of the file → what writes its text. */
export const FORMATS = {
  'report.json': formatJson,
  'junit.xml': formatJunit,
  'report.tap': formatTap,
  'report.html': formatHtml,
  'report.md': formatMarkdown,
  'ctrf.json': formatCtrf,
  'conformance.yaml': formatConformanceYaml,
} as const satisfies Readonly<Record<string, (report: ConformanceReport) => string>>;

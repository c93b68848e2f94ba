/** `mesh-harness report render`: a report in another format. */
import path from 'node:path';
import { writeFileSync } from '../../base/disk/disk.ts';
import { EXIT } from '../../base/errors.ts';
import { FORMATS } from '../../report/formats.ts';
import { readReport } from '../../report/read/read-report.ts';
import type { Environment } from '../environment.ts';
import { harmlessIn, harmlessJsonIn, harmlessMarkupIn, harmlessYamlIn } from '../github.ts';
import { createScreen } from '../terminal/screen.ts';
import { FORMAT_FILES, type FormatName, type ReportRenderFlags } from './report.flags.ts';

/** How each format is printed where a runner of GitHub's reads along. */
const HARMLESS: Readonly<Record<FormatName, typeof harmlessIn>> = {
  conformance: harmlessYamlIn,
  ctrf: harmlessJsonIn,
  html: harmlessMarkupIn,
  json: harmlessJsonIn,
  junit: harmlessMarkupIn,
  markdown: harmlessIn,
  tap: harmlessIn,
};

/**
 * Writes a report in a format.
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_INVALID_REPORT, ERR_WRITE_FAILED
 */
export async function reportRenderCommand(
  name: string,
  { format, out }: ReportRenderFlags,
  environment: Environment,
): Promise<number> {
  const { report } = readReport(name);
  const text = FORMATS[FORMAT_FILES[format]](report);
  if (out === undefined) environment.stdout.write(HARMLESS[format](environment.env, text));
  else {
    writeFileSync(path.resolve(out), text);
    createScreen(environment).progress(`${out} is written.`);
  }
  return EXIT.passed;
}

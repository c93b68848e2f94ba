/** `mesh-harness report verify`: whether reports are as they were written. */
import path from 'node:path';
import { EXIT, HarnessError, messageOf } from '../../base/errors.ts';
import { DIGESTS_FILE, digestProblems } from '../../report/digests.ts';
import { readReport } from '../../report/read/read-report.ts';
import type { Environment } from '../environment.ts';
import { createScreen } from '../terminal/screen.ts';

/**
 * Holds each report against its schema, and the files beside it against their digests.
 * @returns 1 if one is not as it was written
 * @throws HarnessError ERR_UNREADABLE_FILE
 */
export async function reportVerifyCommand(
  names: readonly string[],
  environment: Environment,
): Promise<number> {
  const screen = createScreen(environment);
  let isFine = true;
  for (const name of names) {
    const { problems, note } = verify(name);
    isFine &&= problems.length === 0;
    screen.result(problems.length === 0 ? `${name}: in order${note}` : `${name}:`);
    for (const problem of problems) screen.result(`  ${problem}`);
  }
  return isFine ? EXIT.passed : EXIT.failed;
}

function verify(name: string): { readonly problems: readonly string[]; readonly note: string } {
  try {
    const { file } = readReport(name);
    const problems = digestProblems(path.dirname(file));
    return { problems: problems ?? [], note: problems ? '' : ` by its schema; there is no ${DIGESTS_FILE}` };
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'ERR_INVALID_REPORT') throw error;
    return { problems: [messageOf(error)], note: '' };
  }
}

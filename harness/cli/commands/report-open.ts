/** `mesh-harness report open`: a report in the browser. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { existsSync } from '../../base/disk/disk.ts';
import { EXIT, HarnessError } from '../../base/errors.ts';
import { runProcess } from '../../process/run.ts';
import { readReport } from '../../report/read/read-report.ts';
import type { Environment } from '../environment.ts';
import { createScreen } from '../terminal/screen.ts';

const OPEN_MS = 15_000;

/**
 * Opens the page of a report; where no browser can be opened, it prints the page's address.
 * @throws HarnessError ERR_UNREADABLE_FILE, also if the report has no page
 */
export async function reportOpenCommand(name: string, environment: Environment): Promise<number> {
  const { env, signal } = environment;
  const screen = createScreen(environment);
  const page = path.join(path.dirname(path.resolve(readReport(name).file)), 'report.html');
  if (!existsSync(page))
    throw new HarnessError('ERR_UNREADABLE_FILE', `There is no ${page}.`, {
      hint: `mesh-harness report render ${name} --format html --out report.html writes one.`,
    });
  const address = pathToFileURL(page).href;
  const argv = openerOf(process.platform, env);
  const opened =
    argv && (await runProcess(argv[0], [...argv.slice(1), address], { timeoutMs: OPEN_MS, signal }));
  signal.throwIfAborted();
  if (opened?.exitCode === 0) screen.progress(`Opened: ${address}`);
  else screen.result(address);
  return EXIT.passed;
}

/** Returns the program that opens an address here; undefined where nobody looks at a screen. */
function openerOf(
  platform: NodeJS.Platform,
  env: Environment['env'],
): readonly [program: string, ...words: string[]] | undefined {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
}

/** A browser that looks at a page, where this machine has one. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of a Chromium on PATH; undefined if there is none. */
export const CHROMIUM: string | undefined = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .flatMap(folder => NAMES.map(name => path.join(folder, name)))
  .find(file => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** How a page is looked at. */
interface Look {
  readonly profile: string;
  readonly isDark?: boolean;
  readonly width?: number;
}

/**
 * Opens a page without a window and without the network, and waits until its scripts have ended.
 * @param profile - an empty folder for the browser's own files
 * @returns the document as it then is
 */
export async function domOf(file: string, { profile, isDark = false, width = 1440 }: Look): Promise<string> {
  if (CHROMIUM === undefined) throw new Error('there is no Chromium');
  const { stdout } = await promisify(execFile)(
    CHROMIUM,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--host-resolver-rules=MAP * ~NOTFOUND',
      `--user-data-dir=${profile}`,
      `--window-size=${width},1200`,
      ...(isDark ? ['--blink-settings=preferredColorScheme=0'] : []),
      '--virtual-time-budget=60000',
      '--dump-dom',
      `file://${file}`,
    ],
    { maxBuffer: 64 * 1024 * 1024, timeout: 120_000 },
  );
  return stdout;
}

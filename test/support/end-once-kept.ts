/** An answer that is cut off at a byte that is known. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';

/**
 * Ends an answer once a file of that many bytes, a part of it, lies in the folder. A stream of fetch that ends
 * with an error drops what it has not handed on yet (WHATWG Streams, ResetQueue), so an end right behind the
 * bytes may take them along.
 */
export function endOnceKept(
  t: Test,
  { folder, bytes, end }: { readonly folder: string; readonly bytes: number; readonly end: () => void },
): void {
  const timer = setInterval(() => {
    const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
    const isKept = names.some(
      name =>
        name.endsWith('.part') && statSync(join(folder, name), { throwIfNoEntry: false })?.size === bytes,
    );
    if (!isKept) return;
    clearInterval(timer);
    end();
  }, 5);
  t.teardown(() => clearInterval(timer));
}

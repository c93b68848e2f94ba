/** Asks about kind, kubectl and istioctl: if a fitting one is at hand, and what a run would do otherwise. */
import { join } from 'node:path';
import { existsSync } from '../base/disk/disk.ts';
import { findProgram } from '../process/find.ts';
import type { Question } from './ask-all.ts';
import { type CachedProgram, cachedProgram } from './cached-programs.ts';
import { lookAtIstioFolder } from './istio-folder.ts';
import type { Finding } from './platform.ts';
import type { ProgramName } from './program-versions.ts';
import { describeFound, type ProgramOptions } from './programs.ts';
import { compare, formatLine, type Line, lineOf } from './version-line.ts';
import { FETCHED_KIND, KUBECTL_SKEW, type VersionWindow } from './version-windows.ts';

interface Wanted {
  readonly isGood: (line: Line) => boolean;
  readonly words: string;
  /** The version that is fetched where none that fits is found. */
  readonly fetched: string;
  /** Returns the one that the cache has. */
  readonly cached: (cache: string) => CachedProgram | undefined;
}

function wantedOf(name: ProgramName, { nodeVersion, oldestKind, istio }: VersionWindow): Wanted {
  const server = lineOf(nodeVersion) ?? [1, 0];
  const release = lineOf(istio) ?? [0, 0];
  const isNew = (line: Line) => compare(line, oldestKind) >= 0;
  const isNear = (line: Line) => line[0] === server[0] && Math.abs(line[1] - server[1]) <= KUBECTL_SKEW;
  switch (name) {
    case 'kind':
      return {
        isGood: isNew,
        words: `${formatLine(oldestKind)} or newer`,
        fetched: FETCHED_KIND,
        cached: cache => cachedProgram('kind', FETCHED_KIND, isNew, cache),
      };
    case 'kubectl':
      return {
        isGood: isNear,
        words: `${formatLine(server)}, or a minor version beside it`,
        fetched: nodeVersion,
        cached: cache => cachedProgram('kubectl', nodeVersion, isNear, cache),
      };
    case 'istioctl':
      return {
        isGood: line => compare(line, release) === 0,
        words: formatLine(release),
        fetched: istio,
        cached: cache => {
          const file = join(cache, 'istio', `istio-${istio}`, 'bin', 'istioctl');
          return existsSync(file) ? { file, version: istio } : undefined;
        },
      };
  }
}

/**
 * Makes the questions about programs.
 * @param window - decides which versions fit; a promise is waited for by each question
 */
export function programQuestions(
  names: readonly ProgramName[],
  window: VersionWindow | Promise<VersionWindow>,
  options: Omit<ProgramOptions, 'signal'> & { readonly bundled?: readonly string[] },
): readonly Question[] {
  return names.map(name => ({
    subject: name,
    fix: `Does \`${name} version\` answer? Another one in front of it on PATH is taken instead.`,
    ask: async signal => [
      name === 'istioctl' && options.istioFolder !== undefined
        ? await releaseFinding(options.istioFolder, await window, signal)
        : await programFinding(name, wantedOf(name, await window), { ...options, signal }),
    ],
  }));
}

async function programFinding(
  name: ProgramName,
  wanted: Wanted,
  options: ProgramOptions & { readonly bundled?: readonly string[] },
): Promise<Finding> {
  const { isGood, words, fetched, cached } = wanted;
  const found = await describeFound(name, isGood, options);
  if (found) return { subject: name, ok: true, found: `${found.version} (${found.file})` };
  const there = findProgram(name, options.path) === undefined ? 'not on PATH' : `not ${words}`;
  const kept = cached(options.cache);
  if (kept) {
    const found = `${there}; ${kept.version} is in the cache (${kept.file})`;
    return { subject: name, ok: true, found };
  }
  if (options.bundled?.includes(name))
    return { subject: name, ok: true, found: `${there}; the bundle has it` };
  if (!options.offline)
    return { subject: name, ok: true, found: `${there}; ${fetched} is fetched at the first run` };
  const fix = `Install ${name} ${words}, or leave --offline out: ${fetched} is fetched then.`;
  return { subject: name, ok: false, found: `${there}, nor in the cache`, fix };
}

async function releaseFinding(folder: string, window: VersionWindow, signal: AbortSignal): Promise<Finding> {
  const found = await lookAtIstioFolder(folder, window.edition, signal);
  const subject = 'istioctl';
  if (!found.isGood) return { subject, ok: false, found: found.problem, fix: found.fix };
  const { version, file, remark } = found;
  return { subject, ok: true, found: `${version}${remark === undefined ? '' : `, ${remark}`} (${file})` };
}

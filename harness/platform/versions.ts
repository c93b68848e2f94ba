/** Judges which versions go together, by the table of `version-windows.ts`. */
import { HarnessError } from '../base/errors.ts';
import { compare, formatLine, isWithin, lineOf } from './version-line.ts';
import {
  CAME_WITH,
  KUBERNETES_OF,
  SUPPORTED_RELEASES,
  type VersionWindow,
  WINDOWS,
} from './version-windows.ts';

/** Tells whether a release of Istio has what a run may ask of it. */
export function istioHas(feature: keyof typeof CAME_WITH, istio: string): boolean {
  const line = lineOf(istio);
  return line !== undefined && compare(line, CAME_WITH[feature]) >= 0;
}

/**
 * Finds the versions that go with an edition of the guide.
 * @throws HarnessError ERR_UNKNOWN_EDITION
 */
export function windowOf(edition: string): VersionWindow {
  const found = WINDOWS.find(window => window.edition === edition);
  if (found) return found;
  throw new HarnessError(
    'ERR_UNKNOWN_EDITION',
    `It is not known which versions go with edition "${edition}".`,
    {
      hint: `Known editions: ${WINDOWS.map(window => window.edition).join(', ')}`,
    },
  );
}

/**
 * Finds the versions that go with an edition, and with a release that is asked for in the place of its own.
 * @throws HarnessError ERR_UNKNOWN_EDITION
 */
export const windowWith = (edition: string, istio: string | undefined): VersionWindow => ({
  ...windowOf(edition),
  ...(istio !== undefined && { istio }),
});

/**
 * Chooses the edition that an Istio release goes with. Whatever came after 1.8 is nearer to today's guide:
 * networks by label came with 1.9.
 */
export function editionFor(istio: string): string {
  const line = lineOf(istio);
  return line && compare(line, [1, 8]) <= 0 ? '1.8' : 'current';
}

/**
 * Judges a version of Kubernetes.
 * @param istio - the release, if it is not the edition's own; one of an unknown line goes with anything
 * @returns a sentence if this Kubernetes does not go with it; undefined if it does
 */
export function kubernetesMismatch(edition: string, version: string, istio?: string): string | undefined {
  const window = windowOf(edition);
  const release = istio ?? window.istio;
  const line = lineOf(version);
  if (!line) return `"${version}" is no version of Kubernetes.`;
  const istioLine = lineOf(release);
  const range = istioLine && KUBERNETES_OF[formatLine(istioLine)];
  if (!range || isWithin(line, range)) return undefined;
  const [from, to] = range.map(formatLine);
  const source = lineOf(window.istio)?.join() === istioLine.join() ? window.sources[0] : SUPPORTED_RELEASES;
  return `Istio ${release} needs Kubernetes ${from} to ${to}; this is ${version} (${source}).`;
}

/**
 * Judges a release of Istio.
 * @returns a sentence if the edition's steps do not work with it; undefined if they do
 */
export function editionMismatch(edition: string, istio: string): string | undefined {
  const line = lineOf(istio);
  if (!line) return `"${istio}" is no version of Istio.`;
  if (isWithin(line, windowOf(edition).releases)) return undefined;
  const fitting = WINDOWS.find(({ releases }) => isWithin(line, releases));
  if (fitting) return `Istio ${istio} goes with edition ${fitting.edition}, not with ${edition}.`;
  const windows = WINDOWS.map(window => `${window.edition} is for ${releasesOf(window)}`);
  return `Istio ${istio} goes with no edition: ${windows.join(', ')}.`;
}

/** Writes the lines of Istio that a window takes: `1.24 and later`. */
export function releasesOf({ releases: [from, to] }: VersionWindow): string {
  if (compare(from, to) === 0) return formatLine(from);
  return Number.isFinite(to[1])
    ? `${formatLine(from)} to ${formatLine(to)}`
    : `${formatLine(from)} and later`;
}

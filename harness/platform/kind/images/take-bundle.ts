/** A run with a bundle: it is verified and installed, and what it was made for is what the run takes. */
import { HarnessError } from '../../../base/errors.ts';
import type { VersionWindow } from '../../version-windows.ts';
import { windowWith } from '../../versions.ts';
import type { Engine, EngineInfo } from '../engine/engine.ts';
import type { KindOptions } from '../options.ts';
import { installBundle, nodeImageOf, type OpenedBundle, openBundle } from './opened-bundle.ts';

/**
 * Verifies a bundle, and brings what this machine itself needs of it: images for the engine, programs.
 * @param edition - the one that is run
 * @throws HarnessError ERR_PLATFORM_NOT_READY for one that is damaged, or for another platform or edition;
 *   nothing was brought then
 */
export async function takeBundle(
  file: string,
  engine: Engine,
  info: EngineInfo,
  { edition, cache, signal, onProgress }: KindOptions & { readonly signal: AbortSignal },
): Promise<OpenedBundle> {
  onProgress?.(`checking the bundle ${file}`);
  const bundle = await openBundle(file, info, signal);
  assertEdition(bundle, edition);
  for (const sentence of await installBundle(bundle, engine, cache, signal)) onProgress?.(sentence);
  return bundle;
}

/** Completes the user's settings by those that the images of a bundle were chosen by. */
export function withBundle<Options extends KindOptions>(options: Options, bundle: OpenedBundle): Options {
  const { hub, tag, set, loadBalancer } = bundle.head.settings;
  const nodeImage = nodeImageOf(bundle);
  return {
    ...(hub !== undefined && { hub }),
    ...(tag !== undefined && { tag }),
    ...(loadBalancer !== undefined && { loadBalancer }),
    ...(nodeImage !== undefined && { nodeImage }),
    ...options,
    set: options.set !== undefined && options.set.length > 0 ? options.set : set,
  };
}

function assertEdition({ file, head }: OpenedBundle, edition: string): void {
  if (head.edition === edition) return;
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `${file} is for edition ${head.edition} (Istio ${head.istio}), and edition ${edition} is run.`,
    { hint: 'Leave --edition out: it follows from the bundle.' },
  );
}

/** Returns the versions of a run with a bundle: its release, unless the user names one. */
export const windowOfBundle = (
  window: VersionWindow,
  { istioVersion, istioFolder }: KindOptions,
  { head }: OpenedBundle,
): VersionWindow =>
  istioVersion === undefined && istioFolder === undefined ? windowWith(window.edition, head.istio) : window;

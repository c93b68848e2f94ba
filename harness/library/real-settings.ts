/** The settings of real clusters, as a program gives them. */
import { HarnessError } from '../base/errors.ts';
import type { RealSettings } from '../platform/real-settings.ts';
import { defaultEdition, type SessionOptions } from '../session/options.ts';
import { aBoolean, aFunction, anObject, aText, checkOptions, texts } from './options.ts';

const NEEDED = {
  edition: aText,
  state: aText,
  cache: aText,
  contexts: texts,
  apiServers: texts,
  variables: anObject,
  kubeconfigs: texts,
  imageArchives: texts,
  set: texts,
  noCache: aBoolean,
  offline: aBoolean,
};

const SETTINGS = {
  ...NEEDED,
  mirror: aText,
  istioFolder: aText,
  istioVersion: aText,
  path: aText,
  loadBalancer: aText,
  registryConfig: aText,
  nodeImage: aText,
  cleanLeftovers: aBoolean,
  bundle: aText,
  hub: aText,
  tag: aText,
  onProgress: aFunction,
} satisfies Record<keyof RealSettings, unknown>;

/**
 * Checks them where they have an effect.
 * @throws HarnessError ERR_USAGE with everything that is missing or wrong
 */
export function checkRealSettings(options: SessionOptions): void {
  const { platform = 'simulator', real, plan } = options;
  if (real === undefined || typeof platform !== 'string' || platform === 'simulator') return;
  checkOptions('real', real, SETTINGS, Object.keys(NEEDED));
  const edition = plan?.edition ?? options.edition ?? defaultEdition(platform);
  if (real.edition !== edition)
    throw new HarnessError(
      'ERR_USAGE',
      `real is for edition ${real.edition}, and edition ${edition} is run.`,
      {
        hint: 'Give run and real the same edition: versions of programs go with it.',
      },
    );
}

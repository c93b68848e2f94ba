/** Which settings Istio has: those that the simulated charts do not know are no mistake of the user's. */
import real from './real-settings.json' with { type: 'json' };

const names = new Map(
  Object.entries(real.settings as Readonly<Record<string, string>>).map(([at, text]) => [
    at,
    new Set(text.split(' ')),
  ]),
);

/**
 * Tells whether Istio has a setting.
 * @param at - where it stands: `components.ingressGateways.0.k8s`; empty for the top of the spec
 */
export const isRealSetting = (at: string, name: string): boolean =>
  names.get(at.replace(/(?<=^|\.)\d+(?=\.|$)/g, '*'))?.has(name) ?? false;

/** Profiles that are simulated: manifests/profiles @1.8.0 and @1.30.3. */
export const PROFILES = ['default', 'demo', 'empty', 'minimal', 'preview', 'remote', 'stable'] as const;

/** Profiles that Istio has besides. */
export const REAL_PROFILES: readonly string[] = ['ambient', 'external', 'openshift', 'openshift-ambient'];

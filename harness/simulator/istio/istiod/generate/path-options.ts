/**
 * How proxies normalize paths (pilot/pkg/networking/core/v1alpha3/listener.go @1.8.0, where nothing can be
 * set; pilot/pkg/networking/core/listener_builder.go, buildHTTPConnectionManager @1.30.3).
 */
import type { PathOptions } from '../../xds/resources.ts';
import type { PushContext } from '../mesh/push-context.ts';

const BASE: PathOptions = { normalizes: true, mergesSlashes: false };
const KEEPS = { escapedSlashes: 'KEEP_UNCHANGED' } as const;
/** By `pathNormalization.normalization`; DEFAULT is BASE. */
const BY_NAME: ReadonlyMap<string, PathOptions> = new Map<string, PathOptions>([
  ['NONE', { normalizes: false, mergesSlashes: false, ...KEEPS }],
  ['MERGE_SLASHES', { normalizes: true, mergesSlashes: true, ...KEEPS }],
  [
    'DECODE_AND_MERGE_SLASHES',
    { normalizes: true, mergesSlashes: true, escapedSlashes: 'UNESCAPE_AND_FORWARD' },
  ],
]);

/** Returns what every connection manager says of paths. */
export const pathOptions = ({ behaviour, state }: PushContext): PathOptions =>
  behaviour.pathNormalization === 'base'
    ? BASE
    : (BY_NAME.get(state.mesh.pathNormalization) ?? { ...BASE, ...KEEPS });

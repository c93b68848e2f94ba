/** Image references: `docker.io/istio/proxyv2:1.8.0` taken apart, and matched with images. */
import type { Image } from '../program.ts';

/**
 * The registries of Istio's images: docker.io/istio, gcr.io/istio-release, registry.istio.io/release, and
 * gcr.io/istio-testing for untagged builds.
 */
export const IMAGE_ORGANISATIONS: readonly string[] = ['istio', 'istio-release', 'release'];

/** A reference without its registry. */
export interface ImageReference {
  /** The path without the registry: `istio/proxyv2`; `library/busybox` for a bare name on Docker Hub. */
  readonly path: string;
  /** `latest` if none is given. */
  readonly tag: string;
}

/** @returns undefined for what is no image reference (the kubelet says InvalidImageName) */
export function parseReference(reference: string): ImageReference | undefined {
  const match = /^([^@]+?)(?::([\w][\w.-]{0,127}))?(?:@sha256:[0-9a-f]{64})?$/.exec(reference);
  const name = match?.[1];
  if (!match || name === undefined) return undefined;
  const parts = name.split('/');
  const first = parts[0] ?? '';
  const hasRegistry =
    parts.length > 1 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const path = parts.slice(hasRegistry ? 1 : 0).join('/');
  if (!/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(path)) return undefined;
  return { path: path.includes('/') || hasRegistry ? path : `library/${path}`, tag: match[2] ?? 'latest' };
}

/**
 * Tells whether a reference means an image: its path ends in the image's name, at a slash, and the image has
 * the tag.
 */
export function isReferenceOf(
  { path, tag }: ImageReference,
  { name, tags }: Pick<Image, 'name' | 'tags'>,
): boolean {
  const isNamed = path === name || path.endsWith(`/${name}`);
  return isNamed && (tags === undefined || tags.includes(tag));
}

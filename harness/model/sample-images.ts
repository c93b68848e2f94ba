/** A sample with its images taken from elsewhere. */

/**
 * Replaces the beginnings of image references in the samples.
 * @param replaced - beginning of a reference → its replacement: `docker.io/istio/` →
 *   `registry.example/istio/`
 */
export function withImages(manifest: string, replaced: Readonly<Record<string, string>>): string {
  return Object.entries(replaced).reduce(
    (text, [from, to]) => text.replaceAll(`image: ${from}`, `image: ${to}`),
    manifest,
  );
}

/** A sample with its images taken from elsewhere. */

/**
 * @param replaced - beginning of a reference → what stands in its place: `docker.io/istio/` →
 *   `registry.example/istio/`
 */
export function withImages(manifest: string, replaced: Readonly<Record<string, string>>): string {
  return Object.entries(replaced).reduce(
    (text, [from, to]) => text.replaceAll(`image: ${from}`, `image: ${to}`),
    manifest,
  );
}

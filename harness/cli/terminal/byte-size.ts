/** Sizes for people. */

/** Writes a size: `812 kB`, `1.2 MB`; in powers of ten, as file managers do. */
export function byteSize(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1000)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

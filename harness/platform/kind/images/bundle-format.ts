/**
 * The file that an air-gapped machine needs: a tar. Its first entry tells what is in it, the last the size
 * and the SHA-256 of each of the others, in between are archives of `docker save`, programs and unpacked
 * releases.
 */
import { HarnessError } from '../../../base/errors.ts';
import * as z from '../../../base/zod.ts';

/** Name of the first entry. */
export const HEAD = 'mesh-harness-bundle.json';
/** Name of the last entry. */
export const DIGESTS = 'digests.json';
/** The version of the format that this release writes and reads. */
export const FORMAT = 1;

/** A place below the cache of programs; it leads nowhere else. */
const below = z.string().regex(/^(?:[\w+-][\w.+-]*\/)*[\w+-][\w.+-]*$/);
const platform = z.string().regex(/^[a-z0-9]+\/[a-z0-9]+$/);

const member = z.discriminatedUnion('kind', [
  /** An archive of `docker save` with this one image. */
  z.object({
    kind: z.literal('image'),
    name: z.string(),
    role: z.enum(['node', 'cache', 'mesh', 'load-balancer']),
    /** The name that the image has in its archive. */
    reference: z.string(),
    /** What was asked for, if that has a digest. */
    asked: z.string().exactOptional(),
    /** As the engine has told it that wrote the archive. */
    id: z.string(),
  }),
  /** A file of the cache. */
  z.object({
    kind: z.literal('file'),
    name: z.string(),
    path: below,
    isProgram: z.boolean(),
    what: z.string(),
  }),
  /** A folder of the cache, as a tar. */
  z.object({ kind: z.literal('folder'), name: z.string(), path: below, what: z.string() }),
]);
/** An entry between the first and the last. */
export type Member = Readonly<z.infer<typeof member>>;
/** An entry with an image. */
export type ImageMember = Extract<Member, { readonly kind: 'image' }>;
/** An entry with something for the cache of programs. */
export type CacheMember = Exclude<Member, ImageMember>;

const head = z.object({
  format: z.literal(FORMAT),
  /** The release of mesh-harness that wrote it. */
  madeBy: z.string(),
  /** Of the images: `linux/amd64`. */
  platform,
  /** Of the programs: `linux/amd64`, `darwin/arm64`. */
  programs: platform,
  edition: z.string(),
  istio: z.string(),
  kubernetes: z.string(),
  /** What the images were chosen by; a run with the bundle takes the same where it is told nothing else. */
  settings: z.object({
    hub: z.string().exactOptional(),
    tag: z.string().exactOptional(),
    set: z.array(z.string()).readonly(),
    loadBalancer: z.string().exactOptional(),
  }),
  members: z.array(member).readonly(),
});
/** What the first entry says. */
export type BundleHead = Readonly<z.infer<typeof head>>;

const digests = z.record(
  z.string(),
  z.object({ bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
);
/** Name of an entry → its size and SHA-256. */
export type Digests = Readonly<z.infer<typeof digests>>;

/**
 * Reads the first entry.
 * @throws HarnessError ERR_PLATFORM_NOT_READY for what is none, or of another format
 */
export function readHead(file: string, text: string): BundleHead {
  const parsed: unknown = parsedJson(text);
  const { format } = (parsed ?? {}) as { readonly format?: unknown }; // whatever it is
  if (typeof format === 'number' && format !== FORMAT)
    throw noBundle(file, `it has format ${format}, and this release reads format ${FORMAT}`);
  const result = head.safeParse(parsed);
  if (result.success) return result.data;
  throw noBundle(file, `its ${HEAD} has another shape`);
}

/** Reads the last entry. @throws HarnessError ERR_PLATFORM_NOT_READY */
export function readDigests(file: string, text: string): Digests {
  const result = digests.safeParse(parsedJson(text));
  if (result.success) return result.data;
  throw noBundle(file, `its ${DIGESTS} has another shape`);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes the error for a file that is no bundle, or a damaged one. */
export const noBundle = (file: string, why: string): HarnessError =>
  new HarnessError('ERR_PLATFORM_NOT_READY', `${file} is no sound bundle of mesh-harness: ${why}.`, {
    hint: 'Nothing of it was loaded. mesh-harness images save FILE writes one; copy it whole.',
  });

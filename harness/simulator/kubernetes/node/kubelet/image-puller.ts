/** Keeps the images of a node, and pulls others: from the catalog, after a moment, or not at all. */
import { createHash } from 'node:crypto';
import { type Clock, sleep } from '../../../../base/clock.ts';
import type { Random } from '../../../../base/random.ts';
import type { Image, ImageCatalog } from '../../../program.ts';

/** An image could not be had; `reason` is the container's waiting reason. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly reason: 'ErrImagePull' | 'ErrImageNeverPull' | 'InvalidImageName';
  constructor(reason: ImageError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** An image that is on the node. */
export interface PulledImage {
  readonly image: Image;
  /** `docker.io/istio/proxyv2@sha256:…` */
  readonly id: string;
  /** Milliseconds that the pull took; undefined if the image was there. */
  readonly pullMs: number | undefined;
}

/**
 * A pull takes this long at least, and up to as much again: long enough to betray a command that does not
 * wait for pods.
 */
const PULL_MS = 700;

/**
 * Completes an image reference: `auto` → `docker.io/library/auto:latest` (distribution/reference
 * normalize.go).
 */
export function normalizeReference(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const hasRegistry =
    rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const path = hasRegistry ? reference : `docker.io/${rest.length === 0 ? 'library/' : ''}${reference}`;
  const last = path.slice(path.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? path : `${path}:latest`;
}

const REFERENCE =
  /^[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;

/** Pulls the images of one node, each once unless a pod asks for it again. */
export class ImagePuller {
  readonly #catalog: ImageCatalog;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #present = new Set<string>();
  readonly #isOnNode: ((reference: string) => boolean) | undefined;

  /** @param isOnNode - where no registry can be asked: the images that are there, by whole references */
  constructor(
    catalog: ImageCatalog,
    clock: Clock,
    random: Random,
    isOnNode?: (reference: string) => boolean,
  ) {
    this.#catalog = catalog;
    this.#clock = clock;
    this.#random = random;
    this.#isOnNode = isOnNode;
  }

  /** Does this container have to wait for a pull? */
  needsPull(reference: string, policy: string): boolean {
    return policy === 'Always' || !this.#isPresent(normalizeReference(reference));
  }

  /**
   * @param policy - Always, IfNotPresent or Never
   * @throws ImageError; the signal's reason
   */
  async pull(reference: string, policy: string, signal: AbortSignal): Promise<PulledImage> {
    refuseBadReference(reference);
    const name = normalizeReference(reference);
    const image = this.#catalog(reference);
    const isPresent = image !== undefined && this.#isPresent(name);
    if (!isPresent && policy === 'Never') {
      throw new ImageError(
        'ErrImageNeverPull',
        `Container image "${reference}" is not present with pull policy of Never`,
      );
    }
    let pullMs: number | undefined;
    if (!isPresent || policy === 'Always') {
      // With `Always`, a present image costs only the question for its digest.
      pullMs = isPresent ? PULL_MS / 10 : PULL_MS + this.#random.integer(PULL_MS);
      await sleep(this.#clock, pullMs, signal);
    }
    if ((!isPresent || policy === 'Always') && this.#isOnNode) throw unreachable(name);
    if (!image) throw pullDenied(name);
    this.#present.add(name);
    return { image, id: `${name.replace(/(:[^/:]+|@.*)$/, '')}@sha256:${digestOf(name)}`, pullMs };
  }

  #isPresent(name: string): boolean {
    return this.#present.has(name) || this.#isOnNode?.(name) === true;
  }
}

/** @throws ImageError if a container could never have such an image */
function refuseBadReference(reference: string): void {
  if (REFERENCE.test(reference)) return;
  throw new ImageError(
    'InvalidImageName',
    `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": invalid reference format`,
  );
}

/** Makes the error of an image that no registry has, as containerd words it. @param name - normalized */
const pullDenied = (name: string): ImageError =>
  new ImageError(
    'ErrImagePull',
    `failed to pull and unpack image "${name}": failed to resolve reference "${name}": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
  );

/** Makes the error of a registry that nobody answers for, as containerd words it. @param name - normalized */
function unreachable(name: string): ImageError {
  const [host = '', ...path] = name.split('/');
  const [repository = '', tag = ''] = path.join('/').split(/[:@]/);
  const url = `https://${host}/v2/${repository}/manifests/${tag}`;
  return new ImageError(
    'ErrImagePull',
    `failed to pull and unpack image "${name}": failed to resolve reference "${name}": ` +
      `failed to do request: Head "${url}": dial tcp: lookup ${host}: no such host`,
  );
}

const digestOf = (name: string) => createHash('sha256').update(name).digest('hex');

/** The file system of one container: its own layer, with the pod's volumes mounted into it. */
import type { ContainerFiles } from '../../../program.ts';
import type { Container } from '../../client/kinds.ts';
import type { MountedVolume } from './volumes.ts';

interface Mount {
  /** Without a slash at the end; the root is the empty string. */
  readonly path: string;
  readonly subPath: string | undefined;
  readonly readOnly: boolean;
  readonly volume: MountedVolume;
}

interface Place {
  readonly mount: Mount;
  /** The path within the volume; empty for its root. */
  readonly inside: string;
}

const fileError = (code: string, what: string, path: string) =>
  Object.assign(new Error(`${code}: ${what}, open '${path}'`), { code });

/** Normalizes a path: `/a//b/./c/../d/` → `/a/b/d`. A relative path starts at the root. */
function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Returns how the paths of everything in a folder begin. */
const below = (folder: string): string => (folder === '/' ? '/' : `${folder}/`);

/** Makes the file system of one container. @param initial - the files of its own layer, by path */
export function createContainerFiles(
  container: Container,
  volumes: ReadonlyMap<string, MountedVolume>,
  initial: Readonly<Record<string, string>> = {},
): ContainerFiles {
  return new MountedFiles(mountsOf(container, volumes), initial);
}

/** Lists the mounts of a container, the innermost first: it wins. */
function mountsOf(container: Container, volumes: ReadonlyMap<string, MountedVolume>): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const { name, mountPath, subPath, readOnly = false } of container.volumeMounts ?? []) {
    const volume = volumes.get(name);
    if (volume) mounts.push({ path: normalize(mountPath), subPath: subPath || undefined, readOnly, volume });
  }
  return mounts.sort((a, b) => b.path.length - a.path.length);
}

class MountedFiles implements ContainerFiles {
  readonly #mounts: readonly Mount[];
  /** The container's own files, by path. */
  readonly #layer: Map<string, string>;

  constructor(mounts: readonly Mount[], initial: Readonly<Record<string, string>>) {
    this.#mounts = mounts;
    this.#layer = new Map(Object.entries(initial));
  }

  read(path: string): string {
    const content = this.#contentOf(normalize(path));
    if (content === undefined) throw fileError('ENOENT', 'no such file or directory', path);
    return content;
  }

  exists(path: string): boolean {
    const normal = normalize(path);
    return (
      this.#contentOf(normal) !== undefined ||
      this.#mounts.some(mount => mount.path === normal && mount.subPath === undefined) ||
      this.#namesIn(normal).size > 0
    );
  }

  list(folder: string): string[] {
    return [...this.#namesIn(normalize(folder))].sort();
  }

  write(path: string, content: string): void {
    const normal = normalize(path);
    const place = this.#placeOf(normal);
    if (!place) {
      this.#layer.set(normal, content);
      return;
    }
    if (place.mount.readOnly || !place.mount.volume.writable) {
      throw fileError('EROFS', 'read-only file system', path);
    }
    place.mount.volume.files.set(place.inside, content);
  }

  /** @returns undefined for a path of the container's own layer */
  #placeOf(path: string): Place | undefined {
    const mount = this.#mounts.find(each => path === each.path || path.startsWith(`${each.path}/`));
    if (!mount) return undefined;
    const { subPath } = mount;
    const rest = path.slice(mount.path.length + 1);
    if (subPath === undefined) return { mount, inside: rest };
    return { mount, inside: rest === '' ? subPath : `${subPath}/${rest}` };
  }

  #contentOf(path: string): string | undefined {
    const place = this.#placeOf(path);
    if (!place) return this.#layer.get(path);
    place.mount.volume.beforeRead();
    return place.mount.volume.files.get(place.inside);
  }

  /** Lists the names of files and folders in a folder, with those of mounts. */
  #namesIn(folder: string): ReadonlySet<string> {
    const names = new Set<string>();
    const addFrom = (paths: Iterable<string>, prefix: string) => {
      for (const path of paths) {
        if (!path.startsWith(prefix)) continue;
        const [name] = path.slice(prefix.length).split('/');
        if (name) names.add(name);
      }
    };
    const place = this.#placeOf(folder);
    if (place) addFrom(place.mount.volume.files.keys(), place.inside === '' ? '' : `${place.inside}/`);
    else addFrom(this.#layer.keys(), below(folder));
    addFrom(
      this.#mounts.map(({ path }) => path),
      below(folder),
    );
    return names;
  }
}

/**
 * Random sequences of valid requests: each gives its next request when it is told how the last one was
 * answered. Pure.
 */
import { createRandom, type Random } from '../../../../harness/base/random.ts';
import type { Kind, Surroundings } from './kind.ts';
import {
  customKind,
  DEFINITION,
  DEPLOYMENT,
  definitionVersion,
  KINDS,
  NAMESPACE,
  POD,
  REPLICA_SET,
} from './kinds.ts';
import { MORE_WORKLOADS } from './more-kinds.ts';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Milliseconds to wait before it is sent: controllers have their say meanwhile. */
  readonly pauseMs?: number;
  /** The resource key of what it creates. */
  readonly creates?: string;
  /** Stays open until the sequence ends; its answer, an empty one, comes at once. */
  readonly watch?: { readonly apiVersion: string; readonly plural: string; readonly namespace?: string };
}

export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

/** An object that a sequence has created. */
export interface Made {
  readonly kind: Kind;
  /** Empty for what belongs to no namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly app: string;
  /** How many the sequence had made before. */
  readonly age: number;
}

/** What a sequence has left behind. */
export interface Left {
  readonly made: readonly Made[];
  /** Those of them that have the sequences' finalizer, or had it. */
  readonly held: readonly Made[];
}

/** The requests of a sequence. */
export type Sequence = Generator<Request, Left, Answer>;

/** The one finalizer that nobody but the sequences removes. */
export const FINALIZER = 'example.com/hold';
const JOB_TRACKING = 'batch.kubernetes.io/job-tracking';
/** So many sequences share a namespace. */
export const BLOCK = 20;

export const namespaceOf = (index: number): string => `random-${Math.floor(index / BLOCK)}`;

export function pathOf(kind: Kind, namespace: string, ...rest: readonly string[]): string {
  const root = kind.apiVersion.includes('/') ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const scope = kind.isNamespaced && namespace !== '' ? ['namespaces', namespace] : [];
  return [root, ...scope, kind.plural, ...rest].join('/');
}

interface StoredObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
}

const itemsOf = ({ body }: Answer): readonly StoredObject[] =>
  (body as { readonly items?: readonly StoredObject[] }).items ?? []; // an error has none

const MERGE = 'application/merge-patch+json';
const isDone = ({ code }: Answer): boolean => code >= 200 && code < 300;

type Step = Generator<Request, void, Answer>;

class Writer {
  readonly #random: Random;
  readonly #index: number;
  /** That of its block, and perhaps one of its own. */
  readonly #namespaces: string[];
  readonly #apps: readonly string[];
  readonly #made: Made[] = [];
  readonly #held = new Set<Made>();
  readonly #redefined = new Set<Made>();
  #ages = 0;
  /** May an object be told to wait for those that it owns? In a ring one may, and the others may not. */
  #mayWait = true;
  #hasWaiting = false;
  #count = 0;

  constructor(seed: string, index: number) {
    this.#random = createRandom(`${seed}/${index}`);
    this.#index = index;
    this.#namespaces = [namespaceOf(index)];
    this.#apps = [`a${index}`, `b${index}`];
  }

  *write(): Sequence {
    const random = this.#random;
    const theme = random.pick(THEMES);
    const length = 3 + random.integer(6);
    for (let step = 0; step < length; step++)
      yield* this.#step(step < 2 ? random.pick(theme.first) : random.pick(theme.later));
    // What is not served can be neither changed nor deleted.
    const versions = [definitionVersion('v1', { storage: false }), definitionVersion('v2')];
    for (const made of this.#redefined) yield this.#mergePatch(made, { spec: { versions } });
    // One in four leaves behind what it has made, for the end of its block.
    if (random.integer(4) === 0) return { made: this.#made, held: [...this.#held] };
    for (const made of this.#held) yield* releaseOf(made);
    for (const made of [...this.#made]) yield* this.#delete(made);
    return { made: this.#made, held: [] };
  }

  #step(name: StepName): Step {
    switch (name) {
      case 'create anything':
        return this.#createAnything();
      case 'create workload':
        return this.#createWorkload();
      case 'create namespace':
        return this.#createNamespace();
      case 'create custom':
        return this.#createCustom();
      case 'change definition':
        return this.#changeDefinition();
      case 'watch':
        return this.#watch();
      case 'patch':
        return this.#patch();
      case 'update':
        return this.#update();
      case 'status':
        return this.#status();
      case 'scale':
        return this.#scale();
      case 'relabel':
        return this.#relabel();
      case 'relabel parts':
        return this.#relabelParts();
      case 're-own':
        return this.#reown();
      case 're-own parts':
        return this.#reownParts();
      case 'ring':
        return this.#ring();
      case 'twin':
        return this.#twin();
      case 'finalizer':
        return this.#finalizer();
      case 'delete':
        return this.#deleteOne();
      case 'delete collection':
        return this.#deleteCollection();
      case 'evict':
        return this.#evict();
    }
  }

  /** One of its objects; undefined as long as it has none. */
  #any(accept: (made: Made) => boolean = () => true): Made | undefined {
    const fitting = this.#made.filter(accept);
    return fitting.length > 0 ? this.#random.pick(fitting) : undefined;
  }

  #at(namespace: string, name: string, app: string): Surroundings {
    return { random: this.#random, namespace, name, app };
  }

  #pause(): { readonly pauseMs?: number } {
    return this.#random.integer(8) === 0 ? { pauseMs: this.#random.integer(300) } : {};
  }

  *#create(
    kind: Kind,
    content?: Readonly<Record<string, unknown>>,
    ownName?: string,
  ): Generator<Request, Made | undefined, Answer> {
    const random = this.#random;
    const app = random.pick(this.#apps);
    const namespace = kind.isNamespaced ? random.pick(this.#namespaces) : '';
    // A Service and its Endpoints meet by their names, as a Deployment and its autoscaler do.
    const name =
      ownName ?? (random.integer(3) === 0 && kind.isNamespaced ? app : `n${this.#index}-${this.#count++}`);
    const { metadata, ...rest } =
      content ?? kind.content(this.#at(kind.isNamespaced ? namespace : namespaceOf(this.#index), name, app));
    const given = (metadata ?? {}) as { readonly labels?: object; readonly annotations?: object };
    const isHeld = random.integer(8) === 0;
    const owner = random.integer(8) === 0 ? this.#any() : undefined;
    const body = {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      metadata: {
        name,
        ...given,
        labels: { app, ...given.labels },
        ...(isHeld && { finalizers: [FINALIZER] }),
        ...(owner && { ownerReferences: [this.#referenceTo(owner, this.#ages)] }),
      },
      ...rest,
    };
    const answer = yield {
      method: 'POST',
      path: pathOf(kind, namespace),
      body,
      creates: kind.key,
      ...this.#pause(),
    };
    if (answer.code !== 201) return undefined;
    const stored = (answer.body as StoredObject).metadata;
    const made = { kind, namespace, name: stored.name, app, age: this.#ages++, uid: stored.uid };
    this.#made.push(made);
    if (isHeld) this.#held.add(made);
    return made;
  }

  *#createAnything(): Step {
    const kind = this.#random.pick(KINDS);
    if (kind === NAMESPACE) yield* this.#createNamespace();
    else if (kind === DEFINITION) yield* this.#createCustom();
    else yield* this.#create(kind);
  }

  *#createWorkload(): Step {
    yield* this.#create(this.#random.pick(WORKLOAD));
  }

  *#createNamespace(): Step {
    const made = yield* this.#create(
      NAMESPACE,
      undefined,
      `${namespaceOf(this.#index)}-${this.#index}-${this.#count++}`,
    );
    if (made) this.#namespaces.push(made.name);
  }

  /** A definition, and objects of it; the second time only another object. */
  *#createCustom(): Step {
    const known = this.#any(({ kind }) => kind.key.endsWith('.random.example.com'));
    if (known && this.#random.integer(2) === 0) {
      yield* this.#create(known.kind);
      return;
    }
    const name = `things${this.#index}x${this.#count++}.random.example.com`;
    const content = DEFINITION.content(this.#at('', name, this.#random.pick(this.#apps)));
    const made = yield* this.#create(DEFINITION, content, name);
    if (!made) return;
    const { scope } = (content as { readonly spec: { readonly scope: string } }).spec;
    const kind = customKind(name, scope === 'Namespaced');
    yield* this.#create(kind);
    if (this.#random.integer(2) === 0) yield* this.#create(kind);
  }

  *#changeDefinition(): Step {
    const made = this.#any(({ kind }) => kind === DEFINITION);
    if (!made) return;
    const random = this.#random;
    const old = definitionVersion('v1', { storage: false, served: random.integer(2) === 0 });
    const columns = [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }];
    const size = { type: random.pick(['integer', 'string']) };
    const schema = {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec: { type: 'object', required: ['size'], properties: { size } } },
      },
    };
    const spec = random.pick([
      { versions: [old, definitionVersion('v2')] },
      { versions: [definitionVersion('v1', { additionalPrinterColumns: columns })] },
      { versions: [definitionVersion('v1', { schema })] },
      { versions: [definitionVersion('v1', { served: false })] },
      { versions: [definitionVersion('v1')] },
      { scope: random.pick(['Cluster', 'Namespaced']) },
      { names: { shortNames: [`t${this.#index}`] } },
    ]);
    this.#redefined.add(made);
    yield this.#mergePatch(made, { spec });
  }

  *#watch(): Step {
    const { kind } = this.#any() ?? { kind: this.#random.pick(KINDS) };
    const query = {
      ...(this.#random.integer(2) === 0 && { allowWatchBookmarks: 'true' }),
      ...(this.#random.integer(3) === 0 && { labelSelector: `app=${this.#random.pick(this.#apps)}` }),
    };
    const namespace = this.#random.pick(['', namespaceOf(this.#index)]);
    const { apiVersion, plural } = kind;
    const watch = { apiVersion, plural, ...(kind.isNamespaced && namespace !== '' && { namespace }) };
    yield { method: 'GET', path: pathOf(kind, namespace), query, watch };
  }

  #objectPath({ kind, namespace, name }: Made, ...rest: readonly string[]): string {
    return pathOf(kind, namespace, name, ...rest);
  }

  #mergePatch(made: Made, body: unknown, ...rest: readonly string[]): Request {
    return {
      method: 'PATCH',
      path: this.#objectPath(made, ...rest),
      body,
      contentType: MERGE,
      ...this.#pause(),
    };
  }

  *#patch(): Step {
    const made = this.#any();
    if (!made) return;
    const path = this.#objectPath(made);
    const change = made.kind.change(this.#at(made.namespace, made.name, made.app));
    const form = this.#random.integer(5);
    // Custom kinds know no strategic merge; and there a list is merged, or replaced, as its kind has it.
    if (form === 0 && !made.kind.apiVersion.startsWith('random.')) {
      yield { method: 'PATCH', path, body: change, contentType: 'application/strategic-merge-patch+json' };
    } else if (form === 1) {
      const body = [
        { op: 'add', path: '/metadata/annotations', value: { 'example.com/patched': String(this.#count++) } },
      ];
      yield { method: 'PATCH', path, body, contentType: 'application/json-patch+json' };
    } else if (form === 2) {
      const labels = { 'example.com/applied': String(this.#count++) };
      const body = {
        apiVersion: made.kind.apiVersion,
        kind: made.kind.kind,
        metadata: { name: made.name, labels },
      };
      const query = { fieldManager: this.#random.pick(['one', 'other']), force: 'true' };
      yield { method: 'PATCH', path, body, query, contentType: 'application/apply-patch+yaml' };
    } else yield this.#mergePatch(made, change);
  }

  /** Reads an object and writes it back with another label. */
  *#update(): Step {
    const made = this.#any();
    if (!made) return;
    const path = this.#objectPath(made);
    const answer = yield { method: 'GET', path };
    if (!isDone(answer)) return;
    const object = answer.body as StoredObject;
    const labels = { ...object.metadata.labels, 'example.com/updated': String(this.#count++) };
    yield {
      method: 'PUT',
      path,
      body: { ...object, metadata: { ...object.metadata, labels } },
      ...this.#pause(),
    };
  }

  *#status(): Step {
    const made = this.#any(({ kind }) => kind.status !== undefined);
    const change = made?.kind.status?.(this.#at(made.namespace, made.name, made.app));
    if (made && change) yield this.#mergePatch(made, change, 'status');
  }

  *#scale(): Step {
    const made = this.#any(({ kind }) => kind.hasScale === true);
    if (made) yield this.#mergePatch(made, { spec: { replicas: this.#random.integer(4) } }, 'scale');
  }

  *#relabel(): Step {
    const made = this.#any();
    if (made) yield this.#mergePatch(made, { metadata: { labels: this.#labels() } });
  }

  #labels(): Readonly<Record<string, unknown>> {
    const random = this.#random;
    return random.pick([
      { app: random.pick(this.#apps) },
      { app: null },
      { 'pod-template-hash': null },
      { 'pod-template-hash': 'other' },
      { app: random.pick(this.#apps), 'pod-template-hash': null },
    ]);
  }

  /** What controllers have made of its workloads: a ReplicaSet, a pod, a slice. */
  *#part(): Generator<Request, Made | undefined, Answer> {
    const random = this.#random;
    const kind = random.pick([
      REPLICA_SET,
      POD,
      POD,
      ...KINDS.filter(({ plural }) => plural.startsWith('endpoint')),
    ]);
    const namespace = random.pick(this.#namespaces);
    const app = random.pick(this.#apps);
    const answer = yield {
      method: 'GET',
      path: pathOf(kind, namespace),
      query: { labelSelector: `app=${app}` },
      ...this.#pause(),
    };
    // A Job's pod that somebody else has taken keeps the Job's finalizer for ever, in Kubernetes too.
    const items = itemsOf(answer).filter(({ metadata }) => !metadata.finalizers?.includes(JOB_TRACKING));
    if (items.length === 0) return undefined;
    const { name, uid } = random.pick(items).metadata;
    // What no sequence has made is younger than all that they have.
    return this.#made.find(made => made.uid === uid) ?? { kind, namespace, name, uid, app, age: this.#ages };
  }

  *#relabelParts(): Step {
    const part = yield* this.#part();
    if (part) yield this.#mergePatch(part, { metadata: { labels: this.#labels() } });
  }

  /**
   * Only younger objects hold up the deletion of older ones: what waits for each other stays for ever, in
   * Kubernetes too.
   */
  #referenceTo(owner: Made, dependentAge: number, controller = this.#random.integer(3) === 0) {
    const { kind, name, uid } = owner;
    return {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      name,
      uid,
      ...(controller && { controller }),
      ...(owner.age < dependentAge && this.#random.integer(2) === 0 && { blockOwnerDeletion: true }),
    };
  }

  /** Gives an object other owners, or none; they may be in deletion, in another namespace, or itself. */
  *#reown(): Step {
    const made = this.#any();
    if (!made) return;
    const owners = Array.from({ length: this.#random.integer(3) }, () => this.#any()).filter(
      owner => owner !== undefined,
    );
    const unique = [...new Map(owners.map(owner => [owner.uid, owner])).values()];
    yield this.#mergePatch(made, {
      metadata: {
        ownerReferences: unique.map((owner, index) => this.#referenceTo(owner, made.age, index === 0)),
      },
    });
  }

  *#reownParts(): Step {
    const part = yield* this.#part();
    if (!part) return;
    const owner = this.#any();
    const ownerReferences =
      owner && this.#random.integer(4) > 0 ? [this.#referenceTo(owner, part.age, true)] : null;
    yield this.#mergePatch(part, { metadata: { ownerReferences } });
  }

  /**
   * Two objects that own each other and hold each other up, one of which is deleted. Definitions and
   * namespaces would wait for what is in them, too.
   */
  *#ring(): Step {
    const fits = ({ kind }: Made) => KINDS.includes(kind) && kind !== DEFINITION && kind !== NAMESPACE;
    const one = this.#any(fits);
    const other = this.#any(made => made !== one && fits(made));
    if (!one || !other || !this.#mayWait || this.#hasWaiting) return;
    const young = Number.POSITIVE_INFINITY;
    yield this.#mergePatch(one, { metadata: { ownerReferences: [this.#referenceTo(other, young)] } });
    yield this.#mergePatch(other, { metadata: { ownerReferences: [this.#referenceTo(one, young)] } });
    yield* this.#delete(one);
    this.#mayWait = false;
  }

  /** A ReplicaSet with a Deployment's pod template, but without the label that tells its sets apart. */
  *#twin(): Step {
    const made = this.#any(({ kind }) => kind === DEPLOYMENT);
    if (!made) return;
    const answer = yield { method: 'GET', path: this.#objectPath(made) };
    const { selector, template, replicas } = (answer.body as Partial<StoredObject>).spec ?? {};
    if (!isDone(answer) || !template) return;
    const name = `n${this.#index}-${this.#count++}`;
    const owned = this.#random.integer(2) === 0;
    const body = {
      apiVersion: REPLICA_SET.apiVersion,
      kind: REPLICA_SET.kind,
      metadata: {
        name,
        labels: { app: made.app },
        ...(owned && { ownerReferences: [this.#referenceTo(made, this.#ages, true)] }),
      },
      spec: { replicas, selector, template },
    };
    const created = yield {
      method: 'POST',
      path: pathOf(REPLICA_SET, made.namespace),
      body,
      creates: REPLICA_SET.key,
      ...this.#pause(),
    };
    if (created.code !== 201) return;
    this.#made.push({
      ...made,
      kind: REPLICA_SET,
      name,
      age: this.#ages++,
      uid: (created.body as StoredObject).metadata.uid,
    });
  }

  *#finalizer(): Step {
    const made = this.#any();
    if (!made) return;
    const finalizers = this.#random.pick([[FINALIZER], [FINALIZER], null]);
    this.#held.add(made);
    yield this.#mergePatch(made, { metadata: { finalizers } });
  }

  *#evict(): Step {
    const part = yield* this.#part();
    if (part?.kind !== POD) return;
    const body = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: part.name, namespace: part.namespace },
    };
    yield { method: 'POST', path: this.#objectPath(part, 'eviction'), body };
  }

  *#deleteOne(): Step {
    const made = this.#any();
    if (made) yield* this.#delete(made);
  }

  *#delete(made: Made): Step {
    const random = this.#random;
    const body: { readonly propagationPolicy?: string } & Readonly<Record<string, unknown>> = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      ...random.pick([
        {},
        { propagationPolicy: 'Background' },
        this.#mayWait ? { propagationPolicy: 'Foreground' } : {},
        { propagationPolicy: 'Orphan' },
      ]),
      ...(random.integer(6) === 0 && { gracePeriodSeconds: 0 }),
    };
    this.#hasWaiting ||= body.propagationPolicy === 'Foreground';
    const answer = yield { method: 'DELETE', path: this.#objectPath(made), body, ...this.#pause() };
    const isGone = isDone(answer) && (answer.body as { readonly kind?: string }).kind === 'Status';
    if (isGone) this.#held.delete(made);
    // What is not served for a while may be there yet.
    if (answer.code !== 404 && !isGone) return;
    const at = this.#made.indexOf(made);
    if (at !== -1) this.#made.splice(at, 1);
  }

  *#deleteCollection(): Step {
    const kind = (this.#any() ?? { kind: POD }).kind;
    if (kind === NAMESPACE) return; // has no such verb
    const namespace = this.#random.pick(this.#namespaces);
    const query = { labelSelector: `app=${this.#random.pick(this.#apps)}` };
    yield {
      method: 'DELETE',
      path: pathOf(kind, kind.isNamespaced ? namespace : ''),
      query,
      ...this.#pause(),
    };
  }
}

/**
 * The requests that take the sequences' own finalizer from an object, and leave those of the cluster. A kind
 * whose definition has just changed may not be served for a moment; then it asks again.
 * @throws Error with the last answer if the object keeps the finalizer
 */
export function* releaseOf({ kind, namespace, name }: Made): Step {
  const path = pathOf(kind, namespace, name);
  let last: Answer | undefined;
  for (let attempt = 0; attempt < RELEASES; attempt++) {
    last = yield { method: 'GET', path, ...(attempt > 0 && { pauseMs: RELEASE_PAUSE_MS }) };
    if (isGone(last, name)) return;
    if (!isDone(last)) {
      const definition = `${kind.plural}.${kind.apiVersion.split('/')[0]}`;
      if (isGone(yield { method: 'GET', path: pathOf(DEFINITION, '', definition) }, definition)) return;
      continue;
    }
    const object = last.body as StoredObject;
    if (!object.metadata.finalizers?.includes(FINALIZER)) return;
    const at = object.metadata.finalizers.indexOf(FINALIZER);
    const body = [
      { op: 'test', path: `/metadata/finalizers/${at}`, value: FINALIZER },
      { op: 'remove', path: `/metadata/finalizers/${at}` },
    ];
    last = yield { method: 'PATCH', path, body, contentType: 'application/json-patch+json' };
    if (isDone(last)) return;
  }
  throw new Error(`${path} keeps ${FINALIZER}: ${last?.code} ${JSON.stringify(last?.body).slice(0, 500)}`);
}

const RELEASES = 10;
const RELEASE_PAUSE_MS = 100;

/** Whether the object itself is not there; a kind that is not served has a 404 without its name. */
const isGone = ({ code, body }: Answer, name: string): boolean =>
  code === 404 && (body as { readonly details?: { readonly name?: string } }).details?.name === name;

const WORKLOAD = KINDS.filter(({ key }) =>
  [
    'pods',
    'deployments.apps',
    'replicasets.apps',
    'services',
    'endpoints',
    'poddisruptionbudgets.policy',
    ...MORE_WORKLOADS,
  ].includes(key),
);

const CHANGES = [
  'patch',
  'update',
  'status',
  'relabel',
  're-own',
  'finalizer',
  'delete',
  'delete collection',
  'watch',
] as const;
const PARTS = ['relabel parts', 're-own parts', 'evict', 'scale', 'twin'] as const;
type StepName =
  | (typeof CHANGES)[number]
  | (typeof PARTS)[number]
  | 'create anything'
  | 'create workload'
  | 'create namespace'
  | 'create custom'
  | 'change definition'
  | 'ring';

/** What sequences are about: how they begin, and how they go on. */
const THEMES: readonly { readonly first: readonly StepName[]; readonly later: readonly StepName[] }[] = [
  { first: ['create anything'], later: ['create anything', ...CHANGES] },
  { first: ['create workload'], later: ['create workload', ...CHANGES, ...PARTS] },
  {
    first: ['create workload', 'create anything'],
    later: ['re-own', 'ring', 'delete', 'finalizer', ...PARTS],
  },
  { first: ['create custom'], later: ['create custom', 'change definition', 'watch', ...CHANGES] },
  {
    first: ['create namespace', 'create workload'],
    later: ['create anything', 'delete', ...CHANGES, ...PARTS],
  },
];

/** The sequence of a seed and an index: the same requests for the same answers. */
export function randomSequence(seed: string, index: number): Sequence {
  return new Writer(seed, index).write();
}

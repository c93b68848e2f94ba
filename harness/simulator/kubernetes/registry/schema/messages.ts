/**
 * The types of the built-in kinds as data: the names and types of their fields, for the validation of JSON,
 * their numbers, for protobuf bodies, and how lists and objects merge. `types/` has a file for each Go
 * package;
 * test/peers/kubernetes-types makes them out of the Go modules.
 *
 * A field is `number name type`, and marks. Types: `s` string, `i` 32-bit integer, `l` 64-bit integer, `d`
 * float, `b` boolean, `y` bytes, `T` Time, `M` MicroTime, `Q` Quantity, `I` IntOrString, `R` raw JSON, `X` a
 * list of strings in a message of its own, or a message, with its package if that is another one
 * (`meta/v1.ObjectMeta`). `*` marks pointers of Go, whose zero values count; `[]` lists, `{}` maps by string.
 * The name `~` puts the fields of the message into the one around it, as `json:",inline"` does.
 */
import admissionV1 from './types/admission-v1.json' with { type: 'json' };
import admissionregistrationV1 from './types/admissionregistration-v1.json' with { type: 'json' };
import apiextensionsV1 from './types/apiextensions-v1.json' with { type: 'json' };
import apiregistrationV1 from './types/apiregistration-v1.json' with { type: 'json' };
import appsV1 from './types/apps-v1.json' with { type: 'json' };
import authenticationV1 from './types/authentication-v1.json' with { type: 'json' };
import authorizationV1 from './types/authorization-v1.json' with { type: 'json' };
import autoscalingV1 from './types/autoscaling-v1.json' with { type: 'json' };
import autoscalingV2 from './types/autoscaling-v2.json' with { type: 'json' };
import batchV1 from './types/batch-v1.json' with { type: 'json' };
import certificatesV1 from './types/certificates-v1.json' with { type: 'json' };
import coordinationV1 from './types/coordination-v1.json' with { type: 'json' };
import coreV1 from './types/core-v1.json' with { type: 'json' };
import discoveryV1 from './types/discovery-v1.json' with { type: 'json' };
import eventsV1 from './types/events-v1.json' with { type: 'json' };
import flowcontrolV1 from './types/flowcontrol-v1.json' with { type: 'json' };
import metaV1 from './types/meta-v1.json' with { type: 'json' };
import networkingV1 from './types/networking-v1.json' with { type: 'json' };
import nodeV1 from './types/node-v1.json' with { type: 'json' };
import policyV1 from './types/policy-v1.json' with { type: 'json' };
import rbacV1 from './types/rbac-v1.json' with { type: 'json' };
import resourceV1 from './types/resource-v1.json' with { type: 'json' };
import schedulingV1 from './types/scheduling-v1.json' with { type: 'json' };
import storageV1 from './types/storage-v1.json' with { type: 'json' };

/** What a data file has. */
interface PackageData {
  /** The values of named strings, `|` between them. */
  readonly enums: Readonly<Record<string, string>>;
  /** The messages that apply owns as a whole, a blank between them. */
  readonly atomic: string;
  readonly messages: Readonly<Record<string, string>>;
}

/** The packages by API group and version. */
const BY_API_VERSION: Readonly<Record<string, readonly [name: string, data: PackageData]>> = {
  'admission.k8s.io/v1': ['admission/v1', admissionV1],
  'admissionregistration.k8s.io/v1': ['admissionregistration/v1', admissionregistrationV1],
  'apiextensions.k8s.io/v1': ['apiextensions/v1', apiextensionsV1],
  'apiregistration.k8s.io/v1': ['apiregistration/v1', apiregistrationV1],
  'apps/v1': ['apps/v1', appsV1],
  'authentication.k8s.io/v1': ['authentication/v1', authenticationV1],
  'authorization.k8s.io/v1': ['authorization/v1', authorizationV1],
  'autoscaling/v1': ['autoscaling/v1', autoscalingV1],
  'autoscaling/v2': ['autoscaling/v2', autoscalingV2],
  'batch/v1': ['batch/v1', batchV1],
  'certificates.k8s.io/v1': ['certificates/v1', certificatesV1],
  'coordination.k8s.io/v1': ['coordination/v1', coordinationV1],
  v1: ['core/v1', coreV1],
  'discovery.k8s.io/v1': ['discovery/v1', discoveryV1],
  'events.k8s.io/v1': ['events/v1', eventsV1],
  'flowcontrol.apiserver.k8s.io/v1': ['flowcontrol/v1', flowcontrolV1],
  'meta.k8s.io/v1': ['meta/v1', metaV1],
  'networking.k8s.io/v1': ['networking/v1', networkingV1],
  'node.k8s.io/v1': ['node/v1', nodeV1],
  'policy/v1': ['policy/v1', policyV1],
  'rbac.authorization.k8s.io/v1': ['rbac/v1', rbacV1],
  'resource.k8s.io/v1': ['resource/v1', resourceV1],
  'scheduling.k8s.io/v1': ['scheduling/v1', schedulingV1],
  'storage.k8s.io/v1': ['storage/v1', storageV1],
};

const BY_PACKAGE = new Map(Object.values(BY_API_VERSION));

/** A field of a message. */
export interface Field {
  readonly name: string;
  /** One of the letters above, or a message with its package. */
  readonly type: string;
  readonly shape: 'value' | 'pointer' | 'list' | 'map';
  /**
   * What stands behind the type: `always`, `required`, `list:map`, `keys:a|b`, `patch:merge`,
   * `enum:Protocol`.
   */
  readonly marks: readonly string[];
  /** The minor version that brought the field, 35 for 1.35; 0 for a field of all that are simulated. */
  readonly since: number;
}

/** The fields of a type by their numbers. */
export type Message = ReadonlyMap<number, Field>;

const SHAPES: Readonly<Record<string, Field['shape']>> = { '*': 'pointer', '[]': 'list', '{}': 'map' };

/** Reads a field. @param home - the package of the message */
function parseField(text: string, home: string): readonly [number, Field] {
  const [number = '', name = '', type = '', ...marks] = text.split(' ');
  const [, mark = '', base = ''] = /^(\*|\[\]|\{\})?(.*)$/.exec(type) ?? [];
  const local = base.length > 1 && !base.includes('.');
  const since = marks.find(each => each.startsWith('since:'))?.slice('since:1.'.length) ?? 0;
  return [
    Number(number),
    {
      name,
      type: local ? `${home}.${base}` : base,
      shape: SHAPES[mark] ?? 'value',
      marks,
      since: Number(since),
    },
  ];
}

const parsed = new Map<string, Message>();

/**
 * Finds the fields of a message.
 * @param name - with its package, `core/v1.PodSpec`
 * @returns undefined for a message that is not described
 */
export function messageOf(name: string): Message | undefined {
  const known = parsed.get(name);
  if (known) return known;
  const dot = name.lastIndexOf('.');
  const home = name.slice(0, dot);
  const messages = BY_PACKAGE.get(home)?.messages;
  const short = name.slice(dot + 1);
  const text = messages && Object.hasOwn(messages, short) ? messages[short] : undefined;
  if (text === undefined) return undefined;
  const fields = new Map(text === '' ? [] : text.split(', ').map(field => parseField(field, home)));
  parsed.set(name, fields);
  return fields;
}

/**
 * Returns the name of an object's message. Kinds that all groups have, DeleteOptions for one, are those of
 * meta/v1 (apimachinery pkg/apis/meta/v1/register.go @v1.34, AddToGroupVersion).
 */
export function messageFor(apiVersion: string, kind: string): string {
  const [home, data] = (Object.hasOwn(BY_API_VERSION, apiVersion) && BY_API_VERSION[apiVersion]) || [
    '',
    undefined,
  ];
  return data && !Object.hasOwn(data.messages, kind) && Object.hasOwn(metaV1.messages, kind)
    ? `meta/v1.${kind}`
    : `${home}.${kind}`;
}

/** Returns the values of a named string, `core/v1.Protocol`, in the order of their declaration. */
export function enumOf(name: string): readonly string[] {
  const dot = name.lastIndexOf('.');
  return BY_PACKAGE.get(name.slice(0, dot))?.enums[name.slice(dot + 1)]?.split('|') ?? [];
}

/** Tells whether apply owns the objects of a message as a whole. */
export function isAtomic(name: string): boolean {
  const dot = name.lastIndexOf('.');
  const atomic = BY_PACKAGE.get(name.slice(0, dot))?.atomic ?? '';
  return atomic.split(' ').includes(name.slice(dot + 1));
}

/**
 * Kinds within other kinds. Go's structs of kinds have `apiVersion` and `kind` (`TypeMeta`, inline), which
 * the messages of protobuf leave to the envelope. (staging/src/k8s.io/api, apimachinery pkg/apis/meta/v1
 * @v1.34: all fields whose type has TypeMeta, but for the items of lists.)
 */

/** `volumeClaimTemplates` of StatefulSets; `deleteOptions` of Evictions; outcomes of reviews. */
const EMBEDDED: ReadonlySet<string> = new Set([
  'core/v1.PersistentVolumeClaim',
  'meta/v1.DeleteOptions',
  'meta/v1.Status',
]);

/** Tells whether a field of JSON is one of `apiVersion` and `kind`. */
export const isTypeMeta = (key: string): boolean => key === 'kind' || key === 'apiVersion';

/** Tells whether a message that is the type of a field knows `apiVersion` and `kind`. */
export const hasTypeMeta = (message: string): boolean => EMBEDDED.has(message);

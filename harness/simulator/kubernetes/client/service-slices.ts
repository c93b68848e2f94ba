/** Finds the EndpointSlices of a Service, and the Service of a slice. */
import { type EndpointSlice, keyOf } from './kinds.ts';

/** The resource key of EndpointSlices. */
export const SLICES = 'endpointslices.discovery.k8s.io';
/** The label of a slice with the name of its Service. */
export const SERVICE_NAME = 'kubernetes.io/service-name';

/** Returns the key of the Service to which a slice belongs. */
export function serviceOf(slice: EndpointSlice): string {
  return keyOf({ metadata: { ...slice.metadata, name: slice.metadata.labels?.[SERVICE_NAME] ?? '' } });
}

/** The columns of each kind's table; the printers of kube-apiserver 1.32 (pkg/printers/internalversion/printers.go). */
import type { KubernetesObject } from '../json.ts';
import type { ResourceType } from '../resources.ts';
import { age } from './age.ts';

export interface Column {
  readonly name: string;
  /** `string` by default. */
  readonly type?: string;
  readonly format?: string;
  /** 1: shown by `-o wide` only. */
  readonly priority?: number;
  readonly description?: string;
  readonly cell: (object: KubernetesObject, now: number) => unknown;
}

export function columnsFor(_type: ResourceType, _version: string): readonly Column[] {
  return [
    { name: 'Name', format: 'name', cell: object => object.metadata.name },
    { name: 'Age', cell: (object, now) => age(object.metadata.creationTimestamp, now) },
  ];
}

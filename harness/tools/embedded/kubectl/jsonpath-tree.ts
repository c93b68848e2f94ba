/** What kubectl's JSONPath templates consist of. Kubernetes: client-go util/jsonpath/node.go. */

/** One step of a path, from the values so far to the next ones. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'every' }
  | { readonly kind: 'deep' }
  | { readonly kind: 'union'; readonly parts: readonly Slice[] }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | {
      readonly kind: 'filter';
      readonly left: Operand;
      readonly operator: string;
      readonly right: Operand | undefined;
    };
/** `[1]`, or `[from:to:step]`. */
export interface Slice {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly step: number;
  readonly single: boolean;
}
/** One side of a comparison in a filter. */
export type Operand =
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'value'; readonly value: unknown };
/** A part of a template. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly fromRoot: boolean; readonly steps: readonly Step[] }
  | {
      readonly kind: 'range';
      readonly fromRoot: boolean;
      readonly steps: readonly Step[];
      readonly body: readonly Node[];
    };

/** Makes the nodes of an expression's tree that have no place of their own: what macros stand for. */
import { ACCUMULATOR, type Constant, type Expression, type FoldExpression } from './expression.ts';

/** Makes nodes that all have the same place. */
export class Builder {
  readonly at: number;
  constructor(at: number) {
    this.at = at;
  }

  constant(value: Constant): Expression {
    return { kind: 'constant', at: this.at, value };
  }

  name(name: string): Expression {
    return { kind: 'name', at: this.at, name };
  }

  accumulator(): Expression {
    return this.name(ACCUMULATOR);
  }

  call(name: string, ...args: readonly Expression[]): Expression {
    return { kind: 'call', at: this.at, name, target: undefined, args };
  }

  memberCall(target: Expression, name: string): Expression {
    return { kind: 'call', at: this.at, name, target, args: [] };
  }

  list(...values: readonly Expression[]): Expression {
    return { kind: 'list', at: this.at, elements: values.map(value => ({ value, isOptional: false })) };
  }

  map(): Expression {
    return { kind: 'map', at: this.at, entries: [] };
  }

  fold(parts: Pick<FoldExpression, 'range' | 'variable' | 'initial' | 'step'> & Partial<FoldExpression>) {
    return {
      kind: 'fold',
      at: this.at,
      secondVariable: undefined,
      accumulator: ACCUMULATOR,
      condition: this.constant(true),
      result: this.accumulator(),
      ...parts,
    } satisfies FoldExpression;
  }

  /** A step that is taken for some elements only. */
  stepIf(condition: Expression | undefined, step: Expression): Expression {
    return condition ? this.call('_?_:_', condition, step, this.accumulator()) : step;
  }
}

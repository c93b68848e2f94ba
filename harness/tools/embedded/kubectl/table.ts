/**
 * Prints a Table as the server sent it, in columns three blanks apart. Kubernetes: cli-runtime
 * pkg/printers/tableprinter.go.
 */

/** The API's `meta.k8s.io/v1 Table`, as far as printing needs it. */
export interface Table {
  readonly columnDefinitions?: readonly {
    readonly name: string;
    readonly type?: string;
    readonly priority?: number;
  }[];
  readonly rows?: readonly {
    readonly cells: readonly unknown[];
    readonly object?: {
      readonly metadata?: { readonly namespace?: string; readonly labels?: Record<string, string> };
    } | null;
  }[];
}

export interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
  readonly labels: boolean;
  /** Puts the namespace first. */
  readonly namespaces: boolean;
  /** Puts `type/` before each name, where several types are printed. */
  readonly type?: string;
}

export function printTable(table: Table, options: TableOptions): string {
  const columns = (table.columnDefinitions ?? [])
    .map((column, index) => ({ ...column, index }))
    .filter(({ priority }) => options.wide || (priority ?? 0) === 0);
  const header = [
    ...(options.namespaces ? ['NAMESPACE'] : []),
    ...columns.map(({ name }) => name.toUpperCase()),
    ...(options.labels ? ['LABELS'] : []),
  ];
  const rows = (table.rows ?? []).map(({ cells, object }) => [
    ...(options.namespaces ? [object?.metadata?.namespace ?? ''] : []),
    ...columns.map(({ index }) => {
      const text = cellText(cells[index]);
      return index === 0 && options.type !== undefined ? `${options.type}/${text}` : text;
    }),
    ...(options.labels ? [labelsText(object?.metadata?.labels ?? {})] : []),
  ]);
  return alignColumns(options.headers ? [header, ...rows] : rows);
}

/** Aligns columns: each as wide as its widest cell and three blanks; no blanks after the last. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map(row => (row[column] ?? '').length)),
  );
  return rows
    .map(row =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 3)))
        .join(''),
    )
    .map(line => `${line}\n`)
    .join('');
}

const cellText = (cell: unknown) =>
  cell === null || cell === undefined ? '' : typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
const labelsText = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',') || '<none>';

/**
 * `exportTo`: which namespaces see a Service, a ServiceEntry or a rule (pkg/config/visibility and
 * pilot/pkg/model/push_context.go @1.30.3, serviceExportTo).
 */

/** `*`, `.` for the own namespace, `~` for nobody, or names of namespaces; empty: as the mesh says. */
export type ExportTo = readonly string[];

/** What the mesh's configuration says where a resource says nothing (`default…ExportTo`). */
export interface ExportDefaults {
  readonly services: ExportTo;
  readonly virtualServices: ExportTo;
  readonly destinationRules: ExportTo;
}

/** Reads the annotation `networking.istio.io/exportTo` of a Service. */
export const exportToOf = (annotation: string | undefined): ExportTo =>
  (annotation ?? '')
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');

/** What is exported, and from where. */
export interface Exported {
  readonly namespace: string;
  readonly exportTo: ExportTo;
}

/** Whether a namespace sees what another exports; `~` among others hides it from all. */
export function isExportedTo({ namespace, exportTo }: Exported, defaults: ExportTo, to: string): boolean {
  const own = exportTo.length > 0 ? exportTo : defaults;
  if (own.includes('*')) return true;
  if (own.includes('~')) return false;
  return own.includes(to) || (own.includes('.') && namespace === to);
}

/** Whether everybody sees it. */
export const isPublic = ({ exportTo }: Pick<Exported, 'exportTo'>, defaults: ExportTo): boolean =>
  (exportTo.length > 0 ? exportTo : defaults).includes('*');

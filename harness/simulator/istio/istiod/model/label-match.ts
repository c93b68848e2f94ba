/** Selectors of labels, as Istio's resources have them. */

/** Tells whether labels have all that a selector asks for. */
export const includesLabels = (
  labels: Readonly<Record<string, string>>,
  selector: Readonly<Record<string, string>>,
): boolean => Object.entries(selector).every(([key, value]) => labels[key] === value);

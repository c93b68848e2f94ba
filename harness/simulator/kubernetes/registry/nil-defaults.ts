/**
 * Lists that get their default when they are absent, and none when they are empty: validation refuses those.
 * All others are empty and absent alike. By the struct and the field; k8s.io/api's types are one package a
 * group, so the names of those here are unique.
 */
export const DEFAULT_OF_NIL: readonly string[] = [
  'HPAScalingRules.policies', // pkg/apis/autoscaling/v2/defaults.go @v1.34, copyHPAScalingRules
];

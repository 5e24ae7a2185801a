// Global setup of the assertion suite: finds or starts a TiDB, takes it through the workflow once, provides what it
// learned. Steps of your own go here, before or after `setup(project)`.
export { default } from 'vitest-tidb/setup'

import type * as Yaml from 'yaml'
import { lazyPackage } from '../lazy-package.ts'

/** The parser, which takes 35 ms to load: for those who read a job script. */
export const yaml = lazyPackage<typeof Yaml>('yaml')

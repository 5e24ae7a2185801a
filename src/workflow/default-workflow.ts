import { checkingImportJobs } from './states/checking-import-jobs.ts'
import { completed } from './states/completed.ts'
import { connecting } from './states/connecting.ts'
import { gettingVersion } from './states/getting-version.ts'
import { initial } from './states/initial.ts'
import { parsingConfig } from './states/parsing-config.ts'
import { showingImportJobDetails } from './states/showing-import-job-details.ts'
import { testingConnection } from './states/testing-connection.ts'
import { verifyingDatabase } from './states/verifying-database.ts'
import { Workflow } from './workflow.ts'

/** The workflow that every session runs unless told otherwise. */
export const workflow = new Workflow<Record<never, unknown>>([])
  .with(initial)
  .with(parsingConfig)
  .with(connecting)
  .with(testingConnection)
  .with(verifyingDatabase)
  .with(gettingVersion)
  .with(checkingImportJobs)
  .with(showingImportJobDetails)
  .with(completed)

/** Results of the states of the built-in workflow. */
export type BuiltInResults = (typeof workflow)['results']

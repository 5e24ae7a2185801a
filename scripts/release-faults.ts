/** What a release is judged by. */
export interface Candidate {
  /** What `git status --porcelain` prints. */
  readonly status: string
  /** Tags that are there already. */
  readonly tags: readonly string[]
  readonly manifest: { readonly version: string; readonly repository?: unknown; readonly homepage?: unknown }
  readonly lock: { readonly version: string }
  readonly changelog: string
  /** `YYYY-MM-DD` */
  readonly today: string
}

const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/

/** Why this can't be released as it is, each with what to do; none if it can. */
export function releaseFaults({ status, tags, manifest, lock, changelog, today }: Candidate): string[] {
  const faults: string[] = []
  const { version } = manifest
  if (status.trim() !== '') faults.push(`the working tree is not clean: commit or stash\n${status.trimEnd()}`)
  if (!VERSION.test(version)) faults.push(`package.json has the version ${version}, which is not a version`)
  if (lock.version !== version) {
    faults.push(`package-lock.json has the version ${lock.version}, package.json ${version}: run npm install`)
  }
  if (tags.includes(`v${version}`)) faults.push(`there is a tag v${version} already: raise the version`)
  const [, heading, date] = /^## \[([^\]]+)\] - (.+)$/m.exec(changelog) ?? []
  if (heading === undefined || date === undefined)
    faults.push('CHANGELOG.md has no heading such as ## [1.2.3] - 2026-01-31')
  else if (heading !== version) faults.push(`CHANGELOG.md begins with ${heading}, package.json has ${version}`)
  else if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(Date.parse(date))) {
    faults.push(`CHANGELOG.md has "${date}" as the date of ${heading}: give it the day of the release`)
  } else if (date > today) faults.push(`CHANGELOG.md has a day to come, ${date}, as the date of ${heading}`)
  for (const name of ['repository', 'homepage'] as const) {
    if (manifest[name] === undefined) faults.push(`package.json has no ${name}: npm and the site link to it`)
  }
  return faults
}

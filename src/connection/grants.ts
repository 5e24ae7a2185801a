/** The privileges of a user on `*.*`, as SHOW GRANTS lists them, those of active roles included. */
export class GlobalPrivileges {
  readonly #held = new Set<string>()
  /** Restricted privileges are not part of SUPER under security enhanced mode. */
  readonly #enhancedSecurity: boolean

  constructor(grants: readonly string[], options: { readonly enhancedSecurity: boolean }) {
    this.#enhancedSecurity = options.enhancedSecurity
    for (const grant of grants) {
      const [, list] = /^GRANT (.+?) ON \*\.\* TO /i.exec(grant) ?? []
      if (list === undefined) continue
      for (const name of list.split(',')) this.#held.add(name.trim().toUpperCase())
      if (/ WITH GRANT OPTION$/i.test(grant)) this.#held.add('GRANT OPTION')
    }
  }

  /** @param dynamic whether it is one of those that TiDB calls dynamic, which SUPER stands for. */
  has(privilege: string, dynamic: boolean): boolean {
    if (privilege === 'USAGE' || this.#held.has(privilege)) return true
    const all = this.#held.has('ALL PRIVILEGES')
    if (!dynamic) return all && privilege !== 'GRANT OPTION'
    if (privilege.startsWith('RESTRICTED_') && this.#enhancedSecurity) return false
    return all || this.#held.has('SUPER')
  }
}

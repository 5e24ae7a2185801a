import type { Ports } from '../ports.ts'
import { Program, type ProgramOptions } from '../program.ts'
import { ClusterMember, type MemberStart, type MemberSurroundings } from './member.ts'

/** Starts a member of which there is one only, as a process of this machine. */
export async function startProcessMember(
  { startTimeoutMs, watchdog, signal: first }: MemberSurroundings,
  programOf: (ports: Ports) => Omit<ProgramOptions, keyof MemberSurroundings | 'append'>,
): Promise<ClusterMember> {
  let name = ''
  const launch: MemberStart['launch'] = (before, signal) =>
    Program.start((ports) => {
      const program = programOf(ports)
      name = program.name
      return { ...program, startTimeoutMs, watchdog, signal, append: before !== undefined }
    }, before)
  const launched = await launch(undefined, first)
  return new ClusterMember({ name, launch, stopWithinMs: startTimeoutMs }, launched)
}

/** What the names of files of SQL end with: a kind of them for each is in kinds.ts. */
export const extensions: readonly string[] = ['.test', '.slt']

import { expect, test as base } from 'vitest-tidb'
import { takeDatabase } from '../src/fixtures/database.ts'
import { pairs, report } from './paired.ts'

const LIMIT = 1 / 20

base("a test's own database", { timeout: 120_000 }, async ({ tidb, tidbServer }) => {
  await tidb.connecting()
  let made = 0
  const prefix = `${tidbServer.provided.databasePrefix}bench_`
  const ours = async () => {
    const database = await takeDatabase(tidbServer)
    await database.release({ untouched: true })
  }
  const bare = async () => {
    made += 1
    await tidb.query(`create database ${prefix}${made}`)
    await tidb.query(`drop database ${prefix}${made}`)
  }
  const result = await pairs(ours, bare, { rounds: 60, warmup: 5 })
  report("a test's own database", 'CREATE DATABASE and DROP DATABASE', result, `≤ ${LIMIT}`)
  expect(result.ratio).toBeLessThanOrEqual(LIMIT)
})

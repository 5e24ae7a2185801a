/** Which child: a tidb-server, Go at a build, what clears away after a run, a command of a file of SQL, or what keeps a server. */
export type Child = 'server' | 'go' | 'clean-up' | 'command' | 'keeper'

type Env = Readonly<Record<string, string | undefined>>

// What any program needs to find its files, its libraries and its language.
const ANY = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TMP', 'TEMP', 'LANG', 'LANGUAGE', 'TZ', 'TZDIR'],
  ...['LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'],
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'PROGRAMDATA', 'PROGRAMFILES'],
  ...['USERPROFILE', 'USERNAME', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA'],
]
const GO_RUNTIME = ['GODEBUG', 'GOGC', 'GOMAXPROCS', 'GOMEMLIMIT', 'GOTRACEBACK', 'ZONEINFO']
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY']

const NEEDS: Readonly<Record<Exclude<Child, 'keeper'>, readonly string[]>> = {
  server: [...GO_RUNTIME, 'GO_FAILPOINTS'],
  // How Go downloads modules and toolchains, which may need a login, and how it compiles.
  go: [
    ...[...GO_RUNTIME, ...PROXIES, 'NETRC', 'SSH_AUTH_SOCK', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_TERMINAL_PROMPT'],
    ...['GIT_SSL_CAINFO', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_ASKPASS'],
    ...['GO111MODULE', 'GOAMD64', 'GOARCH', 'GOARM64', 'GOAUTH', 'GOBIN', 'GOCACHE', 'GOCACHEPROG', 'GOENV'],
    ...['GOEXPERIMENT', 'GOFIPS140', 'GOFLAGS', 'GOINSECURE', 'GOMODCACHE', 'GONOPROXY', 'GONOSUMDB', 'GOOS'],
    ...['GOPATH', 'GOPRIVATE', 'GOPROXY', 'GOROOT', 'GOSUMDB', 'GOTELEMETRY', 'GOTMPDIR', 'GOTOOLCHAIN', 'GOVCS'],
    ...['CGO_ENABLED', 'CGO_CFLAGS', 'CGO_CPPFLAGS', 'CGO_CXXFLAGS', 'CGO_LDFLAGS', 'CC', 'CXX', 'AR', 'PKG_CONFIG'],
  ],
  // What stands in a file is anybody’s.
  command: [],
  // It removes containers through the engine that they were started with; what it drops databases with comes by pipe.
  'clean-up': [
    ...['DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CONTEXT', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY', 'SSH_AUTH_SOCK'],
    ...['TESTCONTAINERS_HOST_OVERRIDE', 'TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE'],
    ...['NODE_OPTIONS', 'NODE_PATH', 'NODE_EXTRA_CA_CERTS'],
  ],
}

/** Where it finds programs, and images are pulled from. */
const OF_KEEPER = ['TIUP_HOME', 'TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX']

/**
 * The environment of a child: what it needs, by name. Passwords, tokens and addresses of this process are none of its
 * business, and anyone who may see its environment would see them.
 */
export function childEnv(child: Child, env: Env = process.env): Record<string, string> {
  // A keeper starts each of the others.
  const needs = child === 'keeper' ? [...Object.values(NEEDS).flat(), ...OF_KEEPER] : NEEDS[child]
  const allowed = new Set([...ANY, ...needs])
  const given = Object.entries(env).filter(
    // Windows writes Path and SystemRoot; proxies are written small as well.
    ([name, value]) => value !== undefined && (allowed.has(name.toUpperCase()) || /^LC_[A-Z]+$/.test(name)),
  )
  return Object.fromEntries(given) as Record<string, string>
}

import { spawn } from "node:child_process";
import { createServer, isIP, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { checkServerIdentity, connect } from "node:tls";

// Starts a connector's program and is its way to a data server that speaks TLS. The program is given a port of this
// machine instead of the server's name, which it would look up once more after the check, and might find inside. Here
// alone is TLS spoken: with the checked address, and only with who has a certificate for the name.
const [name = "", address = "", port = "", command = "", ...words] = process.argv.slice(2);
const handshakeMilliseconds = 10_000;

const listener = createServer({ pauseOnConnect: true }, forward);
listener.listen(0, "127.0.0.1", () => {
  const listening = listener.address();
  if (listening !== null && typeof listening === "object") start(listening.port);
});

function forward(local: Socket): void {
  const remote = connect({
    host: address,
    port: Number(port),
    // Names only: addresses are no server names (RFC 6066, section 3).
    servername: isIP(name) === 0 ? name : "",
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    rejectUnauthorized: true,
  });
  const giveUp = (error: Error) => {
    tell(error.message);
    local.destroy();
    remote.destroy();
  };
  remote.once("error", giveUp);
  remote.setTimeout(handshakeMilliseconds, () => giveUp(new Error("The TLS handshake timed out.")));
  // Nothing the program says, a password first of all, leaves before the certificate has been accepted.
  remote.once("secureConnect", () => {
    remote.setTimeout(0);
    pipeline(local, remote, local, () => remote.destroy());
  });
  local.once("close", () => remote.destroy());
}

/** The certificates that an operator trusts are for this process; the program has no use for them. */
function start(localPort: number): void {
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, ...environment } = process.env;
  const program = spawn(command, words, {
    env: { ...environment, VALKEY_HOST: "127.0.0.1", VALKEY_PORT: String(localPort) },
    stdio: "inherit",
  });
  program.once("error", (error) => {
    tell(error.message);
    process.exit(127);
  });
  program.once("exit", (code) => process.exit(code ?? 1));
  // The whole group is told to end; this process goes when the program has.
  process.on("SIGTERM", () => {});
}

function tell(text: string): void {
  process.stderr.write(`tls-forward: ${text}\n`);
}

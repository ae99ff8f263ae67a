// panva's oidc-provider on an ephemeral port of the loopback, with the pages it
// comes with. It prints one line of JSON when it is ready, and ends with its
// standard input, so that it cannot outlive the test that started it.
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

const native = {
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback', 'http://localhost/callback'],
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
};

const clients = [
  { ...native, client_id: 'canopy', token_endpoint_auth_method: 'none' },
  { ...native, client_id: 'canopy-secret', client_secret: 'a-secret-of-the-tests', token_endpoint_auth_method: 'client_secret_post' },
  // A server that takes OpenID Connect Core 1.0 §11 at its word gives a refresh token for prompt=consent only.
  { ...native, client_id: 'canopy-strict', token_endpoint_auth_method: 'none' },
];

const configuration = {
  clients,
  claims: { openid: ['sub'], email: ['email'], profile: ['name'] },
  features: {
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
  },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.test`, name: `${id} of the tests` }),
  }),
  issueRefreshToken: (_, client, source) => client.grantTypeAllowed('refresh_token')
    && (client.clientId !== 'canopy-strict' || source.scopes.has('offline_access')),
  pkce: { required: () => true },
  ttl: { AccessToken: 3600, DeviceCode: 600, Grant: 86400, IdToken: 3600, Interaction: 600, RefreshToken: 86400, Session: 86400 },
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', new Provider(issuer, configuration).callback());
  process.stdout.write(`${JSON.stringify({ issuer, clients: clients.map((c) => c.client_id) })}\n`);
});

process.stdin.on('end', () => process.exit(0)).resume();

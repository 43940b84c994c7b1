// An OpenID provider for tests: node provider.mjs PORT SERVICE_ADDRESS ACCOUNTS.json
// It asks for a login and any password. Who people are is read anew for every sign-in from ACCOUNTS.json.
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const [port, service, accounts] = [Number(process.argv[2]), process.argv[3], process.argv[4]];
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'eakte',
    client_secret: 'nur-in-Tests-geheim+%:ok',
    redirect_uris: [`${service}/anmelden/dienst/zurueck`],
    post_logout_redirect_uris: [`${service}/anmelden`],
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  async findAccount(ctx, id) {
    const told = JSON.parse(readFileSync(accounts, 'utf8'))[id];
    return told && { accountId: id, claims: async () => ({ sub: id, ...told }) };
  },
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));

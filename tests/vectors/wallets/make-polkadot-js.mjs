// Makes exports of the public development mnemonic with the @polkadot packages at hand.
//
// Usage: node make-polkadot-js.mjs FOLDER PASSWORD, where @polkadot/keyring is installed.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { stringToU8a } from '@polkadot/util';
import { cryptoWaitReady, jsonEncrypt } from '@polkadot/util-crypto';

const MNEMONIC = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk';
const [FOLDER, PASSWORD] = process.argv.slice(2);

await cryptoWaitReady();

function write (name, json) {
  mkdirSync(join(FOLDER, name), { recursive: true });
  writeFileSync(join(FOLDER, name, 'coldkey'), JSON.stringify(json));
}

function pair (type, uri = MNEMONIC) {
  return new Keyring({ type, ss58Format: 42 }).addFromUri(uri, { name: 'owner' });
}

/** As the keyring's backupAccounts does it. */
function batch (accounts, password) {
  const data = stringToU8a(JSON.stringify(accounts));
  return {
    ...jsonEncrypt(data, ['batch-pkcs8'], password),
    accounts: accounts.map(({ address, meta }) => ({ address, meta }))
  };
}

write('sr25519', pair('sr25519').toJson(PASSWORD));
write('ed25519', pair('ed25519').toJson(PASSWORD));
write('ecdsa', pair('ecdsa').toJson(PASSWORD));
write('plain', pair('sr25519').toJson());
const owner = pair('sr25519').toJson(PASSWORD);
write('batch-of-one', batch([owner], PASSWORD));
write('batch-of-two', batch([pair('sr25519', '//Alice').toJson(PASSWORD), owner], PASSWORD));
write('batch-of-another-password', batch([pair('sr25519').toJson('dummy-password-2')], PASSWORD));

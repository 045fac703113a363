"""Makes wallets of the public development mnemonic with the bittensor_wallet at hand.

Usage: make.py FOLDER PASSWORD. Prints a line `NAME ADDRESS` for each wallet in FOLDER.
"""

import contextlib
import io
import os
import sys

import bittensor_wallet

MNEMONIC = "bottom drive obey lake curtain smoke basket hold race lonely fit walk"
FOLDER, PASSWORD = sys.argv[1:]


def with_wallet(name, **options):
    """As `btcli wallet regen-coldkey` does, since version 2."""
    wallet = bittensor_wallet.Wallet(name=name, path=FOLDER)
    wallet.regenerate_coldkey(mnemonic=MNEMONIC, overwrite=True, suppress=True, **options)
    return wallet.coldkeypub.ss58_address


def with_functions(name, encrypt):
    """The pure Python library, version 1, whose wallet asks for passwords on the terminal alone."""
    from bittensor_wallet import keyfile
    from substrateinterface import Keypair

    pair = Keypair.create_from_mnemonic(MNEMONIC)
    data = keyfile.serialized_keypair_to_keyfile_data(pair)
    os.makedirs(os.path.join(FOLDER, name), exist_ok=True)
    with open(os.path.join(FOLDER, name, "coldkey"), "wb") as file:
        file.write(encrypt(keyfile, data))
    return pair.ss58_address


def make():
    if bittensor_wallet.__version__.startswith(("0.", "1.")):
        yield "plain", with_functions("plain", lambda _, data: data)
        yield "nacl", with_functions("nacl", lambda k, data: k.encrypt_keyfile_data(data, PASSWORD))
        yield "ansible", with_functions(
            "ansible", lambda k, data: k.legacy_encrypt_keyfile_data(data, PASSWORD)
        )
        return
    yield "plain", with_wallet("plain", use_password=False)
    yield "nacl", with_wallet("nacl", use_password=True, coldkey_password=PASSWORD)
    if hasattr(bittensor_wallet, "CRYPTO_ED25519"):
        yield "ed25519", with_wallet(
            "ed25519", use_password=False, crypto_type=bittensor_wallet.CRYPTO_ED25519
        )


noise = io.StringIO()
with contextlib.redirect_stdout(noise):
    made = list(make())
for name, address in made:
    print(name, address)

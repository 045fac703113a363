"""Sets values of subnet 46 that are hard to print: edges.py URL of a subtune-devnet. Needs xxhash and websockets."""

import asyncio
import json
import sys

import websockets
import xxhash


def twox_128(text):
    halves = [xxhash.xxh64(text.encode(), seed=seed).intdigest() for seed in (0, 1)]
    return b"".join(half.to_bytes(8, "little") for half in halves)


def pair(name, value, size):
    key = twox_128("SubtensorModule") + twox_128(name) + (46).to_bytes(2, "little")
    return ["0x" + key.hex(), "0x" + value.to_bytes(size, "little", signed=value < 0).hex()]


VALUES = [
    pair("AlphaSigmoidSteepness", -1000, 2),
    pair("BurnIncreaseMult", 23242897532874035037, 16),
    pair("CollateralDrainRatio", 2**64 + 1, 16),
    pair("MinChildkeyTakePerSubnet", 5898, 2),
    pair("MaxBurn", 2**64 - 1, 8),
    pair("AdjustmentAlpha", 2**64 - 1, 8),
    pair("WeightsVersionKey", 2**63 + 1, 8),
]


async def main(url):
    async with websockets.connect(url) as node:
        for method, params in [("dev_setStorage", [VALUES]), ("dev_newBlock", [2])]:
            await node.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
            print(await node.recv())


asyncio.run(main(sys.argv[1]))

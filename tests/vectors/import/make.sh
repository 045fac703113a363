#!/usr/bin/env bash
# Makes the files of this folder anew: make.sh BTCLI9 BTCLI11 URL FOLDER, with the two programs and a subtune-devnet.
set -euo pipefail
nine=$1 eleven=$2 url=$3 folder=$4
HOME=$(mktemp -d)
export HOME
unset COLUMNS FORCE_COLOR
mkdir -p "$folder/btcli-9" "$folder/btcli-11"
cd "$folder/btcli-9"
"$nine" sudo get --netuid 46 --network "$url" > table-80.txt
for width in 40 160; do
  COLUMNS=$width "$nine" sudo get --netuid 46 --network "$url" > "table-$width.txt"
done
"$nine" sudo get --netuid 46 --network "$url" --json-output > list.json
cd ../btcli-11
"$eleven" --json --network "$url" hparams get --netuid 46 > object.json
"$eleven" --json --network "$url" hparams get --netuid 13 > object-13.json
"$eleven" --json --network "$url" hparams get --netuid 46 --name burn_increase_mult > name.json
"$eleven" --network "$url" hparams get --netuid 46 --name burn_increase_mult > name.txt
"$eleven" --network "$url" hparams get --netuid 46 > listing.txt
FORCE_COLOR=1 COLUMNS=120 "$eleven" --network "$url" hparams get --netuid 46 > listing-coloured.txt
"$eleven" --network "$url" query subnet-hyperparameters --netuid 46 > query.txt

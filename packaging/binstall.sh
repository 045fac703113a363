#!/usr/bin/env bash
# Installs the tarball in MADE by `cargo binstall` into ROOT, from a server on this machine that stands in for the
# releases of the repository: packaging/binstall.sh MADE ROOT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
made=$1
to=$2
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml")
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

# It takes nothing that does not come by https: so there are an authority and its certificate, for a day.
{
  openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj '/CN=packaging test' -keyout "$work/ca-key.pem" -out "$work/ca.pem"
  openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$work/key.pem" -out "$work/request.pem"
  openssl x509 -req -days 1 -in "$work/request.pem" -CA "$work/ca.pem" -CAkey "$work/ca-key.pem" -CAcreateserial \
    -extfile <(echo subjectAltName=DNS:localhost) -out "$work/cert.pem"
} 2>"$work/openssl.log" || { cat "$work/openssl.log" >&2; exit 1; }
mkdir -p "$work/files/OWNER/subtune/releases/download"
ln -s "$made" "$work/files/OWNER/subtune/releases/download/v$version"
python3 - "$work" >"$work/port" 2>"$work/requests.log" <<'PYTHON' &
import functools, http.server, ssl, sys
work = sys.argv[1]
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=f"{work}/files")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{work}/cert.pem", f"{work}/key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
server=$!
until [ -s "$work/port" ]; do
  kill -0 "$server"
  sleep 0.1
done

# The manifest as it is, with the address of the repository, which Cargo.toml may not have yet.
mkdir "$work/project"
cd "$root"
git ls-files -z | tar --create --null --files-from - | tar --extract --directory "$work/project"
sed -i -e '/^repository = /d' -e "s|^description = \"Manage.*|&\nrepository = \"https://localhost:$(cat "$work/port")/OWNER/subtune\"|" \
  "$work/project/Cargo.toml"
cargo binstall --no-confirm --no-track --disable-telemetry --root-certificates "$work/ca.pem" --root "$to" \
  --manifest-path "$work/project" --strategies crate-meta-data subtune
grep 'GET.*tar.gz' "$work/requests.log"

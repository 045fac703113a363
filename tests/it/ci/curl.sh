#!/usr/bin/env bash
# A forge in the files of $FORGE, for those calls of `curl` that the jobs make.
set -euo pipefail
refuse() { echo "curl: (22) $1" >&2; exit 22; }
method=GET url='' output=/dev/stdout format='' upload='' token='' body='{}'
while [ $# -gt 0 ]; do
  case $1 in
    --fail | --silent | --show-error | --location | --globoff) ;;
    --retry | --proto) shift ;;
    --request) method=$2; shift ;;
    --output) output=$2; shift ;;
    --write-out) format=$2; shift ;;
    --header) token=$2; shift ;;
    --upload-file) upload=$(realpath "$2"); method=PUT; shift ;;
    --data-urlencode)
      case $2 in
        *=*) body=$(jq --arg key "${2%%=*}" --arg value "${2#*=}" '.[$key] = $value' <<< "$body") ;;
        *@*) body=$(jq --arg key "${2%%@*}" --rawfile value "${2#*@}" '.[$key] = $value' <<< "$body") ;;
      esac
      shift ;;
    -*) refuse "$1" ;;
    *) url=$1 ;;
  esac
  shift
done

# A file, or the answer that it is not there.
file() {
  if [ -e "$1" ]; then
    cat "$1" > "$output"
    [ -z "$format" ] || echo 200
  elif [ -n "$format" ]; then
    echo 404
  else
    refuse "The requested URL returned error: 404"
  fi
}
case $url in
  https://forge/*/releases/*) file "$FORGE/releases/${url##*/}"; exit ;;
  "${CI_API_V4_URL:-none}"/projects/5/packages/generic/*)
    [ "$token" = "JOB-TOKEN: job" ] || refuse "401"
    package=$FORGE/package.$(basename "$(dirname "$url")")
    if [ -n "$upload" ]; then cp "$upload" "$package"; else file "$package"; fi
    exit ;;
  "${CI_API_V4_URL:-none}"/projects/5/*) ;;
  *) refuse "Could not resolve $url" ;;
esac
[ "$token" = "PRIVATE-TOKEN: token" ] || refuse "401"
if [ -e "$FORGE/down" ]; then refuse "The requested URL returned error: 502"; fi
path=${url#"$CI_API_V4_URL"/projects/5/}
query=${path#*\?}
path=${path%%\?*}
echo "$method $path" >> "$FORGE/calls"
all() { if [ -e "$FORGE/$1.json" ]; then cat "$FORGE/$1.json"; else echo '[]'; fi; }
store() { cat > "$FORGE/new"; mv "$FORGE/new" "$FORGE/$1.json"; }
add() {
  all "$1" | jq --argjson body "$body" \
    '. + [{ id: (length + 101), iid: (length + 1), state: "opened", author: { username: "project_5_bot_x" } } + $body]' | store "$1"
}
change() {
  all "$1" | jq --argjson body "$body" --argjson id "$3" \
    "map(if .$2 == \$id then . + \$body + { edits: ((.edits // 0) + 1) } + (if \$body.state_event == \"close\" then { state: \"closed\" } else {} end) else . end)" | store "$1"
}
case "$method $path" in
  GET\ merge_requests/7/notes) all notes ;;
  POST\ merge_requests/7/notes) add notes ;;
  PUT\ merge_requests/7/notes/*) change notes id "${path##*/}" ;;
  GET\ repository/commits/*/merge_requests) all merges ;;
  GET\ merge_requests/7/pipelines) all pipelines ;;
  GET\ pipelines/*/jobs) all jobs | jq --argjson pipeline "$(cut -d / -f 2 <<< "$path")" 'map(select(.pipeline == $pipeline))' ;;
  GET\ jobs/*/artifacts/plans.yaml) file "$FORGE/artifacts/$(cut -d / -f 2 <<< "$path")/plans.yaml" ;;
  GET\ issues) [[ $query = *state=opened* ]] || refuse "$url"; all issues | jq 'map(select(.state == "opened"))' ;;
  POST\ issues) add issues ;;
  PUT\ issues/*) change issues iid "${path##*/}" ;;
  *) refuse "$method $url" ;;
esac

#!/usr/bin/env bash
# A forge in the files of $FORGE, for those calls of `gh` that the workflows make.
set -euo pipefail
cd "$FORGE"
refuse() { echo "gh: $1" >&2; exit 1; }
if [ -e down ]; then refuse "the forge cannot be reached"; fi
[ "$GH_TOKEN" = token ] || refuse "no token"
echo "$*" >> calls

if [ "$1 $2" = "run download" ]; then
  [ "$4 $6" = "--name --dir" ] || refuse "$*"
  [ "$GH_REPO" = "$GITHUB_REPOSITORY" ] || refuse "which repository?"
  [ -d "artifacts/$3/$5" ] || refuse "no artifact matches any of the names"
  mkdir -p "$OLDPWD/$7"
  cp -r "artifacts/$3/$5/." "$OLDPWD/$7"
  exit
fi

[ "$1" = api ] || refuse "$*"
shift
method=GET jq=. url='' body='{}'
while [ $# -gt 0 ]; do
  case $1 in
    --paginate) ;;
    --silent) jq=empty ;;
    --method) method=$2; shift ;;
    --jq) jq=$2; shift ;;
    --raw-field) body=$(jq --arg key "${2%%=*}" --arg value "${2#*=}" '.[$key] = $value' <<< "$body"); shift ;;
    --field)
      [[ $2 = *=@* ]] || refuse "$2"
      body=$(jq --arg key "${2%%=*}" --rawfile value "$OLDPWD/${2#*=@}" '.[$key] = $value' <<< "$body"); shift ;;
    -*) refuse "$1" ;;
    *) url=$1 ;;
  esac
  shift
done

all() { if [ -e "$1.json" ]; then cat "$1.json"; else echo '[]'; fi; }
# Adds to a list, or changes the entry of a number.
add() {
  all "$1" | jq --argjson body "$body" --argjson more "$2" \
    '. + [{ id: (length + 101), number: (length + 1), state: "open", user: { type: "Bot" } } + $more + $body]' > new
  mv new "$1.json"
}
change() {
  all "$1" | jq --argjson body "$body" --argjson id "$3" "map(if .$2 == \$id then . + \$body + { edits: ((.edits // 0) + 1) } else . end)" > new
  mv new "$1.json"
}

path=${url%%\?*}
query=${url#"$path"}
case "$method /${path#repos/"$GITHUB_REPOSITORY"/}" in
  GET\ /issues/*/comments) number=${path%/comments}; all comments | jq --argjson issue "${number##*/}" 'map(select(.issue == $issue))' ;;
  POST\ /issues/*/comments) number=${path%/comments}; add comments "{ \"issue\": ${number##*/} }" ;;
  PATCH\ /issues/comments/*) change comments id "${path##*/}" ;;
  GET\ /issues) [[ $query = *state=open* ]] || refuse "$url"; all issues | jq 'map(select(.state == "open"))' ;;
  POST\ /issues) add issues '{}' ;;
  PATCH\ /issues/*) change issues number "${path##*/}" ;;
  GET\ /commits/*/pulls) all pulls ;;
  GET\ /actions/workflows/plan.yml/runs)
    head=${query#*head_sha=}
    all runs | jq --arg head "${head%%&*}" '{ workflow_runs: map(select(.head_sha == $head and .event == "pull_request" and .conclusion == "success")) }' ;;
  GET\ /actions/runs/*/artifacts)
    run=${path%/artifacts}
    { if [ -d "artifacts/${run##*/}" ]; then ls "artifacts/${run##*/}"; fi; } | jq --raw-input --slurp '{ artifacts: (split("\n") | map(select(. != "")) | map({ name: . })) }' ;;
  *) refuse "$method $url" ;;
esac | jq --raw-output "$jq"

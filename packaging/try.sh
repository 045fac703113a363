#!/usr/bin/env bash
# Tries an installed subtune where it was installed: VERSION, the address of a local chain, and the folder with its
# manual pages and completions, or nothing where the program has to write them itself. Prints one line for a table;
# check.sh calls it, with nothing in the environment that a fresh login has not.
set -euo pipefail
version=$1
chain=$2
prefix=${3:-}

export MANWIDTH=80 MANROFFOPT='' PAGER=cat
[ "$(subtune --version)" = "subtune $version" ]

if [ -z "$prefix" ]; then
  prefix=$HOME/made
  mkdir -p "$prefix"/share/{man/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
  subtune --quiet man --dir "$prefix/share/man/man1" >"$HOME/man.log"
  subtune completions bash >"$prefix/share/bash-completion/completions/subtune"
  subtune completions zsh >"$prefix/share/zsh/site-functions/_subtune"
  subtune completions fish >"$prefix/share/fish/vendor_completions.d/subtune.fish"
fi

# Where the system looks by itself it is told nothing.
if [ "$prefix" != /usr ]; then
  export MANPATH="$prefix/share/man" XDG_DATA_DIRS="$prefix/share"
fi
page=$(man subtune-apply 2>"$HOME/man-errors.log" | sed 's/.\x08//g')
grep -q 'Apply a profile or a saved plan' <<<"$page"
[ "$(wc -l <<<"$page")" -gt 50 ]
[ ! -s "$HOME/man-errors.log" ] || { cat "$HOME/man-errors.log" >&2; exit 1; }
pages=$(find "$prefix/share/man/man1" -name 'subtune*' | wc -l)

# bash: the file alone has to do, and by Tab it has to find a command.
bash --noprofile --norc -euc '
  source "$1"
  complete -p subtune >/dev/null
  COMP_WORDS=(subtune pla) COMP_CWORD=1
  _subtune subtune pla subtune
  [ "${COMPREPLY[*]}" = plan ]
' bash "$prefix/share/bash-completion/completions/subtune"

# zsh: found by compinit in its folders, and loaded.
# shellcheck disable=SC2016 # zsh expands it
zsh -fc '
  [[ $1 == /usr ]] || fpath=($1/share/zsh/site-functions $fpath)
  autoload -Uz compinit && compinit -u -d $HOME/zcompdump
  [[ $_comps[subtune] == _subtune ]] || exit 1
  autoload -Uz +X _subtune
  [[ $(whence -w _subtune) == "_subtune: function" ]]
' zsh "$prefix"

# fish: found by itself in the folders of data. What clap makes needs `argparse` of fish 3.2.
fish=$(fish --version | sed 's/.* //')
if [ "$(printf '3.2\n%s\n' "$fish" | sort -V | head -n 1)" = 3.2 ]; then
  commands=$(fish -c "complete -C 'subtune '")
  grep -q '^plan\b' <<<"$commands"
  fish="fish $fish ($(grep -c . <<<"$commands") words)"
else
  fish --no-execute "$prefix/share/fish/vendor_completions.d/subtune.fish"
  fish="fish $fish is too old"
fi

subtune show 46 --network "$chain" >"$HOME/show.txt"
grep -q immunity_period "$HOME/show.txt"

echo "$pages pages | bash, zsh, $fish | $(grep -c . "$HOME/show.txt") lines"

# SPDX-License-Identifier: Apache-2.0
# Sourced by build and the stages: progress, errors, content hashes, atomic stage outputs.
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
umask 022

say() { printf '[bootstrap %4ds] %s\n' "$SECONDS" "$*" >&2; }
die() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }

# hash_of FILE-OR-TEXT…: 16 hex digits over the contents of files and folders, and over plain words.
hash_of() {
  local item
  for item in "$@"; do
    if [ -d "$item" ]; then
      (cd "$item" && find . \( -type f -o -type l \) -print0 | sort -z |
        while IFS= read -r -d '' f; do
          if [ -L "$f" ]; then echo "$f -> $(readlink "$f")"
          else printf '%s %s ' "$f" "$(stat -c %A "$f")"; sha256sum <"$f"; fi
        done)
    elif [ -f "$item" ]; then sha256sum <"$item"
    else printf '%s\n' "$item"; fi
  done | sha256sum | cut -c1-16
}

# catalogue KEY: a scalar of the version catalogue's top level, or KEY.SUBKEY.
catalogue() { /usr/bin/python3 "$HERE/catalogue.py" "$CATALOGUE" "$1"; }

# stage_begin NAME HASH: sets OUT. Returns 1 when that output is there already, else makes an empty
# work folder WORK whose content stage_end moves to OUT in one rename.
stage_begin() {
  OUT=$CACHE/$1/$2 WORK=$CACHE/$1/.work-$$
  if [ -e "$OUT.complete" ]; then touch "$OUT.complete"; return 1; fi
  rm -rf --one-file-system "$CACHE/$1"/.work-* "$OUT"; mkdir -p "$WORK"
  say "stage $1 ($2)"
}
stage_end() { mv -T "$WORK" "$OUT"; touch "$OUT.complete"; }

# apt_private DIR TYPE: options for an apt of its own with this machine's Debian sources as TYPE
# (deb, deb-src), in the array APT.
apt_private() {
  local dir=$1 type=$2 f
  mkdir -p "$dir"/{parts,lists/partial,cache/archives/partial}; : >"$dir/status"
  for f in /etc/apt/sources.list.d/*.sources; do
    [ -e "$f" ] && grep -q bookworm "$f" && sed "s/^Types:.*/Types: $type/" "$f" >"$dir/parts/$(basename "$f")"
  done
  if [ -e /etc/apt/sources.list ] && grep -qE '^deb .*bookworm' /etc/apt/sources.list; then
    sed -n "s/^deb \(.*bookworm.*\)/$type \1/p" /etc/apt/sources.list >"$dir/parts/main.list"
  fi
  APT=(-o Dir::State::Lists="$dir/lists" -o Dir::Etc::SourceList=/dev/null
       -o Dir::Etc::SourceParts="$dir/parts" -o Dir::Cache="$dir/cache" -o Dir::State::Status="$dir/status"
       -o APT::Sandbox::User=root -o Acquire::Languages=none -o APT::Install-Recommends=false)
}

# release_key CACHE: the Ed25519 key that signs this installation's releases of the agent, made at the first call.
release_key() {
  local dir=$1/release-key
  [ ! -e "$dir/public.pem" ] || return 0
  mkdir -p -m 0700 "$dir"
  (umask 077; openssl genpkey -algorithm ED25519 -out "$dir/key.pem.new" && mv "$dir/key.pem.new" "$dir/key.pem")
  openssl pkey -in "$dir/key.pem" -pubout -out "$dir/public.pem.new" && mv "$dir/public.pem.new" "$dir/public.pem"
}

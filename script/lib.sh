# Shared by the commands in script/. To be sourced in the project's root with set -euo pipefail.

readonly OLDEST_PYTHON="3.11"
readonly MB_FOR_INSTALL=1200 # the environment (about 550 MB), pip's cache and its temporary copies
readonly MB_TO_RUN=50

die() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

say() {
  printf '==> %s\n' "$1"
}

python_is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# Sets PYTHON to an interpreter that is new enough: the caller's PYTHON, python3, or the newest python3.x.
find_python() {
  local candidate found=""
  if [[ -n "${PYTHON:-}" ]]; then
    command -v "$PYTHON" >/dev/null || die "There is no Python at PYTHON=$PYTHON. Set it to a Python $OLDEST_PYTHON or newer, or unset it."
    python_is_new_enough "$PYTHON" || die "$PYTHON is $("$PYTHON" -V 2>&1), which is too old. Set PYTHON to a Python $OLDEST_PYTHON or newer."
    return
  fi
  for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    command -v "$candidate" >/dev/null || continue
    if python_is_new_enough "$candidate"; then
      PYTHON="$candidate"
      return
    fi
    found="${found:-$("$candidate" -V 2>&1) at $(command -v "$candidate")}"
  done
  [[ -z "$found" ]] && die "There is no python3 here. Install Python $OLDEST_PYTHON or newer (Debian: apt-get install python3 python3-venv)."
  die "$found is too old. Install Python $OLDEST_PYTHON or newer, or name one: PYTHON=/path/to/python$OLDEST_PYTHON script/${0##*/}"
}

# need_space FOLDER MEGABYTES: exits with a message if the folder's disk has less free space.
need_space() {
  local free
  free=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024) }')
  if ((free < $2)); then
    die "The disk of $1 has $free MB free and this needs $2 MB. Free some space, then run script/${0##*/} again."
  fi
}

environment_works() {
  "$1/bin/python" -m pip --version >/dev/null 2>&1
}

# Debian without python3-venv leaves an incomplete folder, hence the test afterwards and the second attempt with --clear.
make_environment() {
  local mend="apt-get update && apt-get install -y python3-venv"
  say "Making a virtual environment in $1"
  "$PYTHON" -m venv "$1" >/dev/null 2>&1 || true
  environment_works "$1" && return
  local as_root=()
  [[ $EUID -eq 0 ]] || as_root=(sudo -n)
  if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
    say "Python's venv module is missing; installing it: $mend"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c "$mend" >/dev/null 2>&1 </dev/null || true
  fi
  "$PYTHON" -m venv --clear "$1" >/dev/null 2>&1 || true
  environment_works "$1" && return
  need_space . "$MB_TO_RUN" # a full disk fails in the same way
  if "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
    die "$PYTHON could not make a virtual environment in $1. See why with: $PYTHON -m venv --clear $1"
  fi
  die "Python's venv module is missing. Install it (Debian: sudo sh -c '$mend'), then run script/${0##*/} again."
}

install_requirements() {
  local log
  log=$(mktemp) || die "There is no room for a temporary file in ${TMPDIR:-/tmp}. Free some space, then run script/${0##*/} again."
  say "Installing the pinned requirements (a minute or two the first time)"
  if "$1/bin/python" -m pip install --no-input --disable-pip-version-check -r requirements.txt >"$log" 2>&1 </dev/null; then
    rm -f "$log"
    return
  fi
  if grep -q -e 'No space left on device' -e 'Errno 28' "$log"; then
    rm -f "$log"
    die "The disk is full. Free about $MB_FOR_INSTALL MB, then run script/${0##*/} again."
  fi
  if grep -q -e 'Temporary failure in name resolution' -e 'Failed to establish a new connection' -e 'Name or service not known' \
    -e 'Network is unreachable' -e 'Connection refused' -e 'ConnectTimeoutError' -e 'ReadTimeoutError' -e 'ProxyError' "$log"; then
    rm -f "$log"
    die "pip cannot reach the package index. Check the network (or pip's index and proxy settings), then run script/${0##*/} again."
  fi
  tail -n 15 "$log" >&2
  die "pip could not install requirements.txt; its last lines are above and the whole log is $log."
}

# Sets VENV to an environment that holds exactly requirements.txt. An environment named by RECOVERY_VENV is the caller's
# own: it must be complete, and nothing is installed into it.
prepare_environment() {
  local wanted stamp
  if [[ -n "${RECOVERY_VENV:-}" ]]; then
    VENV="$RECOVERY_VENV"
    environment_works "$VENV" || die "RECOVERY_VENV=$VENV is not a working virtual environment. Unset it to have one made in .venv."
    need_space . "$MB_TO_RUN"
    return
  fi
  find_python
  VENV=".venv"
  stamp="$VENV/.requirements"
  wanted=$("$PYTHON" -c 'import hashlib, sys; print(sys.version_info[:2], hashlib.sha256(open("requirements.txt", "rb").read()).hexdigest())')
  if [[ -f "$stamp" && "$(<"$stamp")" == "$wanted" && -x "$VENV/bin/python" ]]; then
    need_space . "$MB_TO_RUN"
    return
  fi
  need_space . "$MB_FOR_INSTALL"
  environment_works "$VENV" && python_is_new_enough "$VENV/bin/python" || make_environment "$VENV"
  install_requirements "$VENV"
  printf '%s\n' "$wanted" >"$stamp"
}

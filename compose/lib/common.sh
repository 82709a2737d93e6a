# shellcheck shell=bash disable=SC2034 # names set here are read in the other files
# What every script here stands on: where things are, how it speaks, how it stops.
# A caller sets COMMAND (its own name, for sentences); RUN_DIRECTORY says where the installation is.

set -Eeuo pipefail
umask 022
export LC_ALL=C.UTF-8

ROOT=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
COMPOSE=$ROOT/compose
BIN=$ROOT/.build/release
RUN=${RUN_DIRECTORY:-$ROOT/.run}
COMMAND=${COMMAND:-compose}
SERVICES=(intake verification review notification issuance)

[[ $RUN == /* ]] || RUN=$PWD/$RUN

# MARK: - Time

microseconds() { printf '%s' "${EPOCHREALTIME//[.,]/}"; }

BEGAN=$(microseconds)

# Tenths of a second since the script began, as "12.3".
elapsed() {
    local tenths=$((($(microseconds) - BEGAN) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# `within SECONDS CONDITION…` asks again every 0.1 s until the condition holds; false when the time is up.
within() {
    local until=$(($(microseconds) + $1 * 1000000))
    shift
    while ! "$@"; do
        (($(microseconds) < until)) || return 1
        sleep 0.1
    done
}

# MARK: - Output

if [[ -t 1 ]]; then LIVE=yes; else LIVE=; fi
if [[ -n $LIVE && -z ${NO_COLOR:-} ]]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' GREEN=$'\e[32m' YELLOW=$'\e[33m' PLAIN=$'\e[0m'
else
    BOLD='' DIM='' GREEN='' YELLOW='' PLAIN=''
fi
if [[ -t 2 && -z ${NO_COLOR:-} ]]; then RED=$'\e[31m' RED_END=$'\e[0m'; else RED='' RED_END=''; fi

STEP='' SAID=0 PENDING='' WIDTH=100
[[ -z $LIVE ]] || WIDTH=$(tput cols 2>/dev/null || echo 100)

# `line MARK STEP TEXT` prints one finished line.
line() { printf '%s%7s s%s  %s  %-14s %s\n' "$DIM" "$(elapsed)" "$PLAIN" "$1" "$2" "$3"; }

wipe() {
    [[ -z $PENDING ]] || printf '\r\e[K'
    PENDING=''
}

# A step begins: on a terminal a line that `progress` rewrites, elsewhere a line only for a step that takes long.
begin() {
    STEP=$1 SAID=$(microseconds)
    progress "$2"
}

# Where the step stands. On a terminal at once, elsewhere at most every 15 seconds.
progress() {
    if [[ -z $STEP ]]; then return; fi
    if [[ -n $LIVE ]]; then
        local room=$((WIDTH - 32)) text=$1
        ((room > 10)) || room=10
        printf '\r\e[K%s%7s s%s  %s…%s  %-14s %s' "$DIM" "$(elapsed)" "$PLAIN" "$YELLOW" "$PLAIN" "$STEP" "${text:0:room}"
        PENDING=yes
    elif (($(microseconds) - SAID >= 15000000)); then
        SAID=$(microseconds)
        line '…' "$STEP" "$1"
    fi
}

# Says now that a long step begins, also where there is no terminal.
announce() {
    begin "$1" "$2"
    [[ -n $LIVE ]] || line '…' "$STEP" "$2"
}

finish() {
    wipe
    line "$GREEN✓$PLAIN" "$STEP" "$1"
    STEP=''
}

note() {
    wipe
    line "$YELLOW!$PLAIN" "${STEP:-Note}" "$1"
}

title() { printf '%s%s%s  %s\n' "$BOLD" "$1" "$PLAIN" "$2"; }

# One sentence that says what is wrong and what to do, and the end of the script.
fail() {
    wipe
    printf '%s%s: %s%s\n' "$RED" "$COMMAND" "$*" "$RED_END" >&2
    exit 1
}

# A path as the reader would type it.
short() {
    if [[ $1 == "$PWD"/* ]]; then printf '%s' "${1#"$PWD"/}"; else printf '%s' "$1"; fi
}

# MARK: - Ending

CHILD='' HELPERS=() CHILD_FINISHES='' CLEANUP=()

# `at_exit FUNCTION` runs it, with the exit status, when the script ends for whatever reason; the last registered first.
at_exit() { CLEANUP=("$1" "${CLEANUP[@]}"); }

# Each step of the cleaning up runs even when the one before it failed.
finish_up() {
    local status=$? step
    trap '' INT TERM HUP
    set +e
    wipe
    stop_child
    for step in "${CLEANUP[@]}"; do "$step" "$status"; done
    exit "$status"
}

interrupted() {
    wipe
    printf '%s%s: interrupted.%s\n' "$RED" "$COMMAND" "$RED_END" >&2
    exit "$1"
}

trap finish_up EXIT
trap 'interrupted 130' INT
trap 'interrupted 143' TERM
trap 'interrupted 129' HUP

# `spawn COMMAND…` starts a helper in a session of its own, so that it and all it starts can be ended together, and so
# that it ends when this script is killed. A trap can act meanwhile, which it could not with a command in the foreground.
spawn() {
    (
        [[ -z $LOCK ]] || exec {LOCK}>&-
        exec setsid setpriv --pdeathsig TERM -- "$@"
    ) </dev/null &
    CHILD=$!
}

# The helper's exit status.
child_status() {
    local status=0
    wait "$CHILD" || status=$?
    CHILD=''
    return "$status"
}

child_gone() { ! kill -0 "$CHILD" 2>/dev/null; }

# A helper that must not be cut off in the middle (CHILD_FINISHES) is waited for instead. HELPERS are several at a time.
stop_child() {
    local helper
    for helper in "${HELPERS[@]}"; do kill -TERM -- "-$helper" 2>/dev/null; done
    for helper in "${HELPERS[@]}"; do wait "$helper"; done
    [[ -n $CHILD ]] || return 0
    if [[ -n $CHILD_FINISHES ]]; then
        printf '%s: waiting for %s to finish what it has begun.\n' "$COMMAND" "$CHILD_FINISHES" >&2
        wait "$CHILD"
    else
        kill -TERM "$CHILD" 2>/dev/null
        within 10 child_gone
        kill -KILL -- "-$CHILD" 2>/dev/null
    fi
    CHILD=''
}

# MARK: - The run directory

LOCK=''

# Makes the run directory and holds its lock, so that two scripts never work on one installation at a time.
# Servers run as accounts of their own and must be able to pass through, hence x for all on the top.
claim_run_directory() {
    local wait=${1:-0}
    mkdir -p -- "$RUN" 2>/dev/null ||
        fail "cannot make the directory $RUN; check that $(id -un) may write there and that the disk is not full."
    [[ -O $RUN ]] ||
        fail "$RUN belongs to $(stat -c %U "$RUN"), not to $(id -un); run this as $(stat -c %U "$RUN"), or set RUN_DIRECTORY to another place."
    chmod 711 "$RUN"
    (umask 077 && mkdir -p "$RUN/config" "$RUN/logs" "$RUN/pids" "$RUN/keys") ||
        fail "cannot write in $RUN; check the free space with: df -h '$RUN'"
    exec {LOCK}>"$RUN/lock"
    if ! flock -n "$LOCK"; then
        begin Waiting "another compose script is working on $(short "$RUN")"
        flock -w "$wait" "$LOCK" ||
            fail "another compose script is working on $(short "$RUN") right now; wait until it has ended and try again."
        wipe
    fi
}

release_run_directory() { flock -u "$LOCK"; }

# MARK: - Small files

# `write_private FILE` stores standard input as FILE, readable by its owner only, whole or not at all.
write_private() {
    local target=$1
    if ! (umask 077 && cat >"$target.new" && mv -f "$target.new" "$target"); then
        fail "cannot write $target; check the free space with: df -h '$RUN'"
    fi
}

# `value_of KEY FILE` prints one value of a KEY=VALUE file; false when it is not there.
value_of() {
    local key value
    while IFS='=' read -r key value; do
        if [[ $key == "$1" ]]; then
            printf '%s' "$value"
            return 0
        fi
    done <"$2"
    return 1
}

# `render TEMPLATE NAME=VALUE…` prints the template with every @NAME@ replaced.
render() {
    local text pair
    text=$(<"$1")
    shift
    for pair; do text=${text//"@${pair%%=*}@"/"${pair#*=}"}; done
    if [[ $text =~ @[A-Z_]+@ ]]; then fail "a template has no value for ${BASH_REMATCH[0]}."; fi
    printf '%s\n' "$text"
}

random_password() { od -An -tx1 -N20 /dev/urandom | tr -d ' \n'; }

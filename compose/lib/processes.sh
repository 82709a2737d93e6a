# shellcheck shell=bash disable=SC2034 # names set here are read in the other files
# Processes that outlive the script, each with a record in $RUN/pids/<name>.pid:
#   line 1  process id
#   line 2  its start time (clock ticks since boot, /proc/<pid>/stat field 22)
#   line 3  the boot it belongs to
#   line 4  a stamp of what it was started from (may be empty)
# A process counts as ours only while id, start time and boot all agree: ids are used again, these three together are not.

STARTED=()

boot() { cat /proc/sys/kernel/random/boot_id; }

# The start time of a process that lives; false when there is none or when only its exit status is left.
start_time() {
    local stat fields
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    read -r -a fields <<<"${stat##*) }"
    [[ ${fields[0]} != [ZX] ]] || return 1
    printf '%s' "${fields[19]}"
}

record_of() { printf '%s' "$RUN/pids/$1.pid"; }

# The id of a recorded process that is still the very same process; false otherwise.
alive() {
    local record lines
    record=$(record_of "$1")
    [[ -f $record ]] || return 1
    mapfile -t lines <"$record"
    [[ ${lines[0]:-} =~ ^[0-9]+$ ]] || return 1
    [[ $(start_time "${lines[0]}") == "${lines[1]:-}" && $(boot) == "${lines[2]:-}" ]] || return 1
    ALIVE=${lines[0]} STAMP=${lines[3]:-}
}

gone() { ! alive "$1"; }

# `start NAME ACCOUNT DIRECTORY STAMP COMMAND…` starts a process that stays when the script ends: its own session, no
# terminal, output to $RUN/logs/<name>.log (the log of the run before is kept as <name>.log.1), as the account when the
# caller is root. Each program in the chain replaces the one before it, so the recorded id is the server itself.
start() {
    local name=$1 account=$2 directory=$3 stamp=$4 log=$RUN/logs/$1.log pid prefix=(setsid)
    shift 4
    [[ $EUID != 0 || $account == root ]] ||
        prefix+=(setpriv --reuid "$account" --regid "$(id -g "$account")" --init-groups --)
    if [[ -s $log ]]; then mv -f "$log" "$log.1"; fi
    (umask 077 && : >"$log") || fail "cannot write $log; check the free space with: df -h '$RUN'"
    (
        [[ -z $LOCK ]] || exec {LOCK}>&-
        cd -P -- "$directory" && umask 077 && exec "${prefix[@]}" "$@"
    ) </dev/null >>"$log" 2>&1 &
    pid=$!
    printf '%s\n' "$pid" "$(start_time "$pid" || echo 0)" "$(boot)" "$stamp" | write_private "$(record_of "$name")"
    disown "$pid" 2>/dev/null || true
    STARTED+=("$name")
}

# `signal NAME SIGNAL` sends it if the process is still ours.
signal() {
    alive "$1" || return 0
    # A stopped process (SIGSTOP) takes notice only after it may go on.
    { kill "-$2" "$ALIVE" && kill -CONT "$ALIVE"; } 2>/dev/null || gone "$1" ||
        note "$1 (process $ALIVE) belongs to another user and was left running; stop it as that user."
}

# `stop SIGNAL SECONDS NAME…` asks all of them to end, waits, and ends by force whatever has not.
stop() {
    local how=$1 seconds=$2 name until
    shift 2
    until=$(($(microseconds) + seconds * 1000000))
    for name; do signal "$name" "$how"; done
    for name; do
        while ! within 2 gone "$name" && (($(microseconds) < until)); do
            # An Erlang node that is still starting does not hear the first request; bearerbox waits for its queues to
            # drain after the first, and ends with all of them in its store after the second.
            if [[ $name == rabbitmq || $name == kannel ]]; then signal "$name" "$how"; fi
        done
        if alive "$name"; then
            note "$name did not end within $seconds s and is ended by force."
            signal "$name" KILL
            within 5 gone "$name" || true
        fi
        alive "$name" || rm -f -- "$(record_of "$name")"
    done
}

# How each kind of process is asked to end. Everything that is not a server is a service or a rehearsal's process.
stop_by_kind() {
    local kind=$1
    shift
    (($#)) || return 0
    case $kind in
    rabbitmq) stop TERM 40 "$@" ;;
    epmd) stop TERM 5 "$@" ;;
    redis) stop TERM 20 "$@" ;;
    kannel | smsbox) stop TERM 20 "$@" ;;
    message-centre) stop TERM 10 "$@" ;;
    postgresql) stop INT 40 "$@" ;; # SIGINT is PostgreSQL's fast shutdown: sessions end, a checkpoint is written
    *) stop TERM 15 "$@" ;;
    esac
}

SERVER_ORDER=(smsbox kannel message-centre rabbitmq epmd redis postgresql)

# `stop_in_order NAME…`: programs first, all at once, then the servers they use.
stop_in_order() {
    local name server programs=()
    for name; do
        [[ " ${SERVER_ORDER[*]} " == *" $name "* ]] || programs+=("$name")
    done
    stop_by_kind program "${programs[@]}"
    for server in "${SERVER_ORDER[@]}"; do
        for name; do
            if [[ $name == "$server" ]]; then stop_by_kind "$server" "$server"; fi
        done
    done
}

# The names of everything on record, alive or not.
recorded() {
    local record
    for record in "$RUN"/pids/*.pid; do
        [[ -f $record ]] || continue
        record=${record##*/}
        printf '%s\n' "${record%.pid}"
    done
}

# Registered with at_exit: a script that failed leaves nothing running that it started.
stop_what_was_started() {
    if [[ $1 == 0 || ${#STARTED[@]} == 0 ]]; then return; fi
    stop_in_order "${STARTED[@]}"
    printf '%s: stopped again what this run had started: %s. Data stays in %s.\n' "$COMMAND" "${STARTED[*]}" "$(short "$RUN")" >&2
}

# The line of a log that says what went wrong, without its time and number: the last one, but RabbitMQ's and
# Kannel's first, which pages of process states follow.
last_words() {
    local log=$RUN/logs/$1.log words pick=(tail -n 1)
    case $1 in rabbitmq | kannel | smsbox) pick=(head -n 1) ;; esac
    words=$(
        sed -E -e 's/\x1b\[[0-9;]*m//g' \
            -e 's/^.*"message":"(([^"\\]|\\.)*)".*$/error: \1/' \
            -e 's/^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.+]+ *([A-Z]{3,4})? *(\[[0-9]+\])? *(\S+@\S+ )?//' \
            -e 's/^\[([a-z]+)\] <[0-9.]+> */\1: /' -e '/^([a-z]+: )?[[:space:]=]*(BOOT FAILED)?[[:space:]=]*$/d' "$log" 2>/dev/null |
            grep -aE '^[^ ]' | grep -aE 'FATAL|PANIC|ERROR|rror|atal|denied|No space|unrecognized|invalid' |
            grep -avE 'contains errors$' | "${pick[@]}"
    ) || true
    [[ -n $words ]] || words=$(grep -av '^[[:space:]]*$' "$log" 2>/dev/null | tail -n 1) || true
    printf '%s' "${words:0:240}"
}

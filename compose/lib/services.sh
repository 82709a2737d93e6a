# shellcheck shell=bash disable=SC2034 # names set here are read in the other files
# The five services: their keys, their migrations, their processes.

key_files() {
    printf '%s\n' token.key token.pub
    printf '%s.json\n' "${SERVICES[@]}"
}

missing_keys() {
    local file
    for file in $(key_files); do
        [[ -s $RUN/keys/$file ]] || printf '%s ' "$file"
    done
}

ensure_keys() {
    begin Keys "looking"
    if [[ -z $(missing_keys) ]]; then
        finish "as they are in $(short "$RUN/keys")"
        return
    fi
    (umask 077 && "$BIN/youdai" keys init --directory "$RUN/keys") >"$RUN/logs/keys.log" 2>&1 ||
        fail "'youdai keys init' could not make the keys: $(last_words keys) (see $(short "$RUN/logs/keys.log"))"
    [[ -z $(missing_keys) ]] || fail "'youdai keys init' did not write $(missing_keys)to $(short "$RUN/keys"); see $(short "$RUN/logs/keys.log")."
    finish "made in $(short "$RUN/keys")"
}

# All at once; each has a database of its own.
migrate_services() {
    local service failed=() i
    begin Migrations "bringing ${#SERVICES[@]} databases up to date"
    for service in "${SERVICES[@]}"; do
        CONFIG_FILE=$RUN/config/$service.env spawn timeout 120 "$BIN/$service" migrate \
            >"$RUN/logs/$service-migrate.log" 2>&1
        HELPERS+=("$CHILD")
        CHILD=''
    done
    for i in "${!HELPERS[@]}"; do
        wait "${HELPERS[$i]}" || failed+=("${SERVICES[$i]}")
    done
    HELPERS=()
    ((${#failed[@]} == 0)) ||
        fail "the database of ${failed[0]} could not be brought up to date: $(last_words "${failed[0]}-migrate") (see $(short "$RUN/logs/${failed[0]}-migrate.log"))"
    finish "${#SERVICES[@]} databases are up to date"
}

# What a running service was started from: a rebuilt program or another configuration gives another stamp.
stamp_of() { printf '%s:%s' "$(stat -Lc '%i.%Y' "$BIN/$1")" "$(cksum <"$RUN/config/$1.env" | tr ' ' .)"; }

# The status code of GET PATH on a port of this machine; 0 when nobody answers.
http_status() {
    local status=''
    { status=$(
        exec 3<>"/dev/tcp/127.0.0.1/$1"
        printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&3
        timeout 3 head -n 1 <&3
    ); } 2>/dev/null || true
    if [[ $status =~ ^HTTP/1\.[01]\ ([0-9]{3}) ]]; then printf '%s' "${BASH_REMATCH[1]}"; else printf 0; fi
}

service_ready() { [[ $(http_status "$(service_port "$1")" /health/ready) == 200 ]]; }

start_services() {
    local service began=() stale=()
    begin Services "starting"
    for service in "${SERVICES[@]}"; do
        if alive "$service" && [[ $STAMP != "$(stamp_of "$service")" ]]; then stale+=("$service"); fi
    done
    stop_by_kind program "${stale[@]}"
    for service in "${SERVICES[@]}"; do
        if alive "$service"; then continue; fi
        start "$service" "$(id -un)" "$ROOT" "$(stamp_of "$service")" \
            env CONFIG_FILE="$RUN/config/$service.env" "$BIN/$service"
        began+=("$service")
    done
    for service in "${SERVICES[@]}"; do await_service "$service" 30; done
    if ((${#began[@]})); then finish "${began[*]} started"; else finish "already running"; fi
}

await_service() {
    local service=$1 until=$(($(microseconds) + $2 * 1000000)) place
    place=$(short "$RUN/logs/$service.log")
    until service_ready "$service"; do
        progress "waiting for $service"
        alive "$service" || fail "$service ended right after its start: $(last_words "$service") (the whole log: $place)"
        (($(microseconds) < until)) ||
            fail "$service was not ready within $2 s (http://127.0.0.1:$(service_port "$service")/health/ready says why; its log: $place)."
        sleep 0.2
    done
}

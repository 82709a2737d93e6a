# shellcheck shell=bash disable=SC2034 # names set here are read in the other files
# What must hold before anything is installed, built or started. Nothing here changes the machine.

check_machine() {
    local ID='' VERSION_ID='' PRETTY_NAME='this system'
    # shellcheck source=/dev/null
    if [[ -r /etc/os-release ]]; then source /etc/os-release; fi
    [[ $ID == debian && $VERSION_ID == 12 ]] ||
        fail "this is made for Debian 12 (bookworm), and this machine runs $PRETTY_NAME; use a Debian 12 machine or container."
}

check_swift() {
    local version
    command -v swift >/dev/null ||
        fail "swift is not in PATH; install Swift 6.3 (https://www.swift.org/install) and add its usr/bin to PATH."
    if ! version=$(swift --version 2>&1); then
        # A toolchain that was only unpacked may lack libraries that the package step brings: asked again after it.
        if [[ ${1:-} != again && $version == *'shared libraries'* ]]; then
            SWIFT_VERSION=
            return
        fi
        fail "'swift --version' does not work (${version##*$'\n'}); check the Swift installation at $(command -v swift)."
    fi
    [[ $version =~ Swift\ version\ ([0-9]+)\.([0-9]+)(\.[0-9]+)? ]] ||
        fail "'swift --version' gives no version number; check the Swift installation at $(command -v swift)."
    SWIFT_VERSION=${BASH_REMATCH[1]}.${BASH_REMATCH[2]}${BASH_REMATCH[3]}
    ((BASH_REMATCH[1] > 6 || (BASH_REMATCH[1] == 6 && BASH_REMATCH[2] >= 2))) ||
        fail "Swift 6.2 or newer is needed and $(command -v swift) is $SWIFT_VERSION; install Swift 6.3 and put it first in PATH."
}

# Free space in MB where the path is, or will be.
free_space() {
    local path=$1
    while [[ ! -e $path ]]; do path=$(dirname -- "$path"); done
    df -Pm -- "$path" | awk 'NR == 2 { print $4 }'
}

# A first build needs 5 GB; once it is there, 2 GB keep the servers away from their own limits.
check_disk() {
    local place needed free
    needed=5000
    if [[ -x $BIN/youdai ]]; then needed=2000; fi
    for place in "$ROOT" "$RUN"; do
        free=$(free_space "$place")
        ((free >= needed)) ||
            fail "only $((free / 1000)).$((free % 1000 / 100)) GB are free on the disk of $place and $((needed / 1000)) GB are needed; free some space and try again."
    done
    DISK_FREE=$((free / 1000))
}

# MARK: - Ports

# `listening PORT` prints the socket's inode when somebody listens on the port on any address of this machine.
listening() {
    local hex
    printf -v hex ':%04X' "$1"
    { cat /proc/net/tcp /proc/net/tcp6 2>/dev/null || true; } |
        awk -v port="$hex" 'substr($2, length($2) - 4) == port && $4 == "0A" { print $10; found = 1; exit } END { exit !found }'
}

# Who holds a socket, as far as this user may see it.
holder() {
    local link pid
    link=$(find /proc/[0-9]*/fd -lname "socket:\\[$1\\]" -print -quit 2>/dev/null) || true
    if [[ -z $link ]]; then
        printf 'another program'
        return
    fi
    pid=${link#/proc/}
    pid=${pid%%/*}
    printf '%s (process %s)' "$(cat "/proc/$pid/comm" 2>/dev/null || echo 'another program')" "$pid"
}

# `check_port NAME WHAT PORT`: free, or held by the process this installation has on record.
check_port() {
    local inode
    inode=$(listening "$3") || return 0
    if alive "$1"; then return 0; fi
    fail "port $3, which $2 needs, is already used by $(holder "$inode"); stop that program, or use other ports with: PORT_OFFSET=$((PORT_OFFSET + 200)) $COMMAND"
}

check_server_ports() {
    check_port postgresql PostgreSQL "$DATABASE_PORT"
    check_port redis Redis "$REDIS_PORT"
    check_port rabbitmq RabbitMQ "$AMQP_PORT"
    check_port rabbitmq "RabbitMQ's Erlang distribution" "$DISTRIBUTION_PORT"
    check_port message-centre "the message centre" "$CENTRE_PORT"
    check_port message-centre "the message centre's SMPP" "$SMPP_PORT"
    check_port kannel "Kannel's bearerbox" "$KANNEL_ADMIN_PORT"
    check_port kannel "Kannel's bearerbox" "$KANNEL_BOX_PORT"
    check_port smsbox "Kannel's smsbox" "$KANNEL_PORT"
    check_port epmd "RabbitMQ's port mapper" "$EPMD_PORT"
}

check_service_ports() {
    local service
    for service in "${SERVICES[@]}"; do check_port "$service" "the service $service" "$(service_port "$service")"; done
}

# shellcheck shell=bash disable=SC2034 # names set here are read in the other files
# The private servers: three here, those of the messages in kannel.sh. For each: <name>_start, <name>_ready (a cheap question), and what they keep in $RUN/<name>/.

POSTGRES=/usr/lib/postgresql/15/bin
RABBITMQ=/usr/lib/rabbitmq/bin
# Each after those it needs.
SERVERS=(rabbitmq redis postgresql message-centre kannel smsbox)
declare -A TITLES=([rabbitmq]=RabbitMQ [redis]=Redis [postgresql]=PostgreSQL [message-centre]='message centre' [kannel]=Kannel
    [smsbox]="Kannel's smsbox")

# The account a server runs as: PostgreSQL refuses to run as root, and the others should not either.
account_for() {
    if [[ $EUID != 0 ]]; then
        id -un
        return
    fi
    local account=$1
    if [[ $1 == postgresql ]]; then account=postgres; fi
    if id -u "$account" >/dev/null 2>&1; then printf '%s' "$account"; else printf 'nobody'; fi
}

as_account() {
    local account=$1
    shift
    if [[ $EUID != 0 ]]; then
        "$@"
    else
        setpriv --reuid "$account" --regid "$(id -g "$account")" --init-groups -- "$@"
    fi
}

# `server_home NAME` makes $RUN/<name>/ for the server's account and sets HOME_OF_SERVER to its real path. Where that
# account cannot get there (a clone in /root, which is closed to everybody else), the directory is made below
# /var/lib/youdai and $RUN/<name> becomes a link to it.
server_home() {
    local name=$1 account elsewhere
    account=$(account_for "$name")
    HOME_OF_SERVER=$RUN/$name
    if [[ $EUID == 0 && ! -L $HOME_OF_SERVER ]]; then
        if ! as_account "$account" test -x "$RUN"; then
            elsewhere=/var/lib/youdai/$(printf '%s' "$RUN" | sha256sum | cut -c1-12)
            [[ ! -e $HOME_OF_SERVER ]] || fail "$account cannot reach $HOME_OF_SERVER; open the directories above it with chmod o+x."
            rm -rf -- "${elsewhere:?}/$name" # left by a run directory that has been deleted since
            mkdir -p -- "$elsewhere/$name"
            chmod 711 /var/lib/youdai "$elsewhere"
            ln -s -- "$elsewhere/$name" "$HOME_OF_SERVER"
        fi
    fi
    mkdir -p -- "$HOME_OF_SERVER/"
    HOME_OF_SERVER=$(cd -P -- "$HOME_OF_SERVER" && pwd)
    chmod 700 "$HOME_OF_SERVER"
    if [[ $EUID == 0 ]]; then chown "$account:" "$HOME_OF_SERVER"; fi
}

# Standard input becomes a file that only the server's account can read.
server_file() {
    write_private "$1"
    if [[ $EUID == 0 ]]; then chown "$2:" "$1"; fi
}

# MARK: - PostgreSQL

# A database is made beside its final place and moved there whole, so that an interrupted start leaves no half of one.
postgresql_initialise() {
    local home=$1 account=$2 log=$RUN/logs/initdb.log
    rm -rf -- "${home:?}/new"
    (umask 077 && : >"$log")
    printf '%s\n' "$DATABASE_ADMIN_PASSWORD" | server_file "$home/password" "$account"
    if ! (cd -P -- "$home" && umask 077 &&
        as_account "$account" "$POSTGRES/initdb" --pgdata=new --username="$DATABASE_ADMIN_USER" --pwfile=password \
            --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums >"$log" 2>&1); then
        fail "PostgreSQL could not make its data directory: $(last_words initdb). Nothing was changed; see $(short "$log")."
    fi
    rm -f -- "$home/password"
    mv -- "$home/new" "$home/data"
}

# After a restart of the machine another process may carry the id that PostgreSQL's lock file names, and PostgreSQL would
# refuse to start. The file goes only when no process at all works in the data directory; in every other case it stays,
# because PostgreSQL finds the sessions of a dead server through it.
postgresql_forget_stale_lock() {
    local data=$1/data pid cwd
    [[ -f $data/postmaster.pid ]] || return 0
    read -r pid <"$data/postmaster.pid" || true
    [[ $pid =~ ^[0-9]+$ ]] && kill -0 "$pid" 2>/dev/null || return 0
    [[ $(readlink "/proc/$pid/cwd" 2>/dev/null) != "$data" ]] ||
        fail "a PostgreSQL that is not on record (process $pid) already uses $(short "$data"); stop it with: kill -INT $pid"
    for cwd in /proc/[0-9]*/cwd; do
        [[ $(readlink "$cwd" 2>/dev/null) != "$data" ]] || return 0
    done
    rm -f -- "$data/postmaster.pid"
}

postgresql_start() {
    local home account
    account=$(account_for postgresql)
    server_home postgresql
    home=$HOME_OF_SERVER
    [[ -f $home/data/PG_VERSION ]] || postgresql_initialise "$home" "$account"
    postgresql_forget_stale_lock "$home"
    render "$COMPOSE/postgresql/postgresql.conf" PORT="$DATABASE_PORT" | server_file "$home/postgresql.conf" "$account"
    render "$COMPOSE/postgresql/pg_hba.conf" | server_file "$home/pg_hba.conf" "$account"
    start postgresql "$account" "$home" "" "$POSTGRES/postgres" -D "$home/data" \
        -c config_file="$home/postgresql.conf" -c hba_file="$home/pg_hba.conf"
}

postgresql_ready() { "$POSTGRES/pg_isready" -q -h 127.0.0.1 -p "$DATABASE_PORT" -d postgres; }

# After kill -9 the sessions of the dead server live on for a moment and PostgreSQL refuses to start beside them.
postgresql_try_again() { grep -qaE 'pre-existing shared memory block' "$RUN/logs/postgresql.log"; }

# `administer DATABASE ARGUMENTS…`: psql as the administrator.
administer() {
    PGPASSWORD=$DATABASE_ADMIN_PASSWORD PGCONNECT_TIMEOUT=10 "$POSTGRES/psql" -X -q -h 127.0.0.1 -p "$DATABASE_PORT" \
        -U "$DATABASE_ADMIN_USER" -d "$1" -v ON_ERROR_STOP=1 "${@:2}"
}

# A database and a role for each service, and no way from one into another.
create_databases() {
    local service password
    (
        printf 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;\n'
        for service in "${SERVICES[@]}"; do
            password=$(secret "${service^^}_DATABASE_PASSWORD")
            printf '\\set name youdai_%s\n\\set password %s\n' "$service" "$password"
            cat "$COMPOSE/postgresql/roles.sql"
        done
    ) | administer postgres >"$RUN/logs/databases.log" 2>&1 ||
        fail "PostgreSQL would not make the roles and databases: $(last_words databases). If the passwords in $(short "$RUN/config") are not those of the data, restore them, or start anew by deleting $(short "$RUN")."
}

# MARK: - Redis

redis_start() {
    local account
    account=$(account_for redis)
    server_home redis
    render "$COMPOSE/redis/redis.conf" PORT="$REDIS_PORT" PASSWORD="$REDIS_PASSWORD" DIRECTORY="$HOME_OF_SERVER" |
        server_file "$HOME_OF_SERVER/redis.conf" "$account"
    start redis "$account" "$HOME_OF_SERVER" "" redis-server "$HOME_OF_SERVER/redis.conf"
}

# PONG comes only after the append-only file has been read.
redis_ready() {
    local answer
    { answer=$(
        exec 3<>"/dev/tcp/127.0.0.1/$REDIS_PORT"
        printf 'AUTH %s\r\nPING\r\nQUIT\r\n' "$REDIS_PASSWORD" >&3
        timeout 2 cat <&3
    ); } 2>/dev/null || true
    [[ $answer == *+PONG* ]]
}

redis_try_again() { false; }

# MARK: - RabbitMQ

# What the node, its port mapper and rabbitmqctl must agree on. The node is `youdai@localhost`, so that a machine that
# changes its name still finds its data.
rabbitmq_environment() {
    local home=$1 data=$1/data
    # Its disk monitor hands the path to `df` without quotes; the node's own working directory is a way round a space.
    if [[ $home == *[[:space:]]* ]]; then data=/proc/self/cwd/data; fi
    RABBITMQ_ENVIRONMENT=(
        HOME="$home"
        ERL_EPMD_PORT="$EPMD_PORT" ERL_EPMD_ADDRESS=127.0.0.1
        ERL_CRASH_DUMP="$home/erl_crash.dump" ERL_MAX_PORTS=8192
        RABBITMQ_CONF_ENV_FILE=/dev/null
        RABBITMQ_NODENAME=youdai@localhost
        RABBITMQ_DIST_PORT="$DISTRIBUTION_PORT"
        RABBITMQ_MNESIA_BASE="$data"
        RABBITMQ_LOG_BASE="$home/log"
        RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf"
        RABBITMQ_ADVANCED_CONFIG_FILE="$home/advanced.config"
        RABBITMQ_GENERATED_CONFIG_DIR="$home/generated"
        RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins"
        RABBITMQ_PID_FILE="$home/node.pid"
        # +S 2:2: two schedulers, since broker, database and services share few cores.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 2:2 +SDio 4 -kernel inet_dist_use_interface {127,0,0,1}'
        detached=yes # its start script then becomes the node instead of waiting beside it, so that the record is the node
    )
}

rabbitmq_start() {
    local home account
    account=$(account_for rabbitmq)
    server_home rabbitmq
    home=$HOME_OF_SERVER
    render "$COMPOSE/rabbitmq/rabbitmq.conf" PORT="$AMQP_PORT" USER="$AMQP_USER" PASSWORD="$AMQP_PASSWORD" |
        server_file "$home/rabbitmq.conf" "$account"
    render "$COMPOSE/rabbitmq/enabled_plugins" | server_file "$home/enabled_plugins" "$account"
    rabbitmq_environment "$home"
    if ! alive epmd; then
        start epmd "$account" "$home" "" epmd -address 127.0.0.1 -port "$EPMD_PORT"
        within 5 listening "$EPMD_PORT" >/dev/null ||
            fail "RabbitMQ's port mapper did not start on port $EPMD_PORT: $(last_words epmd)"
    fi
    start rabbitmq "$account" "$home" "" env "${RABBITMQ_ENVIRONMENT[@]}" "$RABBITMQ/rabbitmq-server"
}

# A node that greets is ready: it opens its listener last. The first byte of its Connection.Start frame is 1.
rabbitmq_ready() {
    listening "$AMQP_PORT" >/dev/null || return 1
    local byte=''
    { byte=$(
        exec 3<>"/dev/tcp/127.0.0.1/$AMQP_PORT"
        printf 'AMQP\x00\x00\x09\x01' >&3
        timeout 2 head -c 1 <&3
    ); } 2>/dev/null || true
    [[ $byte == $'\x01' ]]
}

rabbitmq_try_again() { false; }

# A quorum queue that was declared a moment before a crash may come back with an empty log. Its only member then waits for
# a leader and calls no election (RabbitMQ 3.10.8: seen after kill -9 on a loaded machine), so nothing can be published
# to it or consumed from it until somebody asks for one. Followers on a single node are exactly those.
# shellcheck disable=SC2329 # called by name
rabbitmq_settle() {
    private_rabbitmqctl eval '
        [ra:trigger_election(Member)
         || Queue <- rabbit_amqqueue:list(), amqqueue:is_quorum(Queue),
            {Name, _} = Member <- [amqqueue:get_pid(Queue)],
            ets:lookup(ra_state, Name) =:= [{Name, follower}]].' >"$RUN/logs/rabbitmq-elections.log" 2>&1 ||
        fail "RabbitMQ runs but could not be asked about its queues: $(last_words rabbitmq-elections)"
}

# `rabbitmqctl ARGUMENTS…` against the private node.
private_rabbitmqctl() {
    local account
    account=$(account_for rabbitmq)
    server_home rabbitmq
    rabbitmq_environment "$HOME_OF_SERVER"
    cd -P -- "$HOME_OF_SERVER" || return
    as_account "$account" env "${RABBITMQ_ENVIRONMENT[@]}" "$RABBITMQ/rabbitmqctl" "$@"
}

# MARK: - All of them

# `await_server NAME SECONDS` waits until it answers; a server that ended instead is quoted.
await_server() {
    local name=$1 until=$(($(microseconds) + $2 * 1000000)) title=${TITLES[$1]}
    until "${name}_ready"; do
        progress "waiting for $title"
        if ! alive "$name"; then
            if (($(microseconds) < until)) && "${name}_try_again"; then
                sleep 0.5
                "${name}_start"
                continue
            fi
            fail "$title did not start: $(last_words "$name") (the whole log: $(short "$RUN/logs/$name.log"))"
        fi
        (($(microseconds) < until)) ||
            fail "$title did not answer within $2 s; see $(short "$RUN/logs/$name.log"), then try again."
        sleep 0.2
    done
}

# Starts those that do not run, all at once, and waits for all of them. The slowest, RabbitMQ, goes first; Kannel's two come
# when what they connect to is there.
start_servers() {
    local name began=()
    begin Servers "starting"
    raise_file_limit
    if alive message-centre && [[ $STAMP != "$(stamp_of message-centre)" ]]; then stop_by_kind message-centre message-centre; fi
    for name in "${SERVERS[@]}"; do
        if alive "$name"; then continue; fi
        progress "starting ${TITLES[$name]}"
        case $name in
        kannel) await_server message-centre 30 ;;
        smsbox) await_server kannel 30 ;;
        esac
        "${name}_start"
        began+=("${TITLES[$name]}")
    done
    for name in redis postgresql message-centre kannel smsbox rabbitmq; do await_server "$name" 90; done
    (rabbitmq_settle)
    if ((${#began[@]})); then finish "${began[*]} started"; else finish "already running"; fi
}

# Enough open files for the servers; not without bound, because Erlang makes a table of that size.
raise_file_limit() {
    local hard
    hard=$(ulimit -Hn)
    if [[ $hard == unlimited ]] || ((hard > 65536)); then hard=65536; fi
    ulimit -Sn "$hard" 2>/dev/null || true
}

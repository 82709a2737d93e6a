# shellcheck shell=bash disable=SC2034 # names set here are read in the other files
# Ports, passwords and the files in $RUN/config that services and the command line read.

# The standing services work in real time, so they run the programme that is open today.
PROGRAMME=$COMPOSE/programmes/qiaocheng-routine.yaml
# What the main job plays.
COLLECTIVE_PROGRAMME=$COMPOSE/programmes/qiaocheng-2022.yaml

# PORT_OFFSET is added to every port. An installation remembers its own, so that a later run need not say it again.
choose_ports() {
    local remembered='' file=$RUN/config/installation.env
    if [[ -f $file ]]; then remembered=$(value_of PORT_OFFSET "$file") || true; fi
    PORT_OFFSET=${PORT_OFFSET:-${remembered:-0}}
    [[ $PORT_OFFSET =~ ^0*([0-6]?[0-9]{1,3}|7000)$ ]] ||
        fail "PORT_OFFSET must be a number from 0 to 7000, and it is '$PORT_OFFSET'."
    PORT_OFFSET=$((10#$PORT_OFFSET))
    if [[ -n $remembered && $remembered != "$PORT_OFFSET" ]] && anything_alive; then
        fail "this installation is running with PORT_OFFSET=$remembered; stop it first with compose/down."
    fi
    DATABASE_PORT=$((15432 + PORT_OFFSET))
    AMQP_PORT=$((5673 + PORT_OFFSET))
    DISTRIBUTION_PORT=$((25673 + PORT_OFFSET))
    EPMD_PORT=$((4370 + PORT_OFFSET))
    REDIS_PORT=$((6380 + PORT_OFFSET))
    CENTRE_PORT=$((8111 + PORT_OFFSET))
    SMPP_PORT=$((2776 + PORT_OFFSET))
    KANNEL_ADMIN_PORT=$((13000 + PORT_OFFSET))
    KANNEL_BOX_PORT=$((13001 + PORT_OFFSET))
    KANNEL_PORT=$((13013 + PORT_OFFSET))
    REHEARSAL_PORT=$((8114 + PORT_OFFSET))
}

remember_ports() { printf 'PORT_OFFSET=%s\n' "$PORT_OFFSET" | write_private "$RUN/config/installation.env"; }

anything_alive() {
    local name
    while read -r name; do
        if alive "$name"; then return 0; fi
    done < <(recorded)
    return 1
}

service_port() {
    case $1 in
    intake) echo $((8101 + PORT_OFFSET)) ;;
    verification) echo $((8102 + PORT_OFFSET)) ;;
    review) echo $((8103 + PORT_OFFSET)) ;;
    notification) echo $((8104 + PORT_OFFSET)) ;;
    issuance) echo $((8105 + PORT_OFFSET)) ;;
    esac
}

# MARK: - Passwords

SECRETS=$RUN/config/secrets.env

secret() { value_of "$1" "$SECRETS" || fail "$(short "$SECRETS") has no $1; restore that file, or start anew by deleting $(short "$RUN")."; }

# Made once and then kept: the servers' data knows them.
ensure_secrets() {
    local service
    if [[ ! -s $SECRETS ]]; then
        [[ ! -e $RUN/postgresql/data && ! -e $RUN/rabbitmq/data ]] ||
            fail "$(short "$SECRETS") is gone and the servers' data in $(short "$RUN") needs its passwords; restore that file, or start anew by deleting $(short "$RUN")."
        {
            printf '# The passwords of this installation, made by chance on its first start. Deleting them locks its data.\n'
            printf 'DATABASE_ADMIN_PASSWORD=%s\n' "$(random_password)"
            printf 'AMQP_PASSWORD=%s\n' "$(random_password)"
            printf 'REDIS_PASSWORD=%s\n' "$(random_password)"
            for service in "${SERVICES[@]}"; do printf '%s_DATABASE_PASSWORD=%s\n' "${service^^}" "$(random_password)"; done
        } | write_private "$SECRETS"
    fi
    for service in "${SERVICES[@]}"; do secret "${service^^}_DATABASE_PASSWORD" >/dev/null; done
    add_secrets
    DATABASE_ADMIN_USER=youdai_admin
    AMQP_USER=youdai
    DATABASE_ADMIN_PASSWORD=$(secret DATABASE_ADMIN_PASSWORD)
    AMQP_PASSWORD=$(secret AMQP_PASSWORD)
    REDIS_PASSWORD=$(secret REDIS_PASSWORD)
    KANNEL_USER=youdai
    # What people see as the sender where the network shows it.
    KANNEL_SENDER=10690000
    REHEARSAL_SENDER=10690009
    KANNEL_PASSWORD=$(secret KANNEL_PASSWORD)
    KANNEL_ADMIN_PASSWORD=$(secret KANNEL_ADMIN_PASSWORD)
    KANNEL_RECEIPT_SECRET=$(secret KANNEL_RECEIPT_SECRET)
    SMPP_USER=youdai
    SMPP_PASSWORD=$(secret SMPP_PASSWORD)
    CENTRE_SECRET=$(secret MESSAGE_CENTRE_SECRET)
}

# Passwords an installation of before did not have; nothing that is kept knows them. SMPP allows eight characters.
add_secrets() {
    local name password missing=()
    for name in KANNEL_PASSWORD KANNEL_ADMIN_PASSWORD KANNEL_RECEIPT_SECRET SMPP_PASSWORD MESSAGE_CENTRE_SECRET; do
        value_of "$name" "$SECRETS" >/dev/null || missing+=("$name")
    done
    ((${#missing[@]})) || return 0
    {
        cat "$SECRETS"
        for name in "${missing[@]}"; do
            password=$(random_password)
            if [[ $name == SMPP_PASSWORD ]]; then password=${password:0:8}; fi
            printf '%s=%s\n' "$name" "$password"
        done
    } | write_private "$SECRETS"
}

# MARK: - Configuration files

service_configuration() {
    local service=$1
    cat <<END
# Written by compose/up. A variable of the same name in the environment wins over a line here.
# Every key with its meaning: .build/release/$service configuration
SERVICE_INSTANCE=$service-1
HTTP_HOST=127.0.0.1
HTTP_PORT=$(service_port "$service")
DATABASE_HOST=127.0.0.1
DATABASE_PORT=$DATABASE_PORT
DATABASE_NAME=youdai_$service
DATABASE_USER=youdai_$service
DATABASE_PASSWORD=$(secret "${service^^}_DATABASE_PASSWORD")
DATABASE_POOL_SIZE=8
AMQP_HOST=127.0.0.1
AMQP_PORT=$AMQP_PORT
AMQP_USER=$AMQP_USER
AMQP_PASSWORD=$AMQP_PASSWORD
AMQP_VHOST=/
MESSAGING_NAMESPACE=youdai
PROGRAMME_FILE=$PROGRAMME
CLOCK_FILE=
KEYS_FILE=$RUN/keys/$service.json
TOKEN_PUBLIC_KEY_FILE=$RUN/keys/token.pub
LOG_LEVEL=info
LOG_FORMAT=json
END
    # Seats are counted there, and short messages.
    if [[ $service == intake || $service == notification ]]; then
        cat <<END
REDIS_HOST=127.0.0.1
REDIS_PORT=$REDIS_PORT
REDIS_PASSWORD=$REDIS_PASSWORD
END
    fi
}

operations_configuration() {
    local service
    cat <<END
# Written by compose/up and compose/test for the youdai command line and the tests.
DATABASE_HOST=127.0.0.1
DATABASE_PORT=$DATABASE_PORT
DATABASE_ADMIN_USER=$DATABASE_ADMIN_USER
DATABASE_ADMIN_PASSWORD=$DATABASE_ADMIN_PASSWORD
AMQP_HOST=127.0.0.1
AMQP_PORT=$AMQP_PORT
AMQP_USER=$AMQP_USER
AMQP_PASSWORD=$AMQP_PASSWORD
AMQP_VHOST=/
REDIS_HOST=127.0.0.1
REDIS_PORT=$REDIS_PORT
REDIS_PASSWORD=$REDIS_PASSWORD
MESSAGING_NAMESPACE=youdai
KEYS_DIRECTORY=$RUN/keys
TOKEN_PUBLIC_KEY_FILE=$RUN/keys/token.pub
BIN_DIRECTORY=$BIN
RUN_DIRECTORY=$RUN
PROGRAMME_FILE=$PROGRAMME
SERVER_COMMAND=$COMPOSE/lib/server
PORT_OFFSET=$PORT_OFFSET
END
    provider_configuration
    centre_access
    rehearsal_access
    for service in "${SERVICES[@]}"; do
        cat <<END
${service^^}_URL=http://127.0.0.1:$(service_port "$service")
${service^^}_DATABASE_NAME=youdai_$service
${service^^}_DATABASE_USER=youdai_$service
${service^^}_DATABASE_PASSWORD=$(secret "${service^^}_DATABASE_PASSWORD")
END
    done
}

write_configuration() {
    local service
    for service in "${SERVICES[@]}"; do
        {
            service_configuration "$service"
            # The only one that sends.
            if [[ $service == notification ]]; then provider_configuration; fi
        } | write_private "$RUN/config/$service.env"
    done
    operations_configuration | write_private "$RUN/config/operations.env"
}

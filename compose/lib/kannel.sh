# shellcheck shell=bash disable=SC2034,SC2329 # names set here are read, and functions called, in the other files
# The way to the phones: the message centre (the project's own, in place of a network), and Kannel's two processes,
# bearerbox (recorded as `kannel`) and smsbox. For each: <name>_start, <name>_ready, <name>_try_again.

# MARK: - Message centre

message_centre_configuration() {
    cat <<END
# Written by compose. Every key with its meaning: .build/release/message-centre configuration
SERVICE_INSTANCE=message-centre-1
HTTP_HOST=127.0.0.1
HTTP_PORT=$CENTRE_PORT
SMPP_PORT=$SMPP_PORT
SMPP_SYSTEM_ID=$SMPP_USER
SMPP_PASSWORD=$SMPP_PASSWORD
MESSAGE_CENTRE_SECRET=$CENTRE_SECRET
# A rehearsal waits for the receipts of each moment it plays.
RECEIPT_MILLISECONDS=20
LOG_LEVEL=info
LOG_FORMAT=json
END
}

# It runs as the caller: it keeps nothing but what it has in memory.
message-centre_start() {
    message_centre_configuration | write_private "$RUN/config/message-centre.env"
    start message-centre "$(id -un)" "$ROOT" "$(stamp_of message-centre)" \
        env CONFIG_FILE="$RUN/config/message-centre.env" "$BIN/message-centre" serve
}

message-centre_ready() { listening "$SMPP_PORT" >/dev/null && [[ $(http_status "$CENTRE_PORT" /health/ready) == 200 ]]; }

message-centre_try_again() { false; }

# MARK: - Kannel

kannel_configuration() {
    render "$COMPOSE/kannel/kannel.conf" DIRECTORY="$1" ADMIN_PORT="$KANNEL_ADMIN_PORT" BOX_PORT="$KANNEL_BOX_PORT" \
        SEND_PORT="$KANNEL_PORT" ADMIN_PASSWORD="$KANNEL_ADMIN_PASSWORD" USER="$KANNEL_USER" PASSWORD="$KANNEL_PASSWORD" \
        SENDER="$KANNEL_SENDER" SMPP_PORT="$SMPP_PORT" SMPP_USER="$SMPP_USER" SMPP_PASSWORD="$SMPP_PASSWORD" \
        NOTIFICATION_URL="http://127.0.0.1:$(service_port notification)" RECEIPT_SECRET="$KANNEL_RECEIPT_SECRET" \
        REHEARSAL_SENDER="$REHEARSAL_SENDER" REHEARSAL_URL="http://127.0.0.1:$REHEARSAL_PORT" \
        RESEND_SECONDS=10 RESEND_TIMES=30 RECONNECT_SECONDS=2 RETRY_SECONDS=10
}

kannel_home() {
    local part
    server_home kannel
    for part in store receipts; do
        mkdir -p -m 700 -- "$HOME_OF_SERVER/$part"
        if [[ $EUID == 0 ]]; then chown "$1:" "$HOME_OF_SERVER/$part"; fi
    done
}

# smsbox ends with a bearerbox that is stopped in good order. When bearerbox was killed, smsbox looks for it once more after ten
# seconds and ends when it is not back: `compose/lib/server start kannel` starts whichever of the two is missing.
kannel_start() {
    local account
    account=$(account_for kannel)
    kannel_home "$account"
    kannel_configuration "$HOME_OF_SERVER" | server_file "$HOME_OF_SERVER/kannel.conf" "$account"
    start kannel "$account" "$HOME_OF_SERVER" "" /usr/sbin/bearerbox -v 4 "$HOME_OF_SERVER/kannel.conf"
}

kannel_ready() { [[ $(http_status "$KANNEL_ADMIN_PORT" /status.txt) != 0 ]] && listening "$KANNEL_BOX_PORT" >/dev/null; }

kannel_try_again() { grep -qaE 'Could not open (smsbox|wapbox|admin)? ?port' "$RUN/logs/kannel.log"; }

smsbox_start() {
    local account
    account=$(account_for kannel)
    server_home kannel
    start smsbox "$account" "$HOME_OF_SERVER" "" /usr/sbin/smsbox -v 4 "$HOME_OF_SERVER/kannel.conf"
}

# 403 without a password is its answer; while it looks for bearerbox nobody listens.
smsbox_ready() { [[ $(http_status "$KANNEL_PORT" /cgi-bin/sendsms) == 403 ]]; }

# It ends by itself when bearerbox is not there yet.
smsbox_try_again() { alive kannel; }

# MARK: - What notification and the command line are told

provider_configuration() {
    cat <<END
KANNEL_URL=http://127.0.0.1:$KANNEL_PORT/cgi-bin/sendsms
KANNEL_USER=$KANNEL_USER
KANNEL_PASSWORD=$KANNEL_PASSWORD
KANNEL_RECEIPT_SECRET=$KANNEL_RECEIPT_SECRET
KANNEL_NOTIFICATION_URL=http://127.0.0.1:$(service_port notification)
END
}

centre_access() {
    cat <<END
MESSAGE_CENTRE_URL=http://127.0.0.1:$CENTRE_PORT
MESSAGE_CENTRE_SECRET=$CENTRE_SECRET
END
}

# The number rehearsals send from, and where Kannel brings what is written to it.
rehearsal_access() {
    cat <<END
KANNEL_REHEARSAL_SENDER=$REHEARSAL_SENDER
KANNEL_REHEARSAL_URL=http://127.0.0.1:$REHEARSAL_PORT
END
}

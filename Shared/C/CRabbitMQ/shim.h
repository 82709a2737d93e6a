#pragma once
#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#endif
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

static inline amqp_table_entry_t youdai_amqp_flag(const char *name) {
  amqp_table_entry_t entry;
  entry.key = amqp_cstring_bytes(name);
  entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  entry.value.value.boolean = 1;
  return entry;
}

// amqp_login_with_properties is variadic, which Swift cannot call; and the library announces none of the capabilities
// below by itself: without them the broker neither tells that it is blocked nor that it cancelled a consumer.
// The library copies the tables before it returns.
static inline amqp_rpc_reply_t youdai_amqp_login(amqp_connection_state_t connection, const char *virtual_host,
                                                 int frame_max, int heartbeat, const char *connection_name,
                                                 const char *user, const char *password) {
  amqp_table_entry_t capabilities[4] = {
      youdai_amqp_flag("connection.blocked"),
      youdai_amqp_flag("consumer_cancel_notify"),
      youdai_amqp_flag("basic.nack"),
      youdai_amqp_flag("publisher_confirms"),
  };
  amqp_table_entry_t properties[2];
  amqp_table_t table;
  properties[0].key = amqp_cstring_bytes("capabilities");
  properties[0].value.kind = AMQP_FIELD_KIND_TABLE;
  properties[0].value.value.table.num_entries = 4;
  properties[0].value.value.table.entries = capabilities;
  properties[1].key = amqp_cstring_bytes("connection_name");
  properties[1].value.kind = AMQP_FIELD_KIND_UTF8;
  properties[1].value.value.bytes = amqp_cstring_bytes(connection_name);
  table.num_entries = 2;
  table.entries = properties;
  return amqp_login_with_properties(connection, virtual_host, 0, frame_max, heartbeat, &table, AMQP_SASL_METHOD_PLAIN,
                                    user, password);
}

// While corked, many small frames leave as few large segments and wake the broker once.
static inline void youdai_amqp_cork(int descriptor, int on) {
  (void)setsockopt(descriptor, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

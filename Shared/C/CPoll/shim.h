#pragma once
// Names that Swift's Glibc overlay does not show: eventfd's flags are an anonymous enum, thread names need _GNU_SOURCE, and
// malloc.h is not part of it.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

extern int pthread_setname_np(pthread_t thread, const char *name);

static inline int youdai_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline int youdai_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

static inline void youdai_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }

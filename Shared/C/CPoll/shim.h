#pragma once
// Names that Swift's Glibc overlay does not show: eventfd's flags are an anonymous enum, and thread names need _GNU_SOURCE.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

extern int pthread_setname_np(pthread_t thread, const char *name);

static inline int youdai_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline int youdai_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

/* Premaster log: see the header. The line is `INT: PREMASTER SECRET[n]: hex`, at level 9; GnuTLS formats the hex in a
 * buffer of 512, so of a longer secret than 255 bytes the end is missing.
 * SPDX-License-Identifier: MIT */
#include "live/premaster_log.h"

#include <gnutls/gnutls.h>

#include "base/lock.h"
#include "base/memory.h"
#include "live/probe.h"

enum { LEVEL = 9, LONGEST = 255 };

static const char beginning[] = "INT: PREMASTER SECRET[";

static hsi_lock lock;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static unsigned raised; /* how many have raised it and not dropped it */
static _Thread_local unsigned raised_here; /* how many of them are of this thread */
static unsigned forks; /* as when they were counted */

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

static size_t read_hex(uint8_t *out, size_t room, const char *text)
{
    size_t length = 0;
    for (; length < room && digit(text[0]) >= 0 && digit(text[1]) >= 0; text += 2) {
        out[length++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
    }
    return length;
}

static size_t read_number(const char *text)
{
    size_t number = 0;
    for (; *text >= '0' && *text <= '9' && number <= LONGEST; text++) {
        number = number * 10 + (size_t)(*text - '0');
    }
    return number;
}

static void on_line(int level, const char *line)
{
    const char *value = strstr(line, "]: ");
    if (level != LEVEL || value == NULL || strncmp(line, beginning, sizeof beginning - 1) != 0) {
        return;
    }
    uint8_t secret[LONGEST];
    size_t length = read_hex(secret, sizeof secret, value + 3);
    bool whole = length == read_number(line + sizeof beginning - 1);
    hsi_probe_tell(HSI_SIGHT_LOG_PREMASTER, hsi_bytes_of(secret, whole ? length : 0));
    hsi_memory_wipe(secret, sizeof secret);
}

static void make_lock(void)
{
    hsi_lock_init(&lock);
    forks = hsi_fork_count();
}

/* Of the threads that had raised it only the one that forked is still there. */
static void take_lock(void)
{
    (void)pthread_once(&once, make_lock);
    hsi_lock_take(&lock);
    if (forks != hsi_fork_count()) {
        forks = hsi_fork_count();
        raised = raised_here;
    }
}

void hsi_premaster_log_raise(void)
{
    take_lock();
    raised_here++;
    if (raised++ == 0) {
        gnutls_global_set_log_function(on_line);
        gnutls_global_set_log_level(LEVEL);
    }
    hsi_lock_release(&lock);
}

void hsi_premaster_log_drop(void)
{
    take_lock();
    raised_here--;
    if (--raised == 0) {
        gnutls_global_set_log_level(0);
    }
    hsi_lock_release(&lock);
}
